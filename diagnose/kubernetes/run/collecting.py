"""What a live cluster says of its nodes, for ``fleet``: nothing is created, and nothing deleted."""

from collections.abc import Iterator
from urllib.parse import quote

from diagnose.fleet import nodes as fleet_nodes
from diagnose.fleet import pods as fleet_pods
from diagnose.fleet.items import Item, Lost, Machine, Told, silent
from diagnose.kubernetes.api import Api, ApiError
from diagnose.kubernetes.run import pods, refusals
from diagnose.kubernetes.run.listing import Listing
from diagnose.kubernetes.run.logs import Logs
from diagnose.kubernetes.run.pods import Pod
from diagnose.kubernetes.run.refusals import Right

_SECONDS = 60.0  # for the logs that are still awaited once all pods are listed


def collected(api: Api, namespace: str, selector: str) -> Iterator[Item]:
    """Give every node, and the verdict of each pod that ``selector`` finds.

    ``namespace`` is where it looks for them; empty means everywhere.
    What may not be asked, or failed midway, is a `Lost`; what came before it stays.
    """
    yield from _nodes(api)
    logs = Logs(api)
    running: dict[str, Pod] = {}  # those whose verdict is in their log
    try:
        yield from _pods(api, namespace, selector, running)
        for pod in running.values():
            logs.ask(pod)
        logs.wait(_SECONDS)
        for pod, digest in logs.answers():
            del running[pod.name]
            yield Told(row=digest)
    finally:
        logs.close()
    why = "its log has no verdict"
    if logs.error:
        right = Right("get", "pods/log", namespaced=bool(namespace))
        why = _why(right, namespace, logs.error)
    yield from (silent(pod.node or f"pod {pod.name}", why) for pod in running.values())


def _nodes(api: Api) -> Iterator[Machine | Lost]:
    try:
        for item in Listing(api, "/api/v1/nodes"):
            yield fleet_nodes.read(item)
    except ApiError as error:
        right = Right("list", "nodes", namespaced=False)
        yield Lost(name="the cluster's nodes", because=_why(right, "", error))


def _pods(api: Api, namespace: str, selector: str, running: dict[str, Pod]) -> Iterator[Item]:
    path = f"/api/v1/namespaces/{quote(namespace, safe='')}/pods" if namespace else "/api/v1/pods"
    try:
        for item in Listing(api, path, {"labelSelector": selector}):
            pod = pods.of(item)
            if pod.told and not pod.digest:
                running[pod.name] = pod
            else:
                yield from fleet_pods.read(item)
    except ApiError as error:
        right = Right("list", "pods", namespaced=bool(namespace))
        name = f"the pods of namespace {namespace}" if namespace else "the pods of all namespaces"
        yield Lost(name=name, because=_why(right, namespace, error))


def _why(right: Right, namespace: str, error: ApiError) -> str:
    if refusals.is_of_rbac(error):
        return refusals.denied(right, namespace, error)
    return str(error)
