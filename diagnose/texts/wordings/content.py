"""The registry was reached and the caller may pull, but not this image, or not now."""

from diagnose.texts.meaning import Meaning
from diagnose.texts.wordings import sources as s

ROWS = (
    Meaning(
        name="wrong-platform",
        says="the image has no variant for this machine's system and processor",
        likely=("platform-mismatch",),
        heard={
            s.CONTAINERD: ("no match for platform",),
            s.MOBY: (
                "no matching manifest for",
                "cannot be used on this platform",
                "does not match the {specified|detected} ... platform",
                "does not provide the specified platform",
                "no child with platform",
                "image is incompatible with",
                "operating system does not match the host operating system",
            ),
            s.IMAGE: (
                "no image found in {manifest list|image index} for",
                "image platform ... does not match",
            ),
            s.ERRNO: ("exec format error",),
        },
    ),
    Meaning(
        name="image-locked",
        says="the image, its repository or the registry is locked, quarantined or full",
        possible=("image-quarantined-or-locked",),
        heard={
            s.ACR: (
                "operation is disallowed",
                "is quarantined",
                "image is locked",
            ),
        },
    ),
    Meaning(
        name="no-such-repository",
        says="the registry has no such repository",
        likely=("repository-not-found",),
        possible=("tag-not-found",),
        heard={
            s.DISTRIBUTION: (
                "name_unknown",
                "name unknown",
                "repository name not known to registry",
                'repository " ... " is not found',
                "repositorynotfound",
            ),
        },
    ),
    Meaning(
        name="no-such-tag",
        says="the registry has no such tag or digest, or no such repository where the client "
        "drops the difference",
        likely=("tag-not-found",),
        possible=("repository-not-found", "image-quarantined-or-locked"),
        heard={
            s.DISTRIBUTION: (
                "manifest unknown",
                "manifest_unknown",
                "manifest tagged by ... is not found",
                "manifest sha256: ... is not found",
                "tag_unknown",
            ),
            s.MOBY: ("manifest for ... not found", "no such manifest"),
            s.CONTAINERD: (
                "failed to resolve reference ... : not found",
                "failed to resolve source metadata ... : not found",
                "code = notfound desc = failed to pull and unpack ... not found",
                "unexpected status ... /manifests/ ... <404>",
            ),
            s.ORAS: ("/manifests/ ... response status code 404", "azurecr. ... : not found"),
            s.IMAGE: ("reading manifest ... manifest unknown", "reading manifest ... <404>"),
        },
    ),
    Meaning(
        name="no-image-here",
        says="the engine has no such image; whether the registry has it is not in the text",
        vague=1,
        possible=("tag-not-found", "repository-not-found", "credentials-missing"),
        heard={s.MOBY: ("no such image", "unable to find image", "image does not exist locally")},
    ),
    Meaning(
        name="too-many-requests",
        says="the registry, or one that it fetches from, limits the rate of requests",
        likely=("throttled",),
        heard={
            s.ACR: ("toomanyrequests", "aka.ms/acr/skus#sku-feature-matrix"),
            s.IMAGE: ("too many requests",),
            s.AZ_ACR: ("connectivity_toomanyrequests_error", "was denied. response code: 429"),
            s.CONTAINERD_AUTH: ("unexpected status ... <429>", "error status: 429"),
            s.MOBY: ("error parsing http 429 response", "unexpected http status: 429"),
            s.HUB: ("pull rate limit",),
        },
    ),
    Meaning(
        name="service-fails",
        says="the registry or a proxy before it answered with a server's failure",
        likely=("registry-unavailable",),
        possible=("proxy-denied", "egress-filtered-registry"),
        heard={
            s.MOBY: (
                "received unexpected http status: 5",
                "error parsing http 5<n> response",
                "failed with status: 5",
            ),
            s.CONTAINERD_AUTH: (
                "unexpected status ... : {500|502|503|504|520|522|524}",
                "unexpected status code ... : {500|502|503|504}",
                "unexpected status: {500|502|503|504|520|522|524}",
            ),
            s.AZ_ACR: ("was denied. response code: 5",),
            s.IMAGE: ("invalid status code from registry 5",),
            s.ORAS: ("response status code 5",),
            s.CANIPULL: ("error status: 5",),
            s.WEB_PROXY: (
                "failed with status code 5",
                "500 internal server error",
                "502 bad gateway",
                "503 service unavailable",
                "503 service temporarily unavailable",
                "504 gateway time",
            ),
        },
    ),
    Meaning(
        name="az-sample-pull-failed",
        says="az could not let docker pull a public sample image",
        possible=("runtime-down", "egress-blocked-registry", "runtime-proxy-misconfigured"),
        heard={s.AZ_ACR: ("docker_pull_error",)},
    ),
)
