"""The report as a person reads it: what is to be pasted is unbroken, and no colour tells alone."""

import io
import os
import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.target import Asked, parse
from diagnose import front, terminal
from diagnose.causes.contract import Cause, Confidence, Evidence, Finding, Owner, Stage
from diagnose.facts import Facts
from diagnose.judging.verdict import Found, Rival, Status, Verdict
from diagnose.reports import style, text
from diagnose.reports.style import PLAIN, Style
from diagnose.session import Result
from tests.unit import reporting

LOOK = (
    "az rest --url " + '"$(az acr show --name contoso --query id --output tsv)?api-version=x" ' * 2
)


def cause(id_: str) -> Cause:
    return Cause(id=id_, title=id_, stage=Stage.TOKEN, owner=Owner.NETWORK, find=lambda: None)


def test_a_look_is_one_line_and_what_is_ruled_out_stands_apart() -> None:
    finding = Finding(
        confidence=Confidence.LIKELY,
        evidence=(Evidence(check="token", saw="403"),),
        fix=(),
        settle=LOOK.strip(),
    )
    verdict = Verdict(
        status=Status.CAUSE,
        reached=Stage.TOKEN,
        primary=Found(cause=cause("one"), finding=finding),
        rivals=(
            Rival(cause=cause("two"), because="possible", settle=LOOK.strip() + "y"),
            Rival(cause=cause("four"), because="possible", settle=LOOK.strip()),
            Rival(cause=cause("three"), because="seen not to be", rejected=True),
        ),
    )
    result = Result(
        target=parse("contoso"),
        facts=Facts([Asked(text="contoso")]),
        steps=(),
        verdict=verdict,
        limits=(),
        seconds=1.0,
    )

    lines = text.render(result).splitlines()

    assert f"  To be sure: {LOOK.strip()}" in lines
    assert f"    to tell: {LOOK.strip()}y" in lines
    assert "    to tell: as for one" in lines
    assert lines[lines.index("Ruled out") - 1] == ""


STORIES = (
    ("a_sibling_subnet_is_allowed", False),
    ("the_subnet_lost_its_endpoint", True),
    ("everything_is_right", False),
    ("only_tokens_for_arm_are_to_be_had_and_they_are_refused", True),
)
told = pytest.mark.parametrize(("story", "blind"), STORIES)
SGR = re.compile(r"\x1b\[[0-9;]*m")


@told
@pytest.mark.parametrize("width", [60, 72, 120])
def test_only_what_is_pasted_is_wider_than_the_terminal(
    story: str, blind: bool, width: int
) -> None:
    report = text.render(reporting.of(story, blind=blind), Style(width=width))
    wide = [line for line in report.splitlines()[2:-1] if len(line) > width]

    assert not [line for line in wide if "az " not in line and " " in line.strip()]


@told
def test_the_first_words_and_the_last_line_are_the_verdict(story: str, blind: bool) -> None:
    lines = text.render(reporting.of(story, blind=blind)).splitlines()

    assert lines[2].startswith(("ROOT CAUSE: ", "HEALTHY: ", "INCONCLUSIVE: "))
    assert lines[-1].startswith("Verdict: ")


@told
def test_colour_adds_nothing_but_colour(story: str, blind: bool) -> None:
    result = reporting.of(story, blind=blind)
    bright = text.render(result, Style(colour=True))

    assert bright != text.render(result)
    assert SGR.sub("", bright) == text.render(result)


def test_each_end_of_a_check_has_a_mark_of_its_own() -> None:
    for unicode in (False, True):
        shown = Style(unicode=unicode)
        report = text.render(reporting.foreign("word"), shown)
        words = ("ok", "FAIL", "?", "skip", "BUG")
        marks = [shown.mark(word) for word in words]
        ends = dict(zip(("ok", "fail", "unknown", "skip", "crash"), marks, strict=True))

        assert len(set(marks)) == len(marks)
        assert all(one.isascii() for one in marks) or unicode
        for name, mark in ends.items():
            assert re.search(rf"^  {re.escape(mark)} +{name} +word$", report, re.MULTILINE)


@given(st.text() | st.text(alphabet="\x1b[31m\x9b\r\n\x07\u202eab "))
def test_no_foreign_word_moves_the_cursor(words: str) -> None:
    result = reporting.foreign(f"QQ{words}")

    assert "QQ" in text.render(result)
    assert not set(re.sub("[\n -~]", "", text.render(result))) - set(filter(str.isprintable, words))
    assert "\x1b" not in SGR.sub("", text.render(result, Style(colour=True)))


def test_no_foreign_word_moves_the_cursor_in_what_is_told_on_the_way(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for step in reporting.steps("QQ\x1b[2J\r\x9b"):
        front.show(step)
    told = capsys.readouterr().err

    assert told.count("QQ") == 7  # a line for each of the six, and the traceback of one
    assert set(filter(lambda c: not c.isprintable(), told)) == {"\n"}


class Terminal(io.StringIO):
    """A stream that says it is a terminal, of one encoding."""

    def __init__(self, encoding: str = "utf-8", *, is_one: bool = True) -> None:
        super().__init__()
        self.named, self.is_one = encoding, is_one

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return self.named

    def isatty(self) -> bool:
        return self.is_one


ABLE = {"TERM": "xterm"}


@pytest.mark.parametrize(
    ("stream", "environ", "switch", "unicode", "colour"),
    [
        (Terminal(), ABLE, True, True, True),
        (Terminal(), ABLE, False, True, False),  # --no-color
        (Terminal(), ABLE | {"NO_COLOR": "1"}, True, True, False),
        (Terminal(), ABLE | {"NO_COLOR": "0"}, True, True, False),  # any value counts
        (Terminal(), ABLE | {"NO_COLOR": ""}, True, True, True),
        (Terminal(), {"TERM": "dumb"}, True, False, False),
        (Terminal("ascii"), ABLE, True, False, True),
        (Terminal("latin-1"), ABLE, True, False, True),
        (Terminal("no-such-encoding"), ABLE, True, False, True),
        (Terminal(is_one=False), ABLE, True, False, False),
    ],
)
def test_symbols_and_colour_are_for_terminals_that_have_them(
    stream: Terminal, environ: dict[str, str], switch: bool, unicode: bool, colour: bool
) -> None:
    shown = style.of(stream, environ, colour=switch)

    assert (shown.unicode, shown.colour) == (unicode, colour)


def test_what_is_no_terminal_gets_what_everyone_can_read() -> None:
    closed = io.StringIO()
    closed.close()

    assert terminal.is_terminal(closed) is False
    assert style.of(Terminal(is_one=False), ABLE) == PLAIN == Style()
    assert terminal.is_terminal(None) is False


@pytest.fixture
def sized(monkeypatch: pytest.MonkeyPatch) -> Iterator[Terminal]:
    """Give a terminal whose width is the test's."""
    stream = Terminal()
    monkeypatch.setattr(stream, "fileno", lambda: 0, raising=False)
    return stream


@pytest.mark.parametrize(
    ("columns", "width"), [(20, 60), (60, 60), (80, 80), (120, 120), (300, 120), (0, 100)]
)
def test_the_width_is_the_terminals_within_reason(
    sized: Terminal, monkeypatch: pytest.MonkeyPatch, columns: int, width: int
) -> None:
    monkeypatch.setattr(os, "get_terminal_size", lambda _fd: os.terminal_size((columns, 24)))

    assert style.of(sized, ABLE).width == width
