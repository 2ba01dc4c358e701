"""``acr-diagnose fleet``: all nodes of a cluster, or a folder of bundles: who fails, where, why."""

from enum import Enum
from typing import Annotated

import typer

from diagnose import terminal
from diagnose.commands.options import NoColorOption, QuietOption


class Form(str, Enum):
    """The forms of a fleet's report."""

    text = "text"
    short = "short"
    json = "json"
    markdown = "markdown"
    html = "html"


def fleet(
    sources: Annotated[
        list[str] | None,
        typer.Argument(
            help="Bundles, folders of them, JSON lines, kubectl's pods and nodes as JSON, "
            "aks_logs.zip; - is stdin."
        ),
    ] = None,
    kubernetes: Annotated[
        bool, typer.Option("--kubernetes", help="Ask the cluster itself, by kubectl.")
    ] = False,
    context: Annotated[str, typer.Option(help="A context of kubectl's.")] = "",
    kubeconfig: Annotated[str, typer.Option(metavar="FILE", help="As kubectl's.")] = "",
    namespace: Annotated[str, typer.Option(help="Where our pods are; else everywhere.")] = "",
    output: Annotated[Form, typer.Option("-o", "--output", help="The report's form.")] = Form.text,
    no_color: NoColorOption = False,
    quiet: QuietOption = False,
) -> None:
    """Group many nodes' verdicts: who fails, in which subnet, and why."""
    with terminal.opening(quiet=quiet):
        from checks.target import UsageError
        from diagnose import front as runs
        from diagnose.fleet import front

    with runs.usage(output.value):
        if kubernetes == bool(sources):
            raise UsageError("name either sources or --kubernetes")
        if kubernetes:
            from diagnose.kubernetes.run import front as cluster

            code = cluster.live(
                output.value,
                context=context,
                kubeconfig=kubeconfig,
                namespace=namespace,
                quiet=quiet,
                colour=not no_color,
            )
        else:
            code = front.run(sources or (), output.value, quiet=quiet, colour=not no_color)
    raise typer.Exit(code)
