"""``acr-diagnose k8s``: the debug DaemonSet, rendered or run, and what runs in its pods."""

from enum import Enum
from typing import Annotated

import typer

from diagnose import terminal
from diagnose.commands.fleet import Form
from diagnose.commands.options import (
    IdentityOption,
    NoArmOption,
    NoColorOption,
    NoPullOption,
    QuietOption,
    Runtime,
    RuntimeOption,
    TargetArgument,
)

app = typer.Typer(
    name="k8s",
    no_args_is_help=True,
    rich_markup_mode=None,
    help="One pod on each node of a cluster: why this node cannot pull.",
)


class Profile(str, Enum):
    network = "network"
    node = "node"
    full = "full"


ProfileOption = Annotated[
    Profile,
    typer.Option(
        help="What a pod sees: the network, single files too, or containerd's socket too."
    ),
]
ZeroPullOption = Annotated[
    bool, typer.Option("--zero-pull", help="Pull nothing: run on each node's own Python.")
]
ImageOption = Annotated[
    str, typer.Option(metavar="REF", help="The image of the pods, with a tag or a digest.")
]
NamespaceOption = Annotated[str, typer.Option(help="The namespace of all objects.")]
NodeLogOption = Annotated[
    bool,
    typer.Option(
        "--node-log",
        help="Leave each report on its node too, in /var/log/azure/acr-diagnose/report.json, "
        "which AKS's log collector takes along. It stays there.",
    ),
]
SecondsOption = Annotated[
    float, typer.Option("--timeout", min=1.0, max=3600.0, help="Seconds for each node's run.")
]


@app.command()
def manifest(
    target: TargetArgument,
    profile: ProfileOption = Profile.network,
    zero_pull: ZeroPullOption = False,
    image: ImageOption = "",
    namespace: NamespaceOption = "acr-diagnose",
    nodes: Annotated[
        str,
        typer.Option(
            metavar="FILE", help="kubectl get nodes -o json, for --zero-pull; - is stdin."
        ),
    ] = "",
    os_sku: Annotated[
        str, typer.Option("--os-sku", help="Only nodes of this system: Ubuntu, AzureLinux.")
    ] = "",
    arch: Annotated[
        str, typer.Option("--arch", help="Only nodes of this architecture: amd64, arm64.")
    ] = "",
    identity: IdentityOption = "",
    no_arm: NoArmOption = False,
    node_log: NodeLogOption = False,
    timeout: SecondsOption = 60.0,
    output: Annotated[
        str, typer.Option("-o", "--output", metavar="FILE", help="Where to; stdout without.")
    ] = "",
) -> None:
    """Print the debug DaemonSet for TARGET as YAML; nothing is sent to the cluster."""
    from diagnose import front as runs
    from diagnose.kubernetes.manifest import front
    from diagnose.kubernetes.manifest.wanted import wanted

    with runs.usage("text", target):
        asked = wanted(
            target,
            profile=profile.value,
            image=image,
            namespace=namespace,
            zero_pull=zero_pull,
            nodes=front.nodes(nodes) if nodes else None,
            os_sku=os_sku,
            architecture=arch,
            identity=identity,
            arm=not no_arm,
            seconds=timeout,
            node_log=node_log,
        )
        front.render(asked, output)


@app.command()
def run(
    target: TargetArgument,
    profile: ProfileOption = Profile.network,
    zero_pull: ZeroPullOption = False,
    image: ImageOption = "",
    namespace: Annotated[
        str, typer.Option(help="A namespace that exists; without it, one is made and deleted.")
    ] = "",
    context: Annotated[str, typer.Option(help="A context of kubectl's.")] = "",
    kubeconfig: Annotated[str, typer.Option(metavar="FILE", help="As kubectl's.")] = "",
    most: Annotated[
        int, typer.Option("--at-most", metavar="N", min=0, help="Only N nodes, of every pool some.")
    ] = 0,
    keep: Annotated[bool, typer.Option("--keep", help="Delete nothing afterwards.")] = False,
    events: Annotated[
        bool,
        typer.Option(
            "--events",
            help="Write each verdict as an Event of its Node, in namespace default. Events are not "
            "deleted with the run: the cluster drops them by itself, after an hour by default.",
        ),
    ] = False,
    node_log: NodeLogOption = False,
    identity: IdentityOption = "",
    no_arm: NoArmOption = False,
    timeout: Annotated[
        float, typer.Option(min=10.0, max=3600.0, help="Seconds for the whole run.")
    ] = 300.0,
    output: Annotated[Form, typer.Option("-o", "--output", help="The report's form.")] = Form.text,
    no_color: NoColorOption = False,
    quiet: QuietOption = False,
) -> None:
    """Put a pod on each node, collect what they say of TARGET, and delete them again."""
    with terminal.opening(quiet=quiet):
        from diagnose import front as runs
        from diagnose.kubernetes.run import front

    with runs.usage(output.value, target):
        request = front.Request(
            target=target,
            context=context,
            kubeconfig=kubeconfig,
            namespace=namespace,
            seconds=timeout,
            profile=profile.value,
            zero_pull=zero_pull,
            image=image,
            identity=identity,
            arm=not no_arm,
            most=most,
            keeps=keep,
            events=events,
            node_log=node_log,
        )
        code = front.run(request, output.value, quiet=quiet, colour=not no_color)
    raise typer.Exit(code)


@app.command(hidden=True)
def node(
    target: Annotated[str, typer.Argument()] = "",
    once: Annotated[
        bool, typer.Option("--once", help="End after the run, with its exit code.")
    ] = False,
    exit_zero: Annotated[
        bool, typer.Option("--exit-zero", help="End after the run, with 0 if there is a verdict.")
    ] = False,
    health: Annotated[bool, typer.Option("--health", help="Only say that it starts.")] = False,
    identity: IdentityOption = "",
    no_arm: NoArmOption = False,
    no_pull: NoPullOption = False,
    runtime: RuntimeOption = Runtime.auto,
    timeout: SecondsOption = 60.0,
) -> None:
    """Diagnose this node for its cluster: one line of JSON, then rest until SIGTERM."""
    if health:
        raise typer.Exit(0)
    import os

    from diagnose import front
    from diagnose.kubernetes import node as pod

    with front.usage("text", target):
        asked = front.asked(target, client_id=identity)
    options = pod.options(
        os.environ,
        client_id=identity,
        arm=not no_arm,
        pull=not no_pull,
        runtime=runtime.value,
        seconds=timeout,
    )
    raise typer.Exit(pod.run(asked, options, once=once, exit_zero=exit_zero))
