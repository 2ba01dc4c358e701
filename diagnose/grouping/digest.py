"""What is kept of one bundle among many: a few hundred bytes, whatever the bundle held.

Texts are cut, because anybody may have made the bundle, and ten thousand of them are summed up.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from diagnose.bundle import judging, reading
from diagnose.bundle.errors import BundleError, printable
from diagnose.bundle.reading import Bundle
from diagnose.causes.contract import FixStep
from diagnose.grouping import features
from diagnose.judging.verdict import Status
from diagnose.reports import words
from diagnose.session import Result

_NAME = 300  # characters of a file's name
# Whoever takes a digest from somebody else holds it to the same.
VALUE = 400  # of a feature's value: the id of a subnet with the longest names has about 300
LOOK = 1000  # of a look that would settle it
FIX = 20_000  # of all commands together; a longer fix is left to the bundle's own report
MANY = 12  # rivals, looks and causes beside the first


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """A bundle that could not be judged, and why."""

    name: str
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """A bundle's verdict, and what its machine was like.

    ``names`` tells whose names it uses: bundles with the same one use the same names. It is empty
    where nothing was redacted.
    """

    name: str
    names: str
    status: Status
    cause: str  # its id; empty without one
    title: str
    owner: str
    confidence: str
    reached: str
    also: tuple[str, ...]  # ids
    rivals: tuple[str, ...]  # ids of what it could be as well
    looks: tuple[str, ...]  # that would settle it
    fix: tuple[FixStep, ...]
    version: str  # of the program that made the bundle
    features: tuple[str, ...]  # as `features.FEATURES`; an empty one is not known


Row = Digest | Unread


def of(path: str) -> Row:
    """Read and judge one bundle; what goes wrong with it is its own alone."""
    name = named(path)
    try:
        bundle = reading.read(Path(path))
        return digest(name, bundle, judging.judged(bundle.recording, bundle.facts))
    except BundleError as error:
        return Unread(name=name, because=str(error))
    except MemoryError:
        return Unread(name=name, because="there is not enough memory to judge it")
    except Exception as error:  # noqa: BLE001 a bug of ours in one bundle must not end all of them
        kind = type(error).__name__
        return Unread(name=name, because=f"acr-diagnose itself failed on it ({kind})")


def named(path: str) -> str:
    """Give a file's name as it may be printed."""
    return printable(path, _NAME)


def digest(name: str, bundle: Bundle, result: Result) -> Digest:
    """Reduce a bundle and what it was judged to be; pure."""
    scope = bundle.salt_id or f"of {name} alone"
    names = _cut(scope) if bundle.redacted else ""
    return summed_up(name, result, version=bundle.version, names=names)


def summed_up(name: str, result: Result, *, version: str, names: str = "") -> Digest:
    """Reduce what a run came to; pure. ``version`` is that of the program which made the run."""
    verdict = result.verdict
    primary = verdict.primary
    rivals = words.undecided(result)
    settle = (primary.finding.settle if primary else "",)
    asked = (f"{rival.cause.id}: {rival.settle}" for rival in rivals if rival.settle)
    return Digest(
        name=name,
        names=names,
        status=verdict.status,
        cause=primary.cause.id if primary else "",
        title=primary.cause.title if primary else "",
        owner=str(primary.cause.owner) if primary else "",
        confidence=primary.finding.confidence.word if primary else "",
        reached=verdict.reached.word,
        also=tuple(found.cause.id for found in verdict.also[:MANY]),
        rivals=tuple(rival.cause.id for rival in rivals[:MANY]),
        looks=tuple(printable(look, LOOK) for look in filter(None, (*settle, *asked)))[:MANY],
        fix=_bounded(primary.finding.fix if primary else ()),
        version=_cut(version),
        features=tuple(map(_cut, features.of(result.facts))),
    )


def _cut(text: str) -> str:
    return printable(text, VALUE)


def _bounded(fix: Iterable[FixStep]) -> tuple[FixStep, ...]:
    steps = tuple(fix)
    size = sum(len(step.command) + len(step.why) + len(step.undo) for step in steps)
    return steps if size <= FIX else ()
