"""The picture of the pull's way, and the same in words below it."""

from diagnose.facts import Facts
from diagnose.judging.verdict import Verdict
from diagnose.reports.html import marks
from diagnose.reports.html.markup import section, words
from diagnose.reports.path import State, Station, stations

_BEYOND = (
    "What is passed behind the stop, this program came through itself; the pull that fails does "
    "not get there."
)
_STEP, _TOP, _RADIUS = 110, 24, 14  # units of the drawing


def picture(facts: Facts, verdict: Verdict) -> str:
    line = stations(facts, verdict)
    rows = "\n".join(map(_row, line))
    note = f"<p>{_BEYOND}</p>" if _goes_on(line) else ""
    return section("way", "How far the pull got", _drawing(line), note, f"<ol>\n{rows}\n</ol>")


def _goes_on(line: tuple[Station, ...]) -> bool:
    """Tell whether something behind the stop was passed, which a reader would not expect."""
    states = [one.state for one in line]
    return State.STOPPED in states and State.PASSED in states[states.index(State.STOPPED) :]


def _row(station: Station) -> str:
    kind = marks.SHAPES[station.state][0]
    name = f"<code>{words(station.name)}</code>" if station.name else ""
    return (
        f'<li class="{kind}">{marks.of_state(station.state)}'
        f'<div class="what"><h3>{words(station.title)}</h3>'
        f'<span class="state">{station.state}</span></div>'
        f'<div class="name">{name}</div><div class="saw">{words(station.saw)}</div></li>'
    )


def _drawing(line: tuple[Station, ...]) -> str:
    """Draw the stations from left to right; it is left out where there is no room for it."""
    width = _STEP * len(line)
    told = ", ".join(f"{one.title}: {one.state}" for one in line)
    tracks = "".join(_track(number, one, line) for number, one in enumerate(line[1:], 1))
    stops = "".join(_stop(number, one) for number, one in enumerate(line))
    return (
        f'<svg class="line" viewBox="0 0 {width} 84" role="img" aria-label="{words(told)}">'
        f"{tracks}{stops}</svg>"
    )


def _middle(number: int) -> int:
    return _STEP * number + _STEP // 2


def _track(number: int, station: Station, line: tuple[Station, ...]) -> str:
    """Draw the way to a station: unbroken as far as the pull came."""
    came = any(one.state in (State.PASSED, State.STOPPED) for one in line[number:])
    came = came and station.state is not State.UNREACHED
    return (
        f'<line class="{"came" if came else "open"}" x1="{_middle(number - 1) + _RADIUS + 4}" '
        f'x2="{_middle(number) - _RADIUS - 4}" y1="{_TOP}" y2="{_TOP}"/>'
    )


def _stop(number: int, station: Station) -> str:
    kind, shape = marks.SHAPES[station.state]
    middle, scale = _middle(number), _RADIUS / 12
    at = f"translate({middle - _RADIUS} {_TOP - _RADIUS}) scale({scale:.4f})"
    return (
        f'<g class="mark {kind}" transform="{at}">{shape}</g>'
        f'<text class="title" x="{middle}" y="60">{words(station.title)}</text>'
        f'<text class="state {kind}" x="{middle}" y="77">{station.state}</text>'
    )
