"""The page of all figures, tests/bench/FIGURES.md: each bench hands in a section of Markdown.

`section` keeps one in .build/bench/NAME.md; `make bench` empties that folder, runs the benches, and
puts the page together from what they left there (``python -m tests.bench.page``). So a section on
the page is always of that run; a bench that broke is named as missing.
"""

import os
import platform
import subprocess
from collections.abc import Iterable, Sequence
from datetime import datetime, timezone
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / ".build" / "bench"
PAGE = Path(__file__).with_name("FIGURES.md")
ORDER = {  # name of the section -> its heading, in the order of the page
    "runs": "A run, over latency",
    "worst": "A run where nothing answers",
    "beside-az": "Beside az acr check-health",
    "start": "Start-up",
    "judging": "Judging",
    "growth": "Many bundles",
    "fleet": "Many nodes",
    "bundle": "One bundle",
    "engine": "The engine",
    "spots": "Where the time goes",
}


def section(name: str, text: str) -> None:
    """Keep ``text``, Markdown without its heading, as the section ``name`` of the page."""
    if name not in ORDER:
        raise ValueError(f"{name!r} is no section: name it in ORDER")
    KEPT.mkdir(parents=True, exist_ok=True)
    (KEPT / f"{name}.md").write_text(text.strip() + "\n", encoding="utf-8")


def table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Give a table of Markdown."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def goal(what: str, *, met: bool, else_: str = "") -> str:
    """Give the line that says whether a goal was met; ``else_`` says why it was not."""
    missed = f"**missed**. {else_.rstrip('.')}" if else_ else "**missed**"
    return f"- Goal, {what}: {'met' if met else missed}."


def made(sections: dict[str, str], head: str) -> str:
    """Give the page."""
    parts = ["# Figures", head]
    for name, heading in ORDER.items():
        parts += [f"## {heading}", sections.get(name, "Not measured: the bench did not run.")]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def head() -> str:
    """Say how, when, where and of what the figures were made."""
    today = datetime.now(timezone.utc).date()
    return (
        "Made by `make bench` (`tests/bench/`); a ratio is of two figures of the same run.\n\n"
        f"{today}, commit {_commit()}, {os.cpu_count()} CPUs, {platform.machine()}, "
        f"Python {platform.python_version()}."
    )


def _commit() -> str:
    def git(*words: str) -> str:
        done = subprocess.run(
            ["git", "-C", str(ROOT), *words], capture_output=True, text=True, check=False
        )
        return done.stdout.strip()

    changed = git("status", "--porcelain", "--", ".", f":!{PAGE.relative_to(ROOT)}")
    return (git("rev-parse", "--short", "HEAD") or "unknown") + (" and changes" if changed else "")


if __name__ == "__main__":
    kept = {path.stem: path.read_text(encoding="utf-8") for path in KEPT.glob("*.md")}
    PAGE.write_text(made(kept, head()), encoding="utf-8")
    print(f"wrote {PAGE.relative_to(ROOT)}")
