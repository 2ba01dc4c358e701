"""Which words and options a form of az takes; any other word is a `Misunderstood`."""

import argparse
import json
from collections.abc import Callable
from typing import Any, NamedTuple, NoReturn

from tests.az import query
from tests.az.arm import Arm, AzError, Misunderstood
from tests.az.shell import Reply


class _Strict(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise Misunderstood(f"az {self.prog}: {message}")


class Form(NamedTuple):
    """One command of az, such as ``acr show``."""

    parser: argparse.ArgumentParser
    run: Callable[[Arm, argparse.Namespace], Any]


FORMS: dict[str, Form] = {}


def form(
    words: str, *options: str, lists: tuple[str, ...] = ()
) -> Callable[[Callable[[Arm, argparse.Namespace], Any]], Callable[[Arm, argparse.Namespace], Any]]:
    """Register a form. An option ``--x!`` is required, ``--x|-y`` has two names, ``--x?`` is a
    flag; ``lists`` take one word or more.
    """
    parser = _Strict(prog=words, add_help=False, allow_abbrev=False)
    for option in options:
        names = option.rstrip("!?").split("|")
        if option.endswith("?"):
            parser.add_argument(*names, action="store_true")
        else:
            parser.add_argument(*names, required=option.endswith("!"))
    for option in lists:
        parser.add_argument(option, nargs="+")
    parser.add_argument("--subscription")
    parser.add_argument("--query")
    parser.add_argument("--output", "-o", choices=("json", "tsv", "table", "none"), default="json")

    def register(
        run: Callable[[Arm, argparse.Namespace], Any],
    ) -> Callable[[Arm, argparse.Namespace], Any]:
        FORMS[words] = Form(parser, run)
        return run

    return register


class Az:
    """An `az` that knows the registered forms; ``failures`` keeps what it did not understand."""

    def __init__(self, arm: Arm) -> None:
        self.arm = arm
        self.failures: list[str] = []

    def __call__(self, words: list[str]) -> Reply:
        try:
            return Reply(0, self._run(words))
        except AzError as refused:
            return Reply(1, err=f"ERROR: {refused}\n")
        except (Misunderstood, ValueError) as failure:
            self.failures.append(str(failure))
            return Reply(2, err=f"{failure}\n")

    def _run(self, words: list[str]) -> str:
        known = [n for n in range(len(words), 0, -1) if " ".join(words[:n]) in FORMS]
        if not known:
            raise Misunderstood(f"az {' '.join(words)}: no form that was checked against az")
        chosen = FORMS[" ".join(words[: known[0]])]
        given = chosen.parser.parse_args(words[known[0] :])
        found = chosen.run(self.arm, given)
        if given.query:
            found = query.search(given.query, found)
        return _shown(found, given.output)


def _shown(found: Any, output: str) -> str:
    if output == "none" or found is None:
        return ""
    if output != "tsv":  # a table's looks matter to nobody here
        return json.dumps(found, indent=2) + "\n"
    rows = found if isinstance(found, list) else [found]
    return "".join("\t".join(_cells(row)) + "\n" for row in rows)


def _cells(row: Any) -> list[str]:
    if isinstance(row, dict):
        return [str(cell) for cell in row.values() if not isinstance(cell, dict | list)]
    return [str(cell) for cell in row] if isinstance(row, list) else [str(row)]
