"""``acr-diagnose diff``: what differs between two machines, from a bundle of each."""

from enum import Enum
from typing import TYPE_CHECKING, Annotated

import typer

from diagnose.commands.options import QuietOption

if TYPE_CHECKING:
    from diagnose.bundle.reading import Bundle
    from diagnose.session import Result


class Form(str, Enum):
    """The forms of a comparison."""

    text = "text"
    json = "json"
    markdown = "markdown"


def diff(
    good: Annotated[str, typer.Argument(help="The bundle of a machine that pulls.")],
    bad: Annotated[str, typer.Argument(help="The bundle of one that does not.")],
    output: Annotated[Form, typer.Option("-o", "--output", help="The form.")] = Form.text,
    quiet: QuietOption = False,
) -> None:
    """Tell what differs between two machines, most telling first; 1 if anything does, else 0."""
    from diagnose import difference, front

    with front.usage(output.value):
        left, right = _read(good), _read(bad)

    def work() -> tuple[str, int]:
        named = left.salt_id == right.salt_id
        found = difference.of(_judged(left), _judged(right), named=named)
        return "" if quiet else difference.FORMATS[output.value](found), int(found.differs)

    raise typer.Exit(front.guarded(work, output.value, right.recording.asked.text))


def _read(path: str) -> "Bundle":
    """Read one bundle; raise `UsageError` that names the file on anything else."""
    from checks.target import UsageError
    from diagnose.bundle import reading
    from diagnose.bundle.errors import BundleError

    try:
        return reading.read(path)
    except BundleError as error:
        told = str(error)  # two files were given, so which one it is has to be said
        raise UsageError(told if path in told else f"{path}: {told}") from None


def _judged(bundle: "Bundle") -> "Result":
    from diagnose.bundle import judging

    return judging.judged(bundle.recording, bundle.facts)
