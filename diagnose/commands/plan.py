"""``acr-diagnose plan``: every request that ``run`` would make; sends nothing."""

import sys

from diagnose.commands.options import (
    Auth,
    AuthOption,
    NoArmOption,
    NoPullOption,
    Output,
    OutputOption,
    Runtime,
    RuntimeOption,
    TargetArgument,
)


def plan(
    target: TargetArgument,
    output: OutputOption = Output.text,
    auth: AuthOption = Auth.auto,
    no_arm: NoArmOption = False,
    no_pull: NoPullOption = False,
    runtime: RuntimeOption = Runtime.auto,
) -> None:
    """List every request that run TARGET would make, and the right it needs; sends nothing."""
    from checks.target import parse
    from diagnose import front
    from diagnose.live.options import Options
    from diagnose.runs import planning

    with front.usage(output.value, target):
        options = Options(auth=auth.value, arm=not no_arm, pull=not no_pull, runtime=runtime.value)
        made = planning.plan(parse(target), options)
    sys.stdout.write(planning.FORMATS[output.value](made))
