"""A firewall ends the connection to the registry by its name.

What happened
The network lets packets through to the registry's address, but something on the way reads the name
in the TLS greeting, finds no rule that allows it, and ends the connection. A firewall that opens
TLS answers with a page of its own instead.

How we know
TCP connects, and the connection ends or hangs as soon as the registry's name has been sent. It is
proven when another name at the same address gets a certificate, or when Azure Firewall's own words
come back, or a page under a certificate that is not Microsoft's.

Fix
Allow the login server by name in the firewall's application rules, for TCP 443. Allow the layers'
hosts with it, since they are met next.

Still failing?
A rule by service tag or address is no help where a rule by name is asked first. Where TLS to every
host ends this way, the firewall allows no name at all from this subnet.
"""

from checks.challenge import Challenge, ChallengeSilent
from checks.mtu import LargeLost
from checks.outbound_rules import OutboundRules
from checks.outside_tls import Elsewhere
from checks.proxy import NoProxy
from checks.target import Target
from checks.tls_session import TlsBroken, TlsTrusted
from diagnose.causes.contract import Cause, Confidence, Evidence, Finding, Owner, Rejected, Stage
from diagnose.causes.path import _filter

_SETTLE = "Look in the firewall's log of application rules for the login server's name."


def find(
    *,
    target: Target,
    proxy: NoProxy,
    broken: TlsBroken | None,
    trusted: TlsTrusted | None,
    elsewhere: Elsewhere | None,
    challenge: Challenge | None,
    silent: ChallengeSilent | None,
    large: LargeLost | None,
    rules: OutboundRules | None,
) -> Finding | Rejected | None:
    del proxy  # with a proxy the direct path is not what a pull takes
    if challenge:
        return _page(target, challenge, trusted, rules)
    if not broken:
        return _cut(target, silent, trusted, rules)
    if not broken.connected:
        return None
    confidence = _filter.sureness(broken.trouble, elsewhere)
    if confidence is None:
        return None
    if large:
        return Rejected(because=large.summary)
    evidence = [Evidence(check="tls", saw=broken.summary)]
    if elsewhere:
        evidence.append(Evidence(check="outside-tls", saw=elsewhere.summary))
    return Finding(
        confidence=confidence,
        evidence=tuple(evidence),
        fix=_filter.steps(target.login_server, rules),
        settle="" if confidence is Confidence.PROVEN else _SETTLE,
    )


def _cut(
    target: Target,
    silent: ChallengeSilent | None,
    trusted: TlsTrusted | None,
    rules: OutboundRules | None,
) -> Finding | None:
    """Judge a request that ended without an answer, after TLS with somebody else than Microsoft."""
    if not silent or silent.trouble not in _filter.ENDED or not trusted or trusted.genuine_issuer:
        return None
    return Finding(
        confidence=Confidence.LIKELY,
        evidence=(
            Evidence(check="challenge", saw=silent.summary),
            Evidence(check="tls", saw=f"the certificate is issued by {trusted.issuer}"),
        ),
        fix=_filter.steps(target.login_server, rules),
        settle=_SETTLE,
        stage=Stage.CHALLENGE,
    )


def _page(
    target: Target, challenge: Challenge, trusted: TlsTrusted | None, rules: OutboundRules | None
) -> Finding | None:
    """Judge an answer that is not the registry's."""
    signed = trusted.issuer if trusted and not trusted.genuine_issuer else ""
    if challenge.from_acr or not (challenge.firewall or signed):
        return None
    # Anything but its own page for a request may be what somebody behind it said.
    sure = challenge.firewall or (challenge.page and challenge.status < 500)
    evidence = [Evidence(check="challenge", saw=challenge.summary)]
    if signed:
        evidence.append(Evidence(check="tls", saw=f"the certificate is issued by {signed}"))
    return Finding(
        confidence=Confidence.PROVEN if sure else Confidence.LIKELY,
        evidence=tuple(evidence),
        fix=_filter.steps(target.login_server, rules),
        settle="" if sure else _SETTLE,
        stage=Stage.CHALLENGE,
    )


CAUSE = Cause(
    id="egress-filtered-registry",
    title="A firewall ends the connection to the registry by its name",
    stage=Stage.TLS,
    owner=Owner.NETWORK,
    find=find,
    beats=("registry-unavailable",),
)
