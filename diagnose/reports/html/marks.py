"""The marks of the page: each state has a shape of its own, so that colour is never needed."""

from diagnose.judging.verdict import Status
from diagnose.reports.path import State

_TICK = '<path class="ink" d="M6.5 12.5l3.6 3.6 7.4-8"/>'
_CROSS = '<path class="ink" d="M8 8l8 8M16 8l-8 8"/>'
_ROUND = '<circle class="body" cx="12" cy="12" r="10"/>'
_SQUARE = '<rect class="body" x="2" y="2" width="20" height="20" rx="5"/>'
_ASK = (
    '<path class="ink" d="M9 9.6a3 3 0 1 1 4.6 2.5c-1 .7-1.6 1.2-1.6 2.4"/>'
    '<circle class="dot" cx="12" cy="17.6" r="1.3"/>'
)
_CALL = '<path class="ink" d="M12 6.5v7"/><circle class="dot" cx="12" cy="17.4" r="1.4"/>'
_DASH = '<path class="ink" d="M7.5 12h9"/>'

SHAPES = {
    State.PASSED: ("good", _ROUND + _TICK),
    State.STOPPED: ("bad", _SQUARE + _CROSS),
    State.UNREACHED: ("idle", _ROUND),
    State.UNSEEN: ("unseen", _ROUND + _ASK),
    State.ASIDE: ("unseen", _ROUND + _DASH),
}
ENDS = {
    "ok": SHAPES[State.PASSED],
    "FAIL": SHAPES[State.STOPPED],
    "?": SHAPES[State.UNSEEN],
    "skip": SHAPES[State.ASIDE],
    "BUG": (
        "bad",
        _SQUARE
        + '<path class="ink" d="M12 6.5v7"/><circle class="dot" cx="12" cy="17.4" r="1.4"/>',
    ),
}
_STATUS = {
    Status.CAUSE: SHAPES[State.STOPPED],
    Status.HEALTHY: SHAPES[State.PASSED],
    Status.INCONCLUSIVE: SHAPES[State.UNSEEN],
}


def of_state(state: State) -> str:
    return _drawn(*SHAPES[state])


def of_check(word: str) -> str:
    """Draw the end of a check, by its word in the text report."""
    return _drawn(*ENDS[word])


def of_verdict(status: Status) -> str:
    return _drawn(*_STATUS[status])


def _drawn(kind: str, shape: str) -> str:
    return f'<svg class="mark {kind}" viewBox="0 0 24 24" aria-hidden="true">{shape}</svg>'
