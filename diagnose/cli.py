"""The command line: which commands there are, and the exit code when one of them breaks.

Each command stands in `diagnose.commands`; imports that cost time stand inside its function.
"""

import os
import sys
from typing import Annotated

import typer

from diagnose import __version__, dumps, streams
from diagnose.commands import catalogue, k8s
from diagnose.commands.agent import agent
from diagnose.commands.agentpool import agentpool
from diagnose.commands.analyze import analyze
from diagnose.commands.bundle import bundle, redact
from diagnose.commands.demo import demo
from diagnose.commands.diff import diff
from diagnose.commands.fleet import fleet
from diagnose.commands.plan import plan
from diagnose.commands.run import run
from diagnose.commands.wait import spelt_out

BROKEN = 5  # the tool itself failed
NAME = "acr-diagnose"  # also where a file of another name was started, such as a .pyz
COMPLETE = "_ACR_DIAGNOSE_COMPLETE"  # how a shell asks what could come next

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Why an image will not pull from an Azure Container Registry: one verdict, from evidence.",
)
for command in (
    run,
    demo,
    bundle,
    analyze,
    diff,
    redact,
    fleet,
    agent,
    catalogue.explain,
    catalogue.causes,
    catalogue.checks,
    plan,
    agentpool,
):
    app.command()(command)
app.add_typer(k8s.app)


def _tell_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"{NAME} {__version__}")
        raise typer.Exit


@app.callback()
def _program(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_tell_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    pass


def main() -> None:
    """Run the command line; click ends the process with the exit code, but for a bug of ours."""
    dumps.none()
    with streams.whole(NAME, BROKEN):
        _main()


def _main() -> None:
    try:
        if COMPLETE in os.environ:
            from typer._completion_classes import (
                completion_init,
            )  # add_completion=False leaves it out

            completion_init()
        app(spelt_out(sys.argv[1:]), prog_name=NAME)
    except OSError as error:  # what `front` did not see: a full disk under the output
        sys.stderr.write(f"{NAME}: {error.strerror or error}\n")
        sys.exit(BROKEN)
    except Exception:  # noqa: BLE001 exit code 1 would say "a root cause was found"
        import traceback

        traceback.print_exc()
        sys.exit(BROKEN)
