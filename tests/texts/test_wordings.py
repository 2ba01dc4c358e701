"""The data: every row is well formed, cited, reachable, and fast on any text."""

import re
import time

import pytest

from diagnose.texts import looks
from diagnose.texts.meaning import Meaning
from diagnose.texts.read import read
from diagnose.texts.subject import Subject
from diagnose.texts.template import Template
from diagnose.texts.wordings import ALL, sources
from tests.texts.recorded import texts

CITED = {value for name, value in vars(sources).items() if name.isupper()}
WORDINGS = [(row, text) for row in ALL for some in row.heard.values() for text in some]
SLOWEST = 0.1  # seconds for one wording on 300,000 hostile characters; one takes about 0.002


def _name(value: object) -> str:
    return value.name if isinstance(value, Meaning) else str(value)


def _sample(template: str) -> str:
    """Write a text that a template means."""
    spoken = {"n": "7", "registry": "contoso.azurecr.io", "layers": "x.blob.core.windows.net"}
    spoken |= {"private": "10.1.2.3", "public": "20.1.2.3"}
    text = re.sub(r"<([a-z]+|[0-9]{3})>", lambda m: spoken.get(m[1], m[1]), template)
    return re.sub(r"\{([^{}|]*)[^{}]*\}", r"\1", text).replace(" ... ", " words ")


@pytest.mark.parametrize("row", ALL, ids=_name)
def test_each_wording_has_a_fixed_word_to_look_for(row: Meaning) -> None:
    without = [t.text for t in row.templates if not any(len(word) >= 4 for word in t.words)]

    assert not without


def test_names_are_unique() -> None:
    names = [row.name for row in ALL]

    assert len(names) == len(set(names))


@pytest.mark.parametrize("row", ALL, ids=_name)
def test_a_row_cites_its_sources(row: Meaning) -> None:
    assert set(row.heard) <= CITED
    assert all(": " in source for source in row.heard)


@pytest.mark.parametrize("row", ALL, ids=_name)
def test_a_row_names_known_causes_once(row: Meaning) -> None:
    assert len(row.causes) == len(set(row.causes))
    assert set(row.causes) <= set(looks.ALL)


def test_no_wording_stands_twice() -> None:
    written = [text for _, text in WORDINGS]

    assert {text for text in written if written.count(text) > 1} == set()


@pytest.mark.parametrize("row", ALL, ids=_name)
def test_each_wording_is_lower_case_and_finds_its_own_words(row: Meaning) -> None:
    for template in row.templates:
        sample = _sample(template.text)

        assert template.text == template.text.lower()
        assert template.may_match(sample), template.text
        assert template.find(sample), f"{template.text!r} does not match {sample!r}"


@pytest.mark.parametrize("row", ALL, ids=_name)
def test_each_piece_begins_with_words(row: Meaning) -> None:
    pieces = [piece.strip() for template in row.templates for piece in template.text.split("...")]

    assert not [piece for piece in pieces if re.match(r"<[a-z]+>", piece)], "a host first is slow"


@pytest.mark.parametrize("row", ALL, ids=_name)
def test_no_row_is_hidden_by_an_earlier_one(row: Meaning) -> None:
    """Each row is what at least one of its own wordings, alone on a line, is read as."""
    heard = {_first(_sample(text)) for some in row.heard.values() for text in some}

    assert row.name in heard, f"read as {sorted(heard)}"


def _first(line: str) -> str:
    lowered = line.lower()
    return next(row.name for row in ALL if any(t.find(lowered) for t in row.templates))


def test_nothing_is_learnt_by_heart() -> None:
    """A wording that only one recorded text needs must be somebody's known words.

    It may hold no name of a registry, an image or a person that such a text would bring in, and it
    must be a phrase, not a text: at most 14 words.
    """
    for row, text in WORDINGS:
        template = Template(text)
        hits = [one.id for one in texts() if template.find(" ".join(one.error.lower().split()))]
        if len(hits) == 1:
            assert len(_sample(text).split()) <= 14, f"{row.name}: {text}"
            assert not re.search("myregistry|myacr|contoso|manifests/[a-z]", text)


@pytest.mark.parametrize("row", ALL, ids=_name)
def test_no_wording_is_slow(row: Meaning) -> None:
    """Each wording's own beginning, repeated without its end, is the worst text for it."""
    for texts_ in row.heard.values():
        for text in texts_:
            template = Template(text)
            start = _sample(text)
            hostile = (start[: len(start) * 2 // 3] * (1_000_000 // len(start) + 1))[:16_384]
            began = time.process_time()
            for _ in range(18):  # in the pieces that the scan makes
                template.find(hostile)

            assert time.process_time() - began < SLOWEST, text


@pytest.mark.parametrize("cause", looks.ALL)
def test_each_look_can_be_pasted(cause: str) -> None:
    line = looks.ask(cause, Subject(image="c.azurecr.io/a:v1", host="c.azurecr.io", registry="c"))

    assert not re.search(r"[{}](?!\.)", line.replace("'{", "").replace("}'", "")), line
    assert looks.title(cause)[0].islower() or looks.title(cause)[:2].isupper()


def test_causes_that_are_diagnosed_have_a_look() -> None:
    causes = pytest.importorskip("diagnose.causes")

    assert {row.id for row in causes.ALL} <= set(looks.ALL)


def test_vague_words_come_last() -> None:
    assert [row.vague for row in ALL] == sorted(row.vague for row in ALL)


def test_known_words_of_others_give_no_candidate_but_a_sentence() -> None:
    reading = read(["docker: invalid reference format"])

    assert reading.candidates == ()
    assert "not well formed" in reading.aside
