"""The registry says 401: nothing was presented, or it was not enough."""

from diagnose.texts.meaning import Meaning
from diagnose.texts.wordings import sources as s

ROWS = (
    Meaning(
        name="exchange-refused-401",
        says="the registry knows the identity and gives it no right at all",
        likely=("pull-role-missing",),
        possible=("abac-role-missing", "arm-audience-disabled", "wrong-tenant"),
        heard={
            s.CANIPULL: ("token exchange endpoint returned error status: 401",),
            s.PROVIDER: ("/oauth2/exchange ... <401>", "responded with status code 401"),
            s.FLUX: ("unexpected status code 401 from exchange request",),
            s.AZ_ACR: (
                "connectivity_refresh_token_error ... response code: 401",
                "connectivity_access_token_error ... response code: 401",
                "was denied. response code: 401",
            ),
        },
    ),
    Meaning(
        name="scope-too-small",
        says="a token was given, but not for this repository: the right to pull it is missing",
        possible=(
            "pull-role-missing",
            "abac-role-missing",
            "repository-not-found",
            "credentials-missing",
        ),
        heard={
            s.CONTAINERD: ("insufficient_scope",),
            s.ACR: ("the client does not have permission for manifest",),
        },
    ),
    Meaning(
        name="ctr-without-credentials",
        says="ctr knows nothing of the kubelet's or the CRI's credentials and went without any",
        likely=("credentials-missing",),
        possible=("credentials-rejected", "pull-role-missing"),
        heard={s.CTR: ("ctr: ... 401 unauthorized", "ctr: ... authorization failed")},
    ),
    Meaning(
        name="regional-host-anonymous-401",
        says="no credentials were presented for this regional host name; older nodes have none "
        "for it",
        likely=("credentials-missing",),
        possible=("credential-provider-unmatched", "pull-role-missing"),
        heard={s.KUBELET: (".geo.azurecr. ... anonymous token ... <401>",)},
    ),
    Meaning(
        name="anonymous-401",
        says="nothing was presented, because nothing was configured or because the node's "
        "credential provider came back with nothing",
        possible=(
            "credentials-missing",
            "pull-role-missing",
            "no-managed-identity",
            "imds-unreachable",
            "credential-provider-unmatched",
        ),
        heard={s.CONTAINERD_AUTH: ("failed to fetch anonymous token ... <401>",)},
    ),
    Meaning(
        name="credentials-401",
        says="credentials were presented and the registry did not take them",
        possible=(
            "pull-role-missing",
            "credentials-rejected",
            "no-managed-identity",
            "abac-role-missing",
            "wrong-tenant",
        ),
        heard={
            s.CONTAINERD_AUTH: ("failed to fetch oauth token ... <401>",),
            s.BUILDKIT: ("/oauth2/token ... 401 unauthorized",),
        },
    ),
    Meaning(
        name="token-request-malformed",
        says="the client's request for a token was malformed (an empty scope, in old clients): "
        "update the client",
        heard={s.CONTAINERD_AUTH: ("failed to fetch {oauth|anonymous} token ... <400>",)},
    ),
    Meaning(
        name="podman-401",
        says="the registry refused what was presented, if anything was",
        possible=("credentials-rejected", "credentials-missing", "pull-role-missing"),
        heard={
            s.IMAGE: (
                "invalid username/password",
                "unable to retrieve auth token",
                "error logging into",
                "authenticating creds for",
            ),
        },
    ),
    Meaning(
        name="login-401",
        says="a login was tried with these credentials and refused",
        possible=("credentials-rejected", "pull-role-missing", "credentials-missing"),
        heard={
            s.MOBY_LOGIN: (
                '/v2/{"|}: unauthorized',
                "login attempt ... failed with status: 401",
                "admin user is disabled",
            ),
        },
    ),
    Meaning(
        name="hub-hides-repository",
        says="Docker Hub says this for a repository that does not exist as well",
        possible=("repository-not-found", "credentials-missing", "pull-role-missing"),
        heard={
            s.HUB: (
                "docker.io ... requested access to the resource is denied",
                "docker.io ... pull access denied",
            ),
        },
    ),
    Meaning(
        name="nothing-presented",
        says="the client has no credentials for this registry",
        likely=("credentials-missing",),
        possible=("credentials-rejected", "pull-role-missing"),
        heard={
            s.MOBY: ("no basic auth credentials",),
            s.KUBELET: (
                "unable to retrieve some image pull secrets",
                "failedtoretrieveimagepullsecret",
                "unable to retrieve pull secret",
                "there are no credentials on this request",
            ),
            s.GGCR: ("no matching credentials were found",),
            s.ORAS: ("basic credential not found", "credential required"),
            s.AZ_WEBAPP: (
                "no credential was provided to access azure container registry",
                "failed to retrieve container registry credentials",
                "failed to retrieve credentials for container registry",
            ),
        },
    ),
    Meaning(
        name="az-not-signed-in",
        says="az itself is not signed in for this user, so it has no token to present",
        vague=1,
        possible=("credentials-missing", "credentials-rejected"),
        heard={s.AZ_ACR: ("please run 'az login' to setup account",)},
    ),
    Meaning(
        name="denied-or-absent",
        says="the registry hides from a caller without rights whether the image exists",
        possible=("credentials-missing", "pull-role-missing", "repository-not-found"),
        heard={
            s.MOBY: ("pull access denied for",),
            s.CONTAINERD: ("pull access denied, repository does not exist",),
        },
    ),
    Meaning(
        name="hosted-registry-denies",
        says="the registry knows these credentials or takes them for stale, and gives no right",
        possible=("credentials-rejected", "pull-role-missing", "credentials-missing"),
        heard={
            s.GITLAB: (
                "denied: access forbidden",
                "unauthorized: not authorized",
                "/v2/ ... : denied",
                "access to the requested resource is not authorized",
            ),
            s.HARBOR: ("unauthorized to access repository", "no permission to access repository"),
        },
    ),
    Meaning(
        name="asked-for-a-scope",
        says="the registry names the right that it wants for this: nothing was presented, or not "
        "enough",
        possible=("credentials-missing", "pull-role-missing", "credentials-rejected"),
        heard={
            s.GGCR: (
                "[map[action:{pull|push}",
                "checking push permission",
                "unsupported status code 401",
            ),
            s.JIB: (
                "make sure your credentials for ... are set up correctly",
                "unauthorized for ...",
            ),
            s.AML: ("authentication failed for container registry",),
        },
    ),
    Meaning(
        name="right-missing",
        says="the caller is known, but lacks the right to this repository",
        possible=("pull-role-missing", "abac-role-missing", "credentials-missing"),
        heard={
            s.DISTRIBUTION: ("requested access to the resource is denied",),
            s.CONTAINERD: ("unexpected status from {head|get} request ... <401>",),
        },
    ),
)
