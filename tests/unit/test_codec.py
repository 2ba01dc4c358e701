"""Proves that recorded values come back as they were, and that nothing else comes back at all."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import checks
from checks.replies import DnsReply, Failure, HttpReply, Trouble
from checks.token_replies import Claims, Granted, StoredReply, Token
from diagnose.bundle import codec, questions, shapes
from diagnose.bundle.codec import CodecError
from diagnose.bundle.shapes import Choice, Many, Member, Octets, Plain, Record, Row, Table, Text

FACTS = sorted({k for check in checks.ALL for k in check.needs.gives}, key=lambda k: k.__name__)
REPLIES = {f"{m.port}.{m.name}": m.reply for m in questions.methods().values()}


def values(shape: shapes.Shape) -> st.SearchStrategy[Any]:
    """Every value of a shape."""
    text = st.text(st.characters(codec="utf-8"), max_size=12)
    if isinstance(shape, Plain):
        plain = {bool: st.booleans(), int: st.integers(), float: st.floats(allow_nan=False)}
        return plain.get(shape.kind, st.none())
    if isinstance(shape, Member):
        return st.sampled_from(list(shape.kind))
    if isinstance(shape, Octets):
        return st.binary(max_size=12)
    if isinstance(shape, Many):
        return st.lists(values(shape.item), max_size=3).map(tuple)
    if isinstance(shape, Row):
        return st.tuples(*map(values, shape.items))
    if isinstance(shape, Table):
        return st.dictionaries(text, values(shape.value), max_size=3)
    if isinstance(shape, Record):
        return st.builds(shape.kind, **{n: values(inner) for n, inner in shape.fields.items()})
    if isinstance(shape, Choice):
        return st.one_of(*map(values, (*shape.records.values(), *shape.others)))
    assert isinstance(shape, Text)
    return text


def there_and_back(value: Any, hint: Any) -> Any:
    return codec.decoded(json.loads(json.dumps(codec.encoded(value, hint))), hint)


@pytest.mark.parametrize("name", REPLIES)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_every_reply_comes_back_as_it_was(name: str, data: st.DataObject) -> None:
    value = data.draw(values(shapes.of(REPLIES[name])))

    assert there_and_back(value, REPLIES[name]) == value


@pytest.mark.parametrize("kind", FACTS, ids=lambda kind: kind.__name__)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_every_fact_comes_back_as_it_was(kind: type[Any], data: st.DataObject) -> None:
    value = data.draw(values(shapes.of(kind)))

    assert there_and_back(value, kind) == value


DNS = {"name": "a", "server": "system", "chain": [], "addresses": ["10.0.0.1"]}


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({**DNS, "addresses": "10.0.0.1"}, "addresses: expected a list, got str"),
        ({**DNS, "addresses": [7]}, "addresses.0: expected a text, got int"),
        ({**DNS, "elapsed": "soon"}, "elapsed: expected a number, got str"),
        ({**DNS, "elapsed": True}, "elapsed: expected a number, got bool"),
        ({k: v for k, v in DNS.items() if k != "name"}, "name: expected a value"),
        ([], "value: expected an object, got list"),
    ],
)
def test_a_value_of_the_wrong_type_is_refused_by_its_place(wrong: Any, told: str) -> None:
    with pytest.raises(CodecError, match=told):
        codec.decoded(wrong, DnsReply)


def test_a_field_that_is_not_known_is_dropped() -> None:
    found = codec.decoded({**DNS, "later": 1}, DnsReply)

    assert found == DnsReply(name="a", server="system", addresses=("10.0.0.1",))


@pytest.mark.parametrize(
    "value",
    [
        Failure(trouble=Trouble.TIMEOUT),
        HttpReply(status=403, body=b"\xff\x00{"),
        Granted(token=Token("refresh"), claims=Claims(permissions=())),
    ],
)
def test_the_members_of_a_union_are_told_apart(value: Any) -> None:
    hint = StoredReply
    stored = StoredReply(source="/root/.docker/config.json", kind="password", answer=value)

    assert there_and_back(stored, hint) == stored


def test_a_record_of_another_name_is_refused() -> None:
    wrong = {"source": "", "kind": "", "answer": {"is": "DnsReply", **DNS}}

    with pytest.raises(CodecError, match=r"answer: expected one of \d kinds of value"):
        codec.decoded(wrong, StoredReply)


def test_a_word_that_is_none_is_refused() -> None:
    with pytest.raises(CodecError, match="trouble: expected a word of Trouble"):
        codec.decoded({"trouble": "bored"}, Failure)
