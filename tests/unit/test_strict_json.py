"""A member's JSON: what we never write is refused, with the place."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diagnose.bundle import limits
from diagnose.bundle.errors import BundleError
from diagnose.bundle.strict_json import json_of, lines_of


def refused(blob: bytes, name: str = "facts.json") -> str:
    with pytest.raises(BundleError) as caught:
        list(lines_of(name, blob)) if name.endswith("l") else json_of(name, blob)
    return str(caught.value)


@pytest.mark.parametrize(
    ("blob", "said"),
    [
        (b"", "facts.json: empty"),
        (b" \n ", "facts.json: empty"),
        (b'{"a": "\xff"}', "facts.json: byte 8 is no UTF-8"),
        (b'{"a": "\xed\xa0\x80"}', "facts.json: byte 8 is no UTF-8"),
        (b'{"a": "\xc0\x80"}', "facts.json: byte 8 is no UTF-8"),
        (b"\xff\xfe{\0}\0", "facts.json: byte 1 is no UTF-8"),
        (b"\xef\xbb\xbf{}", "facts.json: a byte order mark at its beginning"),
        (b'{"a": 1,}', "facts.json: no JSON, "),
        (b'{\n"a": tru}', "facts.json: no JSON, Expecting value at row 2, column 6"),
        (b'{"a": 1} {}', "facts.json: no JSON, Extra data at column 10"),
        (b'{"a": "\n"}', "facts.json: no JSON, Invalid control character at"),
        (b"{'a': 1}", "facts.json: no JSON, "),
        (b"\\", "facts.json: no JSON, Expecting value at column 1"),
        (b"[NaN]", "facts.json: no JSON, NaN is no number"),
        (b"[Infinity]", "facts.json: no JSON, Infinity is no number"),
        (b"[-Infinity]", "facts.json: no JSON, -Infinity is no number"),
        (b"[1e999]", "facts.json: the number '1e999' is too long or too large"),
        (b"[-1e999]", "facts.json: the number '-1e999' is too long or too large"),
        (b"[12345678901234567890]", "facts.json: a whole number of 20 characters"),
        (b"[1" + b"0" * 5000 + b"]", "facts.json: a whole number of 5001 characters"),
        (b'{"b": {"a": 1, "c": 2, "a": 1}}', "facts.json: field 'a' stands twice in one object"),
        (b'{"a\\u001b": 1, "a\\u001b": 1}', r"facts.json: field 'a\x1b' stands twice"),
        (b'["\\ud800"]', r"facts.json: half a character, \ud800"),
        (b'["\\uDBFF\\u0041"]', r"facts.json: half a character, \udbff"),
        (b'{"\\udfff": 1}', r"facts.json: half a character, \udfff"),
    ],
)
def test_what_is_none_of_ours(blob: bytes, said: str) -> None:
    assert refused(blob).startswith(said)


@pytest.mark.parametrize(
    "value",
    [
        -9_223_372_036_854_775_808,
        1.7976931348623157e308,
        -2.2250738585072014e-308,
        {"a": {"a": [{"a": 1}]}, "b": {"a": 1}},
        '\U0001f600 \\ud800 \\\\ " [[[[ {{{{ ]]]] \x00\x7f\u2028',
        b"caf\xe9 \xff".decode("utf-8", "surrogateescape"),  # how octets are stored
        ["[" * 100, '"' + "[" * 100, "\\" + "[" * 100, '\\"' + "]" * 100],
    ],
)
@pytest.mark.parametrize("ascii_only", [True, False])
def test_what_is_ours(value: object, ascii_only: bool) -> None:
    halves = "\udce9" in str(value)  # these are written as escapes only
    blob = json.dumps(value, ensure_ascii=ascii_only or halves).encode()

    assert json_of("facts.json", blob) == value


def nested(levels: int, opening: bytes = b"[", closing: bytes = b"]") -> bytes:
    return opening * levels + b"1" + closing * levels


@pytest.mark.parametrize(
    ("opening", "closing"), [(b"[", b"]"), (b'{"a":', b"}"), (b'[{"]":', b"}]")]
)
def test_how_deep_it_may_be(opening: bytes, closing: bytes) -> None:
    most = limits.JSON_DEPTH // len(closing)

    assert json_of("facts.json", nested(most, opening, closing))
    assert "deeper than 64 levels" in refused(nested(most + 1, opening, closing))


@pytest.mark.parametrize(
    "before",
    [b'"]]]]"', b'"\\"]]]]"', b'"\\\\"', b'"\\\\\\"]]]]"', b'"\\u005d]]]]]]"', b'"", "]", ""'],
)
def test_depth_cannot_be_hidden_in_texts(before: bytes) -> None:
    """Closing brackets that stand in texts close nothing."""
    deep = b"[" + (before + b",[") * 70 + b"]" * 71

    assert "deeper than 64 levels" in refused(deep)
    assert "no JSON" in refused(deep[: 4 * len(before)] + b"'")


@pytest.mark.parametrize("blob", [b"[" * 100_000, b'{"a":' * 100_000, b'[{"a":[' * 30_000])
def test_deep_and_never_closed(blob: bytes) -> None:
    assert "deeper than 64 levels" in refused(blob)


def test_how_many_values_it_may_have() -> None:
    most = limits.JSON_VALUES

    assert len(json_of("facts.json", b"[" + b"1," * (most - 2) + b"1]")) == most - 1
    assert "more than 200000 values" in refused(b"[" + b"1," * most + b"1]")
    assert json_of("facts.json", json.dumps("," * most).encode())


def test_how_large_it_may_be() -> None:
    most = b'"' + b"a" * (limits.JSON_BYTES - 2) + b'"'

    assert json_of("facts.json", most)
    assert refused(most + b" ") == "facts.json is larger than 8388608 bytes"


def test_lines() -> None:
    assert list(lines_of("a.jsonl", b'{"a": 1}\n[2]\n')) == [{"a": 1}, [2]]
    assert list(lines_of("a.jsonl", b'{"a": 1}\n[2]')) == [{"a": 1}, [2]]
    assert list(lines_of("a.jsonl", b"")) == []
    assert list(lines_of("a.jsonl", b'"\xe2\x80\xa8\\r"\r\n1')) == ["\u2028\r", 1]


@pytest.mark.parametrize(
    ("blob", "said"),
    [
        (b"1\n\n2\n", "a.jsonl, line 2: empty"),
        (b"1\n2\n\n", "a.jsonl, line 3: empty"),
        (b"\n", "a.jsonl, line 1: empty"),
        (b'1\n{"a": "\xff"}\n', "a.jsonl, line 2: byte 8 is no UTF-8"),
        (b"1\n2\n[3,]\n", "a.jsonl, line 3: no JSON, "),
        (b"1\n[2,\n3]\n", "a.jsonl, line 2: no JSON, "),
        (b'1\n{"a": 1, "a": 1}', "a.jsonl, line 2: field 'a' stands twice in one object"),
        (b"1\n" * 20_001, "a.jsonl has more than 20000 lines"),
        (b"1\n" + nested(65), "a.jsonl is nested deeper than 64 levels"),
    ],
)
def test_lines_that_are_none_of_ours(blob: bytes, said: str) -> None:
    assert refused(blob, "a.jsonl").startswith(said)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**18), 10**18) | st.text()
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(), inner, max_size=5),
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(VALUES, st.booleans())
def test_what_is_written_is_read(value: object, ascii_only: bool) -> None:
    blob = json.dumps(value, ensure_ascii=ascii_only).encode()

    assert json_of("facts.json", blob) == value


@settings(max_examples=300, deadline=None)
@given(st.text('[]{}",:1a\\ \n') | st.text())
def test_what_is_read_is_what_json_reads(text: str) -> None:
    try:
        value = json_of("facts.json", text.encode())
    except BundleError:
        return
    assert value == json.loads(text)
