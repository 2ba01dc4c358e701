"""Who answers on 443, by its certificate, and whether this machine trusts it."""

from dataclasses import dataclass

from checks.contract import Check, Fact, Failed
from checks.ports import Failure, TlsReply, Trouble, World
from checks.target import Target
from checks.tcp_path import TcpReached

_GENUINE = ("microsoft corporation", "digicert inc")  # issuers of ACR's certificates


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsTrusted(Fact):
    issuer: str
    version: str

    @property
    def summary(self) -> str:
        return f"certificate verifies, issued by {self.issuer}"


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsUntrusted(Failed):
    """The handshake went through, but the certificate does not verify here."""

    subject: str
    issuer: str
    names: tuple[str, ...]
    problem: str
    names_match: bool
    genuine_issuer: bool  # the issuer bears the name of one that signs for ACR

    @property
    def summary(self) -> str:
        return f"certificate does not verify ({self.problem}), issued by {self.issuer}"


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsBroken(Failed):
    """No handshake: ended, reset, timed out, or not TLS."""

    address: str
    trouble: Trouble

    @property
    def summary(self) -> str:
        return f"no TLS session with {self.address}: {self.trouble}"


def gather(world: World, target: Target, tcp: TcpReached) -> TlsTrusted | TlsUntrusted | TlsBroken:
    return parse(world.net.handshake(target.login_server, tcp.address), target, tcp.address)


def parse(
    reply: TlsReply | Failure, target: Target, address: str
) -> TlsTrusted | TlsUntrusted | TlsBroken:
    if isinstance(reply, Failure):
        return TlsBroken(address=address, trouble=reply.trouble)
    if not reply.problem:
        return TlsTrusted(issuer=reply.issuer, version=reply.version)
    return TlsUntrusted(
        subject=reply.subject,
        issuer=reply.issuer,
        names=reply.names,
        problem=reply.problem,
        names_match=any(matches(target.login_server, name) for name in reply.names),
        genuine_issuer=any(f"o={name}" in reply.issuer.lower() for name in _GENUINE),
    )


def matches(host: str, pattern: str) -> bool:
    """Tell whether a certificate's DNS name covers ``host``; a wildcard covers one label."""
    if pattern.startswith("*."):
        return host.partition(".")[2].lower() == pattern[2:].lower()
    return host.lower() == pattern.lower()


CHECK = Check(id="tls", title="the certificate verifies", gather=gather)
