"""What a cluster's events say of pods that do not start; pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from diagnose.bundle.errors import printable
from diagnose.fleet.tree import text

# The kubelet tells a container's state in an event of its own, beside the one with the reason.
_STATE = re.compile(r"Failed: Error: \w+\Z")
_MOST = 400  # characters of one event
_REASONS = 20  # different ones that are kept of the DaemonSets


@dataclass(slots=True)
class Told:
    """Each pod's last warning that has a reason, and what kept pods from being made at all."""

    pods: dict[str, str] = field(default_factory=dict)
    refused: dict[str, None] = field(default_factory=dict)

    def add(self, item: dict[str, Any]) -> None:
        kind = text(item, "involvedObject", "kind")
        told = f"{text(item, 'reason')}: {text(item, 'message')}"
        told = printable(" ".join(told.split()), _MOST)
        name = text(item, "involvedObject", "name")
        if kind == "Pod":
            if name not in self.pods or not _STATE.match(told):
                self.pods[name] = told
        elif kind == "DaemonSet" and len(self.refused) < _REASONS:
            self.refused[told] = None


def told(items: Iterable[dict[str, Any]]) -> Told:
    """Sum up events; an API server gives them in no order that matters."""
    found = Told()
    for item in items:
        found.add(item)
    return found
