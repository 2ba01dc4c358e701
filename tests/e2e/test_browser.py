"""The HTML report in a real headless Chromium that has no way out of its network namespace."""

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from diagnose.reports import html
from diagnose.session import Result
from tests.e2e import browser
from tests.e2e.browser import Browser, Page
from tests.unit import reporting

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.slow,
    pytest.mark.timeout(240),
    pytest.mark.skipif(bool(browser.why_not()), reason=browser.why_not()),
]

STORY = "a_sibling_subnet_is_allowed"
PAGES = {
    "subnet-not-allowed": lambda: reporting.of(STORY),
    "service-endpoint-missing, likely": lambda: reporting.of(
        "the_subnet_lost_its_endpoint", blind=True
    ),
    "dns-server-failing": lambda: reporting.of("the_networks_own_resolver_fails"),
    "layers blocked": lambda: reporting.of("a_rule_denies_storage"),
    "inconclusive": lambda: reporting.of(
        "only_tokens_for_arm_are_to_be_had_and_they_are_refused", blind=True
    ),
    "healthy, with docker": lambda: reporting.of("docker_pulls"),
    "runtime-down": lambda: reporting.of("docker_is_installed_and_does_not_run"),
    "a hundred rules": lambda: reporting.of("a_hundred_other_subnets_have_a_rule"),
    "hostile words": lambda: reporting.foreign(
        '</code></script><script>document.title="x"</script><img src=http://198.51.100.1/x.png>'
    ),
    "words without a space": lambda: reporting.foreign("W" * 400),
}
# Everything that stands in the page and is to be read, as far as it is cut off or not to be seen.
OVERFLOWS = """
[...document.querySelectorAll('body *')].filter(e => {
  const box = e.getBoundingClientRect();
  return box.width && !e.closest('thead') && box.right > innerWidth + 0.5;
}).map(e => e.outerHTML.slice(0, 120))
"""
UNSEEN = """
[...document.querySelectorAll('.way li, .way li h3, .way li .mark, .way li .state')].filter(e => {
  const box = e.getBoundingClientRect();
  return box.width < 8 || box.height < 8 || getComputedStyle(e).visibility !== 'visible';
}).length
"""
CLIPPED = """
[...document.querySelectorAll('pre')].filter(e => e.checkVisibility()
  && (e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1)).length
"""

Open = Callable[..., Page]


@pytest.fixture(name="chromium", scope="module")
def _chromium() -> Iterator[Browser]:
    with closing(Browser()) as one:
        yield one


@pytest.fixture(name="load")
def _load(chromium: Browser, tmp_path: Path) -> Open:
    """Open a report, or any text, as the file that a person would double-click."""

    def load(told: Result | str) -> Page:
        path = tmp_path / "report.html"
        path.write_text(told if isinstance(told, str) else html.render(told), "utf-8")
        return chromium.page(path)

    return load


@pytest.mark.parametrize("name", PAGES)
def test_it_asks_for_nothing_and_nothing_goes_wrong(load: Open, name: str) -> None:
    page = load(PAGES[name]())

    assert page.requests == [page.url]
    assert page.complaints == []
    assert page.value("document.title") != "x"


def test_a_picture_from_elsewhere_would_be_noticed(load: Open) -> None:
    """Prove the test above; with the policy Chromium complains too, and sends nothing."""
    text = html.render(reporting.of(STORY))
    picture = '<img src="http://198.51.100.1/x.png">'
    policy = text[text.index("<meta http-equiv") :].partition("\n")[0]
    held = load(text.replace("<main>", f"<main>{picture}"))
    free = load(text.replace("<main>", f"<main>{picture}").replace(policy, ""))

    assert free.requests == held.requests == [free.url, "http://198.51.100.1/x.png"]
    assert "violates the following Content Security Policy" in held.complaints[0]


def test_a_script_that_is_not_the_pages_own_does_not_run(load: Open) -> None:
    text = html.render(reporting.of(STORY))
    page = load(text.replace("<main>", "<main><script>document.title = 'x'</script>"))

    assert page.value("document.title").startswith("subnet-not-allowed (proven)")
    assert page.complaints


@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_cut_off_at_any_width(load: Open, name: str) -> None:
    page = load(PAGES[name]())
    page.value("document.querySelector('details').open = true")
    for width in (360, 768, 1200):
        page.wide(width)

        assert page.value("document.documentElement.scrollWidth") == width
        assert page.value(OVERFLOWS) == []
        assert page.value(UNSEEN) == 0
        assert page.value(CLIPPED) == 0


def test_the_line_is_drawn_where_there_is_room(load: Open) -> None:
    page = load(reporting.of("docker_pulls"))
    drawn = "document.querySelector('svg.line').getBoundingClientRect().height > 50"
    page.wide(1200)
    assert page.value(drawn)
    page.wide(360)
    assert not page.value(drawn)


def test_a_button_copies_its_command(load: Open) -> None:
    page = load(reporting.of(STORY))
    page.granted("clipboardReadWrite", "clipboardSanitizedWrite")
    page.value("document.querySelector('.steps button').click()")
    page.until("document.querySelector('.steps button').textContent === 'Copied'")

    assert page.value("navigator.clipboard.readText()") == _command(STORY)


def test_a_button_copies_without_the_newer_clipboard(load: Open) -> None:
    page = load(reporting.of(STORY))
    page.granted("clipboardReadWrite", "clipboardSanitizedWrite")
    page.value("navigator.clipboard.writeText('before')")
    page.value("navigator.clipboard.writeText = () => Promise.reject(new Error('refused'))")
    page.value("document.querySelector('.steps button').click()")
    page.until("document.querySelector('.steps button').textContent === 'Copied'")

    assert page.value("getSelection().toString()") == _command(STORY)
    assert page.value("navigator.clipboard.readText()") == _command(STORY)


def test_what_cannot_be_copied_is_selected(load: Open) -> None:
    page = load(reporting.of(STORY))
    page.value("navigator.clipboard.writeText = () => Promise.reject(new Error('refused'))")
    page.value("document.execCommand = () => false")
    page.value("document.querySelector('.steps button').click()")
    page.until("document.querySelector('.steps button').textContent === 'Selected'")

    assert page.value("getSelection().toString()") == _command(STORY)


def _command(name: str) -> str:
    primary = reporting.of(name).verdict.primary
    assert primary is not None
    return primary.finding.fix[0].command


def test_without_a_script_everything_but_the_buttons_is_there(load: Open) -> None:
    text = html.render(reporting.of(STORY))
    start = text.index("<script>")
    page = load(text[:start] + text[text.index("</script>") :])

    assert (
        page.value("[...document.querySelectorAll('button')].some(b => b.checkVisibility())")
        is False
    )
    assert _command(STORY) in page.value("document.body.innerText")


def test_a_button_is_reached_and_pressed_by_keyboard(load: Open) -> None:
    page = load(reporting.of(STORY))
    page.key("Tab", 9)

    assert (
        page.value("document.activeElement.getAttribute('aria-label')")
        == "Copy the command of step 1"
    )
    assert page.value("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.key("Enter", 13, "\r")
    page.until("document.activeElement.textContent !== 'Copy'")


def test_dark_and_light_differ(load: Open) -> None:
    page = load(reporting.of(STORY))
    ground = "getComputedStyle(document.body).backgroundColor"
    page.media(scheme="light")
    light = page.value(ground)
    page.media(scheme="dark")

    assert (light, page.value(ground)) == ("rgb(247, 247, 245)", "rgb(19, 22, 25)")


def test_on_paper_it_is_black_on_white_without_buttons(load: Open) -> None:
    page = load(reporting.of(STORY))
    page.wide(720)
    page.media("print", "dark")
    style = "getComputedStyle(document.querySelector('.command code'))"

    assert page.value("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.value(f"{style}.color") == "rgb(0, 0, 0)"
    assert (
        page.value("[...document.querySelectorAll('button')].some(b => b.checkVisibility())")
        is False
    )
    assert page.value(CLIPPED) == 0


def test_the_printed_page_is_not_empty(load: Open) -> None:
    page = load(reporting.of(STORY))
    blank = load("<!DOCTYPE html><title>nothing</title>")
    pdf, nothing = page.printed(), blank.printed()

    assert pdf.startswith(b"%PDF")
    assert len(pdf) > 5 * len(nothing)
    assert pdf.count(b"/Type /Page\n") > nothing.count(b"/Type /Page\n") == 1


def test_a_waterfall_has_bars_to_see(load: Open) -> None:
    result = reporting.of(STORY)
    steps = [dataclasses.replace(s, began=n / 50, took=0.02) for n, s in enumerate(result.steps)]
    page = load(dataclasses.replace(result, steps=tuple(steps)))
    bars = "[...document.querySelectorAll('.timing rect')].map(r => r.getBoundingClientRect())"

    assert page.value(f"{bars}.length") == len(steps)
    assert page.value(f"{bars}.every(b => b.width >= 1 && b.height >= 6)")
    assert page.value(f"{bars}.every((b, n, all) => !n || b.left >= all[n - 1].left)")
