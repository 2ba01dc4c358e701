"""How to read the words with which docker or containerd says that a pull failed; pure.

Both are Go programs and print the same errors of Go's libraries, each in wrappings of its own
("failed to do request: Head ...", "failed to copy: httpReadSeeker: ..."), so a wording is looked
for anywhere in the text. Sources: Go 1.22 net/http/transport.go (``proxyconnect``, and the bare
status text of a CONNECT that was refused), crypto/x509/verify.go, crypto/tls/common.go, net/net.go
and net/dnsclient.go; moby distribution/errors.go; containerd core/remotes/docker/resolver.go.
"""

import re
from dataclasses import dataclass

from checks.words import Word


class Plugin(Word):
    """How the kubelet's credential provider failed, by its own words in the kubelet's log.

    The kubelet then pulls without credentials, so that the pod's event tells of an anonymous pull
    (cloud-provider-azure, pkg/credentialprovider/azure_credentials.go and azure_acr_helper.go).
    """

    NETWORK_REFUSED = "the registry refuses the network"
    UNREACHED = "it does not reach the registry"
    IDENTITY_REFUSED = "the registry refuses the identity"
    NO_TOKEN = "it gets no token for its identity"  # noqa: S105 words for a person
    OTHER = "other"


class Said(Word):
    """What a runtime's words decide; everything else is OTHER."""

    NO_SPACE = "no space"
    PROXY_DEAD = "its proxy does not answer"
    PROXY_REFUSED = "its proxy refuses"
    UNTRUSTED = "it does not trust the certificate"
    ADDRESS_REFUSED = "the registry refuses its address"
    NO_SUCH_HOST = "the name does not exist"
    UNREACHED = "the host does not answer"
    LOGIN_REFUSED = "the registry refuses its login"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    said: Said
    host: str = ""  # the host that it asked for, as far as the words name one
    address: str = ""  # the address in the registry's refusal


_STATUS = "Forbidden|Proxy Authentication Required|Bad Gateway|Service Unavailable|Gateway Timeout"
_DENIED = r"client with IP (?:'|\\u0027)?(?P<ip>[^'\\\s]+?)(?:'|\\u0027)? is not allowed access"
# Containerd keeps the registry's words to itself and shows the status, 1.6 in a form of its own.
_ANSWERED = r"(?:unexpected status(?: from \w+ request to \S+)?|failed with status code \[[^\]]*\])"
# The order decides: a write that failed or a refusal by name is surer than a word of the way there.
_WORDINGS = tuple(
    (re.compile(pattern, re.IGNORECASE), said)
    for pattern, said in (
        (r"no space left on device|disk quota exceeded", Said.NO_SPACE),
        (_DENIED, Said.ADDRESS_REFUSED),
        (rf"{_ANSWERED}: 403 Forbidden", Said.ADDRESS_REFUSED),
        (r"proxyconnect tcp: ", Said.PROXY_DEAD),
        (rf'(?:Get|Head|Post) "?https://[^\s"]+"?: (?:{_STATUS})\s*$', Said.PROXY_REFUSED),
        # Docker 24 and newer leave out the request before these words for what it downloads.
        (rf"download failed after attempts=\d+: (?:{_STATUS})\s*$", Said.PROXY_REFUSED),
        (r"invalid character '<' looking for beginning of value", Said.PROXY_REFUSED),
        (r"x509: certificate signed by unknown authority", Said.UNTRUSTED),
        (r"lookup \S+(?: on \S+)?: no such host", Said.NO_SUCH_HOST),
        (r"dial tcp \S+ (?:i/o timeout|connect: \w+)", Said.UNREACHED),
        (r"Client\.Timeout exceeded|TLS handshake timeout|context deadline exceeded",
         Said.UNREACHED),
        (rf"{_ANSWERED}: 401 Unauthorized", Said.LOGIN_REFUSED),
        (r"pull access denied, repository does not exist or may require authorization",
         Said.LOGIN_REFUSED),
    )
)  # fmt: skip
_ASKED = re.compile(
    r"(?:Get|Head|Post)(?: request to)? \"?https?://(?P<host>[^/\s\":]+)"
    r"|pulling from host (?P<named>[^/\s\":]+) failed",
    re.IGNORECASE,
)


_PLUGIN = re.compile(r"credential ?provider", re.IGNORECASE)
_PLUGIN_SAYS = tuple(
    (re.compile(pattern, re.IGNORECASE), said)
    for pattern, said in (
        (r"did not issue a valid AAD challenge, status: 403\b", Plugin.NETWORK_REFUSED),
        (r"error reaching registry endpoint|failed to reach auth url", Plugin.UNREACHED),
        (r"auth url \S+ responded with status code \d+", Plugin.IDENTITY_REFUSED),
        (r"failed to get token credential|failed to acquire token", Plugin.NO_TOKEN),
        (r"169\.254\.169\.254|ManagedIdentityCredential|identity not found", Plugin.NO_TOKEN),
    )
)  # fmt: skip


def plugin(line: str) -> Plugin | None:
    """Give what a line of the kubelet's log says of its credential provider; None: not of it."""
    if not _PLUGIN.search(line):
        return None
    found = (said for pattern, said in _PLUGIN_SAYS if pattern.search(line))
    return next(found, Plugin.OTHER)


def read(text: str) -> Reading:
    """Give what ``text`` decides, and the first host that it says was asked."""
    asked = _ASKED.search(text)
    host = (asked["host"] or asked["named"]).lower() if asked else ""
    for pattern, said in _WORDINGS:
        if found := pattern.search(text):
            return Reading(said=said, host=host, address=found.groupdict().get("ip") or "")
    return Reading(said=Said.OTHER, host=host)
