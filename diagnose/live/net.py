"""Knows how to try a bare TCP connection, and a TLS handshake whether or not it is trusted."""

import ssl
import time

from checks.replies import Failure, TcpReply, TlsReply, Trouble
from diagnose.live import certificates
from diagnose.live.client import Client
from diagnose.live.deadline import Deadline, Limits
from diagnose.live.dialer import Dialer
from diagnose.live.trouble import failed

_SMALL = 536  # bytes; RFC 9293 3.7.1: the segment size that every IPv4 path carries


class LiveNet:
    """`checks.ports.Net`."""

    def __init__(self, dialer: Dialer, deadline: Deadline, limits: Limits, client: Client) -> None:
        """Take ``client`` for whom it trusts."""
        self._dialer, self._deadline, self._limits = dialer, deadline, limits
        self._client = client

    def connect(self, address: str, port: int = 443, *, retry: bool = True) -> TcpReply | Failure:
        """Connect and hang up; a second try, because one lost SYN is no finding."""
        if not retry:
            return self._connect(address, port, self._limits.connect)
        reply = self._connect(address, port, self._limits.connect_first)
        if isinstance(reply, TcpReply) or reply.trouble is not Trouble.TIMEOUT:
            return reply
        again = self._connect(address, port, self._limits.connect)
        if isinstance(again, Failure) and again.trouble is Trouble.DEADLINE:
            return reply  # the first try did time out; that stands
        return again

    def handshake(
        self, name: str, address: str, port: int = 443, *, small_segments: bool = False
    ) -> TlsReply | Failure:
        """Handshake for ``name``; again without verifying where the certificate does not verify."""
        mss = _SMALL if small_segments else 0
        context = self._client.context()
        reply = self._handshake(context, name, address, port, "", mss)
        if isinstance(reply, Failure) and reply.trouble is Trouble.UNTRUSTED:
            context = ssl.create_default_context()
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE  # nothing is sent: we only want to see who it is
            return self._handshake(context, name, address, port, reply.detail, mss)
        return reply

    def _connect(self, address: str, port: int, seconds: float) -> TcpReply | Failure:
        began = time.monotonic()
        try:
            with self._dialer.connect(address, port, seconds) as sock:
                local = self._dialer.local(sock)
        except Exception as error:
            spent = time.monotonic() - began
            return failed(error, self._deadline, peer=address, elapsed=spent)
        return TcpReply(peer=address, local=local, elapsed=time.monotonic() - began)

    def _handshake(
        self, context: ssl.SSLContext, name: str, address: str, port: int, problem: str, mss: int
    ) -> TlsReply | Failure:
        began, connected = time.monotonic(), False
        try:
            with self._dialer.connect(address, port, self._limits.connect, mss=mss) as plain:
                connected = True
                plain.settimeout(self._deadline.cap(self._limits.read))
                with context.wrap_socket(plain, server_hostname=name) as sock:
                    der, version = sock.getpeercert(binary_form=True) or b"", sock.version() or ""
        except Exception as error:
            spent = time.monotonic() - began
            return failed(error, self._deadline, peer=address, elapsed=spent, connected=connected)
        leaf = certificates.read(der)
        if leaf is None:
            leaf, problem = certificates.Leaf(), problem or "the certificate cannot be read"
        return TlsReply(
            peer=address,
            version=version,
            subject=leaf.subject,
            issuer=leaf.issuer,
            names=leaf.names,
            not_before=leaf.not_before,
            not_after=leaf.not_after,
            problem=problem,
            elapsed=time.monotonic() - began,
        )
