"""``acr-diagnose causes``, ``checks`` and ``explain``: what the tool knows, as text."""

import sys
from typing import Annotated

import typer

from diagnose.commands.options import Output, OutputOption


def explain(
    name: Annotated[str, typer.Argument(help="The id of a cause or check.")] = "",
    text: Annotated[str, typer.Option(help="An error to explain; - reads it from stdin.")] = "",
    output: OutputOption = Output.text,
) -> None:
    """Print the page of a root cause or a check, or what a pasted error means."""
    if text or not name:
        from diagnose.texts import front as texts

        raise typer.Exit(texts.command(name, text, output.value))
    from diagnose import pages

    page = pages.page(name)
    if not page:
        from checks.target import UsageError
        from diagnose import front

        with front.usage():
            told = f"{name[:60]!r} is no cause and no check"
            raise UsageError(f"{told}; `acr-diagnose causes` lists them")
    sys.stdout.write(page)


def causes() -> None:
    """List the root causes."""
    from diagnose import pages

    sys.stdout.write(pages.causes())


def checks() -> None:
    """List the checks."""
    from diagnose import pages

    sys.stdout.write(pages.checks())
