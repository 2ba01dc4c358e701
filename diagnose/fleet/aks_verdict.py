"""One verdict of a log archive: what the log's words can mean, and what the node's files say.

The words give possible causes of one failed pull. Of these, one that the files give as well is the
cause, as sure as the files make it. A cause that the files alone give is met later in a pull than
most, and may have nothing to do with the words: it stands beside them.
"""

from diagnose.fleet.aks_recording import Node
from diagnose.grouping import features
from diagnose.grouping.digest import Digest
from diagnose.judging.verdict import Found, Status
from diagnose.texts import looks
from diagnose.texts.read import Candidate, Reading
from diagnose.texts.subject import Subject

MOST = 2000  # characters of why there is no verdict
_UNTOLD = ("proxy variables", "platform")  # an environment is in no archive


def of(name: str, reading: Reading, node: Node) -> Digest | None:
    """Give the verdict, or None where neither has one."""
    by_files = node.verdict
    found = [*([by_files.primary] if by_files.primary else []), *by_files.also]
    if not reading.candidates:
        return _by_files(name, node) if found or by_files.rivals else None
    candidates = {one.cause for one in reading.candidates}
    both = next((one for one in found if one.cause.id in candidates), None)
    beside = tuple(one.cause.id for one in found if one.cause.id not in candidates)
    if both:
        others = tuple(one for one in reading.candidates if one.cause != both.cause.id)
        return _sure(name, both, others, beside, reading.subject, node)
    return _by_words(name, reading, beside, node)


def _by_words(name: str, reading: Reading, beside: tuple[str, ...], node: Node) -> Digest:
    first, *others = reading.candidates
    alone = not others or first.confidence == "likely"
    return Digest(
        name=name,
        names="",
        status=Status.CAUSE if alone else Status.INCONCLUSIVE,
        cause=first.cause if alone else "",
        title=looks.title(first.cause) if alone else "",
        owner="",
        confidence="possible" if alone else "",
        reached="",
        also=beside,
        rivals=tuple(one.cause for one in (others if alone else reading.candidates)),
        looks=tuple(_look(one, reading.subject) for one in reading.candidates),
        fix=(),
        version="",
        features=_features(node),
    )


def _sure(
    name: str,
    found: Found,
    others: tuple[Candidate, ...],
    beside: tuple[str, ...],
    subject: Subject,
    node: Node,
) -> Digest:
    settle = (found.finding.settle,) if found.finding.settle else ()
    return Digest(
        name=name,
        names="",
        status=Status.CAUSE,
        cause=found.cause.id,
        title=found.cause.title,
        owner=str(found.cause.owner),
        confidence=found.finding.confidence.word,
        reached="",
        also=beside,
        rivals=tuple(one.cause for one in others),
        looks=(*settle, *(_look(one, subject) for one in others)),
        fix=found.finding.fix,
        version="",
        features=_features(node),
    )


def _by_files(name: str, node: Node) -> Digest | None:
    primary, open_ = node.verdict.primary, [one for one in node.verdict.rivals if not one.rejected]
    if primary:
        also = tuple(found.cause.id for found in node.verdict.also)
        return _sure(name, primary, (), also, Subject(), node)
    if not open_:
        return None
    return Digest(
        name=name,
        names="",
        status=Status.INCONCLUSIVE,
        cause="",
        title="",
        owner="",
        confidence="",
        reached="",
        also=tuple(found.cause.id for found in node.verdict.also),
        rivals=tuple(one.cause.id for one in open_),
        looks=tuple(f"{one.cause.id}: {one.settle}" for one in open_ if one.settle),
        fix=(),
        version="",
        features=_features(node),
    )


def _features(node: Node) -> tuple[str, ...]:
    """Give what the node is like; half an answer is none."""
    told = zip(features.FEATURES, features.of(node.facts), strict=True)
    return tuple("" if one.name in _UNTOLD or value.endswith("/") else value for one, value in told)


def _look(candidate: Candidate, subject: Subject) -> str:
    return f"{candidate.cause}: {looks.ask(candidate.cause, subject)}"
