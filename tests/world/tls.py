"""TLS without a socket: the lab's own certificates, the client's own trust, two memory buffers."""

import contextlib
import ssl
import tempfile
import time
from functools import cache
from pathlib import Path

from diagnose.lab.certs import Pki
from diagnose.live import trust

_FLIGHTS = 10  # messages that either side may have to send; TLS 1.3 needs three


_folders: list["tempfile.TemporaryDirectory[str]"] = []  # they leave with the process


@cache
def pki(clock_offset: float) -> Pki:
    """The authorities of every cloud whose clock is so far off; no fact holds what is random in
    them.
    """
    _folders.append(tempfile.TemporaryDirectory(prefix="acr-world-"))
    return Pki(Path(_folders[-1].name), time.time() - clock_offset)


@cache
def trusting(ca_file: str) -> ssl.SSLContext:
    """Give a client's context; raise what `trust` raises for a file that cannot be read."""
    return trust.context({}, ca_file)


@cache
def _blind() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


Session = tuple[bytes, str]  # the leaf in DER, the protocol's version
_done: dict[object, Session | ssl.SSLError] = {}


def handshake(server: ssl.SSLContext, name: str, ca_file: str, *, verify: bool) -> Session:
    """Shake hands as a client that asks for ``name``; raise what `ssl` and `trust` raise.

    The outcome depends on the arguments alone, so that each is worked out once.
    """
    key = (id(server), name, ca_file, verify)
    if key not in _done:
        client = trusting(ca_file) if verify else _blind()
        try:
            _done[key] = _shaken(server, client, name)
        except ssl.SSLError as error:
            _done[key] = error
    outcome = _done[key]
    if isinstance(outcome, ssl.SSLError):
        raise outcome.with_traceback(None)
    return outcome


def _shaken(server: ssl.SSLContext, client: ssl.SSLContext, name: str) -> Session:
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    ours = client.wrap_bio(to_client, to_server, server_hostname=name)
    theirs = server.wrap_bio(to_server, to_client, server_side=True)
    for _ in range(_FLIGHTS):
        try:
            ours.do_handshake()
        except ssl.SSLWantReadError:
            pass
        else:
            return ours.getpeercert(binary_form=True) or b"", ours.version() or ""
        with contextlib.suppress(ssl.SSLWantReadError):
            theirs.do_handshake()
    raise ssl.SSLError("the handshake came to no end")
