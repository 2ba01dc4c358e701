"""The catalogue that is printed: the rows as they stand; ``--update-golden`` writes its file."""

import inspect
import json
import subprocess
import sys
from pathlib import Path

import pytest

import checks
from checks.contract import Check
from diagnose import causes, pages
from diagnose.causes.contract import Cause

FILE = Path(pages.__file__).with_name("catalogue.json")
CAUSES = sorted(causes.ALL, key=lambda cause: (cause.stage, cause.id))
ROWS: list[Cause | Check] = [*CAUSES, *checks.ALL]


def module(row: Cause | Check) -> str:
    return (row.find if isinstance(row, Cause) else row.gather).__module__


def listed(rows: list[Cause | Check]) -> list[dict[str, str]]:
    return [{"id": row.id, "title": row.title, "module": module(row)} for row in rows]


def test_the_file_has_the_rows_as_they_stand(update_golden: bool) -> None:
    rows = {"causes": listed(list(CAUSES)), "checks": listed(list(checks.ALL))}
    text = json.dumps(rows, indent=1) + "\n"
    if update_golden:
        FILE.write_text(text, encoding="utf-8")

    assert FILE.read_text(encoding="utf-8") == text, (
        "run pytest tests/unit/test_pages.py --update-golden"
    )


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_a_page_is_the_docstring_of_its_module(row: Cause | Check) -> None:
    doc = inspect.cleandoc(sys.modules[module(row)].__doc__ or "")

    assert pages.page(row.id) == f"{row.id}\n\n{doc}\n"
    assert doc


@pytest.mark.parametrize("words", [("causes",), ("checks",), ("explain", "subnet-not-allowed")])
def test_a_list_or_a_page_is_printed_without_what_it_is_about(words: tuple[str, ...]) -> None:
    source = (
        "import sys; from diagnose.cli import main; sys.argv[1:] = sys.argv[1:]\n"
        "try: main()\n"
        "finally: print('loaded', [n for n in sys.modules if n.startswith(('checks', 'diagnose.c'))"
        " and not n.startswith(('diagnose.cli', 'diagnose.commands'))])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", source, *words], capture_output=True, text=True, check=False
    )

    assert done.stdout.endswith("loaded []\n"), done
