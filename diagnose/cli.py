"""The command line: words in, exit code out; everything else happens behind it.

Imports that cost time stand inside the commands that need them.
"""

import sys
import traceback
from typing import Annotated

import typer

from diagnose.commands import agentpool, plan
from diagnose.commands.options import (
    Auth,
    AuthOption,
    IdentityOption,
    NoArmOption,
    NoPullOption,
    Output,
    OutputOption,
    QuietOption,
    RegistryOption,
    ResolveOption,
    Runtime,
    RuntimeOption,
    TargetArgument,
    TimeoutOption,
)

BROKEN = 5  # the tool itself failed

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Why an image will not pull from an Azure Container Registry: one verdict, from evidence.",
)


app.command()(plan.plan)
app.command()(agentpool.agentpool)


@app.command()
def run(
    target: TargetArgument,
    output: OutputOption = Output.text,
    timeout: TimeoutOption = 20.0,
    identity: IdentityOption = "",
    auth: AuthOption = Auth.auto,
    no_arm: NoArmOption = False,
    no_pull: NoPullOption = False,
    runtime: RuntimeOption = Runtime.auto,
    resolve: ResolveOption = None,
    subnet: Annotated[str, typer.Option(help="Resource id of this machine's subnet.")] = "",
    registry_id: RegistryOption = "",
    no_color: Annotated[bool, typer.Option("--no-color", help="No colour.")] = False,  # noqa: ARG001
    quiet: QuietOption = False,
    verbose: Annotated[
        int, typer.Option("-v", "--verbose", count=True, help="Show each check as it ends.")
    ] = 0,
) -> None:
    """Find out why TARGET cannot be pulled from this machine."""
    from diagnose import front
    from diagnose.live.options import Options

    with front.usage(output.value, target):
        options = Options(
            timeout=timeout,
            client_id=identity,
            auth=auth.value,
            arm=not no_arm,
            pull=not no_pull,
            runtime=runtime.value,
            resolve=front.mappings(resolve or ()),
        )
        asked = front.asked(target, subnet_id=subnet, registry_id=registry_id, client_id=identity)
    raise typer.Exit(front.run(asked, options, output.value, quiet=quiet, verbose=verbose > 0))


@app.command()
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


@app.command()
def explain(
    name: Annotated[str, typer.Argument(help="The id of a cause or check.")] = "",
    text: Annotated[str, typer.Option(help="An error to explain; - reads it from stdin.")] = "",
    output: OutputOption = Output.text,
) -> None:
    """Print the page of a root cause or a check, or what a pasted error means."""
    if text or not name:
        from diagnose.texts import front as texts

        raise typer.Exit(texts.command(name, text, output.value))
    from diagnose import front, pages

    with front.usage():
        sys.stdout.write(pages.page(name))


@app.command()
def causes() -> None:
    """List the root causes."""
    from diagnose import pages

    sys.stdout.write(pages.causes())


@app.command()
def checks() -> None:
    """List the checks."""
    from diagnose import pages

    sys.stdout.write(pages.checks())


def main() -> None:
    """Run the command line; click ends the process with the exit code, but for a bug of ours."""
    try:
        app()
    except Exception:  # noqa: BLE001 exit code 1 would say "a root cause was found"
        traceback.print_exc()
        sys.exit(BROKEN)
