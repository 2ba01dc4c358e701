"""The registry's own firewall. Its words are the same for a missing rule, a missing endpoint and
disabled public access; only the address in them tells some of these apart, where it is shown.
"""

from diagnose.texts.meaning import Meaning
from diagnose.texts.wordings import sources as s

# containerd drops the body, so no address is left; a pull from a virtual network that should
# have used Private Link looks just like this.
_NO_ADDRESS = (
    "subnet-not-allowed",
    "public-access-disabled",
    "private-dns-zone-not-linked",
    "service-endpoint-missing",
    "ip-not-allowed",
)
_REFUSED = "client with ip ... not allowed access"

ROWS = (
    Meaning(
        name="refused-task",
        says="an ACR task logged in from an address of Azure's own, and the registry's firewall "
        "refused it",
        likely=("trusted-service-not-covered",),
        possible=("ip-not-allowed", "public-access-disabled", "agent-pool-egress-blocked"),
        heard={
            s.ACR_TASKS: (
                f"failed to set docker credentials ... {_REFUSED}",
                f"ran out of retries ... {_REFUSED}",
            ),
        },
    ),
    Meaning(
        name="refused-platform",
        says="the platform, not the app's subnet, asked for the token from an address of Azure's "
        "own, and the registry's firewall refused it",
        possible=("trusted-service-not-covered", "public-access-disabled", "ip-not-allowed"),
        heard={
            s.APPS: (
                f"failed to construct registry secret ... {_REFUSED}",
                "failed to construct registry secret ... error status: 403",
            ),
        },
    ),
    Meaning(
        name="refused-private-address",
        says="the registry saw a private address, so the subnet's service endpoint is in effect "
        "and no rule of the registry allows the subnet",
        likely=("subnet-not-allowed",),
        possible=("public-access-disabled", "ip-rule-defeated-by-endpoint"),
        heard={s.ACR: ("client with ip {'||\"}<private> ... not allowed access",)},
    ),
    Meaning(
        name="refused-public-address",
        says="the registry saw this public address and no rule allows it; from a subnet that has "
        "a rule, it means that the service endpoint is not in effect on the way",
        possible=(
            "ip-not-allowed",
            "public-access-disabled",
            "private-dns-zone-not-linked",
            "service-endpoint-missing",
            "egress-path-bypasses-endpoint",
        ),
        heard={s.ACR: ("client with ip {'||\"}<public> ... not allowed access",)},
    ),
    Meaning(
        name="refused-unknown-address",
        says="the registry's firewall refused the caller; which address it saw is not in the text",
        possible=(
            "ip-not-allowed",
            "public-access-disabled",
            "private-dns-zone-not-linked",
            "subnet-not-allowed",
            "service-endpoint-missing",
        ),
        heard={
            s.ACR: (
                _REFUSED,
                "client with ip is not allowed access",
                "aka.ms/acr/firewall",
                "error from registry: denied: client with ip",
            ),
            s.AZ_ACR: (
                "connectivity_forbidden_error",
                "connectivity_refresh_token_error ... <403>",
                "connectivity_access_token_error ... <403>",
                "was denied. response code: 403",
                "looks like you don't have access to registry",
            ),
        },
    ),
    Meaning(
        name="hosted-token-refused-403",
        says="this public registry gives no token for the credentials that are stored: log out",
        possible=("credentials-rejected", "pull-role-missing", "credentials-missing"),
        heard={
            s.GITLAB: (
                "{ghcr.io|quay.io|gcr.io|docker.io} ... failed to fetch oauth token ... <403>",
                "{ghcr.io|quay.io|gcr.io|docker.io} ... requesting bearer token ... <403>",
            ),
        },
    ),
    Meaning(
        name="token-refused-403",
        says="the registry's token endpoint answered 403, which its firewall does whoever asks",
        possible=_NO_ADDRESS,
        heard={
            s.CONTAINERD_AUTH: (
                "azurecr. ... failed to fetch {anonymous|oauth} token ... <403>",
                "/oauth2/{token|exchange} ... <403>",
            ),
            s.PROVIDER: (
                "did not issue a valid aad challenge, status: 403",
                "/oauth2/exchange responded with status code 403",
                "responded with status code 403",
            ),
            s.CANIPULL: ("token exchange endpoint returned error status: 403",),
            s.IMAGE: (
                "requesting bearer token: ... <403>",
                "invalid status code from registry 403",
                "statuscode: 403",
            ),
        },
    ),
    Meaning(
        name="some-token-refused-403",
        says="a registry gave no token and answered 403: ACR's firewall does, and other registries "
        "do to who has not logged in",
        possible=(
            "subnet-not-allowed",
            "public-access-disabled",
            "credentials-missing",
            "private-dns-zone-not-linked",
            "service-endpoint-missing",
        ),
        heard={
            s.CONTAINERD_AUTH: (
                "failed to fetch {anonymous|oauth} token ... <403>",
                "failed to authorize: ... 403 forbidden",
            ),
        },
    ),
    Meaning(
        name="right-denied",  # the same status as the firewall's, in words of its own
        says="the registry knows the caller, who lacks the right to this repository",
        possible=("pull-role-missing", "credentials-missing", "abac-role-missing"),
        heard={s.ACR: ("https://<registry>/v2/ ... requested access to the resource is denied",)},
    ),
    Meaning(
        name="registry-refused-403",
        says="the registry answered 403 and the client dropped the reason",
        possible=(*_NO_ADDRESS, "cmk-key-unavailable"),
        heard={
            s.CONTAINERD: (
                "unexpected status from {head|get} request to https://<registry> ... <403>",
                "unexpected status code [manifests ... <403>",
            ),
            s.GGCR: ("{get|head} https://<registry> ... <403>",),
            s.ORAS: ("response status code 403",),
            s.MOBY: ("https://<registry>/v2/ ... : denied",),
        },
    ),
    Meaning(
        name="login-refused-403",
        says="/v2/ itself answered 403: a proxy on the way does that, and ACR's firewall used to",
        possible=("proxy-denied", "ip-not-allowed", "public-access-disabled", "subnet-not-allowed"),
        heard={
            s.MOBY_LOGIN: (
                "login attempt ... failed with status: 403",
                "unexpected status from get request to https:// ... /v2/: 403",
            ),
        },
    ),
    Meaning(
        name="no-challenge",
        says="what answers at /v2/ does not ask for a login as a registry does: an outage, a "
        "registry closed to the public, or a proxy",
        possible=(
            "registry-unavailable",
            "public-access-disabled",
            "proxy-denied",
            "ip-not-allowed",
            "dns-override-stale",
        ),
        heard={
            s.AZ_ACR: (
                "connectivity_challenge_error",
                "did not issue a challenge",
                "connectivity_aad_login_error",
                "connectivity_www_authenticate_error",
            ),
            s.MOBY_LOGIN: ("login attempt ... failed with status: 404",),
            s.PROVIDER: ("did not issue a valid aad challenge",),
        },
    ),
    Meaning(
        name="bare-403",
        says="the registry refused, and the reason was dropped",
        vague=1,
        possible=_NO_ADDRESS,
        heard={
            s.GO_NET: ("azurecr. ... <403>",),
            s.CURL: ("returned error: 403",),
            s.APPS: ('"message":"denied"', '"message": "denied"'),
        },
    ),
    Meaning(
        name="some-403",
        says="something refused, a registry or a device before it, and the reason was dropped",
        vague=1,
        possible=(
            "subnet-not-allowed",
            "public-access-disabled",
            "proxy-denied",
            "credentials-rejected",
        ),
        heard={
            s.CONTAINERD: ("unexpected status ... <403>",),
            s.MOBY: ("error parsing http 403 response", "error response from daemon: denied"),
            s.WINDOWS: ("returned an error: (403)",),
            s.DISTRIBUTION: ("403 forbidden", "403 (forbidden"),
        },
    ),
)
