"""``acr-diagnose demo``: the engine on the simulated Azure that ships with it."""

import sys
from typing import Annotated

import typer

from diagnose import terminal
from diagnose.commands.options import (
    NoColorOption,
    QuietOption,
    Report,
    ReportOption,
    VerboseOption,
)


def demo(
    case: Annotated[str, typer.Argument(help="A case; without one they are listed.")] = "",
    output: ReportOption = Report.text,
    no_color: NoColorOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = 0,
) -> None:
    """Run the same engine on a simulated Azure on loopback; needs no root and no cloud."""
    with terminal.opening(quiet=quiet or verbose > 0):
        from diagnose import front
        from diagnose.runs import demonstration

    if not case:
        sys.stdout.write(demonstration.listing())
        return
    with front.usage(output.value, case):
        code = demonstration.run(
            case, output.value, quiet=quiet, verbose=verbose > 0, colour=not no_color
        )
    raise typer.Exit(code)
