"""The recorded error texts and what a reading of one is worth; no tests of its own."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from diagnose.texts.read import Reading, read

_FILE = Path(__file__).parents[1] / "recorded" / "texts.jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    id: str
    source: str
    client: str
    error: str
    causes: tuple[str, ...]  # right; empty where none of our ids fits
    plausible: tuple[str, ...]  # what a reader of the text alone could say as well


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    text: Text
    causes: tuple[str, ...]  # the candidates, best first
    sure: bool  # whether one of them is "likely"

    @property
    def first(self) -> bool:
        """The first candidate is right or plausible; where none fits, nothing is said for sure."""
        if not self.text.causes:
            return not self.sure
        return bool({*self.causes[:1]} & {*self.text.causes, *self.text.plausible})

    @property
    def third(self) -> bool:
        """One of the first three is right; where none fits, nothing is said for sure."""
        if not self.text.causes:
            return not self.sure
        return bool({*self.causes[:3]} & {*self.text.causes})


@cache
def texts() -> tuple[Text, ...]:
    rows = map(json.loads, _FILE.read_text().splitlines())
    return tuple(
        Text(**{**row, "causes": tuple(row["causes"]), "plausible": tuple(row["plausible"])})
        for row in rows
    )


def score(text: Text) -> Score:
    reading: Reading = read([text.error])
    return Score(
        text=text,
        causes=tuple(one.cause for one in reading.candidates),
        sure=any(one.confidence == "likely" for one in reading.candidates),
    )
