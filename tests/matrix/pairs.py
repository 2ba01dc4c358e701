"""Two faults at once: which of them can stand together, and what an honest verdict on both is."""

from collections.abc import Iterator
from dataclasses import dataclass

from tests.matrix.runs import CAUSES, USUAL, cloud_of, met, progress, told
from tests.scenarios.stories import STORIES, Story
from tests.world import Judged, Wire, judged

SILENT = "nothing is said of"
FAULTS = tuple(story for story in STORIES if story.with_arm)


@dataclass(frozen=True)
class Pair:
    one: Story
    other: Story
    run: Judged

    @property
    def causes(self) -> frozenset[str]:
        return frozenset((self.one.with_arm, self.other.with_arm))

    def __str__(self) -> str:
        also = ", ".join(found.cause.id for found in self.run.verdict.also)
        met = f"{self.one.name} + {self.other.name} ({' + '.join(sorted(self.causes))})"
        return f"{met} -> {self.run.cause} {self.run.sure}, also: {also}, open: {[*self.run.open]}"


def standing_with(one: Story) -> Iterator[Pair]:
    """Give the pairs of ``one`` with each story behind it that can stand beside it.

    Two faults stand together where the order in which they are made does not matter, neither makes
    the other all there is, and neither lets a pull past the point at which the other stops it.
    """
    for other in FAULTS[FAULTS.index(one) + 1 :]:
        image = _image(one, other)
        if image is None:
            continue
        try:
            both, turned = cloud_of(one, other), cloud_of(other, one)
        except (AssertionError, AttributeError, LookupError, ValueError):
            continue  # one needs what the other has taken away
        alone = [(cloud_of(story), story.image) for story in (one, other)]
        if both != turned or (both, image) in alone:
            continue
        run = judged(Wire(both), image)
        if run.cause != "" and progress(run) <= min(progress(told(s.name)) for s in (one, other)):
            yield Pair(one, other, run)


def _image(one: Story, other: Story) -> str | None:
    """Give the image that both ask for; what is asked for is a part of the state here."""
    asked = {one.image, other.image} - {USUAL}
    return None if len(asked) > 1 else next(iter(asked), USUAL)


def offence(pair: Pair) -> str:
    """Say what is wrong with the verdict on two faults; nothing where it is honest."""
    run, causes = pair.run, pair.causes
    first = _first(pair)
    if run.cause is None:
        return "" if run.open.keys() & first or run.limits else "inconclusive, and says not why"
    beats = CAUSES[run.cause].beats
    is_declared = run.cause in causes and causes - {run.cause} <= {*beats}
    if run.cause not in first and not is_declared:
        if run.sure == "proven":
            return "proven, and not what the pull meets first"
        if not run.open.keys() & first:
            return "what the pull meets first is no open rival"
    verdict = run.verdict
    named = {found.cause.id for found in verdict.also} | {cause.id for cause in verdict.hidden}
    silent = causes - {run.cause} - named - run.open.keys() - {*beats}
    if run.cause in causes and silent:
        return f"{SILENT} {', '.join(silent)}"
    return ""


def _first(pair: Pair) -> frozenset[str]:
    """Give the cause that a pull meets first; both, where a cause's stage depends on the case."""
    one, other = ((story.with_arm, told(story.name)) for story in (pair.one, pair.other))
    seen = [met(run) for _, run in (one, other)]
    usual = [CAUSES[cause].stage for cause, _ in (one, other)]
    if seen[0] < seen[1] and usual[0] <= usual[1]:
        return frozenset((one[0],))
    if seen[1] < seen[0] and usual[1] <= usual[0]:
        return frozenset((other[0],))
    return pair.causes
