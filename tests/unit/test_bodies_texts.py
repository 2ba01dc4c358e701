"""Bodies that are no objects: pages, errors in XML, half answers, layers, and plain garbage."""

import json
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks import answers
from checks.privacy import Sensitivity
from checks.replies import HttpReply
from diagnose.bundle import bodies
from diagnose.bundle.bodies import texts

SERVER = "https://contoso.azurecr.io/v2"
LAYER = {"url": "https://store.blob.core.windows.net/data", "only_first_byte": True}
PAGE = b"<html><title>ERROR</title><body>alice at contoso.azurecr.io</body></html>"
STORAGE = b"\xef\xbb\xbf<?xml version='1.0'?><Error><Code>AuthorizationFailure</Code></Error>"
DENIED = b"client with IP '10.1.0.4' is not allowed access"


def same(_kind: Sensitivity, text: str) -> str:
    return text


def kept(body: bytes, status: int = 403, alias: bodies.Alias = same, **told: Any) -> HttpReply:
    """Give what is kept of an answer to ``GET /v2/``, or to what ``told`` asks for."""
    headers = told.pop("headers", {})
    reply = HttpReply(status=status, body=body, headers=headers, truncated=told.pop("cut", False))
    return bodies.kept("http", "get", told or {"url": f"{SERVER}/"}, reply, alias)


@pytest.mark.parametrize(
    "body", [PAGE, STORAGE, DENIED, b"Forbidden", "Zugriff verweigert für …".encode()]
)
def test_the_words_of_an_error_are_kept(body: bytes) -> None:
    assert kept(body).body == body


@pytest.mark.parametrize("status", [200, 206, 403, 502])
def test_a_page_is_kept_whatever_its_status(status: int) -> None:
    assert kept(PAGE, status, **LAYER).body == PAGE
    assert kept(b"Please sign in", status, headers={"content-type": "text/html"}, **LAYER).body


@pytest.mark.parametrize(
    "body", [b"\x1f\x8b\x08\x00layer", b'{"Env": ["KEY=hunter2"]}', b"plain", b"7"]
)
@pytest.mark.parametrize("told", [LAYER, {"url": f"{SERVER}/app/blobs/sha256:00"}])
def test_what_lies_in_a_layer_is_nobodys_business(body: bytes, told: dict[str, Any]) -> None:
    assert not kept(body, 200, **told).body
    assert not kept(body, 206, **told).body


@pytest.mark.parametrize(
    ("said", "left"),
    [
        # Go's http.Redirect repeats the address.
        (
            '<a href="https://s.example/d?se=1&amp;sig=hunter2">Moved</a>',
            'href="https://s.example/d">M',
        ),
        ("URL: https://s.example/d?sig=hunter2 was denied", "https://s.example/d was"),
        ("by http://alice:hunter2@proxy.example:3128/", "http://proxy.example:3128/"),
        ("/v2/app/blobs?_state=hunter2", "/v2/app/blobs"),
    ],
)
def test_an_address_in_a_page_loses_what_would_open_it(said: str, left: str) -> None:
    found = kept(said.encode(), 307).body.decode()

    assert left in found
    assert "hunter2" not in found
    assert "alice" not in found


def test_a_layer_that_is_refused_still_says_why() -> None:
    assert kept(STORAGE, 403, **LAYER).body == STORAGE


def test_words_are_replaced_as_prose() -> None:
    def alias(kind: Sensitivity, text: str) -> str:
        assert kind is Sensitivity.PROSE
        return text.replace("alice", "name-1")

    assert b"name-1 at contoso" in kept(PAGE, alias=alias).body


@pytest.mark.parametrize("status", [200, 403])
@pytest.mark.parametrize("body", [bytes(range(128, 256)) * 9, b"\x00\x01\x02\x03" * 50])
def test_what_nobody_could_read_is_dropped(status: int, body: bytes) -> None:
    assert not kept(body, status).body


@pytest.mark.parametrize(
    "body", [b"ok", b'{"access_token": "hunter2', b'\xef\xbb\xbf [{"a": "hunter2"']
)
def test_of_half_a_good_answer_nothing_is_kept(body: bytes) -> None:
    """No table can say which of its fields are harmless."""
    found = kept(
        body, 200, cut=True, headers={"content-type": "text/html"} if body != b"ok" else {}
    )

    assert not found.body
    assert found.truncated


@pytest.mark.parametrize("body", [b'["hunter2"]', b'"hunter2"', b"12", b"null"])
def test_json_that_is_no_object_holds_nothing_in_a_good_answer(body: bytes) -> None:
    found = json.loads(kept(body, 200).body)

    assert type(found) is type(json.loads(body))
    assert "hunter2" not in str(found)


def test_a_sentence_as_json_is_an_errors_words() -> None:
    assert json.loads(kept(b'"not for you"').body) == "not for you"


@pytest.mark.parametrize(
    "body",
    [
        b'{"errors": [{"code": "DENIED\xff"}]}',  # the octet alone makes it no JSON
        b"1" * 4096 + b" and more",  # the beginning alone would be a number
        b"[" * 1200 + b"]" * 1200,  # deeper than this Python reads, not deeper than any
    ],
)
def test_what_was_no_json_does_not_become_it(body: bytes) -> None:
    found = kept(body).body
    again = kept(found).body
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(9999)
    try:
        with pytest.raises(ValueError):
            json.loads(found)
    finally:
        sys.setrecursionlimit(limit)

    assert again == found


@pytest.mark.parametrize(
    "opening", [b"[", b'{"error":', b'{"errors":[', b'{"value":[{"properties":']
)
def test_no_depth_is_too_deep(opening: bytes) -> None:
    for depth in (10, 400, 900, 200_000):
        found = kept(opening * depth, 400)
        assert len(found.body) <= texts._MOST + 8

        closing = b"".join(b"]" if c == 91 else b"}" for c in reversed(opening) if c in b"[{")
        whole = opening * depth + (b"" if opening == b"[" else b"0") + closing * depth
        assert len(kept(whole, 400).body) <= texts._MOST + 8


def test_a_text_ends_before_a_name_that_would_be_cut_in_two() -> None:
    body = b"x " * 2040 + b"host=contoso-secret-registry.azurecr.io"

    found = kept(body).body

    assert len(body) > 4096 > len(found)
    assert b"contoso" not in found
    assert len(kept(b"y" * 5000).body) == 4096  # no name is as long as that


def test_a_long_text_inside_json_is_cut_alike() -> None:
    found = json.loads(kept(json.dumps({"message": "x " * 9999, "code": "y" * 9999}).encode()).body)

    assert len(found["message"]) == len(found["code"]) == 4096


def test_utf_16_cannot_hide_a_name() -> None:
    def alias(_kind: Sensitivity, text: str) -> str:
        return text.replace("alice", "name-1")

    body = kept(
        PAGE.decode().encode("utf-16-le"), alias=alias, headers={"content-type": "text/html"}
    ).body

    assert b"name-1 at" in body


PIECES = st.sampled_from(
    [
        *(PAGE, STORAGE, DENIED, b"<!DOCTYPE HTML>", b'{"errors": [{"code": "DENIED"}]}'),
        *(b"{", b"}", b"[", b"]", b'"', b"1" * 999, b"\xef\xbb\xbf", b"\xff", b"\0", b" ", b"null"),
    ]
)


@given(
    body=st.lists(PIECES | st.binary(max_size=9), max_size=8).map(b"".join),
    status=st.sampled_from([200, 206, 307, 401, 403, 470, 502]),
    kind=st.sampled_from(["", "text/html", "text/plain", "application/json"]),
    told=st.sampled_from([LAYER, {"url": f"{SERVER}/"}, {"url": f"{SERVER}/app/manifests/v1"}]),
)
def test_the_checks_see_the_same_in_what_is_left(
    body: bytes, status: int, kind: str, told: dict[str, Any]
) -> None:
    headers = {"content-type": kind}
    whole = HttpReply(status=status, body=body, headers=headers)
    found = kept(body, status, headers=headers, **told)

    assert answers.is_page(found) == answers.is_page(whole)
    assert kept(found.body, status, headers=headers, **told) == found
    if told is not LAYER or status >= 300:
        is_object = isinstance(answers.json_of(whole), dict)
        assert isinstance(answers.json_of(found), dict) == is_object
        assert answers.registry_error(found).code == answers.registry_error(whole).code
