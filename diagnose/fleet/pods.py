"""A pod of ours as `kubectl get pods -o json` gives it: its verdict, or why it sent none.

The verdict stands in the termination message of a container. Whose node it is of is what the API
says (``spec.nodeName``), and not what the line says.
"""

from collections.abc import Iterator
from typing import Any

from diagnose.fleet import foreign, verdicts
from diagnose.fleet.foreign import NAME, short
from diagnose.fleet.items import Item, Other, Told, silent
from diagnose.fleet.tree import at, each, text
from diagnose.grouping.digest import Digest

_OURS = "acr-diagnose"
_STATES = ("containerStatuses", "initContainerStatuses")
_FINE = {"Completed", "ContainerCreating", "PodInitializing"}


def is_pod(document: dict[str, Any]) -> bool:
    return "containers" in at(document, "spec")


def read(document: dict[str, Any]) -> Iterator[Item]:
    node = short(text(document, "spec", "nodeName") or _meant(document), NAME)
    name = node or short(f"pod {text(document, 'metadata', 'name')}", NAME)
    damaged = ""
    for state in _ended(document):
        for found in verdicts.within(text(state, "message"), name):
            if isinstance(found, Digest):
                when = short(text(state, "finishedAt"), 40)
                yield Told(row=foreign.named(found, name), at=when)
                return
            damaged = found.because
    if not _is_ours(document):
        yield Other(what="pod")
        return
    yield silent(name, short(damaged or _because(document)))


def _ended(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Give how containers ended, the last end first."""
    for state in ("state", "lastState"):
        for key in _STATES:
            for container in each(document, "status", key):
                if ended := at(container, state, "terminated"):
                    yield ended


def _is_ours(document: dict[str, Any]) -> bool:
    label = text(document, "metadata", "labels", "app.kubernetes.io/name")
    return label == _OURS or text(document, "metadata", "name").startswith(f"{_OURS}-")


def _meant(document: dict[str, Any]) -> str:
    """Give the node that a DaemonSet made a pod for, before the scheduler put it there."""
    required = "requiredDuringSchedulingIgnoredDuringExecution"
    terms = each(document, "spec", "affinity", "nodeAffinity", required, "nodeSelectorTerms")
    for term in terms:
        for field in each(term, "matchFields"):
            values = field.get("values")
            if field.get("key") == "metadata.name" and isinstance(values, list) and values:
                return str(values[0])
    return ""


def _because(document: dict[str, Any]) -> str:
    """Say why it sent nothing, in Kubernetes' own words."""
    status = at(document, "status")
    if reason := text(status, "reason"):  # such as Evicted
        return _said(reason, text(status, "message"))
    for key in reversed(_STATES):
        for container in each(status, key):
            waiting = at(container, "state", "waiting")
            if waiting and text(waiting, "reason") not in _FINE:
                return _said(text(waiting, "reason"), text(waiting, "message"))
    for one in each(status, "conditions"):
        if one.get("type") == "PodScheduled" and one.get("status") == "False":
            return _said(text(one, "reason"), text(one, "message"))
    for ended in _ended(document):
        reason = text(ended, "reason") or "it ended"
        code = ended.get("exitCode")
        told = f" with exit code {code}" if isinstance(code, int) else ""
        return f"its container left no verdict: {reason}{told}"
    running = any(at(one, "state", "running") for one in each(status, "containerStatuses"))
    if running:
        return "its container is still running, and has not ended with a verdict"
    return f"its pod has not started: {text(status, 'phase') or 'no phase is known'}"


def _said(reason: str, message: str) -> str:
    return ": ".join(filter(None, (reason, " ".join(message.split())))) or "no reason is given"
