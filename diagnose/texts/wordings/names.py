"""Names: a resolver that is silent, one that fails, and a name that does not exist."""

from diagnose.texts.meaning import Meaning
from diagnose.texts.wordings import sources as s

ROWS = (
    Meaning(
        name="suffix-of-another-cloud",
        says="the public cloud's suffix was put behind a login server of another cloud",
        likely=("unsupported-cloud",),
        possible=("registry-name-not-found",),
        heard={s.CANIPULL: ("azurecr.{us|cn|de}.azurecr.io",)},
    ),
    Meaning(
        name="private-name-without-record",
        says="the name leads to privatelink.azurecr, and there is no record for it there",
        likely=("private-dns-record-missing",),
        possible=("custom-dns-not-forwarding", "private-dns-zone-not-linked"),
        heard={
            s.GO_NET: (
                "privatelink.azurecr. ... {no such host|nxdomain|not known|can't find}",
                "{lookup|can't find|resolve} ... privatelink.azurecr.",
            ),
        },
    ),
    Meaning(
        name="resolver-silent",
        says="the DNS server that this machine is configured with does not answer",
        likely=("dns-server-unreachable",),
        possible=("dns-server-failing", "no-outbound", "egress-blocked-registry"),
        heard={
            s.GO_NET: (
                "lookup ... read udp ... {i/o timeout|connection refused|no route}",
                "dial udp ... {i/o timeout|connection refused|no route|unreachable}",
                "lookup ... {: i/o timeout|on <n>.<n>.<n>.<n>:53: read|context deadline exceeded}",
                "lookup ... {: context canceled|: operation was canceled}",
            ),
            s.GO_TIME: ("dial tcp: i/o timeout",),  # without an address the look-up itself ran out
            s.CURL: ("resolving timed out",),
            s.NETTOOLS: ("dns request timed out",),
            s.RESOLVER: (
                "temporary failure in name resolution",
                "eai_again",
                "no servers could be reached",
                "resource temporarily unavailable (",
                "try again ... {name resolution|getaddrinfo}",
            ),
        },
    ),
    Meaning(
        name="resolver-fails",
        says="the DNS server answers, but with a failure and not with a name's absence",
        likely=("dns-server-failing",),
        possible=("custom-dns-not-forwarding", "dns-server-unreachable"),
        heard={
            s.GO_NET: ("lookup ... server misbehaving", "server misbehaving"),
            s.RESOLVER: ("servfail", "status: refused", "query refused", "non-recoverable failure"),
        },
    ),
    Meaning(
        name="well-known-name-not-found",
        says="a name that certainly exists was not found, so the resolver is at fault",
        possible=("dns-server-failing", "dns-server-unreachable", "no-outbound"),
        heard={
            s.GO_NET: (
                "lookup mcr.microsoft.com ... no such host",
                "lookup registry-1.docker.io ... no such host",
                "lookup management.azure.com ... no such host",
                "failed to lookup host: {mcr.microsoft.com|registry-1.docker.io}",
            ),
            s.CURL: ("could not resolve host: {mcr.microsoft.com|registry-1.docker.io}",),
            s.RESOLVER: (
                "getaddrinfo {enotfound|eai_again} {management.azure.com|mcr.microsoft.com}",
            ),
        },
    ),
    Meaning(
        name="az-found-no-name",
        says="az could not look the login server up",
        likely=("registry-name-not-found",),
        possible=("dns-server-unreachable", "private-dns-record-missing", "dns-server-failing"),
        heard={s.AZ_ACR: ("connectivity_dns_error", "failed to reach dns for registry")},
    ),
    Meaning(
        name="no-such-name",
        says="DNS has no such name: it is mistyped or deleted, or a private zone lacks it",
        likely=("registry-name-not-found",),
        possible=(
            "private-dns-record-missing",
            "custom-dns-not-forwarding",
            "dns-server-failing",
        ),
        heard={
            s.GO_NET: ("no such host", "failed to resolve registry"),
            s.CURL: ("could not resolve host", "couldn't resolve host"),
            s.NETTOOLS: (
                "unable to resolve host",
                "non-existent domain",
                "dns name does not exist",
                "failed to resolve host",
            ),
            s.PYTHON: (
                "nameresolutionerror",
                "failed to resolve '<registry>",
                "nodename nor servname provided",
            ),
            s.WINDOWS: ("getaddrinfo failed", "no such host is known"),
            s.RESOLVER: (
                "name or service not known",
                "name does not resolve",
                "enotfound",
                "unknownhostexception",
                "nxdomain",
                "failed to lookup address information",
                "no address associated with hostname",
                "the remote name could not be resolved",
                "server can't find",
            ),
        },
    ),
    Meaning(
        name="look-up-cut-off",
        says="a name was not found or not looked up; how it ended is not in the text",
        vague=1,
        possible=(
            "dns-server-unreachable",
            "registry-name-not-found",
            "private-dns-record-missing",
        ),
        heard={s.GO_NET: ("dial tcp: lookup", "failed to lookup host")},
    ),
)
