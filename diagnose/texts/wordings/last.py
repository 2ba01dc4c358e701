"""Words that say little: a 401 without its circumstances, a wrapper without its reason."""

from diagnose.texts.meaning import Meaning
from diagnose.texts.wordings import sources as s

ROWS = (
    Meaning(
        name="provider-failed",
        says="the kubelet's credential provider failed, and the kubelet went on without "
        "credentials",
        possible=(
            "no-managed-identity",
            "imds-unreachable",
            "pull-role-missing",
            "credential-provider-failing",
        ),
        heard={
            s.KUBELET: (
                "failed getting credential from external registry",
                "error execing credential provider plugin",
            ),
        },
    ),
    Meaning(
        name="token-endpoint-401",
        says="the registry's token endpoint gave none for this image: nothing was presented, or "
        "it was not taken",
        possible=("credentials-missing", "pull-role-missing", "credentials-rejected"),
        heard={
            s.MOBY: (
                '{get|head} {"|}https:// ... {"|}: unauthorized',
                '{get|head} {"|}https:// ... unauthorized: authentication required',
                "unexpected status code [manifests ... <401>",
            ),
            s.GGCR: (
                '{get|head} {"|}https:// ... {unauthorized: authentication|401 unauthorized}',
            ),
            s.ORAS: ("response status code 401",),
        },
    ),
    Meaning(
        name="registry-401",
        says="the registry itself, asked with a token, still wants a better one",
        vague=1,
        possible=(
            "pull-role-missing",
            "credentials-missing",
            "credentials-rejected",
            "repository-not-found",
        ),
        heard={
            s.DISTRIBUTION: (
                "unauthorized: authentication required",
                "aka.ms/acr/authorization",
                "authentication required",
                "401 unauthorized",
                "401 (unauthorized",
                "status: 401",
                "status code 401",
            ),
            s.MOBY: (
                "error response from daemon: unauthorized",
                "error parsing http 401 response",
                '/manifests/ ... {"|}: unauthorized',
            ),
            s.CURL: ("returned error: 401",),
            s.WINDOWS: ("returned an error: (401)",),
            s.APPS: ("imagepullunauthorizedfailure", "unable to pull image using managed identity"),
        },
    ),
    Meaning(
        name="token-cut-off",
        says="no token came from the registry; its answer is not in this text",
        vague=1,
        possible=("pull-role-missing", "credentials-missing", "subnet-not-allowed"),
        heard={
            s.CONTAINERD_AUTH: ("failed to fetch {oauth|anonymous} token",),
            s.AZ_ACR: ("connectivity_refresh_token_error", "connectivity_access_token_error"),
        },
    ),
    Meaning(
        name="registry-not-visible",
        says="the caller cannot see the registry in Azure, so az goes by guesswork",
        possible=("pull-role-missing", "registry-name-not-found", "wrong-tenant"),
        heard={
            s.AZ_ACR: (
                "microsoft.containerregistry/registries' could not be found",
                "login_server_error",
            ),
            s.ARM: ("action 'microsoft.containerregistry/registries/",),
        },
    ),
    Meaning(
        name="reason-cut-off",
        says="the pull failed, but the reason itself is not in this text; these are the commonest",
        vague=2,
        # Microsoft's article on pulls to AKS begins with the 401s (no role, no good secret), then
        # not found, 403 and time-out.
        possible=(
            "pull-role-missing",
            "tag-not-found",
            "credentials-missing",
            "subnet-not-allowed",
            "no-managed-identity",
        ),
        heard={
            s.KUBELET: (
                "failed to pull and unpack image",
                "{failed|failing} to pull image",
                "back-off pulling image",
                "imagepullfailure",
                "imagepullbackoff",
                "errimagepull",
            ),
            s.APPS: (
                "image pull failed since inspect image returned null",
                "verify docker image configuration and credentials",
                "pulling docker image ... failed",
                "persistent image pull errors",
                "image pull failed",
                "{failed|unable} to pull container image",
            ),
            s.IOTEDGE: ("could not pull image", "registry operation error: pull image"),
            s.AML: ("unable to pull {docker|custom docker} image", "failedpullingimage"),
            s.ARC: ("unable to pull helm chart",),
        },
    ),
)
