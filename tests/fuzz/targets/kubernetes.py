"""What the API server and kubectl say to ``k8s run``: pods, nodes, events, refusals."""

import dataclasses
import json
from datetime import datetime, timezone
from typing import Any

from diagnose.kubernetes.api import ApiError
from diagnose.kubernetes.run import events, node_events, nodes, pods, refusals
from diagnose.kubernetes.run.listing import decoded
from tests.fuzz import properties
from tests.fuzz.target import Target
from tests.fuzz.targets import fleet

_NOW = datetime(2026, 11, 1, tzinfo=timezone.utc)
_EVENTS = [
    {
        "involvedObject": {"kind": kind, "name": "acr-diagnose-x"},
        "reason": "Failed",
        "message": "Error: ErrImagePull: rpc error: code = Unknown",
    }
    for kind in ("Pod", "DaemonSet", "Node")
]
_SAID = (
    'Error from server (Forbidden): pods is forbidden: User "u" cannot list resource "pods" in "x"',
    'Error from server (AlreadyExists): error when creating "STDIN": pods "x" already exists',
    'error: context "x" does not exist',
    "The request is invalid: patch: Invalid value",
    "Unable to connect to the server: dial tcp: lookup a.privatelink.b: no such host",
)


def seeds() -> tuple[bytes, ...]:
    lists = fleet.objects()
    return (lists[0], lists[2], json.dumps({"items": _EVENTS}).encode())


def answered(data: bytes) -> object:
    """One answer of the API server, taken for pods, for nodes and for events."""
    try:
        body = decoded(data)
    except ApiError as error:
        return properties.line(error.said)
    told = body.get("items")
    items = [one for one in told if isinstance(one, dict)] if isinstance(told, list) else [body]
    found: list[Any] = [pods.of(one) for one in items]
    for pod in found:
        for text in (pod.node, pod.trouble, pod.note):
            properties.line(text, "a pod's words")
    rows = [(pod.node, pod.digest) for pod in found if pod.digest]
    for event in node_events.of(rows, "contoso.azurecr.io/app:v1", "run", _NOW):
        properties.line(event["message"])
        if len(event["message"].encode()) > node_events.MOST:
            raise AssertionError("an event that the API server would not take")
    for node in map(nodes.of, items):
        properties.line(node.trouble, "a node's trouble")
        found.append(node)
    found += [nodes.slim(one) for one in items]
    summed = events.told(items)
    for text in (*summed.pods.values(), *summed.refused):
        properties.line(text, "an event's words")
    return [repr(one) for one in found], dataclasses.astuple(summed)


def said(data: bytes) -> object:
    """Read kubectl's last words, and what it says of many objects."""
    error = refusals.understood(data.decode("utf-8", "replace"))
    posted = refusals.posted(data, data, 1)
    return error.reason, str(error), repr(posted)


TARGETS = (
    Target(name="kubernetes-answers", seeds=seeds, use=answered),
    Target(name="kubectl", seeds=lambda: tuple(one.encode() for one in _SAID), use=said),
)
