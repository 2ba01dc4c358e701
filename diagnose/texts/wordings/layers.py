"""The layers' host: another name and another network path than the login server's."""

from diagnose.texts.meaning import Meaning
from diagnose.texts.wordings import sources as s

_LOST = (
    "{i/o timeout|connection timed out|deadline exceeded|client.timeout|no route to host|"
    "connection refused|network is unreachable|handshake timeout|timed out|"
    "did not properly respond}"
)
_CUT = "{: eof|unexpected eof|connection reset|forcibly closed|handshake failure|ssl_error_syscall}"
_NO_NAME = (
    "{no such host|name or service not known|nxdomain|could not resolve host|server misbehaving|"
    "temporary failure in name resolution}"
)

ROWS = (
    Meaning(
        name="storage-not-authorized",
        says="the storage behind the registry refused this network, as a service endpoint policy "
        "for Storage makes it do",
        likely=("storage-endpoint-policy-blocks-layers",),
        possible=("egress-filtered-data",),
        heard={
            s.STORAGE: (
                "authorizationfailure",
                "this request is not authorized to perform this operation",
            ),
        },
    ),
    Meaning(
        name="layer-link-out-of-time",
        says="the link to the layer is outside its time, by this machine's clock or by delay",
        likely=("clock-skewed",),
        heard={
            s.STORAGE: (
                "signature not valid in the specified time frame",
                "signed expiry time ... has to be after",
            ),
        },
    ),
    Meaning(
        name="data-endpoint-has-no-record",
        says="the login server is found, but not the registry's data endpoint",
        likely=("private-dns-data-record-missing",),
        possible=("private-dns-record-missing", "custom-dns-not-forwarding", "egress-blocked-data"),
        heard={
            s.GO_NET: (f"data.azurecr. ... {_NO_NAME}", f"lookup <layers> ... {_NO_NAME}"),
            s.CURL: ("could not resolve host: <layers>",),
            s.RESOLVER: ("can't find <layers>",),
        },
    ),
    Meaning(
        name="layers-cut",
        says="the connection to the layers' host is ended, by a filter that reads its name or "
        "midway",
        possible=(
            "egress-filtered-data",
            "registry-unavailable",
            "egress-blocked-data",
            "mtu-black-hole",
        ),
        heard={
            s.CONTAINERD: (
                f"https://<layers> ... {_CUT}",
                f"failed to copy: ... {_CUT}",
                f"httpreadseeker: failed open: ... {_CUT}",
            ),
            s.MOBY: (
                f"error pulling image configuration ... {_CUT}",
                f"download failed after attempts= ... {_CUT}",
            ),
            s.IMAGE: (f"{{reading|fetching|copying|writing}} blob ... {_CUT}",),
            s.ORAS: (f"copy failed: ... {_CUT}", "copy failed: unexpected eof"),
        },
    ),
    Meaning(
        name="layers-silent",
        says="the manifest came, but the layers' host cannot be reached",
        likely=("egress-blocked-data",),
        possible=("egress-filtered-data", "no-outbound", "mtu-black-hole"),
        heard={
            s.CONTAINERD: (
                f"https://<layers> ... {_LOST}",
                f"httpreadseeker: failed open: failed to do request ... {_LOST}",
                f"failed to copy: ... {_LOST}",
            ),
            s.MOBY: (
                f"error pulling image configuration ... {_LOST}",
                f"download failed after attempts= ... {_LOST}",
            ),
            s.IMAGE: (f"{{reading|fetching|copying|writing}} blob ... {_LOST}",),
            s.CURL: (f"failed to connect to <layers> ... {_LOST}",),
            s.DISTRIBUTION: (f"/docker/registry/v2/blobs/ ... {_LOST}",),
        },
    ),
    Meaning(
        name="layers-refused",
        says="the layers' host answered 403 to a link that the registry had signed",
        possible=(
            "storage-endpoint-policy-blocks-layers",
            "egress-filtered-data",
            "clock-skewed",
            "proxy-denied",
        ),
        heard={
            s.CONTAINERD: (
                "unexpected status code https:// ... /blobs/ ... <403>",
                "httpreadseeker: failed open: unexpected status ... <403>",
                "failed to copy: ... 403 forbidden",
                "https://<layers> ... <403>",
            ),
            s.MOBY: ("error pulling image configuration ... <403>",),
            s.IMAGE: ("{reading|fetching|copying} blob ... <403>",),
            s.STORAGE: ("server failed to authenticate the request", "invalidauthenticationinfo"),
        },
    ),
)
