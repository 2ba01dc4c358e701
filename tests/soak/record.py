"""A soak from its start to its end: what was seen at each look, as rows of figures.

First one look at every state, which is the warm-up: it loads all that a run may load. Then states
come and go by chance, from a seed, until the time is over. Each spell of a state lasts a few
looks, and every second state is the one in which all is well.
"""

import json
import random
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tests.scenarios.stories import Story
from tests.soak import states
from tests.soak.subject import Agent, Azure

WELL = "everything_is_right"
LOOKS = 4  # in a spell, at most
PAUSE = 1.0, 2.0  # seconds between two looks, at least: as far as the run itself is not longer


@dataclass(frozen=True, kw_only=True)
class Look:
    """One run and what could be seen after it. ``at`` is seconds since the soak began."""

    at: float
    state: str
    expected: str
    code: tuple[str, ...]  # every code that is told at once; one
    warm: bool  # the warm-up is over
    took: float  # seconds from the question to the answer
    series: int
    log: int  # bytes of it until now
    healthz: int
    readyz: int
    uses: dict[str, float]


@dataclass(kw_only=True)
class Record:
    """``seen`` is every series that ever was, ``runs`` what was asked for."""

    seed: int
    looks: list[Look] = field(default_factory=list)
    seen: set[tuple[str, ...]] = field(default_factory=set)
    events: list[dict[str, object]] = field(default_factory=list)
    runs: int = 0
    counted: int = 0
    textfile: str = ""
    served: str = ""
    ended: tuple[float, int] = (0.0, -1)

    @property
    def measured(self) -> list[Look]:
        return [look for look in self.looks if look.warm]


def spells(chance: random.Random, stories: tuple[Story, ...]) -> Iterator[tuple[Story, int]]:
    """Give without end which state is next, and for how many looks."""
    well = next(told for told in stories if told.name == WELL)
    while True:
        yield well, chance.randint(1, LOOKS)
        for _ in range(chance.randint(1, 2)):
            yield chance.choice(stories), chance.randint(1, LOOKS)


def made(agent: Agent, azure: Azure, *, seconds: float, seed: int, into: Path) -> Record:
    """Soak for ``seconds`` in all; each look is a line of JSON in ``into`` at once."""
    chance = random.Random(seed)  # noqa: S311 no secret is made of it
    stories = states.coming_and_going()
    record, begun = Record(seed=seed, runs=agent.runs), time.monotonic()
    lap = [(told, 1) for told in chance.sample(stories, len(stories))]
    with into.open("w", encoding="utf-8") as lines:

        def stay(told: Story, looks: int, *, warm: bool) -> None:
            azure.becomes(told.name)
            for _ in range(looks):
                look = _look(agent, record, told, begun=begun, warm=warm)
                lines.write(json.dumps(asdict(look)) + "\n")
                lines.flush()
                time.sleep(max(0.0, chance.uniform(*PAUSE) - look.took))

        for told, looks in lap:
            stay(told, looks, warm=False)
        for told, looks in spells(chance, stories):
            if time.monotonic() > begun + seconds:
                break
            stay(told, looks, warm=True)
    record.served = agent.get("/metrics")[1]
    record.textfile = next(agent.textfiles.iterdir()).read_text()
    record.counted = agent.runs
    record.ended = agent.ended()
    record.events = agent.events()
    return record


def _look(agent: Agent, record: Record, told: Story, *, begun: float, warm: bool) -> Look:
    asked = time.monotonic()
    agent.asked()
    took = time.monotonic() - asked
    series = agent.series()
    look = Look(
        at=time.monotonic() - begun,
        state=told.name,
        expected=states.expected(told),
        code=tuple(name[1] for name in series if name[0] == "verdict_info"),
        warm=warm,
        took=took,
        series=len(series),
        log=agent.log.stat().st_size,
        healthz=agent.get("/healthz")[0],
        readyz=agent.get("/readyz")[0],
        uses=agent.uses(),
    )
    record.runs += 1
    record.seen.update(series)
    record.looks.append(look)
    return look
