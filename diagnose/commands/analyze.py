"""``acr-diagnose analyze``: the verdict again, from a bundle, on any machine."""

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


def analyze(
    bundles: Annotated[
        list[str],
        typer.Argument(help="Bundles, or folders of them; several are grouped. aks_logs.zip, too."),
    ],
    output: ReportOption = Report.text,
    no_color: NoColorOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = 0,
) -> None:
    """Judge bundles with today's checks and causes; nothing is sent anywhere."""
    with terminal.opening(quiet=quiet or verbose > 0):
        from diagnose import front
        from diagnose.runs import analysis

    with front.usage(output.value):
        code = analysis.run(
            bundles, output.value, quiet=quiet, verbose=verbose > 0, colour=not no_color
        )
    raise typer.Exit(code)
