"""One value in one answer of ARM or IMDS is of the wrong type: no other cause is proven of it.

``python -m tests.faults.one_value --seconds 600 --seed 1`` takes stories, answers and values at
random, and prints each verdict that became another one with certainty. Nothing opens a socket.
"""

import argparse
import json
import random
import time
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

from diagnose.judging.verdict import Status
from diagnose.lab.http import Request, Response
from tests.matrix.runs import BY_NAME, cloud_of
from tests.world import Judged, Wire, judged

HOSTS = ("management.azure.com", "169.254.169.254")
Where = tuple[str | int, ...]
WRONG = (None, 3)


class Change(NamedTuple):
    """``path`` is that of the answer, ``where`` leads to the value in it."""

    story: str
    path: str
    where: Where
    value: Any


class Bent(Wire):
    """A wire whose answers of those are told, and one of them changed."""

    def __init__(self, story: str, change: Change | None = None) -> None:
        super().__init__(_cloud(story))
        self.change, self.told = change, dict[str, Any]()

    def _dressed(self, request: Request, response: Response) -> Any:
        if request.host in HOSTS and response.status == 200:
            document = self.told[request.path] = json.loads(response.body)
            if self.change and request.path == self.change.path:
                bent = _put(document, self.change.where, self.change.value)
                response = Response(200, response.headers, json.dumps(bent).encode())
        return super()._dressed(request, response)


@cache
def _cloud(story: str) -> Any:
    return cloud_of(BY_NAME[story])  # no run changes it


def _put(document: Any, where: Where, value: Any) -> Any:
    if not where:
        return value
    first, rest = where[0], where[1:]
    if isinstance(document, dict):
        rows = document.items()
        return {key: _put(inner, rest, value) if key == first else inner for key, inner in rows}
    return [_put(one, rest, value) if at == first else one for at, one in enumerate(document)]


def _places(document: Any, to: Where = ()) -> Iterator[Where]:
    """Give the way to each value; of a list the first element alone."""
    if to:
        yield to
    inner = document.items() if isinstance(document, dict) else ()
    inner = tuple(enumerate(document))[:1] if isinstance(document, list) else inner
    for key, one in inner:
        yield from _places(one, (*to, key))


@cache
def truth(story: str) -> tuple[str, dict[str, Any]]:
    """Give the cause that is named where nothing is changed, and the answers by path."""
    wire = Bent(story)
    return _named(judged(wire, BY_NAME[story].image))[0], wire.told


def _named(run: Judged) -> tuple[str, bool]:
    """Give what the verdict says, and whether it is sure of it."""
    primary = run.verdict.primary
    if primary:
        return primary.cause.id, primary.finding.confidence.word == "proven"
    return str(run.verdict.status), run.verdict.status is Status.HEALTHY


def drawn(chance: random.Random) -> Change:
    """Draw a story with a cause, and a value of an answer that a run in it reads."""
    while True:
        story = chance.choice(sorted(name for name, row in BY_NAME.items() if row.with_arm))
        answers = sorted(truth(story)[1].items())
        if answers:
            path, document = chance.choice(answers)
            places = list(_places(document))
            if places:
                return Change(story, path, chance.choice(places), chance.choice(WRONG))


def misled(change: Change) -> str:
    """Give the cause that this change makes a run sure of, and that is not there; else nothing."""
    said, sure = _named(judged(Bent(change.story, change), BY_NAME[change.story].image))
    return said if sure and said != truth(change.story)[0] else ""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    end, chance, number = time.monotonic() + given.seconds, random.Random(given.seed), 0  # noqa: S311 # no secret is drawn
    while time.monotonic() < end:
        change, number = drawn(chance), number + 1
        if wrong := misled(change):
            print(f"{truth(change.story)[0]} became {wrong}: {change}", flush=True)
    print(f"{number} changes")


if __name__ == "__main__":
    main()
