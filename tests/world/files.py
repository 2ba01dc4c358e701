"""The adapters that read files: each file of the simulated machine is read once."""

import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from checks.machine_replies import HostReply
from diagnose.live.host import LiveHost
from diagnose.live.options import Options
from tests.world.wire import Wire


class InsideHost(LiveHost):
    """This machine's files are the simulated one's; who runs the program is ours to say."""

    def __init__(
        self, options: Options, environ: Mapping[str, str], wire: Wire, *, is_root: bool
    ) -> None:
        super().__init__(options, environ)
        self._wire, self._is_root = wire, is_root

    def look(self) -> HostReply:
        key = ("host", self._options.resolver)
        if key not in self._wire.memo:
            self._wire.memo[key] = super().look()
        reply = self._wire.memo[key]
        assert isinstance(reply, HostReply)
        return replace(reply, is_root=self._is_root, now=time.time())


class Remembered:
    """Any adapter that reads files alone: what it said once it says again."""

    def __init__(self, port: object, memo: dict[object, object]) -> None:
        self._port, self._memo = port, memo

    def __getattr__(self, name: str) -> Any:
        def said(*told: object, **named: object) -> object:
            key = (type(self._port), name, told, *named.values())
            if key not in self._memo:
                self._memo[key] = getattr(self._port, name)(*told, **named)
            return self._memo[key]

        return said
