"""This machine's clock is wrong.

What happened
Certificates and tokens are valid between two moments. This machine's clock stands outside of them,
so the registry's good certificate looks expired or not yet valid, and no request gets through.

How we know
The clock differs by five minutes or more from that of Azure's metadata service, which answers
without TLS, or of the registry. It is proven when the certificate that fails here is valid by the
other clock. Where requests go by a proxy, the words with which one failed make it likely.

Fix
Set the clock by time synchronisation, and find out why that did not happen: the service may be
stopped or its servers out of reach. A machine in Azure can take the time from its host.

Still failing?
Programs that run already keep what they decided: restart docker and containerd. A machine that was
restored from a snapshot or paused for long may need its clock stepped once by hand.
"""

from checks.clock import Clock, ClockUnknown
from checks.contract import Health
from checks.proxy import ProxyFailed
from checks.replies import Trouble
from checks.tls_session import TlsUntrusted, names_dates
from checks.token import PullTokenRefused
from diagnose.causes.contract import (
    Cause,
    Confidence,
    Evidence,
    Finding,
    FixStep,
    Owner,
    Rejected,
    Risk,
    Stage,
)

_SETTLE = "Compare `date -u` with the time of another machine."


def find(
    clock: Clock | None,
    unknown: ClockUnknown | None,
    tls: TlsUntrusted | None,
    proxy: ProxyFailed | None,
    refused: PullTokenRefused | None,
) -> Finding | Rejected | None:
    dated = tls if tls and tls.out_of_date else None
    by_proxy = proxy if proxy and proxy.trouble is Trouble.UNTRUSTED else None
    if by_proxy and not names_dates(by_proxy.detail):
        by_proxy = None
    wrong = bool(clock and clock.health is Health.FAIL)
    if clock and not wrong:
        met = dated or by_proxy
        return Rejected(because=f"the clock is {clock.summary}") if met else None
    if not clock and not (unknown and (by_proxy or (dated and dated.genuine_issuer))):
        return None
    evidence = [Evidence(check="clock", saw=clock.summary)] if clock else []
    if dated:
        evidence.append(Evidence(check="tls", saw=dated.summary))
        if clock and clock.explains is False:
            return Rejected(because="by the right time the certificate is not valid either")
    if by_proxy:
        saw = f"by way of {by_proxy.url}: {by_proxy.detail}"
        evidence.append(Evidence(check="proxy", saw=saw))
    sure = bool(clock and clock.explains)
    tripped = dated or by_proxy
    harmless = Confidence.LIKELY if tripped else Confidence.POSSIBLE
    return Finding(
        confidence=Confidence.PROVEN if sure else harmless,
        evidence=tuple(evidence),
        fix=_fix(),
        settle="" if sure else _SETTLE,
        stage=Stage.TLS if tripped else _later(refused),
    )


def _later(refused: PullTokenRefused | None) -> Stage:
    """Say where it is met by what does not trip over a certificate: at a token, if at all."""
    return Stage.TOKEN if refused and refused.status == 401 else Stage.RUNTIME


def _fix() -> tuple[FixStep, ...]:
    return (
        FixStep(
            command="timedatectl",
            needs="a shell on this machine",
            risk=Risk.READ_ONLY,
            why="Shows the time, and whether it is synchronised.",
        ),
        FixStep(
            command="sudo timedatectl set-ntp true",
            needs="root on this machine",
            risk=Risk.DISRUPTIVE,
            why="Starts time synchronisation, which then sets the clock; programs see it jump.",
            undo="sudo timedatectl set-ntp false",
        ),
        FixStep(
            command="sudo chronyc makestep",
            needs="root on this machine, with chrony, which Azure's images have",
            risk=Risk.DISRUPTIVE,
            why="Instead: steps the clock at once.",
        ),
    )


CAUSE = Cause(
    id="clock-skewed",
    title="This machine's clock is wrong",
    stage=Stage.TLS,
    owner=Owner.HOST,
    find=find,
    beats=("tls-intercepted", "tls-untrusted-ca"),
)
