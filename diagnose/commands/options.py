"""The options that several commands share, under the names that people's scripts hold on to."""

from enum import Enum
from typing import Annotated

import typer


class Output(str, Enum):
    text = "text"
    json = "json"


class Report(str, Enum):
    """The forms of a diagnosis; the other commands' answers are text or JSON alone."""

    text = "text"
    short = "short"
    json = "json"
    markdown = "markdown"
    junit = "junit"
    html = "html"
    npd = "npd"


class Auth(str, Enum):
    auto = "auto"
    msi = "msi"
    cli = "cli"
    env = "env"
    workload = "workload"
    none = "none"


class Runtime(str, Enum):
    auto = "auto"
    docker = "docker"
    containerd = "containerd"
    none = "none"


TargetArgument = Annotated[str, typer.Argument(help="A registry, or an image: HOST/REPO:TAG.")]
OutputOption = Annotated[Output, typer.Option("-o", "--output", help="The report's form.")]
ReportOption = Annotated[Report, typer.Option("-o", "--output", help="The report's form.")]
NoColorOption = Annotated[bool, typer.Option("--no-color", help="No colour, on a terminal too.")]
QuietOption = Annotated[bool, typer.Option("-q", "--quiet", help="Only the exit code.")]
TimeoutOption = Annotated[
    float, typer.Option(min=1.0, max=3600.0, help="Seconds for the whole run.")
]
IdentityOption = Annotated[str, typer.Option(help="Client id of a managed identity.")]
AuthOption = Annotated[Auth, typer.Option(help="Whose identity to use.")]
NoArmOption = Annotated[bool, typer.Option("--no-arm", help="Do not ask Azure.")]
NoPullOption = Annotated[bool, typer.Option("--no-pull", help="Do not let a runtime pull.")]
RuntimeOption = Annotated[Runtime, typer.Option(help="The runtime to test.")]
ResolveOption = Annotated[
    list[str] | None, typer.Option(help="HOST:PORT:ADDRESS, as curl's; repeatable.")
]
SubnetOption = Annotated[str, typer.Option(help="Resource id of this machine's subnet.")]
VerboseOption = Annotated[
    int, typer.Option("-v", "--verbose", count=True, help="Show each check as it ends.")
]
RegistryOption = Annotated[str, typer.Option(help="Resource id of the registry.")]
