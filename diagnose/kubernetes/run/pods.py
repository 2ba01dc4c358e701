"""How far one pod of the run has come, and what its node answered; pure.

The verdict stands in the message of a container that ended, init container or not, this time or the
time before; where the container goes on, its log has it
(https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#PodStatus).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from diagnose.fleet import foreign, verdicts
from diagnose.fleet.tree import at, each, text
from diagnose.grouping.digest import Digest
from diagnose.kubernetes.manifest.names import NOTE
from diagnose.kubernetes.run.listing import Object

_USUAL = {"", "ContainerCreating", "PodInitializing"}  # waited for while nothing is wrong
_GROUPS = ("initContainerStatuses", "containerStatuses")


class Stage(Enum):
    WAITING = "waiting"
    STARTING = "starting"
    RUNNING = "running"
    ANSWERED = "answered"
    STUCK = "stuck"  # nothing says that it will get further by itself


@dataclass(frozen=True, slots=True, kw_only=True)
class Pod:
    """``trouble`` says why there is no ``digest``; ``note`` is what the node says beside it."""

    name: str
    namespace: str
    node: str  # empty where it is not even known which one it is for
    stage: Stage
    digest: Digest | None = None
    trouble: str = ""
    note: str = ""
    told: bool = False  # it runs and says that it is ready: its log has the verdict
    container: str = ""  # whose log that is


def of(item: Object) -> Pod:
    """Read one pod; what is missing or of another form counts as not told."""
    node = foreign.short(text(item, "spec", "nodeName") or _meant_for(item), foreign.NAME)
    ended = list(_ended(item))
    found = (verdict(text(one, "message"), node) for one in ended)
    digest = next((one for one in found if one), None)
    stage, trouble = (Stage.ANSWERED, "") if digest else _how(item, ended)
    ready = text(_condition(item, "Ready"), "status") == "True"
    return Pod(
        name=text(item, "metadata", "name"),
        namespace=text(item, "metadata", "namespace"),
        node=node,
        stage=stage,
        digest=digest,
        trouble=foreign.short(" ".join(trouble.split())),
        note=_note(ended) if digest else "",
        told=stage is Stage.RUNNING and ready,
        container=next(_containers(item), ""),
    )


def verdict(words: str, node: str) -> Digest | None:
    """Give the last verdict in a message or a log, by the node's own name."""
    for line in reversed(words.splitlines()):
        for found in verdicts.within(line, node):
            if isinstance(found, Digest):
                return foreign.named(found, node)
    return None


def _note(ended: list[Object]) -> str:
    lines = (line for one in ended for line in text(one, "message").splitlines())
    found = (line.removeprefix(NOTE) for line in lines if line.startswith(NOTE))
    return foreign.short(next(found, ""))


def _how(item: Object, ended: list[Object]) -> tuple[Stage, str]:
    status = at(item, "status")
    phase = text(status, "phase")
    if phase == "Failed":  # such as Evicted
        return Stage.STUCK, _said(status) or "the pod failed"
    states = _states(item, "waiting")
    waiting = [state for state in states if text(state, "reason") not in _USUAL]
    if waiting:
        return Stage.STUCK, "; ".join([*map(_end, ended[:1]), _said(waiting[0])])
    if text(item, "metadata", "deletionTimestamp"):
        return Stage.WAITING, _said(status) or "its pod is being deleted"
    if any(state.get("exitCode") for state in ended):
        return Stage.STUCK, _end(ended[0])
    scheduled = _condition(item, "PodScheduled")
    if text(scheduled, "status") == "False":
        return Stage.STUCK, _said(scheduled)
    if not text(item, "spec", "nodeName"):
        return Stage.WAITING, "its pod is not scheduled yet"
    if phase == "Running":
        return Stage.RUNNING, "its pod runs, and gave no verdict"
    return Stage.STARTING, "its pod was not started"


def _end(state: Object) -> str:
    reason = text(state, "reason")
    told = f"the program ended with code {state.get('exitCode')}"
    if reason not in ("", "Error", "Completed"):
        told += f" ({reason})"
    lines = text(state, "message").strip().splitlines()
    return f"{told}: {lines[-1]}" if lines else told


def _said(state: Object) -> str:
    return ": ".join(filter(None, (text(state, "reason"), text(state, "message"))))


def _ended(item: Object) -> Iterator[Object]:
    yield from _states(item, "terminated")
    yield from _states(item, "terminated", "lastState")


def _states(item: Object, kind: str, which: str = "state") -> Iterator[Object]:
    for group in _GROUPS:
        for container in each(item, "status", group):
            if state := at(container, which, kind):
                yield state


def _condition(item: Object, kind: str) -> Object:
    rows = each(item, "status", "conditions")
    return next((row for row in rows if row.get("type") == kind), {})


def _containers(item: Object) -> Iterator[str]:
    """Give the containers' names; one that has to end before the others has the verdict."""
    for group in ("initContainers", "containers"):
        yield from (text(one, "name") for one in each(item, "spec", group))


def _meant_for(item: Object) -> str:
    """Give the node that a DaemonSet made the pod for: it says so before anything is scheduled."""
    required = "requiredDuringSchedulingIgnoredDuringExecution"
    terms = each(item, "spec", "affinity", "nodeAffinity", required, "nodeSelectorTerms")
    for field in (field for term in terms for field in each(term, "matchFields")):
        values = field.get("values")
        if field.get("key") == "metadata.name" and isinstance(values, list) and values:
            return str(values[0])
    return ""
