"""Between the command line and `pooling`: builds the world, prints the report."""

from checks.target import Asked, parse
from diagnose import front, pooling
from diagnose.live.options import Options
from diagnose.pooling import PoolResult
from diagnose.reports import pool


def run(asked: Asked, options: Options, output: str, *, quiet: bool, verbose: bool = False) -> int:
    """Try, print the report to stdout, and give the exit code."""

    def work() -> tuple[str, int]:
        result = result_of(asked, options, verbose=verbose)
        return "" if quiet else pool.FORMATS[output](result), result.code

    return front.guarded(work, output, asked.text)


def result_of(asked: Asked, options: Options, *, verbose: bool = False) -> PoolResult:
    from diagnose.live import live_world

    world = live_world(options, parse(asked.text).login_server)
    on_step = front.show if verbose else (lambda _: None)
    try:
        return pooling.judge(asked, world, seconds=options.timeout, on_step=on_step)
    finally:
        world.close()
