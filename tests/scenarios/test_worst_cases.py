"""Where nothing answers, a run waits for what has to be waited for, at the same time."""

from contextlib import closing

import pytest

from checks.target import Asked
from diagnose import session
from diagnose.engine import Outcome
from diagnose.lab.healthy import healthy_cloud
from diagnose.live import live_world
from diagnose.live.deadline import Limits
from diagnose.runs import demonstration
from tests.scenarios.stories.path import REGISTRY
from tests.scenarios.worst import WORST, Worst

LIMITS = Limits.within(6.0)  # every wait is half as long as usual; the deadline is the usual one
SLACK = 3.0  # seconds, for what a busy machine takes beside the waiting


@pytest.mark.parametrize("worst", WORST, ids=lambda worst: worst.name.replace(" ", "-"))
def test_time_outs_are_waited_for_at_the_same_time(worst: Worst) -> None:
    cloud = healthy_cloud()
    worst.change(cloud)
    asked = Asked(text=demonstration.IMAGE)
    with demonstration.laboratory(cloud) as options:
        world = live_world(options, REGISTRY, LIMITS)
        with closing(world):
            result = session.diagnose(asked, world, seconds=options.timeout)

    waits = worst.waits(LIMITS)
    unfinished = [s.check.id for s in result.steps if s.outcome is Outcome.UNFINISHED]
    assert result.verdict.primary, result.verdict
    assert result.verdict.primary.cause.id == worst.cause
    assert not unfinished, "the deadline cut it off"
    assert 0.8 * waits < result.seconds < 1.2 * waits + SLACK
    assert sum(step.took for step in result.steps) > 1.5 * result.seconds, "one after the other"
