"""From pasted text to plain lines."""

import json

import pytest

from diagnose.texts.read import read
from diagnose.texts.unwrap import LONGEST, errors, lines

DENIED = "denied: client with IP '20.1.2.3' is not allowed access"


def plain(text: str) -> list[str]:
    return list(lines([text]))


@pytest.mark.parametrize(
    "pasted",
    [
        f"\x1b[31m\x1b[1m{DENIED}\x1b[0m",
        f"\x1b[38;5;196m{DENIED}\x1b[K",
        f"\x1b]0;title\x07{DENIED}",
        f"#033[31m{DENIED}#033[0m",
        f"^[[31m{DENIED}^[[0m",
    ],
)
def test_colours_are_dropped(pasted: str) -> None:
    assert plain(pasted) == [DENIED]


def test_an_escape_that_never_ends_costs_no_more_than_its_line() -> None:
    assert plain("\x1b]0;" + "x" * 300 + "\nafter")[-1] == "after"


@pytest.mark.parametrize("depth", [1, 2, 3, 4])
def test_json_in_json_is_undone(depth: int) -> None:
    text = 'Get "https://r.azurecr.io/v2/": ' + DENIED
    for _ in range(depth):
        text = json.dumps(text)[1:-1]

    assert plain(text) == ['Get "https://r.azurecr.io/v2/": ' + DENIED]


@pytest.mark.parametrize("quote", [r"\u0027", r"\\u0027", "&#39;", "\u2019"])
def test_quotes_in_disguise_are_quotes(quote: str) -> None:
    assert plain(DENIED.replace("'", quote)) == [DENIED]


def test_escaped_newlines_part_lines() -> None:
    assert plain(r"first\nsecond\r\nthird") == ["first", "second", "third"]


def test_odd_characters_become_question_marks_and_spaces_one() -> None:
    assert plain("na\u00efve\t \u202etext\ud800") == ["na?ve ?text?"]


def test_a_long_line_is_read_in_pieces_that_overlap() -> None:
    at = LONGEST - 20  # across the first cut
    pieces = plain("x" * at + DENIED + "y" * LONGEST)

    assert all(len(piece) <= LONGEST for piece in pieces)
    assert any(DENIED in piece for piece in pieces)


def test_a_kubelet_list_is_split() -> None:
    line = (
        'Failed to pull image "r/a": [rpc error: code = Unknown desc = one, rpc error: code = two]'
    )

    assert errors(line) == [
        'Failed to pull image "r/a": rpc error: code = Unknown desc = one',
        "rpc error: code = two]",
    ]


@pytest.mark.parametrize(
    "line",
    [
        "dial tcp [::1]:53: read udp [::1]:4->[::1]:53: connection refused, failed to pull",
        "unauthorized: [map[Action:pull Name:a]], nothing else",
    ],
)
def test_other_brackets_are_no_list(line: str) -> None:
    assert errors(line) == [line]


def test_of_two_errors_the_first_counts() -> None:
    """Seen on a node: the layers' host is filtered, and the retry goes without credentials."""
    cut = 'failed to copy: Get "https://w1.blob.core.windows.net/x": EOF'
    anonymous = "failed to fetch anonymous token: unexpected status: 401 Unauthorized"
    unknown = "rpc error: code = Unknown desc = "

    first = read([f"[{unknown}{cut}, {unknown}{anonymous}]"])
    turned = read([f"[{unknown}{anonymous}, {unknown}{cut}]"])

    assert first.candidates[0].cause == "egress-filtered-data"
    assert turned.candidates[0].cause == "credentials-missing"


def test_where_the_first_says_nothing_the_second_counts() -> None:
    reading = read(["[rpc error: code = Unknown desc = mumble, rpc error: code = x: no such host]"])

    assert reading.candidates[0].cause == "registry-name-not-found"
