"""The registry firewall's refusal, wherever on the way it fell, as one fact.

ACR refuses at ``/v2/`` (older), at ``/oauth2/token`` or at ``/oauth2/exchange`` (today) with the
same words for a missing rule, a missing endpoint and switched-off public access. The address in
those words is what tells them apart.
"""

from dataclasses import dataclass

from checks import addresses
from checks.addresses import Kind
from checks.anonymous import Anonymous
from checks.challenge import Challenge
from checks.contract import Check, Fact, Failed, Unseen
from checks.token import PullTokenRefused


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused(Failed):
    """ACR's firewall refused this caller."""

    check: str  # id of the check that met it first on a pull's way
    ip: str  # as ACR named it; empty where it named none
    private_ip: str  # the RFC 1918 address that ``ip`` is or carries, else empty

    @property
    def kind(self) -> Kind:
        return addresses.kind(self.ip)

    @property
    def summary(self) -> str:
        if not self.ip:
            return "ACR's firewall refused, without naming an address"
        carried = f", which carries {self.private_ip}" if ":" in self.ip and self.private_ip else ""
        return f"ACR's firewall refused {self.ip} ({self.kind}{carried})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Admitted(Fact):
    """A token endpoint answered this caller with something else than a refusal by network."""

    @property
    def summary(self) -> str:
        return "ACR's firewall lets this machine in"


@dataclass(frozen=True, slots=True, kw_only=True)
class AdmissionUnknown(Unseen):
    @property
    def summary(self) -> str:
        return "no answer that shows whether ACR's firewall lets this machine in"


def gather(
    challenge: Challenge | None, anonymous: Anonymous | None, token: PullTokenRefused | None
) -> Refused | Admitted | AdmissionUnknown:
    found: list[tuple[str, Challenge | Anonymous | PullTokenRefused]] = []
    if challenge:
        found.append(("challenge", challenge))
    if anonymous:
        found.append(("anonymous-token", anonymous))
    if token:
        found.append(("token", token))
    # A 401 of /v2/ alone is no admission: today's refusal falls behind it.
    let_in = bool(anonymous and anonymous.status in (200, 401) and anonymous.from_acr)
    for check, answer in found:
        if answer.refused_ip or (_denied(answer) and not (let_in and check == "token")):
            return Refused(
                check=check,
                ip=addresses.plain(answer.refused_ip),
                private_ip=addresses.private_ipv4(answer.refused_ip),
            )
    return Admitted() if let_in else AdmissionUnknown()


def _denied(answer: Challenge | Anonymous | PullTokenRefused) -> bool:
    """A refusal that names no address; the words may be missing, as some answers have no body.

    With a token in hand the same code may be about rights; the callers look at that.
    """
    bare = not answer.code and not isinstance(answer, PullTokenRefused)
    page = isinstance(answer, Challenge) and answer.page
    return (
        answer.status == 403 and answer.from_acr and (answer.code == "DENIED" or bare) and not page
    )


CHECK = Check(id="firewall", title="the registry's firewall lets this machine in", gather=gather)
