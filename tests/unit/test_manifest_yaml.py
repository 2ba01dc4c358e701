"""YAML that every reader takes as what was meant."""

from typing import Any

import pytest
import yaml as reader
from hypothesis import given
from hypothesis import strategies as st

from diagnose.kubernetes.manifest import yaml
from diagnose.kubernetes.manifest.yaml import Noted

# YAML takes keys of at most 1,024 characters (https://yaml.org/spec/1.2.2/ section 7.4.2), of which
# an escaped one is up to ten; no key of Kubernetes' comes near.
KEYS = st.text(min_size=1, max_size=100)
SCALARS = st.one_of(st.text(), st.booleans(), st.integers(-(10**6), 10**6))
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=3)),
    max_leaves=12,
)


@given(st.dictionaries(KEYS, VALUES, max_size=4))
def test_what_is_written_is_read_as_it_was(document: dict[str, Any]) -> None:
    assert list(reader.safe_load_all(yaml.text([document, document]))) == [document, document]


@pytest.mark.parametrize(
    "text",
    [
        *(
            "yes",
            "No",
            "null",
            "~",
            "1e3",
            "0x10",
            "12:30:45",
            "2026-11-23",
            "100%",
            "",
            " a",
            "a ",
        ),
        *("- a", "a: b", "a #b", "*a", "&a", "!a", "|", ">", "'", '"', "a:", ":a", "#", "\\n"),
        *("\n", "\x85", "\u2028", "\ufeff", "\U0001f600", "\\ud83d\\ude00", "\x00", "\x7f"),
    ],
)
def test_a_word_that_could_be_another_thing_is_quoted(text: str) -> None:
    assert reader.safe_load(yaml.text([{"key": text}])) == {"key": text}


def test_a_comment_changes_nothing() -> None:
    noted = {"a": Noted([Noted({"b": Noted(1, "inner")}, "of an entry")], "a long " * 40)}
    text = yaml.text([noted], head="first line\nsecond line")

    assert reader.safe_load(text) == yaml.plain(noted) == {"a": [{"b": 1}]}
    assert text.startswith("# first line\n# second line\n---\n")
    assert max(map(len, text.splitlines())) <= 100
    assert "  # of an entry\n  # inner\n  - b: 1\n" in text
