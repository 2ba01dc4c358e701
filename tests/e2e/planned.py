"""Holds what a machine sent, and what its servers heard, against what `plan` says it would be."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from checks.asks import HERE, LONG
from tests.e2e.machine import IMDS, PLATFORM
from tests.e2e.traffic import Connection, Traffic
from tests.e2e.witness import Asked

LAYERS = "eusmanaged15.blob.core.windows.net"  # where the simulated registry's layers lie
_LEARNED = {"layer_host": LAYERS, "resolver": PLATFORM}
_TOKENS = ("/oauth2/exchange", "/oauth2/token")


@dataclass(frozen=True, kw_only=True)
class Row:
    method: str
    host: str
    port: int
    path: re.Pattern[str]

    def covers(self, method: str, path: str) -> bool:
        return method == self.method and bool(self.path.fullmatch(path))


class Planned:
    """The rows of ``plan -o json``, less what stays on the machine."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.rows = [
            Row(
                method=row["method"],
                host=_LEARNED.get(row["host"].strip("{}"), row["host"]),
                port=row["port"],
                path=_pattern(row["path"]),
            )
            for row in document["requests"]
            if row["host"] not in (HERE, "docker engine", "containerd")
        ]
        self.hosts = {row.host for row in self.rows if row.method != "DNS"}

    def unexplained(self, traffic: Traffic) -> list[str]:
        """Say what went over the wire that no row names, and no note of the plan."""
        found = [f"stray: {one}" for one in sorted(traffic.strays)]
        resolvers = {row.host for row in self.rows if row.method == "DNS"} | {PLATFORM}
        for server, name in sorted(traffic.questions):
            if server not in resolvers or name not in self.hosts:
                found.append(f"{server} was asked for {name}")
        for one in traffic.connections:
            found += self._unexplained(one, traffic.named[one.address] or {one.address})
        return found

    def _unexplained(self, one: Connection, names: set[str]) -> list[str]:
        place = f"{one.address}:{one.port}"
        if one.port == 53 and one.address == PLATFORM:
            return []  # DNS over TCP: its questions stand with the others
        rows = [row for row in self.rows if row.host in names and row.port in (0, one.port)]
        if not rows:
            return [f"a connection to {place}, {', '.join(sorted(names))}"]
        if one.name and one.name not in names & self.hosts:
            return [f"a TLS greeting to {one.name} at {place}"]
        if one.sent and not one.name and not one.requests:
            return [f"neither TLS nor HTTP to {place}: {one.sent[:40]!r}"]
        return [
            f"in the clear: {method} {place}{path}"
            for method, path in one.requests
            if not any(row.covers(method, path) for row in rows)
        ]

    def unplanned(self, asked: Iterable[Asked]) -> list[str]:
        """Say which of the servers' requests no row names.

        A runtime and the kubelet's plug-in ask for themselves: at the hosts of the plan alone, as
        its notes say, and with the verbs of a pull alone.
        """
        return [
            f"{one.method} {one.host}{one.path} by {one.agent}"
            for one in asked
            if not (self._is_planned(one) if one.is_own else self._is_a_pulls(one))
        ]

    def _is_planned(self, one: Asked) -> bool:
        return any(row.host == one.host and row.covers(one.method, one.path) for row in self.rows)

    def _is_a_pulls(self, one: Asked) -> bool:
        pulls = one.path.startswith(("/v2/", *_TOKENS)) or one.host in (LAYERS, IMDS)
        return one.host in self.hosts and pulls and only_reads(one)


def only_reads(one: Asked) -> bool:
    """Tell whether this is a GET, a HEAD, or one of the registry's two ways to a token."""
    is_token = one.method == "POST" and one.path in _TOKENS and one.host.endswith(".azurecr.io")
    return one.method in ("GET", "HEAD") or is_token


def _pattern(path: str) -> re.Pattern[str]:
    def one(found: re.Match[str]) -> str:
        return ".+" if found[1] in LONG else "[^/]+"

    return re.compile(re.sub(r"\\\{(\w+)\\\}", one, re.escape(path)), re.IGNORECASE)
