"""The agent's log: one JSON object per line on stderr, only when something changed."""

import json
import sys
import time
from collections.abc import Callable
from typing import TextIO

from diagnose import terminal
from diagnose.agent.seen import Seen, Status

_LEVELS = {Status.HEALTHY: "info", Status.CAUSE: "warning", Status.INCONCLUSIVE: "warning"}


class Log:
    """``clock`` gives Unix time. A reader that went away does not end the agent."""

    def __init__(
        self, stream: TextIO | None = None, clock: Callable[[], float] = time.time
    ) -> None:
        self._stream, self._clock = stream, clock

    def write(self, level: str, event: str, **fields: object) -> None:
        told = {name: value for name, value in fields.items() if value not in ("", (), None)}
        line = json.dumps({"time": _moment(self._clock()), "level": level, "event": event, **told})
        terminal.put(self._stream or sys.stderr, f"{line}\n")

    def verdict(self, registry: str, seen: Seen, before: Seen | None) -> None:
        """Tell of a run, if it came to something else than the one ``before``."""
        if before is None or (before.code, before.why) != (seen.code, seen.why):
            self.write(
                _LEVELS.get(seen.status, "error"),
                "verdict",
                registry=registry,
                code=seen.code,
                was=before.code if before else "",
                confidence=seen.confidence,
                title=seen.title,
                owner=seen.owner,
                reached=seen.reached,
                why=seen.why,
            )
        if seen.crashed and (before is None or before.crashed != seen.crashed):
            self.write("error", "bug", registry=registry, checks=seen.crashed)


def _moment(at: float) -> str:
    """Give a Unix time as RFC 3339 has it, in UTC with milliseconds."""
    seconds, part = divmod(round(at * 1000), 1000)
    return f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(seconds))}.{part:03d}Z"
