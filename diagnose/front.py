"""Between the command line and a run: builds the world, prints the report, picks the exit code."""

import ipaddress
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from checks.target import Asked, UsageError, parse
from diagnose import reports, waiting
from diagnose.engine import Step
from diagnose.live.options import Options
from diagnose.reports.text import mark, said
from diagnose.session import Result, diagnose
from diagnose.verdict import Status

_CODES = {Status.HEALTHY: 0, Status.CAUSE: 1, Status.INCONCLUSIVE: 3}
_USAGE, _BROKEN = 2, 5


@contextmanager
def usage(output: str = "text", target: str = "") -> Iterator[None]:
    """Turn a `UsageError` into one sentence on stderr (and one JSON document) and exit code 2."""
    try:
        yield
    except UsageError as error:
        sys.stderr.write(f"acr-diagnose: {error}\n")
        if output == "json":
            sys.stdout.write(reports.json.failure(str(error), target))
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
) -> int:
    """Run, print the report to stdout, and give the exit code.

    ``wait`` is for how many seconds to run again while the pull does not work.
    """

    def once() -> Result:
        return result_of(asked, options, verbose=verbose)

    def work() -> tuple[str, int]:
        result = waiting.until_healthy(once, wait) if wait else once()
        report = "" if quiet else reports.FORMATS[output](result)
        return report, _CODES[result.verdict.status]

    return guarded(work, output, asked.text)


def guarded(work: Callable[[], tuple[str, int]], output: str, target: str) -> int:
    """Print the report that ``work`` gives, and return its exit code, or 5 if it breaks."""
    try:
        report, code = work()
        _print(report)
    except Exception:  # noqa: BLE001 a bug of ours must still give one document and exit code 5
        sys.stderr.write(traceback.format_exc())
        if output == "json":
            sys.stdout.write(reports.json.failure("acr-diagnose itself failed", target))
        return _BROKEN
    return code


def _print(report: str) -> None:
    """Write to stdout whatever its encoding: what it cannot show is escaped, not a crash."""
    encoding = sys.stdout.encoding or "ascii"
    sys.stdout.write(report.encode(encoding, "backslashreplace").decode(encoding))
    sys.stdout.flush()


def result_of(asked: Asked, options: Options, *, verbose: bool = False) -> Result:
    from diagnose.live import live_world

    target = parse(asked.text)
    world = live_world(options, target.login_server)
    on_step = show if verbose else (lambda _: None)
    try:
        return diagnose(asked, world, seconds=options.timeout, on_step=on_step)
    finally:
        world.close()


def show(step: Step) -> None:
    """Tell on stderr how a check ended."""
    line = f"{step.began:6.2f}s +{step.took:5.2f}s {mark(step):<5} {step.check.id}: {said(step)}\n"
    sys.stderr.write(line)
    if step.traceback:
        sys.stderr.write(step.traceback)
