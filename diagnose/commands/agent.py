"""``acr-diagnose agent``: stays up and tells Prometheus what the same run comes to."""

from typing import Annotated

import typer

from diagnose.commands.options import (
    Auth,
    AuthOption,
    IdentityOption,
    NoArmOption,
    ResolveOption,
    Runtime,
    RuntimeOption,
    SubnetOption,
    TimeoutOption,
)


def agent(
    targets: Annotated[
        list[str], typer.Argument(help="Registries, or one image of each: HOST/REPO:TAG.")
    ],
    interval: Annotated[
        str, typer.Option(metavar="DURATION", help="Between two runs of one that works.")
    ] = "5m",
    listen: Annotated[
        str, typer.Option(metavar="ADDRESS:PORT", help="Where metrics are served; none: nowhere.")
    ] = "127.0.0.1:9846",
    textfile: Annotated[
        str, typer.Option(metavar="DIR", help="Write the metrics for node_exporter as well.")
    ] = "",
    once: Annotated[bool, typer.Option("--once", help="Ask each once, write, and end.")] = False,
    timeout: TimeoutOption = 20.0,
    identity: IdentityOption = "",
    auth: AuthOption = Auth.auto,
    no_arm: NoArmOption = False,
    pull: Annotated[
        bool, typer.Option("--pull/--no-pull", help="Let docker pull in each run.")
    ] = False,
    runtime: RuntimeOption = Runtime.auto,
    resolve: ResolveOption = None,
    subnet: SubnetOption = "",
) -> None:
    """Ask each TARGET again and again; serve metrics and health, and log what changes as JSON."""
    from pathlib import Path

    from diagnose import front
    from diagnose.agent import front as agents
    from diagnose.agent import settings
    from diagnose.commands.wait import seconds
    from diagnose.live.options import Options

    with front.usage():
        options = Options(
            timeout=timeout,
            client_id=identity,
            auth=auth.value,
            arm=not no_arm,
            pull=pull,
            runtime=runtime.value,
            resolve=front.mappings(resolve or ()),
        )
        asked = [front.asked(text, subnet_id=subnet, client_id=identity) for text in targets]
        chosen = settings.Settings(
            asked=settings.by_registry(asked),
            interval=seconds(interval, "--interval"),
            listen=None if once else settings.place(listen),
            textfile=Path(textfile, settings.FILE) if textfile else None,
            once=once,
        )
        code = agents.run(chosen, options)
    raise typer.Exit(code)
