"""Markdown: foreign words stay words, whatever they are; nobody is called, nothing breaks out."""

import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diagnose.reports import markdown
from diagnose.reports.escapes import block, code, prose
from tests.unit import reporting

HOSTILE = (
    *("`", "``", "```", "~~~", "`@octocat", "|", "\\", "\\|", "**b**", "_b_", "$x$", "---", "==="),
    *("# head", "- item", "1. item", "[x]: y", "![x](y)", "a\nb", "a\r\n\r\n## head", "\x1b[31m"),
    *("<script>alert(1)</script>", "</details>", "<!--", "-->", "&lt;"),
    *("@octocat", "a@b.example", "#123", "owner/repo#7", "GH-9", ":+1:", "fd00:a:b::1", "/close"),
    *("https://evil.example/x|y", "www.evil.example"),
)
TITLES = ("Fix", "Evidence", "Also wrong", "Could also be", "Ruled out", "Could not be seen")
SUMMARY = "<summary>Checks: 1 FAIL, 1 BUG, 2 ?, 1 skip, 1 ok</summary>"
CALL = re.compile(r"[@#!]\w|GH-\d|://|www\.|:\w+:", re.IGNORECASE)
SPAN = re.compile(r"(?<![`\\])(`+)(?!`)(.*?[^`])\1(?!`)")  # a code span, by its equal fences


def without_code(line: str) -> str:
    return SPAN.sub("", line)


def outside(report: str) -> Iterator[str]:
    """Give the lines of a report that stand in no fenced block."""
    fence = ""
    for line in map(str.strip, report.splitlines()):
        if not fence and re.fullmatch("`{3,}(sh)?", line):
            fence = line.removesuffix("sh")
        elif fence and line == fence:
            fence = ""
        elif not fence:
            yield line
    assert not fence


def is_harmless(line: str) -> bool:
    """Tell whether nothing but words is left of a line once its code spans are taken out."""
    left = without_code(line)
    unescaped = re.sub(r"\\[\W_]|&(amp|lt|gt);", ".", left)
    return not CALL.search(unescaped) and not re.search(r"[`*<>\[\]|~$\\]", unescaped)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_word_stays_a_word(text: str) -> None:
    assert is_harmless(prose(text)), prose(text)
    assert is_harmless(prose(f"saw {text}, and then {text}")), prose(text)
    assert not prose(text).startswith(("#", "-", "=", "+", "1. ", "/"))


@given(st.lists(st.sampled_from([*HOSTILE, " ", "word", "."])).map("".join) | st.text())
def test_no_text_is_more_than_words(text: str) -> None:
    assert is_harmless(prose(text)), prose(text)
    assert "\n" not in prose(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ACR's firewall refused 10.1.0.4 (private)", "ACR's firewall refused 10.1.0.4 (private)"),
        ("no rule for my_subnet-1", "no rule for my_subnet-1"),
        ("20.62.128.10:443 accepts", "20.62.128.10:443 accepts"),
        ("see https://aka.ms/acr/firewall.", "see `https://aka.ms/acr/firewall`."),
        ("/v2/ answered HTTP 401", "`/v2/` answered HTTP 401"),
        ("asked @octocat, twice", "asked `@octocat`, twice"),
        ("1 of 2", "1 of 2"),
        ("1. item", "1\\. item"),
        ("a|b", "a\\|b"),
    ],
)
def test_plain_words_stay_as_they_are(text: str, expected: str) -> None:
    assert prose(text) == expected


@pytest.mark.parametrize("text", ["a", "`", "a`b", "``a", "a```", "`" * 9, "", "a|b", "a\n```\nb"])
def test_a_fence_is_longer_than_any_inside(text: str) -> None:
    opening, line, closing = block(text, "sh")
    longest = max(map(len, re.findall("`+", line)), default=0)

    assert len(closing) > longest
    assert opening == closing + "sh"
    assert without_code(f"x {code(text)} y") == "x  y"
    assert "|" not in code(text)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_report_full_of_it_keeps_its_form(text: str) -> None:
    report = markdown.render(reporting.foreign(text))
    lines = list(outside(report))
    heads = [line for line in lines if line.startswith("#")]

    assert heads[0] == "## Root cause: `one` (likely)"
    assert heads[1:] == [f"### {title}" for title in TITLES]
    assert [line for line in lines if "<" in without_code(line)] == [
        "<details>",
        SUMMARY,
        "</details>",
    ]
    assert "\x1b" not in report


@pytest.mark.parametrize("text", HOSTILE)
def test_every_row_of_a_table_has_its_cells(text: str) -> None:
    rows = [line for line in outside(markdown.render(reporting.foreign(text))) if line[:1] == "|"]
    widths = [len(re.findall(r"(?<!\\)(?:\\\\)*\|", row)) for row in rows]

    assert widths == [3] * (2 + 2) + [4] * (2 + len(reporting.steps("")))


@given(st.lists(st.sampled_from([*HOSTILE, " ", "word", "."])).map("".join))
def test_what_others_wrote_is_code_or_words_on_every_line(text: str) -> None:
    for line in outside(markdown.render(reporting.foreign(f"QQ {text}"))):
        if "QQ" in line:
            assert is_harmless(re.sub(r"(?<!\\)\|", " ", line)), line
