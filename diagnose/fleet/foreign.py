"""Makes a verdict that somebody sent safe to show: short, printable, and not at odds with itself.

A line may come from a node that its owner no longer controls. What today's catalogue says of a
cause replaces what the line says, so that lines of several versions are one group as well.
"""

from dataclasses import replace
from functools import cache
from sys import intern

from diagnose import causes
from diagnose.bundle.errors import BundleError, printable
from diagnose.causes.contract import Cause, Confidence, FixStep, Owner, Stage
from diagnose.grouping.digest import FIX, LOOK, MANY, VALUE, Digest
from diagnose.judging.verdict import Status

NAME = 253  # characters of a node's name (RFC 1123, as Kubernetes has it)
_STEPS = 12  # of one fix
_WORDS = {one.word for one in (*Confidence, *Stage)} | {str(one) for one in Owner}


def bounded(digest: Digest) -> Digest:
    """Give the digest as it may be kept and shown; raise `BundleError` where it is no verdict."""
    if (digest.status is Status.CAUSE) != bool(digest.cause):
        raise BundleError("its verdict contradicts itself")
    known = _catalogue().get(digest.cause)
    if digest.cause and known is None and not _is_id(digest.cause):
        raise BundleError("its cause is called as no cause is")
    return replace(
        digest,
        name=short(digest.name, NAME),
        names=short(digest.names),
        cause=intern(digest.cause),
        title=known.title if known else short(digest.title),
        owner=str(known.owner) if known else _word(digest.owner),
        confidence=_word(digest.confidence),
        reached=_word(digest.reached),
        also=tuple(filter(_is_id, digest.also[:MANY])),
        rivals=tuple(filter(_is_id, digest.rivals[:MANY])),
        looks=tuple(short(look, LOOK) for look in digest.looks[:MANY]),
        fix=_fix(digest.fix),
        version=short(digest.version, 40),
        features=tuple(map(short, digest.features)),
    )


def is_known(digest: Digest) -> bool:
    """Tell whether today's catalogue has its cause, or there is none."""
    return not digest.cause or digest.cause in _catalogue()


def named(digest: Digest, name: str) -> Digest:
    """Give the digest the name that somebody else has for its machine."""
    return replace(digest, name=short(name, NAME))


def short(text: str, most: int = VALUE) -> str:
    """Cut a foreign text; many nodes say the same, which is kept once."""
    return intern(printable(text, most))


@cache
def _catalogue() -> dict[str, Cause]:
    return {cause.id: cause for cause in causes.ALL}


def _is_id(text: str) -> bool:
    plain = text.replace("-", "")
    return len(text) <= 64 and plain.isascii() and plain.isalnum() and plain.islower()


def _word(text: str) -> str:
    return text if text in _WORDS else ""


def _fix(steps: tuple[FixStep, ...]) -> tuple[FixStep, ...]:
    size = sum(len(one.command) + len(one.why) + len(one.undo) + len(one.needs) for one in steps)
    if size > FIX or len(steps) > _STEPS:
        return ()
    return tuple(
        replace(
            one,
            command=short(one.command, FIX),
            needs=short(one.needs, FIX),
            why=short(one.why, FIX),
            undo=short(one.undo, FIX),
        )
        for one in steps
    )
