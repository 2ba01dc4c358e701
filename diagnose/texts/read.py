"""Rank what was heard, and name the candidates, best first.

Of the meanings that fit one line the first in `wordings.ALL` counts. Of several lines, one about a
registry comes before one that is not, exact words before vague ones, and then the earlier line;
words that are vaguer than the first are left out.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from checks.answers import clean
from diagnose.texts.scan import Hit, Scan
from diagnose.texts.subject import NAMES, Subject, subject

MOST = 5  # candidates
_FURTHER = 2  # causes that each later error of the text adds
_QUOTE = 140  # characters

# A layer's link is signed, and people paste tokens; what is quoted here may be passed on.
_SECRET = re.compile(
    r"((?:\bsig|password|secret|token)=)[^&\s\"']{4,}|()\beyJ[\w.-]{16,}", re.IGNORECASE
)
# A host called registry.something may be one of packages; of images, more words say so.
_ABOUT_A_PULL = re.compile(
    r"/v2/|pull|image|registry(?!\.)|token|anonymous|layer|/blobs/| blob |manifest|"
    + "|".join(map(re.escape, NAMES))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    cause: str
    confidence: str  # "likely" or "possible"
    because: str  # the words that say so, and what they mean


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a text means: candidates, best first, and the registry or image it is about.

    ``aside`` is a sentence on words that are known and that none of our causes explains.
    """

    candidates: tuple[Candidate, ...]
    subject: Subject
    aside: str = ""
    is_empty: bool = False  # there was no text


def read(blocks: Iterable[str]) -> Reading:
    """Read a text, given as consecutive blocks, each of which ends with a line."""
    scan = Scan()
    scan.read(blocks)
    hits = sorted(scan.hits, key=_order)  # stable: the earlier line stays before the later
    whole = scan.wrapped()
    if whole and (not hits or whole.rank < min(hit.rank for hit in hits)):
        hits.insert(0, whole)
    return Reading(
        candidates=tuple(islice(_candidates(hits), MOST)),
        subject=subject((*(hit.line for hit in hits), *scan.head)),
        is_empty=scan.is_empty,
        aside=next((_because(hit) for hit in hits if not hit.meaning.causes), ""),
    )


def _order(hit: Hit) -> tuple[bool, bool, int]:
    return hit.meaning.vague > 1, not _is_about_a_pull(hit), hit.meaning.vague


def _is_about_a_pull(hit: Hit) -> bool:
    return _ABOUT_A_PULL.search(hit.line.lower()) is not None


def _candidates(hits: list[Hit]) -> Iterator[Candidate]:
    """Give the first error's causes, then the best of the others as merely possible."""
    ours = [hit for hit in hits if hit.meaning.causes]
    ours = [hit for hit in ours if hit.meaning.vague <= ours[0].meaning.vague]
    named: set[str] = set()
    for hit in ours:
        first = hit is ours[0]
        for cause in hit.meaning.causes if first else hit.meaning.causes[:_FURTHER]:
            if cause not in named:
                named.add(cause)
                sure = first and cause in hit.meaning.likely and _is_ours(hit)
                yield Candidate(
                    cause=cause,
                    confidence="likely" if sure else "possible",
                    because=_because(hit),
                )


def _is_ours(hit: Hit) -> bool:
    """Say whether the words are a registry client's own, or stand beside words on images."""
    return not hit.is_anyones or _is_about_a_pull(hit)


def _because(hit: Hit) -> str:
    return f'"{_quoted(hit.words)}": {hit.meaning.says}.'


def _quoted(words: str) -> str:
    """Give the words on one printable line; of a long stretch, its beginning and its end."""
    line = _SECRET.sub(r"\1...", clean(words, 4_096))
    half = _QUOTE // 2
    return line if len(line) <= _QUOTE else f"{line[:half].rstrip()} ... {line[-half:].lstrip()}"
