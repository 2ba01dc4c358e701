"""The page: complete without a script, safe with hostile words, and it asks nobody for anything."""

import base64
import dataclasses
import hashlib
import itertools
import re
from importlib import resources

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks import challenge, dns_answer, tcp_path, tls_session, token
from checks.contract import Check
from diagnose.engine import Outcome, Step
from diagnose.judging.verdict import Rival
from diagnose.reports import html
from diagnose.reports.html import markup, timing
from diagnose.reports.lines import printable
from diagnose.session import Result
from tests.matrix.runs import BY_NAME
from tests.unit import reporting
from tests.unit.outline import Element, outline

STORY = "a_sibling_subnet_is_allowed"
BLIND = "the_subnet_lost_its_endpoint"
CSS = resources.files("diagnose.reports.html").joinpath("page.css").read_text()
LOADING = {"src", "href", "srcset", "action", "formaction", "data", "poster", "background", "style"}
HOSTILE = (
    "</code></pre></script><script>alert(1)</script>",
    "\" onmouseover=alert(1) x='",
    "' autofocus onfocus=alert(1) '",
    "--><img src=http://evil.example/x.png>",
    "&lt;b&gt; &amp; &#60;",
    "</style><style>*{display:none}",
    "]]><svg onload=alert(1)>",
    "a\u202eb\u2066c\u200bd\x1b[31m\x00e\ud800f",
    "{{7*7}} ${x} %s %(x)s {0}",
)


def page(result: Result) -> Element:
    return outline(html.render(result))


def shape(element: Element) -> list[tuple[str, tuple[str, ...]]]:
    """Give elements and the names of their attributes, without the words of a command."""
    return [(one.tag, tuple(one.attributes)) for one in element.all() if one.tag != "i"]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_stay_words(text: str) -> None:
    hostile, plain = page(reporting.foreign(text)), page(reporting.foreign("x"))

    assert shape(hostile) == shape(plain)
    assert hostile.all("script")[0].text == plain.all("script")[0].text
    assert hostile.all("style")[0].text == plain.all("style")[0].text


@given(text=st.text(max_size=60))
@settings(max_examples=150, deadline=None)
def test_any_words_stay_words(text: str) -> None:
    told = page(reporting.foreign(f"x{text}"))

    assert shape(told) == shape(page(reporting.foreign("x")))
    assert told.all("section", "evidence")[0].all("dd")[0].text == printable(f"x{text}")


def test_words_may_stand_in_an_attribute_too() -> None:
    assert markup.words("\"'<>&") == "&quot;&#x27;&lt;&gt;&amp;"


def test_nothing_that_turns_or_hides_text_comes_through() -> None:
    text = html.render(reporting.foreign(HOSTILE[7]))

    assert all(one.isprintable() or one == "\n" for one in text)
    text.encode()


@pytest.mark.parametrize("name", [*BY_NAME])
def test_a_page_is_whole_small_and_asks_for_nothing(name: str) -> None:
    text = html.render(reporting.of(name))
    told = outline(text)

    assert len(text.encode()) < 120_000
    assert not [one for one in told.all() if LOADING & {*one.attributes}]
    assert not {"link", "img", "iframe", "object", "base", "a", "form"} & {
        e.tag for e in told.all()
    }
    assert "url(" not in CSS
    assert "@import" not in CSS


def test_the_policy_lets_through_the_pages_own_style_and_script_alone() -> None:
    told = page(reporting.of(STORY))
    policies = [
        one.attributes["content"] for one in told.all("meta") if "http-equiv" in one.attributes
    ]
    rules = dict(rule.split(" ", 1) for rule in str(policies[0]).split("; "))

    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == f"'{_hash(told.all('script')[0].text)}'"
    assert rules["style-src"] == f"'{_hash(told.all('style')[0].text)}'"
    assert not [a for one in told.all() for a in one.attributes if a.startswith("on")]


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def test_many_rules_make_no_large_page() -> None:
    result = reporting.of("a_hundred_other_subnets_have_a_rule")
    many = dataclasses.replace(result, limits=("",))
    machine = reporting.foreign("n" * 70_000)

    assert len(html.render(many)) < 120_000
    assert "shortened; the JSON report has the rest" in html.render(machine)
    assert "shortened" not in html.render(result)


def test_the_same_result_gives_the_same_bytes() -> None:
    assert html.render(reporting.of(STORY)) == html.render(reporting.of(STORY))


def test_sections_come_in_the_order_in_which_they_are_read() -> None:
    foreign = reporting.foreign("x")
    told = page(dataclasses.replace(foreign, steps=_chain()))
    behind = page(reporting.of(STORY))

    assert [one.text for one in told.all("h2")] == [
        *("Fix", "How far the pull got", "Evidence", "Also wrong", "Could also be", "Ruled out"),
        *("Could not be seen", "Checks", "Timing"),
    ]
    assert "Not yet visible" in [one.text for one in behind.all("h2")]


@pytest.mark.parametrize("name", [STORY, "docker_pulls", "the_registry_was_deleted"])
def test_headings_and_landmarks_are_in_order(name: str) -> None:
    told = page(reporting.of(name))
    levels = [int(one.tag[1]) for one in told.all() if re.fullmatch(r"h\d", one.tag)]
    ids = [one.attributes["id"] for one in told.all() if "id" in one.attributes]
    labels = [one.attributes["aria-labelledby"] for one in told.all("section")]

    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    assert [len(told.all(tag)) for tag in ("header", "main", "footer")] == [1, 1, 1]
    assert len(ids) == len({*ids})
    assert {*labels} <= {*ids}


def test_what_a_button_copies_is_the_command() -> None:
    result = reporting.of(BLIND, blind=True)
    primary = result.verdict.primary
    assert primary is not None
    wanted = [line for step in primary.finding.fix for line in (step.command, step.undo) if line]
    boxes = page(result).all("div", "command")

    assert wanted
    assert [box.all("code")[0].text for box in boxes] == wanted
    assert all("hidden" in box.all("button")[0].attributes for box in boxes), "no script, no button"


def test_the_verdict_says_all_that_a_reader_asks_first() -> None:
    result = reporting.of(BLIND, blind=True)
    primary = result.verdict.primary
    assert primary is not None
    top = page(result).all("section", "verdict")[0].text

    assert primary.cause.id in top
    assert primary.cause.title in top
    assert "likely: what was seen points here" in top
    assert "To be mended bynetwork" in top
    assert primary.finding.settle in top


def test_an_inconclusive_verdict_says_where_to_look() -> None:
    name = "only_tokens_for_arm_are_to_be_had_and_they_are_refused"
    told = page(reporting.of(name, blind=True))

    assert "Inconclusive" in told.all("section", "verdict")[0].text
    assert "The pull stops at: token" in told.all("h1")[0].text
    assert "Could be" in [one.text for one in told.all("h2")]


def test_a_healthy_run_has_no_fix_and_no_stop() -> None:
    told = page(reporting.of("docker_pulls"))

    assert told.all("h1")[0].text == "contoso.azurecr.io/app:v1 can be pulled from here"
    assert not told.all("section", "fix")
    assert "stopped here" not in told.text.partition("Evidence")[0].rpartition("</style>")[2]


def test_the_picture_has_the_same_in_words() -> None:
    way = page(reporting.of(STORY)).all("section", "way")[0]
    label = way.all("svg", "line")[0].attributes["aria-label"] or ""
    rows = [(li.all("h3")[0].text, li.all("span", "state")[0].text) for li in way.all("li")]

    assert label == ", ".join(f"{title}: {state}" for title, state in rows)
    assert ("Registry firewall", "stopped here") in rows
    assert "app-vnet/apps" in way.text
    assert "ACR's firewall refused 10.1.0.4" in way.text


def test_every_check_has_a_word_beside_its_mark() -> None:
    told = page(reporting.foreign("x")).all("section", "checks")[0]

    ends = [one.text for one in told.all("span", "end")]
    assert ends == ["ok", "fail", "unknown", "skipped", "crashed", "unknown"]


def test_a_look_that_was_named_before_is_not_repeated() -> None:
    result = reporting.of(BLIND, blind=True)
    primary = result.verdict.primary
    assert primary is not None
    rival = Rival(cause=reporting.cause("other"), because="x", settle=primary.finding.settle)
    doubled = dataclasses.replace(result.verdict, rivals=(rival,))
    told = page(dataclasses.replace(result, verdict=doubled)).all("section", "rivals")[0]

    assert f"as for {primary.cause.id}" in told.text
    assert primary.finding.settle not in told.text


def _ran(check: Check, began: float, took: float) -> Step:
    return Step(check=check, outcome=Outcome.DONE, began=began, took=took)


def _chain() -> tuple[Step, ...]:
    """The registry is asked at once and long, but the last end hangs on the resolver's."""
    return (
        _ran(dns_answer.CHECK, 0.0, 0.5),
        _ran(tcp_path.CHECK, 0.5, 0.2),
        _ran(tls_session.CHECK, 0.7, 0.6),
        _ran(challenge.CHECK, 0.0, 1.2),
        _ran(token.CHECK, 0.1, 0.0004),
    )


def test_the_longest_chain_goes_back_from_the_last_end() -> None:
    assert [s.check.id for s in timing.longest(_chain())] == ["dns", "tcp", "tls"]
    slower = (*_chain()[:3], _ran(challenge.CHECK, 0.0, 1.4))
    assert [s.check.id for s in timing.longest(slower)] == ["challenge"]


def test_the_waterfall_shows_what_took_time_by_its_begin() -> None:
    result = dataclasses.replace(reporting.of(STORY), steps=_chain(), seconds=1.3)
    told = page(result).all("section", "timing")[0]
    rows = told.all("tbody")[0].all("tr")
    bars = [[float(one.all("rect")[0].attributes[k] or "") for k in ("x", "width")] for one in rows]

    assert [row.all("code")[0].text for row in rows] == ["challenge", "dns", "tcp", "tls"]
    assert [bool(row.all("span", "chain")) for row in rows] == [False, True, True, True]
    assert "The run took 1.30 s" in told.text
    assert "1 check that took less" in told.text
    assert all(x >= 0 and x + width <= 1000.1 for x, width in bars)
    assert bars[3] == [pytest.approx(538.5, abs=0.1), pytest.approx(461.5, abs=0.1)]


def test_a_check_that_did_not_finish_is_named_beside_the_waterfall() -> None:
    late = Step(check=token.CHECK, outcome=Outcome.UNFINISHED, why="not finished within 20 s")
    result = dataclasses.replace(reporting.of(STORY), steps=(*_chain()[:4], late))

    assert "Not finished, and not drawn: token." in page(result).all("section", "timing")[0].text


@pytest.mark.parametrize("steps", [(), (_ran(dns_answer.CHECK, 0.0, 0.0),)])
def test_a_run_without_times_has_no_waterfall(steps: tuple[Step, ...]) -> None:
    result = dataclasses.replace(reporting.of(STORY), steps=steps, seconds=0.0)

    assert not page(result).all("section", "timing")


def _palette(text: str) -> dict[str, str]:
    return dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", text))


def _luminance(colour: str) -> float:
    """Give the relative luminance of WCAG 2.2."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    r, g, b = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


LIGHT = _palette(CSS.partition("@media")[0])
DARK = LIGHT | _palette(CSS.partition("prefers-color-scheme: dark")[2].partition("@media")[0])


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("colour", ["ink", "quiet", "accent", "good", "bad", "doubt"])
@pytest.mark.parametrize("ground", ["page", "card", "soft"])
def test_words_stand_out_from_what_is_behind_them(
    palette: dict[str, str], colour: str, ground: str
) -> None:
    assert LIGHT["page"] != DARK["page"]
    assert _contrast(palette[colour], palette[ground]) >= 4.5
