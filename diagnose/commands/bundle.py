"""``acr-diagnose bundle`` and ``redact``: one file that may be handed on."""

from typing import Annotated

import typer

from diagnose import terminal
from diagnose.commands.options import (
    Auth,
    AuthOption,
    IdentityOption,
    NoArmOption,
    NoColorOption,
    NoPullOption,
    QuietOption,
    RegistryOption,
    ResolveOption,
    Runtime,
    RuntimeOption,
    SubnetOption,
    TargetArgument,
    TimeoutOption,
    VerboseOption,
)

FileOption = Annotated[str, typer.Option("-o", "--output", help="The file to write; - for stdout.")]
MapOption = Annotated[
    str,
    typer.Option(
        "--map",
        metavar="FILE",
        help="Keep which pseudonym stands for what; bundles made with one FILE use the same ones.",
    ),
]


def bundle(
    target: TargetArgument,
    output: FileOption,
    map_: MapOption = "",
    no_redact: Annotated[
        bool, typer.Option("--no-redact", help="Leave names, ids and addresses as they are.")
    ] = False,
    timeout: TimeoutOption = 20.0,
    identity: IdentityOption = "",
    auth: AuthOption = Auth.auto,
    no_arm: NoArmOption = False,
    no_pull: NoPullOption = False,
    runtime: RuntimeOption = Runtime.auto,
    resolve: ResolveOption = None,
    subnet: SubnetOption = "",
    registry_id: RegistryOption = "",
    no_color: NoColorOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = 0,
) -> None:
    """Run, and write what was seen to one redacted file for somebody else to judge."""
    with terminal.opening(quiet=quiet or verbose > 0):
        from diagnose import front
        from diagnose.live.options import Options
        from diagnose.runs import bundling

    with front.usage("text", target):
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
        place = bundling.Place(file=output, names=map_, redacted=not no_redact)
        code = bundling.bundle(
            asked, options, place, quiet=quiet, verbose=verbose > 0, colour=not no_color
        )
    raise typer.Exit(code)


def redact(
    bundle: Annotated[str, typer.Argument(help="A bundle that was made with --no-redact.")],
    output: FileOption,
    map_: MapOption = "",
) -> None:
    """Put pseudonyms into a bundle; its verdict stays the same."""
    from diagnose import front
    from diagnose.runs import bundling

    with front.usage():
        bundling.redact(bundle, bundling.Place(file=output, names=map_))
