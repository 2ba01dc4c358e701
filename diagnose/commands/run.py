"""``acr-diagnose run``: the main job, once or until it is healthy."""

import gc
from typing import Annotated

import typer

from diagnose import terminal
from diagnose.commands import quick as quick_look
from diagnose.commands.options import (
    Auth,
    AuthOption,
    IdentityOption,
    NoArmOption,
    NoColorOption,
    NoPullOption,
    QuietOption,
    RegistryOption,
    Report,
    ReportOption,
    ResolveOption,
    Runtime,
    RuntimeOption,
    SubnetOption,
    TargetArgument,
    TimeoutOption,
    VerboseOption,
)

# What a run loads, it keeps: to look through it all for garbage takes a tenth of its CPU time.
_RARELY = 50_000  # objects made and not yet freed


def run(
    context: typer.Context,
    target: TargetArgument,
    output: ReportOption = Report.text,
    timeout: TimeoutOption = 20.0,
    identity: IdentityOption = "",
    auth: AuthOption = Auth.auto,
    no_arm: NoArmOption = False,
    no_pull: NoPullOption = False,
    runtime: RuntimeOption = Runtime.auto,
    resolve: ResolveOption = None,
    subnet: SubnetOption = "",
    registry_id: RegistryOption = "",
    wait: Annotated[
        str,
        typer.Option(
            metavar="[DURATION]", help="Repeat until healthy, for 10m or DURATION (90s, 1h)."
        ),
    ] = "",
    no_color: NoColorOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = 0,
) -> None:
    """Find out why TARGET cannot be pulled from this machine."""
    gc.set_threshold(_RARELY)
    with terminal.opening(quiet=quiet or verbose > 0):
        from diagnose import front
        from diagnose.commands.wait import seconds
        from diagnose.live.options import Options

    # node-problem-detector asks often and waits for 4 s: that is a quick look, unless it is told.
    quick = output is Report.npd
    source = context.get_parameter_source("timeout")
    if quick and source and source.name == "DEFAULT":
        timeout = quick_look.timeout()
    with front.usage(output.value, target):
        options = Options(
            timeout=timeout,
            client_id=identity,
            auth=auth.value,
            arm=not (no_arm or quick),
            pull=not (no_pull or quick),
            runtime=runtime.value,
            resolve=front.mappings(resolve or ()),
        )
        asked = front.asked(target, subnet_id=subnet, registry_id=registry_id, client_id=identity)
        limit = seconds(wait) if wait else 0.0
    code = front.run(
        asked,
        options,
        output.value,
        quiet=quiet,
        verbose=verbose > 0,
        wait=limit,
        colour=not no_color,
    )
    raise typer.Exit(code)
