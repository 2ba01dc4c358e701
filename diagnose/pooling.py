"""``agentpool``: can an ACR Tasks agent pool in this machine's subnet reach what it needs?

The same engine as ``run``, over the few checks of `checks.POOL`, judged by the one cause.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

import checks
from checks.agent_pool import PoolEgress
from checks.pool_services import ENDPOINTS
from checks.ports import World
from checks.subnet import Subnet
from checks.target import Asked, Target, UsageError, parse
from diagnose import engine
from diagnose.causes.contract import Finding
from diagnose.causes.path.agent_pool_egress_blocked import CAUSE
from diagnose.ending import NEVER, Ending
from diagnose.engine import Outcome, Step
from diagnose.facts import Facts
from diagnose.session import limits

HEALTHY, FOUND, UNSURE = 0, 1, 3
TAGS = ("AzureKeyVault", "Storage", "EventHub", "AzureActiveDirectory", "AzureMonitor")


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolResult:
    """``finding`` is None where nothing that a pool needs was seen to be closed."""

    target: Target
    facts: Facts
    pool: PoolEgress | None  # None: the time was up before it was known
    finding: Finding | None
    endpoints: tuple[tuple[str, str], ...]  # service, its state: a provisioningState | no | unknown
    limits: tuple[str, ...]
    crashed: bool
    seconds: float

    @property
    def code(self) -> int:
        if self.finding:
            return FOUND
        certain = self.pool is not None and self.pool.health == "ok"
        return HEALTHY if certain else UNSURE


def judge(
    asked: Asked,
    world: World,
    *,
    seconds: float,
    on_step: Callable[[Step], None],
    ending: Ending = NEVER,
) -> PoolResult:
    start = time.monotonic()
    facts = Facts([asked])
    steps: list[Step] = []
    for step, known in engine.run(checks.POOL, world, facts, seconds=seconds, ending=ending):
        facts = known
        steps.append(step)
        on_step(step)
    pool = facts.get(PoolEgress)
    found = facts.call(CAUSE.find) if pool else None
    return PoolResult(
        target=parse(asked.text),
        facts=facts,
        pool=pool,
        finding=found if isinstance(found, Finding) else None,
        endpoints=tuple((service, state(facts.get(Subnet), service)) for service in ENDPOINTS),
        limits=limits(sorted(steps, key=lambda step: checks.POOL.index(step.check))),
        crashed=any(step.outcome is Outcome.CRASHED for step in steps),
        seconds=time.monotonic() - start,
    )


def state(subnet: Subnet | None, service: str) -> str:
    """Tell whether the subnet has a service endpoint; its provisioningState where it has."""
    if subnet is None:
        return "unknown"
    return next((e.state for e in subnet.endpoints if e.service.lower() == service.lower()), "no")


def probes(words: list[str]) -> tuple[tuple[str, str], ...]:
    """Read TAG=HOST, such as AzureKeyVault=contoso.vault.azure.net."""
    found = []
    for word in words:
        tag, _, host = word.partition("=")
        known = next((one for one in TAGS if one.lower() == tag.lower()), "")
        if not known or not host or not all(c.isalnum() or c in ".-" for c in host):
            raise UsageError(f"--host {word[:80]!r} is not TAG=HOST with TAG one of {TAGS}")
        found.append((known, host.lower().rstrip(".")))
    return tuple(found)
