"""packaging/SECURITY.md: each promise names a test that there is."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "packaging" / "SECURITY.md").read_text(encoding="utf-8")
PROMISES = PAGE.partition("## What is promised")[2].partition("\n## ")[0]
ROWS = [line for line in PROMISES.splitlines() if line.startswith("| ")][1:]
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PROMISES)))


@pytest.mark.parametrize(("path", "name"), NAMED)
def test_a_test_that_is_named_is_there(path: str, name: str) -> None:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))

    assert name in [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]


def test_every_promise_names_one() -> None:
    assert len(ROWS) > 15
    assert [row for row in ROWS if "`tests/" not in row] == []
