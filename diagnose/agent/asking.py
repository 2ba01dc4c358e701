"""One question to one registry: first without Azure Resource Manager, with it where it may help.

What works needs no explanation, and a thousand nodes that read a subscription every few minutes
would use up what ARM allows all of its callers together. So ARM is asked only about a pull that
does not work, and not while the registry has too many requests already.
"""

import time
import traceback
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from checks.target import Asked
from diagnose import front
from diagnose.agent import seen
from diagnose.agent.seen import Seen, Status
from diagnose.live.options import Options
from diagnose.session import Result

Look = Callable[[Asked, Options], Result]


def look(asked: Asked, options: Options) -> Result:
    """Run once in this process and say nothing on the way."""
    return front.result_of(asked, options, quiet=True)


def ask(
    asked: Asked, options: Options, *, look: Look = look, clock: Callable[[], float] = time.time
) -> Seen:
    """Give what is seen of ``asked``; a bug of ours is seen as one and ends nothing."""
    try:
        found = seen.of(look(asked, replace(options, arm=False)), clock())
        if options.arm and found.status is not Status.HEALTHY and not found.throttled:
            found = seen.of(look(asked, options), clock())
    except Exception as error:  # noqa: BLE001 the next run may do better, and others go on
        return seen.broken(_where(error), clock())
    return found


def _where(error: Exception) -> str:
    """Name an error and the line that raised it, but not its text: that may hold anything."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{place}"
