"""What each of the two said: which cause, how much evidence, and in which words."""

import re
from dataclasses import dataclass
from typing import Any

from tests.bench.beside_az.sides import Took

_LEVEL = re.compile(r"^(?:WARNING|ERROR): ")
_WHEN = re.compile(r"^[0-9-]+ [0-9:.]+ An error occurred: ")
_RESULTS = ("daemon status", "version", ": OK")
_LONGEST = 200  # characters of az's words that are shown


@dataclass(frozen=True, kw_only=True)
class Said:
    """``looks`` are what was looked at with a result; ``why`` is why, as far as it was said."""

    looks: int
    why: str


def of_az(*commands: Took) -> Said:
    """Count the lines that tell a result; its errors are all that it says of a cause."""
    results = sum(_tells(line) for one in commands for line in one.err.splitlines())
    errors = [error for one in commands for error in _errors(one)]
    return Said(looks=results + len(errors), why=short("; then ".join(errors)))


def _tells(line: str) -> bool:
    return not line.startswith("ERROR") and any(word in line for word in _RESULTS)


def _errors(command: Took) -> list[str]:
    """Give each error in one line: its code, and the sentence below it."""
    lines = [_LEVEL.sub("", line).strip() for line in command.err.splitlines()]
    found = [
        " ".join([_WHEN.sub("", line), *lines[number + 1 : number + 2]])
        for number, line in enumerate(lines)
        if _WHEN.match(line)
    ]
    if command.code < 0:
        return [*found, "(killed)"]
    if command.code and not found:  # what the shell around the command says: the last words
        return [line for line in lines if line][-1:]
    return found


def of_ours(report: dict[str, Any]) -> Said:
    """Count the checks that came to a result."""
    looks = sum(check["status"] in ("ok", "fail") for check in report["checks"])
    verdict = report["verdict"]
    if not verdict["cause"]:
        return Said(looks=looks, why=verdict["status"])
    number = len(verdict["evidence"])
    evidence = f"{number} piece{'s' * (number != 1)} of evidence"
    fix = "the fix as a command" if any(step["command"] for step in verdict["fix"]) else "a fix"
    confidence = verdict["confidence"]
    return Said(looks=looks, why=f"`{verdict['cause']}`, {confidence}: {evidence}, {fix}")


def short(text: str) -> str:
    """Give words that fit into a table."""
    text = " ".join(text.replace("|", "/").split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."
