"""The README's table of causes is the catalogue as it stands; ``--update-golden`` writes it."""

from pathlib import Path

from diagnose import causes

README = Path(__file__).resolve().parents[1] / "README.md"
START, END = "<!-- causes -->\n", "<!-- /causes -->"


def table() -> str:
    rows = sorted(causes.ALL, key=lambda cause: (cause.stage, cause.id))
    lines = [f"| `{c.id}` | {c.title} | {c.stage.word} | {c.owner} |\n" for c in rows]
    return "| id | what is wrong | met at | mended by |\n|---|---|---|---|\n" + "".join(lines)


def test_the_table_of_causes_is_current(update_golden: bool) -> None:
    text = README.read_text(encoding="utf-8")
    head, _, rest = text.partition(START)
    shown, _, tail = rest.partition(END)
    if update_golden:
        README.write_text(f"{head}{START}{table()}{END}{tail}", encoding="utf-8")
        return

    assert shown == table(), "run pytest tests/test_readme.py --update-golden"
