"""Lines of text: how foreign words become one, and how a sentence becomes several.

Whatever is printed went through `printable` here, so nothing that a registry or a proxy said can
move the cursor, even if a check let it through.
"""

import textwrap
from collections.abc import Iterator

from diagnose.causes.contract import FixStep
from diagnose.reports.style import WIDTH


def printable(text: str) -> str:
    """Make ``text`` one line without control, formatting and unassigned characters."""
    return text if text.isprintable() else "".join(c if c.isprintable() else " " for c in text)


def wrap(text: str, indent: str, further: str | None = None, width: int = WIDTH) -> list[str]:
    """Break a sentence into lines; ``further`` is the indent of all but the first."""
    return textwrap.wrap(
        printable(text),
        width,
        initial_indent=indent,
        subsequent_indent=indent if further is None else further,
        break_long_words=False,
        break_on_hyphens=False,
    )


def shortened(text: str, limit: int) -> str:
    """Cut a sentence, never a command, to ``limit`` bytes of UTF-8."""
    line = " ".join(printable(text).split())
    whole = line.encode()
    if len(whole) <= limit:
        return line
    return whole[: limit - 3].decode("utf-8", "ignore").rstrip() + "..."


def fix(number: int, step: FixStep, width: int = WIDTH) -> Iterator[str]:
    """Give one step of a fix as indented lines; what is to be pasted stays on one line."""
    if step.command:
        yield f"  {number}. {printable(step.command)}"
        yield from wrap(step.why, "     ", width=width)
    else:
        yield from wrap(f"{number}. {step.why}", "  ", "     ", width)
    yield from wrap(f"risk: {step.risk}; needs: {step.needs}", "     ", width=width)
    if step.undo:
        yield f"     undo: {printable(step.undo)}"
