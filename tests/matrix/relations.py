"""What holds between two causes at once, where a verdict on both names one of them alone.

Each row is two groups of causes: any of the first beside any of the second.
"""

from typing import NamedTuple

PROXY = {"proxy-auth-required", "proxy-denied", "proxy-unreachable"}
BY_PRIVATE_LINK = {"private-endpoint-not-approved", "private-endpoint-unreachable"}
RULES = {"provider-not-registered", "rule-quota-reached", "rule-subnet-deleted"}
LAYERS = {"egress-blocked-data", "egress-filtered-data", "private-dns-data-record-missing"}


class Relation(NamedTuple):
    ones: set[str]
    others: set[str]
    why: str


class Third(NamedTuple):
    ones: set[str]
    others: set[str]
    verdict: str
    why: str


# Beside one, the other is no fault: mending it would change nothing for this pull.
MOOT = (
    Relation(
        PROXY,
        {
            "custom-dns-not-forwarding",
            "dns-override-stale",
            "egress-blocked-data",
            "egress-blocked-entra",
            "egress-blocked-registry",
            "mtu-black-hole",
            "no-outbound",
            "private-dns-zone-not-linked",
            "tls-intercepted",
            *BY_PRIVATE_LINK,
        },
        "requests go by the proxy, which looks names up itself; the straight way is not theirs",
    ),
    Relation(
        {"imds-unreachable", "no-managed-identity"},
        {"credential-provider-failing"},
        "a cluster with a service principal needs no managed identity",
    ),
    Relation(
        {"egress-path-bypasses-endpoint"},
        {"runtime-proxy-misconfigured"},
        "the runtime goes by the same proxy as all others, and is refused alike",
    ),
    Relation(
        BY_PRIVATE_LINK,
        {"egress-blocked-registry", "no-outbound"},
        "a private endpoint is inside the VNet; neither the registry's tag nor a way out counts",
    ),
    Relation(
        {"no-outbound", "private-dns-zone-not-linked"},
        {"snat-exhausted"},
        "without a way out, or by a private endpoint, no SNAT port is asked for",
    ),
    Relation(
        {"service-endpoint-missing"},
        {"service-endpoint-not-ready"},
        "an endpoint that is gone cannot be unready; what is left is for another service",
    ),
    Relation(
        {"egress-path-bypasses-endpoint"},
        {"egress-blocked-entra"},
        "where a proxy takes the registry's traffic, it takes the sign-in's too",
    ),
    Relation(
        {"egress-blocked-entra"},
        {"imds-unreachable"},
        "who signs in with a secret asks no metadata service",
    ),
    Relation({"tag-not-found"}, {"image-quarantined-or-locked"}, "another tag's image is locked"),
    Relation(
        {"unsupported-cloud"},
        {
            "credential-provider-unmatched",
            "credentials-rejected",
            "runtime-mirror-misconfigured",
        },
        "the login, or the mirror, is for a registry of the same name in another cloud",
    ),
    Relation(
        {"ip-not-allowed"},
        {
            "egress-path-bypasses-endpoint",
            "service-endpoint-missing",
            "service-endpoint-not-ready",
            "subnet-not-allowed",
            "unsupported-cloud",
            *RULES,
        },
        "a registry of IP rules alone asks for no endpoint and no rule of a VNet",
    ),
    Relation(
        {"trusted-service-not-covered", "unsupported-host"},
        {"trusted-service-not-covered", "unsupported-cloud", *RULES},
        "on a platform that endpoints do not serve, no rule of a VNet counts",
    ),
    Relation(
        {"registry-name-not-found"}, {"private-dns-record-missing"}, "a name that is gone has none"
    ),
)

# Both are true and met at one point; the second is ruled out for what the verdict is about.
COVERED = (
    Relation(
        {"tls-intercepted"},
        {"tls-untrusted-ca"},
        "of two hosts one is intercepted; the other's certificate is judged by its own issuer",
    ),
    Relation(
        {"custom-dns-not-forwarding"},
        {"dns-override-stale"},
        "both give the name one and the same public address",
    ),
    Relation({"abac-role-missing"}, {"credentials-rejected"}, "nobody signs in who could be asked"),
    Relation(
        {"abac-role-missing"},
        {"credential-provider-failing"},
        "where nobody here may pull, a login that is refused says nothing of whose it is",
    ),
)

# Two faults that are, together, a third one.
THIRD = (
    Third(
        {"ip-rule-defeated-by-endpoint", "subnet-not-allowed"},
        {
            "egress-path-bypasses-endpoint",
            "private-dns-zone-not-linked",
            "service-endpoint-missing",
            "service-endpoint-not-ready",
            "unsupported-cloud",
        },
        "ip-not-allowed",
        "a registry of IP rules alone, and no endpoint that hides the address: it is not listed",
    ),
    Third(
        {"service-endpoint-missing"},
        {"ip-not-allowed"},
        "ip-not-allowed",
        "the old form of the refusal, at /v2/, belongs to whatever is refused",
    ),
    Third(
        {"private-link-conflict"},
        {
            "egress-blocked-registry",
            "public-access-disabled",
            "service-endpoint-missing",
            "service-endpoint-not-ready",
        },
        "private-dns-record-missing",
        "without a public way that works there is no conflict, but a record that is missing",
    ),
    Third(
        {"private-dns-data-record-missing"},
        {"egress-blocked-registry"},
        "private-endpoint-unreachable",
        "what drops the registry's name drops its private endpoint, which is met first",
    ),
    Third(
        {"tls-untrusted-ca", "clock-skewed"},
        {
            "egress-filtered-registry",
            "proxy-denied",
            "runtime-proxy-misconfigured",
            "runtime-untrusted-ca",
        },
        "tls-intercepted",
        "a network that opens TLS for which this machine has no valid authority any more",
    ),
    Third(
        {
            "custom-dns-not-forwarding",
            "dns-override-stale",
            "private-dns-data-record-missing",
            "credentials-missing",
            "private-dns-zone-not-linked",
        },
        {"egress-path-bypasses-endpoint", "proxy-denied", "runtime-proxy-misconfigured"},
        "public-access-disabled",
        "by a proxy a registry is met from outside, which one with private endpoints refuses",
    ),
    Third(
        {"private-dns-data-record-missing", "service-endpoint-missing"},
        {"egress-path-bypasses-endpoint", "proxy-denied", "runtime-proxy-misconfigured"},
        "egress-path-bypasses-endpoint",
        "a proxy goes round the private endpoint, and is refused before any layer is asked for",
    ),
    Third(
        {"tls-untrusted-ca"},
        PROXY,
        "tls-untrusted-ca",
        "without authorities this program makes no request, so that no proxy is asked",
    ),
    Third(
        {"private-dns-data-record-missing"},
        {"proxy-denied", "runtime-proxy-misconfigured"},
        "egress-path-bypasses-endpoint",
        "a proxy goes round the private endpoint to which the login server's name leads",
    ),
    Third(
        {"credential-provider-failing"},
        {"runtime-untrusted-ca"},
        "runtime-untrusted-ca",
        "a runtime that does not come to the registry never shows it the login that is refused",
    ),
    Third(
        {"trusted-service-not-covered"},
        {"service-endpoint-missing"},
        "unsupported-host",
        "two platforms' marks on one machine",
    ),
)


def names_one_alone(causes: frozenset[str]) -> bool:
    """Tell whether it is known why a verdict names one of these and is silent on the other."""
    return any(_joins(row.ones, row.others, causes) for row in (*MOOT, *COVERED))


def makes(causes: frozenset[str], verdict: str | None) -> bool:
    """Tell whether these two together are what the verdict says."""
    return any(row.verdict == verdict and _joins(row.ones, row.others, causes) for row in THIRD)


def _joins(ones: set[str], others: set[str], causes: frozenset[str]) -> bool:
    return any(frozenset((one, other)) == causes for one in ones for other in others)
