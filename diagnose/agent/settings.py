"""What the agent was told on the command line, checked before anything is started."""

import ipaddress
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from checks.target import Asked, UsageError, parse
from diagnose.agent.pacing import SHORTEST
from diagnose.agent.server import Place

FILE = "acr_diagnose.prom"
_LONGEST = 24 * 3600.0  # seconds
_MOST = 50  # targets


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """``asked`` has one question for each login server; no ``listen`` means no server."""

    asked: dict[str, Asked]
    interval: float  # seconds
    listen: Place | None
    textfile: Path | None = None
    once: bool = False

    def __post_init__(self) -> None:
        if not SHORTEST <= self.interval <= _LONGEST:
            raise UsageError(f"--interval has to be between {SHORTEST:g}s and 24h")
        if self.listen is None and self.textfile is None:
            why = "--once" if self.once else "--listen none"
            raise UsageError(f"{why} needs --textfile DIR; `acr-diagnose run` tells a person")
        if self.textfile and not os.access(self.textfile.parent, os.W_OK | os.X_OK):
            raise UsageError(f"--textfile {str(self.textfile.parent)!r} is no folder to write to")


def by_registry(asked: Iterable[Asked]) -> dict[str, Asked]:
    """Give each question under its login server, which is the label of what is told of it."""
    found: dict[str, Asked] = {}
    for one in asked:
        login_server = parse(one.text).login_server
        if login_server in found:
            raise UsageError(f"{login_server} is named twice; start another agent for that image")
        found[login_server] = one
    if len(found) > _MOST:
        raise UsageError(f"one agent asks at most {_MOST} registries")
    return found


def place(text: str) -> Place | None:
    """Read ``ADDRESS:PORT``; ``none`` stands for no place at all."""
    if text == "none":
        return None
    host, _, port = text.rpartition(":")
    try:
        address = ipaddress.ip_address(host.strip("[]").replace("localhost", "127.0.0.1"))
        number = int(port) if port.isascii() and port.isdigit() else -1
    except ValueError:
        number = -1
    if not 0 <= number < 65536:
        raise UsageError(f"--listen {text[:80]!r} is not ADDRESS:PORT, such as 127.0.0.1:9846")
    return str(address), number
