"""A verdict as a core/v1 Event of its Node, which `kubectl describe node` shows; pure.

An event of an object without a namespace belongs into ``default``, or the API server refuses it
(https://github.com/kubernetes/kubernetes/blob/master/pkg/apis/core/validation/events.go). As uid
stands the node's name, as in the kubelet's and in node-problem-detector's events for years: every
kubectl finds these, those before 1.24 find no others, and none finds an event without a uid
(https://github.com/kubernetes/kubernetes/pull/106485,
https://github.com/kubernetes/kubectl/issues/1838).
"""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timezone

from diagnose.bundle.errors import BundleError, printable
from diagnose.causes.contract import FixStep
from diagnose.fleet import foreign
from diagnose.grouping.digest import Digest
from diagnose.judging.verdict import Status
from diagnose.kubernetes.manifest.names import NAME
from diagnose.kubernetes.run.listing import Object
from diagnose.kubernetes.run.placing import LABEL

NAMESPACE = "default"
MOST = 1024  # bytes of a message: what events.k8s.io takes as a note
_NODE = re.compile(r"[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?", re.ASCII)
_WORDS = 20_000  # characters that are made printable, before they are cut to bytes


def of(rows: Iterable[tuple[str, Digest]], image: str, run: str, now: datetime) -> Iterator[Object]:
    """Give an event for each node, by its name; ``image`` is what was asked for.

    The names of the events are fixed by the run and the order, so that one is never written twice.
    """
    for number, (node, digest) in enumerate(rows):
        if not _NODE.fullmatch(node):  # a pod that never said where it is
            continue
        try:
            known = foreign.bounded(digest)
        except BundleError:  # it contradicts itself
            continue
        yield _event(node, known, image, f"{NAME}-{run}-{number}", run, now)


def _event(node: str, digest: Digest, image: str, name: str, run: str, now: datetime) -> Object:
    when = now.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    fine = digest.status is Status.HEALTHY
    return {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {
            "name": name,
            "namespace": NAMESPACE,
            "labels": {"app.kubernetes.io/name": NAME, LABEL: run},
        },
        "involvedObject": {"apiVersion": "v1", "kind": "Node", "name": node, "uid": node},
        "reason": reason(digest.cause or str(digest.status)),
        "message": message(digest, image),
        "type": "Normal" if fine else "Warning",
        "source": {"component": NAME},
        "reportingComponent": NAME,
        "reportingInstance": f"{NAME}-{run}",
        "firstTimestamp": when,
        "lastTimestamp": when,
        "count": 1,
    }


def reason(code: str) -> str:
    """Give ``SubnetNotAllowed`` for ``subnet-not-allowed``."""
    return "".join(part.capitalize() for part in code.split("-"))


def message(digest: Digest, image: str) -> str:
    """Say what is wrong, for which registry, and how to mend it.

    A command is there as a whole or not at all: half of one could be pasted.
    """
    if digest.status is Status.HEALTHY:
        return _cut(f"This node can pull {image}.")
    if digest.status is Status.INCONCLUSIVE:
        rivals = f": it may be {' or '.join(digest.rivals)}" if digest.rivals else ""
        look = f" To settle it: {digest.looks[0]}" if digest.looks else ""
        return _cut(f"Whether this node can pull {image} is not clear{rivals}.{look}")
    sure = f" ({digest.confidence})" if digest.confidence else ""
    told = f"This node cannot pull {image}: {digest.title or digest.cause}{sure}."
    fix = f"{told} Fix: {_first(digest.fix[0])}" if digest.fix else told
    if len(printable(fix, _WORDS).encode()) <= MOST:
        return _cut(fix)
    return _cut(f"{told} Fix: see acr-diagnose explain {digest.cause}")


def _first(step: FixStep) -> str:
    return next(iter((step.command or step.why).splitlines()), "")


def _cut(text: str) -> str:
    """Cut to `MOST` bytes, between two characters."""
    return printable(text, _WORDS).encode()[:MOST].decode(errors="ignore")
