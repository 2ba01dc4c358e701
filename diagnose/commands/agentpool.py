"""``acr-diagnose agentpool``: what an ACR Tasks agent pool's subnet needs, tried from here."""

from typing import Annotated

import typer

from diagnose.commands.options import (
    Auth,
    AuthOption,
    IdentityOption,
    NoArmOption,
    Output,
    OutputOption,
    QuietOption,
    TargetArgument,
    TimeoutOption,
    VerboseOption,
)


def agentpool(
    target: TargetArgument,
    output: OutputOption = Output.text,
    timeout: TimeoutOption = 20.0,
    host: Annotated[
        list[str] | None,
        typer.Option(help="TAG=HOST: try HOST for the service tag TAG; repeatable."),
    ] = None,
    identity: IdentityOption = "",
    auth: AuthOption = Auth.auto,
    no_arm: NoArmOption = False,
    subnet: Annotated[str, typer.Option(help="Resource id of the pool's subnet.")] = "",
    quiet: QuietOption = False,
    verbose: VerboseOption = 0,
) -> None:
    """Try from here every service that an ACR Tasks agent pool in this subnet needs."""
    from dataclasses import replace

    from diagnose import front, pooling
    from diagnose.live.options import Options
    from diagnose.runs import pooled

    with front.usage(output.value, target):
        options = Options(timeout=timeout, client_id=identity, auth=auth.value, arm=not no_arm)
        named = pooling.probes(host or [])
        asked = front.asked(target, subnet_id=subnet, client_id=identity)
    asked = replace(asked, probes=named)
    code = pooled.run(asked, options, output.value, quiet=quiet, verbose=verbose > 0)
    raise typer.Exit(code)
