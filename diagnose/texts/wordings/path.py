"""The way to the login server: dropped, refused, or cut."""

from diagnose.texts.meaning import Meaning
from diagnose.texts.wordings import sources as s

_DROPPED = (
    "{i/o timeout|connection timed out|no route to host|deadline exceeded|operation timed out}"
)

ROWS = (
    Meaning(
        name="private-address-silent",
        says="the name leads to a private address, and nothing answers there",
        likely=("private-endpoint-unreachable",),
        possible=("dns-override-stale", "egress-blocked-registry", "private-endpoint-not-approved"),
        heard={
            s.GO_NET: (
                f"dial tcp <private>:443: ... {_DROPPED}",
                f"dial tcp4 <private>:443: ... {_DROPPED}",
                "dial tcp <private>:443: connect: connection refused",
            ),
            s.CURL: ("connect to <private> port 443 failed",),
        },
    ),
    Meaning(
        name="no-way-out",
        says="this machine has no route to that address at all",
        likely=("no-outbound",),
        possible=("egress-blocked-registry",),
        heard={s.ERRNO: ("network is unreachable", "enetunreach")},
    ),
    Meaning(
        name="no-such-family",
        says="this machine has no IPv6 address to connect from, and nothing else was tried",
        possible=("no-outbound", "egress-blocked-registry", "dns-server-failing"),
        heard={s.GO_NET: ("dial tcp [ ... cannot assign requested address",)},
    ),
    Meaning(
        name="ports-used-up",
        says="no local port or address was left for another connection",
        likely=("snat-exhausted",),
        heard={s.ERRNO: ("cannot assign requested address", "address already in use: connect")},
    ),
    Meaning(
        name="registry-silent",
        says="packets to that host are dropped on the way",
        likely=("egress-blocked-registry",),
        possible=(
            "no-outbound",
            "runtime-proxy-misconfigured",
            "egress-filtered-registry",
            "snat-exhausted",
        ),
        heard={
            s.GO_NET: (
                f"dial tcp ... {_DROPPED}",
                "dial tcp ... connectex: a connection attempt failed",
            ),
            s.CURL: (
                "curl: (28)",
                "connect to ... {timed out|timeout was reached|no route}",
                "couldn't connect to server",
            ),
            s.PYTHON: (
                "connecttimeouterror",
                "newconnectionerror",
                "connecttimeout",
                "max retries exceeded ... {timed out|errno 110|errno 113}",
            ),
            s.PROVIDER: ("failed to reach auth url", "error reaching registry endpoint"),
            s.CANIPULL: ("failed to send token exchange request",),
        },
    ),
    Meaning(
        name="az-cannot-connect",
        says="az could not open a connection to the login server",
        possible=(
            "egress-blocked-registry",
            "registry-name-not-found",
            "public-access-disabled",
            "private-endpoint-unreachable",
            "registry-unavailable",
        ),
        heard={s.AZ_ACR: ("could not connect to the registry login server",)},
    ),
    Meaning(
        name="refused-at-tcp",
        says="the address answers, but nothing listens there or a device refuses for it",
        possible=(
            "egress-blocked-registry",
            "egress-blocked-data",
            "dns-override-stale",
            "egress-filtered-registry",
        ),
        heard={
            s.ERRNO: ("connect: connection refused", "econnrefused"),
            s.CURL: ("connection refused", "curl: (7)"),
            s.WINDOWS: ("actively refused it",),
        },
    ),
    Meaning(
        name="public-registry-cut",
        says="the connection to a public registry opens and is then ended, by a filter on the way "
        "or by the service",
        possible=("egress-filtered-registry", "registry-unavailable", "proxy-denied"),
        heard={
            s.GO_NET: (
                "https://{mcr.microsoft.com|registry-1.docker.io} ... {: eof|connection reset}",
            ),
            s.CURL: ("ssl_connect: connection reset by peer ... mcr.microsoft.com",),
        },
    ),
    Meaning(
        name="registry-cut",
        says="the connection opens and is then ended from outside, as a filter by name does",
        possible=(
            "egress-filtered-registry",
            "dns-override-stale",
            "proxy-denied",
            "egress-blocked-registry",
        ),
        heard={
            s.GO_NET: (
                '{head|get} {"|}https:// ... : eof',
                '{post|put} {"|}https:// ... : eof',
                "read tcp ... connection reset by peer",
                "failed to do request: ... : eof",
                "https:// ... : unexpected eof",
            ),
            s.ERRNO: ("connection reset by peer", "econnreset"),
            s.WINDOWS: ("forcibly closed by the remote host",),
            s.PYTHON: ("connection aborted", "remotedisconnected"),
        },
    ),
    Meaning(
        name="engine-gave-up",
        says="the engine waited for a connection in vain: a dropped path, its own proxy settings, "
        "or the engine itself",
        possible=(
            "egress-blocked-registry",
            "runtime-proxy-misconfigured",
            "runtime-down",
            "dns-server-unreachable",
            "no-outbound",
        ),
        heard={
            s.GO_TIME: ("request canceled while waiting for", "client.timeout exceeded"),
            s.MOBY: ("net/http: request canceled",),
        },
    ),
    Meaning(
        name="deadline-passed",
        says="the time ran out; the words do not say at which step",
        vague=1,
        possible=(
            "egress-blocked-registry",
            "dns-server-unreachable",
            "no-outbound",
            "private-endpoint-unreachable",
        ),
        heard={s.GO_TIME: ("context deadline exceeded", "deadlineexceeded", "code = canceled")},
    ),
    Meaning(
        name="connect-timed-out",
        says="a connection was tried in vain; to which host is not in the text",
        vague=1,
        possible=("egress-blocked-registry", "no-outbound", "runtime-proxy-misconfigured"),
        heard={
            s.ERRNO: ("connection timed out", "etimedout", "no route to host"),
            s.NETTOOLS: ("failed: connection {timed out|timeout}",),
            s.PYTHON: ("read timed out",),
            s.WINDOWS: ("unable to connect to the remote server",),
        },
    ),
    Meaning(
        name="cut-midway",
        says="the connection ended before all had come: large packets vanish, a device cuts it, or "
        "the service does",
        vague=1,
        possible=("mtu-black-hole", "egress-filtered-data", "registry-unavailable"),
        heard={s.GO_NET: ("unexpected eof",)},
    ),
)
