"""Who answers on 443, by its certificate, and whether this machine trusts it."""

from dataclasses import dataclass

from checks import asks
from checks.contract import Check, Fact, Failed
from checks.ports import World
from checks.replies import Failure, TlsReply, Trouble
from checks.target import Target
from checks.tcp_path import TcpReached

_GENUINE = ("microsoft corporation", "digicert inc")  # issuers of ACR's certificates
_DATES = ("expired", "not yet valid")  # in OpenSSL's words for a certificate out of its time


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsTrusted(Fact):
    issuer: str
    version: str
    genuine_issuer: bool = True

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
    def out_of_date(self) -> bool:
        """By this machine's clock the certificate, or one above it, is not valid now."""
        return names_dates(self.problem)

    @property
    def unread(self) -> bool:
        """Nobody here could read the certificate, so whose it is was not seen."""
        return not (self.issuer or self.subject or self.names)

    @property
    def summary(self) -> str:
        by = (
            "by whom it was issued could not be read" if self.unread else f"issued by {self.issuer}"
        )
        return f"certificate does not verify ({self.problem}), {by}"


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsBroken(Failed):
    """No handshake: ended, reset, timed out, or not TLS."""

    address: str
    trouble: Trouble
    connected: bool = True  # False: it was the connection for it that failed, not TLS

    @property
    def summary(self) -> str:
        before = "" if self.connected else " before the connection stood"
        return f"no TLS session with {self.address}: {self.trouble}{before}"


def gather(world: World, target: Target, tcp: TcpReached) -> TlsTrusted | TlsUntrusted | TlsBroken:
    return parse(world.net.handshake(target.login_server, tcp.address), target, tcp.address)


def parse(
    reply: TlsReply | Failure, target: Target, address: str
) -> TlsTrusted | TlsUntrusted | TlsBroken:
    if isinstance(reply, Failure):
        return TlsBroken(address=address, trouble=reply.trouble, connected=reply.connected)
    if not reply.problem:
        issuer = reply.issuer
        return TlsTrusted(issuer=issuer, version=reply.version, genuine_issuer=genuine(issuer))
    return TlsUntrusted(
        subject=reply.subject,
        issuer=reply.issuer,
        names=reply.names,
        problem=reply.problem,
        names_match=any(matches(target.login_server, name) for name in reply.names),
        genuine_issuer=genuine(reply.issuer),
    )


def names_dates(problem: str) -> bool:
    """Tell whether OpenSSL's words say that a certificate is not valid at this time."""
    return any(word in problem for word in _DATES)


def genuine(issuer: str) -> bool:
    """Tell whether an issuer bears the name of one that signs for Microsoft's services."""
    return any(f"o={name}" in issuer.lower() for name in _GENUINE)


def matches(host: str, pattern: str) -> bool:
    """Tell whether a certificate's DNS name covers ``host``; a wildcard covers one label."""
    if pattern.startswith("*."):
        return host.partition(".")[2].lower() == pattern[2:].lower()
    return host.lower() == pattern.lower()


CHECK = Check(
    id="tls",
    title="the certificate verifies",
    gather=gather,
    asks=(asks.tls("{login_server}", "who answers, and is it trusted"),),
)
