"""``analyze``: one bundle gives the report of its run, judged anew; several give a summary.

AKS's own log archive is no run, but it is a node's verdict: it is summed up as ``fleet`` does it.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from checks.target import UsageError
from diagnose import front
from diagnose.bundle import judging, reading
from diagnose.bundle.errors import BundleError
from diagnose.bundle.reading import Bundle
from diagnose.session import Result


def run(
    sources: Sequence[str], output: str, *, quiet: bool, verbose: bool, colour: bool = True
) -> int:
    """Judge ``sources``, print the report, and give the exit code.

    Raises `UsageError` on a lone bundle that is none.
    """
    from diagnose.fleet import sources as kinds

    if any(map(kinds.is_zip, sources)):
        return _fleet(sources, output, quiet=quiet, colour=colour)
    paths = [Path(source) for source in sources]
    if len(paths) > 1 or paths[0].is_dir():
        from diagnose.grouping import front as many

        return many.run(paths, output, quiet=quiet, colour=colour)
    try:
        bundle = reading.read(paths[0])
    except BundleError as error:
        raise UsageError(str(error)) from None

    def work() -> tuple[str, int]:
        result = judging.judged(bundle.recording, bundle.facts)
        for step in result.steps if verbose else ():
            front.show(step)
        sys.stderr.writelines(f"{line}\n" for line in origin(bundle, result))
        return front.told(result, output, quiet=quiet, colour=colour)

    return front.guarded(work, output, bundle.recording.asked.text)


def _fleet(sources: Sequence[str], output: str, *, quiet: bool, colour: bool) -> int:
    from diagnose.fleet import front as nodes

    if output not in nodes.FORMATS:
        forms = ", ".join(nodes.FORMATS)
        raise UsageError(f"AKS's log archives are summed up as {forms}, not as {output}")
    return nodes.run(sources, output, quiet=quiet, colour=colour)


def origin(bundle: Bundle, result: Result) -> list[str]:
    """Give what a reader of the report should know of its bundle."""
    lines = [f"From a bundle of acr-diagnose {bundle.version}."]
    if bundle.redacted:
        lines.append("Names, ids and addresses in it are pseudonyms: its maker has the map.")
    if bundle.recording.unfinished:
        lines.append(f"Not finished in its time: {', '.join(bundle.recording.unfinished)}.")
    then = bundle.manifest.get("verdict")
    cause = then.get("cause") if isinstance(then, dict) else None
    now = result.verdict.primary.cause.id if result.verdict.primary else None
    if cause != now:
        lines.append(f"Its own verdict was {cause or 'without a cause'}; today's checks differ.")
    return lines
