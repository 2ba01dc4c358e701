"""Proxies and name filters that stand between the client and the registry."""

from diagnose.texts.meaning import Meaning
from diagnose.texts.wordings import sources as s

ROWS = (
    Meaning(
        name="request-to-a-mirror",
        says="the request went to a mirror that the runtime is configured with, not to the "
        "registry",
        likely=("runtime-mirror-misconfigured",),
        heard={s.CONTAINERD_NS: ("https:// ... ?ns=", "http:// ... ?ns=")},
    ),
    Meaning(
        name="proxy-wants-login",
        says="the proxy asks for a login of its own",
        likely=("proxy-auth-required",),
        heard={
            s.GO_NET: ("proxy authentication required", "proxyauthrequired"),
            s.CURL: ("http code 407 from proxy", "connect tunnel failed, response 407"),
            s.PYTHON: ("tunnel connection failed: 407",),
            s.CONTAINERD: ("unexpected status ... <407>",),
        },
    ),
    Meaning(
        name="proxy-refuses",
        says="the proxy refuses the connection to this host",
        likely=("proxy-denied",),
        possible=("runtime-proxy-misconfigured", "registry-unavailable"),
        heard={
            # Go gives the status text of a refused CONNECT, and nothing else.
            s.GO_NET: (
                '{get|head|post} "https:// ... ": {forbidden|bad gateway|service unavailable}',
                '{get|head|post} "https:// ... ": gateway time',
                "{get|head|post} https:// ... : {forbidden|bad gateway|service unavailable}",
            ),
            s.PYTHON: ("tunnel connection failed: 403", "tunnel connection failed: 4"),
            s.CURL: (
                "http code 403 from proxy",
                "connect tunnel failed, response 403",
                "http code 5<n> from proxy",
            ),
            s.WEB_PROXY: (
                "x-squid-error",
                "{blocked|denied} by {zscaler|forcepoint|blue coat|your organization|web filter}",
            ),
        },
    ),
    Meaning(
        name="proxy-unreachable",
        says="the client is told to use a proxy, and that proxy does not answer",
        likely=("proxy-unreachable",),
        possible=("runtime-proxy-misconfigured",),
        heard={
            s.GO_NET: (
                "proxyconnect tcp: dial",
                "proxyconnect tcp: ... {timeout|refused|no such host|no route|unreachable}",
                "socks connect",
            ),
            s.PYTHON: (
                "cannot connect to proxy",
                "exceptions.proxyerror",
                "unable to connect to proxy",
            ),
            s.CURL: ("could not resolve proxy", "failed to connect to proxy"),
        },
    ),
    Meaning(
        name="proxy-cuts",
        says="the connection to the proxy ended before it was set up",
        possible=(
            "runtime-proxy-misconfigured",
            "proxy-denied",
            "proxy-unreachable",
            "proxy-auth-required",
        ),
        heard={s.GO_NET: ("proxyconnect tcp:", "proxyconnect")},
    ),
    Meaning(
        name="azure-firewall-denies",
        says="Azure Firewall has no rule for this host and says so in the registry's place",
        likely=("egress-filtered-registry",),
        possible=("egress-filtered-data", "proxy-denied"),
        heard={
            s.AZURE_FIREWALL: (
                "action: deny. reason:",
                "no rule matched. proceeding with default action",
                "unexpected status ... <470>",
                "status code 470",
            ),
        },
    ),
    Meaning(
        name="request-cut-short",
        says="a load balancer waited in vain for the whole request, as when large packets vanish",
        possible=("mtu-black-hole", "proxy-denied", "egress-filtered-registry"),
        heard={s.WEB_PROXY: ("408 request time-out", "didn't send a complete request in time")},
    ),
    Meaning(
        name="web-page-instead",
        says="a web page came in the registry's place, as a proxy or a portal sends it",
        possible=(
            "proxy-denied",
            "proxy-auth-required",
            "tls-intercepted",
            "dns-override-stale",
        ),
        heard={
            s.MOBY: (
                "invalid character '<' looking for beginning of value",
                "error parsing http ... <html",
                "error parsing http ... <!doctype",
            ),
        },
    ),
    Meaning(
        name="mcr-token-refused",
        says="Microsoft's public registry gives a token to anybody, so the service is at fault, or "
        "something on the way",
        possible=("registry-unavailable", "proxy-denied", "egress-filtered-registry"),
        heard={s.CONTAINERD_AUTH: ("https://mcrprod.azurecr. ... 401 unauthorized",)},
    ),
    Meaning(
        name="mcr-refused",
        says="Microsoft's public registry refuses nobody, so something on the way did, or the "
        "service itself is at fault",
        possible=("proxy-denied", "egress-filtered-registry", "registry-unavailable"),
        heard={s.GO_NET: ("mcr.microsoft.com ... <403>",)},
    ),
    Meaning(
        name="public-registry-refuses-403",
        says="a registry that is open to all answered 403: credentials that are stale, or "
        "something on the way",
        possible=("proxy-denied", "credentials-rejected", "egress-filtered-registry"),
        heard={
            s.CONTAINERD: (
                "to https://{public.ecr.aws|ghcr.io|quay.io|gcr.io|registry.k8s.io} ... <403>",
                "to https://{registry-1.docker.io|auth.docker.io} ... <403>",
            ),
        },
    ),
    Meaning(
        name="plain-http-answer",
        says="plain HTTP came where TLS was expected: a mirror or a proxy with the wrong scheme",
        possible=("runtime-mirror-misconfigured", "proxy-denied", "tls-intercepted"),
        heard={
            s.GO_TLS: (
                "server gave http response to https client",
                "first record does not look like a tls handshake",
                "malformed http response",
            ),
            s.OPENSSL: ("wrong version number", "unknown protocol"),
            s.WINDOWS: ("received an unexpected eof or 0 bytes from the transport",),
        },
    ),
)
