"""``acr-diagnose demo``: the engine on the simulated Azure that ships with it."""

import sys
from typing import Annotated

import typer

from diagnose.commands.options import Output, OutputOption, QuietOption


def demo(
    case: Annotated[str, typer.Argument(help="A case; without one they are listed.")] = "",
    output: OutputOption = Output.text,
    quiet: QuietOption = False,
) -> None:
    """Run the same engine on a simulated Azure on loopback; needs no root and no cloud."""
    from diagnose import demonstration, front

    if not case:
        sys.stdout.write(demonstration.listing())
        return
    with front.usage(output.value, case):
        code = demonstration.run(case, output.value, quiet=quiet)
    raise typer.Exit(code)
