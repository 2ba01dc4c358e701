"""Knows which failure word each exception of the libraries below means; no other file does."""

import errno
import http.client
import os
import re
import socket
import ssl
from collections.abc import Iterator

from checks.replies import Failure, Trouble
from diagnose.live.deadline import Deadline, DeadlinePassedError
from diagnose.live.wording import tidy

_ERRNO = {
    errno.ECONNREFUSED: Trouble.REFUSED,
    errno.ENOENT: Trouble.REFUSED,  # a unix socket that is not there
    errno.ECONNRESET: Trouble.RESET,
    errno.EPIPE: Trouble.RESET,
    errno.ECONNABORTED: Trouble.RESET,
    errno.ETIMEDOUT: Trouble.TIMEOUT,
    errno.ENETUNREACH: Trouble.UNREACHABLE,
    errno.EHOSTUNREACH: Trouble.UNREACHABLE,
    errno.ENETDOWN: Trouble.UNREACHABLE,
    errno.EADDRNOTAVAIL: Trouble.UNREACHABLE,
    errno.EINVAL: Trouble.UNREACHABLE,  # what connect gives for a route of type blackhole
    errno.EAFNOSUPPORT: Trouble.UNREACHABLE,
    errno.EACCES: Trouble.FORBIDDEN,
    errno.EPERM: Trouble.FORBIDDEN,
}
_SHORTAGE = {errno.EMFILE, errno.ENFILE, errno.ENOMEM}  # what this process may have is used up
_TUNNEL = re.compile(r"Tunnel connection failed: (?P<status>[1-5]\d\d)\b")  # http.client's words
_NO_ADDRESS = {socket.EAI_NODATA, socket.EAI_ADDRFAMILY}


class CarrierError(Exception):
    """Brings a `Failure` unharmed through a library that wants exceptions."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.detail)
        self.failure = failure


def failed(
    error: BaseException,
    deadline: Deadline,
    *,
    peer: str = "",
    elapsed: float = 0.0,
    connected: bool = False,
    via_proxy: str = "",
) -> Failure:
    """Name what ``error`` means. A call that the run's end cut short proves nothing of the path.

    Nor does one that this process had no memory or no file left for: that is raised as it is.
    """
    if any(_is_ours(one) for one in chain(error)):
        raise error
    trouble, detail = _judge(error)
    cut = trouble is Trouble.TIMEOUT or any(isinstance(one, TimeoutError) for one in chain(error))
    if cut and deadline.left() <= 0.0:
        trouble, detail = Trouble.DEADLINE, "the run's time was used up"
    refusal = _TUNNEL.search(detail) if trouble is Trouble.PROXY else None
    return Failure(
        trouble=trouble,
        detail=tidy(detail),
        peer=peer,
        elapsed=elapsed,
        connected=connected,
        via_proxy=via_proxy,
        status=int(refusal["status"]) if refusal else 0,
    )


def _is_ours(error: BaseException) -> bool:
    short = isinstance(error, OSError) and error.errno in _SHORTAGE
    return short or isinstance(error, MemoryError)


def chain(error: BaseException) -> Iterator[BaseException]:
    """Give ``error`` and every exception inside it, outermost first, each once."""
    seen: set[int] = set()
    queue: list[object] = [error]
    while queue:
        item = queue.pop(0)
        if not isinstance(item, BaseException) or id(item) in seen:
            continue
        seen.add(id(item))
        yield item
        queue += [*item.args, getattr(item, "reason", None), getattr(item, "inner_exception", None)]
        queue += [item.__cause__, item.__context__]


def _judge(error: BaseException) -> tuple[Trouble, str]:
    found = list(chain(error))
    for item in found:
        if isinstance(item, CarrierError):
            return item.failure.trouble, item.failure.detail
    proxied = _proxy(found)
    for item in found:
        named = _name(item)
        if named is not None:
            is_ssl = isinstance(item, ssl.SSLError)
            return (Trouble.PROXY, f"proxy: {named[1]}") if proxied and not is_ssl else named
    if proxied:
        return Trouble.PROXY, "the proxy cannot be used"
    if any("Timeout" in type(item).__name__ for item in found):
        return Trouble.TIMEOUT, "no answer in time"
    return Trouble.PROTOCOL, f"not understood ({type(error).__name__})"


def _proxy(found: list[BaseException]) -> bool:
    names = {type(item).__name__ for item in found}
    return bool(names & {"ProxyError", "InvalidProxyURL", "ProxySchemeUnknown"}) or any(
        "Tunnel connection failed" in str(item) for item in found if isinstance(item, OSError)
    )


def _name(item: BaseException) -> tuple[Trouble, str] | None:  # a table
    if isinstance(item, DeadlinePassedError):
        return Trouble.DEADLINE, "the run's time was used up"
    if isinstance(item, ssl.SSLError):
        return _tls(item)
    if isinstance(item, socket.gaierror):
        return _lookup(item)
    if isinstance(item, http.client.RemoteDisconnected):
        return Trouble.EOF, "closed without an answer"
    if isinstance(item, http.client.IncompleteRead):
        return Trouble.EOF, "closed in the middle of the answer"
    if isinstance(item, http.client.HTTPException):
        return Trouble.PROTOCOL, f"the answer is not HTTP ({type(item).__name__})"
    if isinstance(item, (TimeoutError, socket.timeout)):
        return Trouble.TIMEOUT, "no answer in time"
    if isinstance(item, EOFError):
        return Trouble.EOF, "closed without an answer"
    if isinstance(item, UnicodeError):
        return Trouble.PROTOCOL, "a name or text that cannot be encoded"
    return _system(item) if isinstance(item, OSError) else None


def _system(item: OSError) -> tuple[Trouble, str] | None:
    refusal = _TUNNEL.search(str(item))  # requests hands urllib3's whole story on
    if refusal:
        return Trouble.PROXY, refusal[0]
    if item.errno in _ERRNO:
        return _ERRNO[item.errno], os.strerror(item.errno).lower()
    return None


def _tls(item: ssl.SSLError) -> tuple[Trouble, str]:
    if isinstance(item, ssl.SSLCertVerificationError):
        return Trouble.UNTRUSTED, item.verify_message or "the certificate does not verify"
    reason = getattr(item, "reason", "") or ""  # one that Python itself raises has none
    if isinstance(item, ssl.SSLEOFError) or "EOF" in reason:
        return Trouble.EOF, "closed during TLS"
    if "timed out" in str(item):
        return Trouble.TIMEOUT, "no answer in time"
    return Trouble.PROTOCOL, f"TLS: {reason or type(item).__name__}"


def _lookup(item: socket.gaierror) -> tuple[Trouble, str]:
    if item.errno == socket.EAI_NONAME:
        return Trouble.NAME_UNKNOWN, "the name does not exist"
    if item.errno in _NO_ADDRESS:
        return Trouble.NAME_EMPTY, "the name has no address"
    if item.errno == socket.EAI_AGAIN:
        return (
            Trouble.DNS_FAILING,
            "temporary failure (getaddrinfo does not tell a timeout from a failing server)",
        )
    return Trouble.DNS_FAILING, "the lookup failed"


def first_telling(errors: list[OSError]) -> OSError:
    """Choose among the failures of several addresses: "no route" for IPv6 says least."""
    silent = (errno.ENETUNREACH, errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)
    telling = [error for error in errors if error.errno not in silent]
    empty = socket.gaierror(socket.EAI_NODATA, "no address")
    return next(iter(telling or errors), empty)
