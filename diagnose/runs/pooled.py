"""Between the command line and `pooling`: builds the world, prints the report."""

import checks
from checks.target import Asked, parse
from diagnose import ending, front, pooling, progress
from diagnose.ending import NEVER, Ending
from diagnose.live.options import Options
from diagnose.pooling import PoolResult
from diagnose.reports import pool


def run(asked: Asked, options: Options, output: str, *, quiet: bool, verbose: bool = False) -> int:
    """Try, print the report to stdout, and give the exit code."""
    with ending.heeded() as end:

        def work() -> tuple[str, int]:
            result = result_of(asked, options, quiet=quiet, verbose=verbose, ending=end)
            return "" if quiet else pool.FORMATS[output](result), result.code

        return end.code(front.guarded(work, output, asked.text))


def result_of(
    asked: Asked,
    options: Options,
    *,
    quiet: bool = False,
    verbose: bool = False,
    ending: Ending = NEVER,
) -> PoolResult:
    target = parse(asked.text)
    with progress.shown(checks.POOL, quiet=quiet or verbose) as line:
        from diagnose.live import live_world

        world = live_world(options, target.login_server)
        try:
            on_step = front.show if verbose else line
            return pooling.judge(
                asked, world, seconds=options.timeout, on_step=on_step, ending=ending
            )
        finally:
            world.close()
