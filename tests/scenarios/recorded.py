"""One recorded run of a story in this process, for all that is told of bundles."""

from dataclasses import dataclass
from functools import cache

import checks
from checks.target import Asked, parse
from diagnose import engine, session
from diagnose.bundle.recorder import Recorder
from diagnose.bundle.recording import Recording
from diagnose.facts import Facts
from diagnose.lab.cloud import Cloud
from diagnose.session import Result
from tests.matrix import runs
from tests.scenarios.stories import blind
from tests.world import Rights, Wire
from tests.world.world import InsideWorld


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """What a run came to, and what was kept of it."""

    result: Result
    recording: Recording
    secrets: tuple[str, ...]


@cache
def told(name: str, *, sees_azure: bool = True) -> Recorded:
    """Run a story by an identity that may read everything in Azure, or nothing."""
    story = runs.BY_NAME[name]
    cloud = runs.cloud_of(story)
    if not sees_azure:
        blind(cloud)
    return recorded(cloud, story.image)


def recorded(cloud: Cloud, image: str, rights: Rights | None = None) -> Recorded:
    """Run against ``cloud`` and keep what was asked and answered."""
    asked, target = Asked(text=image), parse(image)
    world = InsideWorld(Wire(cloud), target.login_server, rights)
    recorder, steps, facts = Recorder(), [], Facts([asked])
    for step, known in engine.in_turn(checks.ALL, world, facts, lens=recorder.lens):
        steps.append(step)
        facts = known
    result = session.judged(target, facts, steps, 1.0)
    return Recorded(
        result=result,
        recording=recorder.recording(asked, result),
        secrets=world.vault.secrets(),
    )
