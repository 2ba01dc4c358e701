"""Between the command line and a run: builds the world, prints the report, picks the exit code."""

import ipaddress
import os
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import checks
from checks.target import Asked, UsageError, parse, without_login
from diagnose import ending, progress, reports, waiting
from diagnose.ending import NEVER, Ending
from diagnose.engine import Step
from diagnose.judging.verdict import Status
from diagnose.live.options import Options
from diagnose.reports import style, waterfall
from diagnose.reports.lines import printable
from diagnose.reports.words import mark, said
from diagnose.session import Result, diagnose

if TYPE_CHECKING:
    from diagnose.live import LiveWorld

_CODES = {Status.HEALTHY: 0, Status.CAUSE: 1, Status.INCONCLUSIVE: 3}
_USAGE, BROKEN = 2, 5


@contextmanager
def usage(output: str = "text", target: str = "") -> Iterator[None]:
    """Turn a `UsageError` into one sentence on stderr (and one JSON document) and exit code 2."""
    try:
        yield
    except UsageError as error:
        sys.stderr.write(f"acr-diagnose: {error}\n")
        if output == "json":
            sys.stdout.write(reports.json.failure(str(error), without_login(target)))
        elif output == "npd":
            sys.stdout.write(reports.npd.failure(str(error)))
        raise SystemExit(_USAGE) from None


def asked(text: str, *, subnet_id: str = "", registry_id: str = "", client_id: str = "") -> Asked:
    """Check the ids' form, so that a slip is a usage error and not a puzzling verdict."""
    parse(text)
    for option, value, kind in (
        ("--subnet", subnet_id, "/subnets/"),
        ("--registry-id", registry_id, "/registries/"),
    ):
        if value and not (value.lower().startswith("/subscriptions/") and kind in value.lower()):
            raise UsageError(f"{option} {value[:80]!r} is not a resource id (/subscriptions/...)")
    return Asked(text=text, subnet_id=subnet_id, registry_id=registry_id, client_id=client_id)


def mappings(values: Iterable[str]) -> tuple[tuple[str, int, str], ...]:
    """Read curl's HOST:PORT:ADDRESS; an IPv6 address may stand in brackets."""
    found = []
    for value in values:
        host, _, rest = value.partition(":")
        port, _, address = rest.partition(":")
        try:
            bare = str(ipaddress.ip_address(address.strip("[]")))
            number = int(port)
        except ValueError:
            number, bare = 0, ""
        if not host or not 0 < number < 65536:
            raise UsageError(f"--resolve {value[:80]!r} is not HOST:PORT:ADDRESS")
        found.append((host.lower(), number, bare))
    return tuple(found)


def run(
    asked: Asked,
    options: Options,
    output: str,
    *,
    quiet: bool,
    verbose: bool = False,
    wait: float = 0.0,
    colour: bool = True,
) -> int:
    """Run, print the report to stdout, and give the exit code.

    ``wait`` is for how many seconds to run again while the pull does not work; ``colour`` is False
    after ``--no-color``. A signal ends it with what is known, see `diagnose.ending`.
    """
    with ending.heeded() as end:

        def once() -> Result:
            return result_of(asked, options, quiet=quiet, verbose=verbose, ending=end)

        def work() -> tuple[str, int]:
            result = waiting.until_healthy(once, wait, end) if wait else once()
            return told(result, output, quiet=quiet, colour=colour)

        return end.code(guarded(work, output, asked.text))


def told(
    result: Result, output: str, *, quiet: bool = False, colour: bool = True
) -> tuple[str, int]:
    """Give what to print of a result, and its exit code."""
    shown = style.of(sys.stdout, os.environ, colour=colour)
    report = "" if quiet else reports.rendered(result, output, shown)
    status = code(result)
    return report, reports.npd.code(status) if output == "npd" else status


def code(result: Result) -> int:
    """Give the exit code that says what a run came to."""
    return _CODES[result.verdict.status]


def guarded(work: Callable[[], tuple[str, int]], output: str, target: str) -> int:
    """Print the report that ``work`` gives, and return its exit code, or 5 if it breaks."""
    try:
        report, code = work()
    except Exception:  # noqa: BLE001 a bug of ours must still give one document and exit code 5
        sys.stderr.write(traceback.format_exc())
        if output == "json":
            sys.stdout.write(reports.json.failure("acr-diagnose itself failed", target))
        elif output == "npd":
            sys.stdout.write(reports.npd.failure("acr-diagnose itself failed"))
            return reports.npd.UNKNOWN
        return BROKEN
    try:
        printed(report)
    except OSError as error:  # the disk is full, or the reader has gone
        sys.stderr.write(f"acr-diagnose: the report cannot be written: {error.strerror}\n")
        return BROKEN
    return code


def printed(report: str) -> None:
    """Write to stdout whatever its encoding: what it cannot show is escaped, not a crash."""
    encoding = sys.stdout.encoding or "ascii"
    sys.stdout.write(report.encode(encoding, "backslashreplace").decode(encoding))
    sys.stdout.flush()


def result_of(
    asked: Asked,
    options: Options,
    *,
    quiet: bool = False,
    verbose: bool = False,
    ending: Ending = NEVER,
) -> Result:
    with live(asked, options, quiet=quiet, verbose=verbose) as (world, on_step):
        result = diagnose(
            asked,
            world,
            seconds=options.timeout,
            on_step=on_step,
            clean=world.vault.clean,
            ending=ending,
        )
    if verbose:
        show_times(result)
    return result


@contextmanager
def live(
    asked: Asked, options: Options, *, quiet: bool, verbose: bool
) -> Iterator[tuple["LiveWorld", Callable[[Step], None]]]:
    """Give the world that is asked, and whom to tell of each step, and close it after that."""
    target = parse(asked.text)
    with progress.shown(checks.ALL, quiet=quiet or verbose) as line:
        from diagnose.live import live_world  # takes a while, so the line stands first

        world = live_world(options, target.login_server)
        try:
            yield world, show if verbose else line
        finally:
            world.close()


def show(step: Step) -> None:
    """Tell on stderr how a check ended."""
    line = f"{step.began:6.2f}s +{step.took:5.2f}s {mark(step):<5} {step.check.id}: {said(step)}\n"
    sys.stderr.write(line)
    sys.stderr.writelines(f"{printable(row)}\n" for row in step.traceback.splitlines())


def show_times(result: Result) -> None:
    """Tell on stderr when each check was under way, and which of them decided."""
    lines = waterfall.told(result.steps, result.seconds)
    sys.stderr.writelines(f"{line}\n" for line in lines)
