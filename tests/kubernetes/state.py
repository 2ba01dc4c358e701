"""What a simulated cluster holds, and what its API server says of it; `fake_api` serves it.

`Cluster` has nodes, objects, pods and events. A DaemonSet that is created gets its pods at
once; what becomes of each is what `story` says of its node. Rules are put in the way with `deny`
and `break_`, which see requests as an API server's authorizer does: a verb and a resource.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

LINE = "--verdict--"  # what the pods say by default; tests set `Cluster.line`


def node(name, *, ready=True, pool="pool1", system="linux", **conditions):
    """Give a Node object."""
    told = [{"type": "Ready", "status": str(ready), "reason": "KubeletReady"}]
    told[0]["reason"] = "KubeletReady" if ready else "NodeStatusUnknown"
    told += [{"type": kind, "status": state} for kind, state in conditions.items()]
    labels = {
        "kubernetes.io/hostname": name,
        "kubernetes.io/os": system,
        "kubernetes.io/arch": "amd64",
        "kubernetes.azure.com/agentpool": pool,
        "kubernetes.azure.com/os-sku": "Ubuntu",
    }
    info = {"operatingSystem": system, "osImage": "Ubuntu 22.04.5 LTS", "architecture": "amd64"}
    return {
        "metadata": {"name": name, "labels": labels},
        "status": {
            "conditions": told,
            "nodeInfo": info,
            "images": [{"names": ["mcr.microsoft.com/oss/v2/kubernetes/pause:3.10.2"]}],
        },
    }


def answered(line):
    """Give the status of a pod whose init container left ``line``."""
    ended = {"exitCode": 0, "reason": "Completed", "message": line}
    return {
        "phase": "Running",
        "conditions": [{"type": "Ready", "status": "True"}],
        "initContainerStatuses": [{"name": "diagnose", "state": {"terminated": ended}}],
    }


def waiting(reason, message=""):
    state = {"waiting": {"reason": reason, "message": message}}
    return {"phase": "Pending", "initContainerStatuses": [{"name": "diagnose", "state": state}]}


def running(*, ready=True):
    state = {"running": {}}
    return {
        "phase": "Running",
        "conditions": [{"type": "Ready", "status": str(ready)}],
        "containerStatuses": [{"name": "rest", "state": state}],
    }


EVICTED = {"phase": "Failed", "reason": "Evicted", "message": "The node was low on disk."}
UNSCHEDULABLE = {
    "phase": "Pending",
    "conditions": [
        {
            "type": "PodScheduled",
            "status": "False",
            "reason": "Unschedulable",
            "message": "0/3 nodes are available: 1 Insufficient cpu.",
        }
    ],
}
GONE, AGAIN, NONE = "deleted", "made again", "never made"


@dataclass
class Status(Exception):  # noqa: N818 that is what Kubernetes calls it
    """An answer that is no success."""

    code: int
    reason: str
    message: str

    def body(self):
        return {
            "kind": "Status",
            "apiVersion": "v1",
            "status": "Failure",
            "reason": self.reason,
            "message": self.message,
            "code": self.code,
        }


@dataclass(frozen=True)
class Request:
    verb: str
    resource: str  # with its part: pods/log
    group: str
    namespace: str
    name: str
    query: dict = field(default_factory=dict)
    body: dict | None = None

    @property
    def right(self):
        return f"{self.verb} {self.resource}"


class Cluster:
    """What a cluster holds. ``story(node)`` lists (seconds, status) of the pod on a node."""

    def __init__(self, *nodes, namespaces=("default",), line=LINE):
        self.nodes = {one["metadata"]["name"]: one for one in nodes}
        self.objects = {("namespaces", "", name): {} for name in namespaces}
        self.pods, self.events, self.logs = {}, [], {}
        self.listed = {}  # what the pages of a list are cut from, and its version
        self.written = {}  # events that were created, by name; they outlive a run
        self.line = line
        self.story = lambda _name: [(0, answered(self.line))]
        self.requests, self.faults = [], []
        self.known_denied = set()  # rights of which the API server says before that they miss
        self.version, self.changes, self.oldest = 1000, [], 0
        self.lock = threading.Condition(threading.RLock())
        self.finalizing = 0  # looks for which a deleted namespace is still there
        self.timers, self.made = [], 0
        self.cuts = 0  # one more, and every watch breaks off

    # --- what tests put in the way

    def deny(self, right, words=""):
        """Refuse a verb on a resource (``list nodes``), as RBAC does or with ``words``."""

        def refused(request):
            where = (
                f'in the namespace "{request.namespace}"'
                if request.namespace
                else "at the cluster scope"
            )
            told = words or (
                f'{request.resource} is forbidden: User "ann" cannot {request.verb} resource '
                f'"{request.resource}" in API group "{request.group}" {where}'
            )
            raise Status(403, "Forbidden", told)

        self.break_(right, refused)

    def break_(self, right, act, times=None):
        """Call ``act`` with each request of this right (``*``: of any), at most ``times``."""
        self.faults.append([right, act, times])

    def asked(self, right):
        return [one for one in self.requests if one.right == right]

    # --- what the API server does

    def answer(self, request):
        found = self.met(request)
        if found is not None:
            return found
        with self.lock:
            return getattr(self, f"_{request.verb}")(request)

    def met(self, request):
        """Write a request down, and give what a fault answers in its place."""
        with self.lock:
            self.requests.append(request)
            acts = []
            for fault in self.faults:
                if fault[0] in ("*", request.right) and fault[2] != 0:
                    fault[2] = None if fault[2] is None else fault[2] - 1
                    acts.append(fault[1])
        return next((found for act in acts if (found := act(request)) is not None), None)

    def _list(self, request):
        # All pages of a list are of one moment, whatever has changed since the first of them
        # (https://kubernetes.io/docs/reference/using-api/api-concepts/#retrieving-large-results-sets-in-chunks).
        key = (request.resource, request.namespace, request.query.get("labelSelector"))
        start = int(request.query.get("continue", "0"))
        if not start or key not in self.listed:
            self.listed[key] = (str(self.version), self._items(request))
        version, items = self.listed[key]
        limit = int(request.query.get("limit", "0")) or len(items)
        meta = {"resourceVersion": version}
        if start + limit < len(items):
            meta["continue"] = str(start + limit)
        return {"kind": "List", "metadata": meta, "items": items[start : start + limit]}

    def _items(self, request):
        if request.resource == "nodes":
            return list(self.nodes.values())
        if request.resource == "events":
            found = [one for one in self.events if one["type"] == "Warning"]
        elif request.resource == "pods":
            found = list(self.pods.values())
        else:
            found = [one for key, one in self.objects.items() if key[0] == request.resource]
        return [one for one in found if self._is_meant(one, request)]

    def _is_meant(self, item, request):
        meta = item["metadata"]
        label, _, value = request.query.get("labelSelector", "").partition("=")
        fits = not label or meta.get("labels", {}).get(label) == value
        return fits and request.namespace in ("", meta.get("namespace"))

    def _get(self, request):
        if request.resource == "pods/log":
            return self.logs.get(request.name, "")
        key = (request.resource, request.namespace, request.name)
        found = self.objects.get(key)
        if found is None:
            raise _missing(request)
        if found.get("deleted") is not None:
            found["deleted"] -= 1
            if found["deleted"] <= 0:
                del self.objects[key]
        return found

    def _create(self, request):
        body = request.body
        if request.resource == "selfsubjectaccessreviews":
            return self._reviewed(body["spec"]["resourceAttributes"])
        if request.resource == "events":
            return self._told(body, request)
        name = body["metadata"]["name"]
        if request.namespace:
            space = self.objects.get(("namespaces", "", request.namespace))
            if space is None:
                raise Status(404, "NotFound", f'namespaces "{request.namespace}" not found')
            if "deleted" in space:
                told = f"unable to create new content in namespace {request.namespace}"
                raise Status(403, "Forbidden", f"{told} because it is being terminated")
        key = (request.resource, request.namespace, name)
        if key in self.objects:
            raise Status(409, "AlreadyExists", f'{request.resource} "{name}" already exists')
        self.objects[key] = body
        if request.resource == "daemonsets":
            self._roll_out(body)
        return body

    def _told(self, body, request):
        """Take an event as an API server does: what it is about and where it stands must agree."""
        name, about = body["metadata"]["name"], body["involvedObject"]
        if about.get("namespace", "default") != request.namespace:
            told = f'Event "{name}" is invalid: involvedObject.namespace: Invalid value: ""'
            raise Status(422, "Invalid", f"{told}: does not match event.namespace")
        if name in self.written:
            raise Status(409, "AlreadyExists", f'events "{name}" already exists')
        self.written[name] = body
        return body

    def _reviewed(self, asked):
        right = f"{asked['verb']} {asked['resource']}"
        return {"status": {"allowed": right not in self.known_denied, "reason": "no rule"}}

    def _delete(self, request):
        key = (request.resource, request.namespace, request.name)
        if key not in self.objects:
            raise _missing(request)
        if request.resource == "namespaces":
            for other in [one for one in self.objects if one[1] == request.name]:
                self._drop(other)
            if self.finalizing:
                self.objects[key]["deleted"] = self.finalizing
                return {}
        self._drop(key)
        return {}

    def _drop(self, key):
        found = self.objects.pop(key)
        if key[0] == "daemonsets":
            for pod in [one for one in self.pods.values() if one["of"] == found["uid"]]:
                self.change("DELETED", pod)

    def _roll_out(self, daemon_set):
        spec = daemon_set["spec"]["template"]["spec"]
        chosen = [name for name in self.nodes if takes(spec, self.nodes[name])]
        self.made += 1
        daemon_set["uid"] = self.made
        daemon_set["status"] = {
            "observedGeneration": 1,
            "desiredNumberScheduled": len(chosen),
        }
        for name in chosen:
            self._start(daemon_set, name, self.story(name))

    def _start(self, daemon_set, name, story):
        self.made += 1
        template = daemon_set["spec"]["template"]
        told = {key: [{"name": one["name"]} for one in template["spec"].get(key, [])]
                for key in ("initContainers", "containers")}  # fmt: skip
        pod = {
            "metadata": {
                "name": f"{daemon_set['metadata']['name']}-{self.made:05x}",
                "namespace": daemon_set["metadata"]["namespace"],
                "labels": dict(template["metadata"]["labels"]),
            },
            "spec": {"nodeName": name, **told},
            "status": {"phase": "Pending"},
            "of": daemon_set["uid"],
        }
        wait = 0
        for number, (seconds, status) in enumerate(story):
            wait += seconds
            if status == AGAIN:
                rest = [(0, story[number + 1][1]), *story[number + 2 :]]
                self._later(wait, partial(self._start, daemon_set, name, rest))
                return
            self._later(wait, partial(self._become, pod, status))

    def _later(self, wait, act):
        if not wait:
            act()
            return
        timer = threading.Timer(wait, act)
        timer.daemon = True
        self.timers.append(timer)
        timer.start()

    def _become(self, pod, status):
        if status == NONE:
            return
        if status == GONE:
            self.change("DELETED", pod)
            return
        with self.lock:
            known = pod["metadata"]["name"] in self.pods
            owner = any(one.get("uid") == pod["of"] for one in self.objects.values())
            if owner:
                self.change("MODIFIED" if known else "ADDED", {**pod, "status": status})

    def change(self, kind, pod):
        """Change one pod, and tell those who watch."""
        with self.lock:
            self.version += 1
            meta = {**pod["metadata"], "resourceVersion": str(self.version)}
            pod = {**pod, "metadata": meta}
            if kind == "DELETED":
                self.pods.pop(meta["name"], None)
            else:
                self.pods[meta["name"]] = pod
            self.changes.append((self.version, kind, pod))
            self.lock.notify_all()

    def warn(self, kind, name, reason, message, namespace):
        about = {"kind": kind, "name": name}
        meta = {"name": f"event-{len(self.events)}", "namespace": namespace}
        event = {"type": "Warning", "reason": reason, "message": message}
        self.events.append({"metadata": meta, "involvedObject": about, **event})

    def watched(self, request, over):
        """Give the lines of a watch."""
        after = int(request.query["resourceVersion"])
        if after < self.oldest:
            told = Status(410, "Expired", "too old resource version").body()
            yield {"type": "ERROR", "object": told}
            return
        end = time.monotonic() + float(request.query.get("timeoutSeconds", "60"))
        cuts = self.cuts
        while time.monotonic() < end and not over.is_set():
            with self.lock:
                if self.cuts > cuts:
                    raise ConnectionAbortedError
                fresh = [one for one in self.changes if one[0] > after]
                if not fresh:
                    self.lock.wait(0.1)
            for version, kind, pod in fresh:
                after = version
                if self._is_meant(pod, request):
                    yield {"type": kind, "object": pod}

    def close(self):
        for timer in self.timers:
            timer.cancel()

    def left(self):
        """Give what is there beside the namespaces that were there before."""
        return sorted(key for key in self.objects if key != ("namespaces", "", "default"))


def _missing(request):
    return Status(404, "NotFound", f'{request.resource} "{request.name}" not found')


def takes(spec, one):
    """Tell whether a pod of this specification may stand on a node, by the node's labels."""
    labels = one["metadata"]["labels"]
    chosen = spec.get("nodeSelector", {}).items()
    if any(labels.get(key) != value for key, value in chosen):
        return False
    required = spec.get("affinity", {}).get("nodeAffinity", {})
    required = required.get("requiredDuringSchedulingIgnoredDuringExecution", {})
    terms = required.get("nodeSelectorTerms", [])
    return not terms or any(_fits(term, labels) for term in terms)


def _fits(term, labels):
    for row in term.get("matchExpressions", []):
        known = labels.get(row["key"])
        if row["operator"] == "In" and known not in row["values"]:
            return False
        if row["operator"] == "NotIn" and known in row["values"]:
            return False
        if row["operator"] == "DoesNotExist" and known is not None:
            return False
    return True


def slow(seconds) -> Callable:
    """Give a fault: the answer comes late."""
    return lambda _request: time.sleep(seconds)


def failing(code, reason="", message="") -> Callable:
    """Give a fault: an answer that is none."""

    def act(_request):
        raise Status(code, reason, message)

    return act
