"""What cannot be judged yet: the causes that lie behind the fault at which the pull stops.

Such a cause was neither found nor ruled out. What would show it, or show that it is not there, was
not seen, because something that a pull needs before it has failed. A cause whose symptom was looked
for and not there is not among them, nor is one that only rights or a missing engine keep from view:
those are limits, which the report names elsewhere.
"""

from collections.abc import Iterable
from functools import cache

import checks
from checks.containerd_runtime import ContainerdAbsent
from checks.contract import Check, Fact, Failed, Health
from checks.docker_runtime import DockerAbsent
from checks.target import Target
from diagnose.causes.contract import Cause, Stage
from diagnose.causes.runtime._daemon import Daemon
from diagnose.facts import Facts
from diagnose.judging import reached


def hidden(
    unjudged: Iterable[Cause], facts: Facts, primary: Cause, stopped: Stage
) -> tuple[Cause, ...]:
    """Give those of ``unjudged`` (neither found nor rejected) that ``primary`` hides.

    ``stopped`` is where it stops the pull. They come in the order in which a pull would meet them.
    """
    first = max(stopped, reached.stage(facts))  # whatever comes before it went through
    target = facts.get(Target)
    last = Stage.RUNTIME if target and target.repository else Stage.TOKEN
    found = [
        cause
        for cause in unjudged
        if cause.stage <= last
        and (
            _is_hidden(cause, facts, primary, stopped)
            if cause.stage >= first
            else _may_come_again(cause, facts)
        )
    ]
    return tuple(sorted(found, key=lambda cause: (cause.stage, cause.id)))


def _is_hidden(cause: Cause, facts: Facts, primary: Cause, stopped: Stage) -> bool:
    lacking = facts.missing(cause.needs)
    by_runtime = any(kind is Daemon for _, kind in cause.needs.parameters)
    if by_runtime and facts.has(DockerAbsent) and facts.has(ContainerdAbsent):
        return False
    if lacking:
        veiled = [_veiled(kind, facts) for kind in lacking]
        fine = [_instead(kind, facts) is Health.OK for kind in lacking]
        return any(veiled) and not any(f and not v for f, v in zip(fine, veiled, strict=True))
    if cause.stage == stopped:
        return _may_come_again(cause, facts)  # it had all it needs, and said no
    failing = [kind for kind in cause.needs.required if _failed(kind, facts)]
    if failing and set(failing) <= set(primary.needs.required):
        return False  # it saw the very symptom that the primary explains, and said no
    # It said no, but what it reads failed already, or was not come to: that is no answer.
    needs = (*cause.needs.required, *cause.needs.wanted)
    return any(_failed(kind, facts) or _veiled(kind, facts) for kind in needs)


def _may_come_again(cause: Cause, facts: Facts) -> bool:
    """Tell whether its symptom may be met later too, at a host that this pull has not come to."""
    needs = (*cause.needs.required, *cause.needs.wanted)
    return any(issubclass(kind, Failed) and _veiled(kind, facts) for kind in needs)


def _failed(kind: type[Fact], facts: Facts) -> bool:
    fact = facts.get(kind)
    return fact is not None and fact.health is Health.FAIL


def _instead(kind: type[Fact], facts: Facts) -> Health | None:
    """Give the health of what the check that could have given ``kind`` gave."""
    check = _givers().get(kind)
    gives = check.needs.gives if check else ()
    return next((fact.health for one in gives if (fact := facts.get(one))), None)


def _veiled(kind: type[Fact], facts: Facts) -> bool:
    """Tell whether there is no such fact because something before it failed."""
    check = _givers().get(kind)
    if check is None or facts.has(kind):
        return False
    instead = _instead(kind, facts)
    needs = (*check.needs.required, *check.needs.wanted)
    if instead is None:  # skipped
        return any(_veiled(need, facts) for need in check.needs.required)
    if instead is Health.FAIL:
        return True
    if instead is Health.OK:  # all that it looked at is fine; something may not be there to look at
        return any(issubclass(need, Failed) and _veiled(need, facts) for need in needs)
    # It looked and was told nothing, which is a limit, unless what it reads had failed.
    return any(_failed(need, facts) or _veiled(need, facts) for need in needs)


@cache
def _givers() -> dict[type[Fact], Check]:
    return {kind: check for check in checks.ALL for kind in check.needs.gives}
