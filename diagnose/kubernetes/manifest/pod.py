"""One pod on one node: as little power as a look at the node's own pull path needs; pure.

Why each setting stands here: packaging/kubernetes/README.md. Deployment safeguards of AKS refuse
pods without requests, limits, both probes and a fixed tag
(https://learn.microsoft.com/azure/aks/deployment-safeguards).
"""

from typing import Any

from diagnose.kubernetes.manifest.mounts import Mount, mounts
from diagnose.kubernetes.manifest.names import (
    ARCHITECTURE,
    DIAGNOSE,
    HOST,
    LOG_VARIABLE,
    NAME,
    NODE_LOG,
    PLATFORM,
    REST,
    SKU,
    VIRTUAL,
)
from diagnose.kubernetes.manifest.nodes import Place
from diagnose.kubernetes.manifest.wanted import LOADED, Profile, Wanted
from diagnose.kubernetes.manifest.yaml import Noted, Value

CODE = "/code"  # where the ConfigMaps of a zero-pull pod stand
_SCRATCH = "/tmp"  # noqa: S108 in the pod, on its own tmpfs
_PYTHON = ("python3", "-I", "-S", "-c")
_NOBODY = 65532  # the user of the image as well (packaging/image/Dockerfile)
_SIZES = {"cpu": "100m", "memory": "128Mi"}


def spec(wanted: Wanted, place: Place | None, parcels: tuple[str, ...] = ()) -> Value:
    """Give the pod's specification; ``parcels`` are the ConfigMaps with the program."""
    seen = mounts(wanted, place)
    return {
        "automountServiceAccountToken": False,
        "serviceAccountName": NAME,
        "hostNetwork": Noted(True, "The node's network, not a pod's: containerd pulls from there."),
        "dnsPolicy": Noted("Default", "The resolvers that the kubelet uses, not CoreDNS."),
        "enableServiceLinks": False,
        "nodeSelector": {PLATFORM: "linux"},
        "affinity": _affinity(place),
        "tolerations": [Noted({"operator": "Exists"}, "Nodes that are not ready count the most.")],
        "terminationGracePeriodSeconds": 1,
        "securityContext": _user(wanted),
        "initContainers": [_diagnose(wanted, place, seen)],
        "containers": [_rest(wanted, place, seen)],
        "volumes": [
            {"name": "tmp", "emptyDir": {"medium": "Memory", "sizeLimit": "32Mi"}},
            *_code_volume(parcels),
            *(_volume(mount) for mount in _first(seen)),
        ],
    }


def _user(wanted: Wanted) -> Value:
    """Nobody in particular, but where there are files of root's to read or to write."""
    secure: dict[str, Any] = {"seccompProfile": {"type": "RuntimeDefault"}}
    if wanted.profile is Profile.NETWORK and not wanted.node_log:
        return {"runAsUser": _NOBODY, "runAsGroup": _NOBODY, "runAsNonRoot": True, **secure}
    whose = "azure.json and the socket are root's. No capability comes along."
    if wanted.profile is Profile.NETWORK:
        whose = "The folder that is written to is root's. No capability comes along."
    return {"runAsUser": Noted(0, whose), "runAsGroup": 0, **secure}


def _affinity(place: Place | None) -> Value:
    key, kind = VIRTUAL
    rows: list[Value] = [
        Noted(
            {"key": key, "operator": "NotIn", "values": [kind]},
            "A virtual node is no machine: there is no host network on it.",
        )
    ]
    if place:
        sku = place.system.sku
        rows.append({"key": ARCHITECTURE, "operator": "In", "values": [place.architecture]})
        rows.append(
            {"key": SKU, "operator": "In", "values": [sku]}
            if sku
            else {"key": SKU, "operator": "DoesNotExist"}
        )
    required = {"nodeSelectorTerms": [{"matchExpressions": rows}]}
    return {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": required}}


def _diagnose(wanted: Wanted, place: Place | None, seen: tuple[Mount, ...]) -> Value:
    """The run itself: its end leaves the verdict in the pod's status."""
    under_host = any(mount.at.startswith(HOST) for mount in seen)
    own = [{"name": "code", "mountPath": CODE, "readOnly": True}] if wanted.zero_pull else []
    return {
        "name": DIAGNOSE,
        **_image(wanted, place),
        "command": _command(wanted),
        "args": _arguments(wanted),
        "env": [
            {"name": "NODE_NAME", "valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}},
            {"name": "HOME", "value": _SCRATCH},
            *([{"name": "ACR_DIAGNOSE_HOST_ROOT", "value": HOST}] if under_host else []),
            *([{"name": LOG_VARIABLE, "value": NODE_LOG}] if wanted.node_log else []),
        ],
        **_modest(),
        "terminationMessagePath": "/dev/termination-log",
        "terminationMessagePolicy": "FallbackToLogsOnError",
        "volumeMounts": [
            {"name": "tmp", "mountPath": _SCRATCH},
            *own,
            *(_mounted(mount) for mount in seen),
        ],
    }


def _rest(wanted: Wanted, place: Place | None, seen: tuple[Mount, ...]) -> Value:
    """Nothing but being there: a DaemonSet's pod may not end, and Ready says that it was judged."""
    kept = [_mounted(mount) for mount in seen if not mount.only_diagnose]
    # An image of ours may have Python and nothing else; the node's own /usr has both words.
    nothing, rest = (
        (["/usr/bin/true"], ["/usr/bin/sleep", "infinity"])
        if wanted.zero_pull
        else ([*_PYTHON, "pass"], [*_PYTHON, "import signal; signal.pause()"])
    )
    probe = {"exec": {"command": nothing}, "timeoutSeconds": 10}
    return {
        "name": REST,
        **_image(wanted, place),
        "command": rest,
        "readinessProbe": {**probe, "periodSeconds": 30},
        "livenessProbe": {**probe, "periodSeconds": 300},
        **_modest(),
        **({"volumeMounts": kept} if kept else {}),
    }


def _image(wanted: Wanted, place: Place | None) -> dict[str, Any]:
    image = wanted.image or (place.image if place else "")
    if image:
        return {"image": image, "imagePullPolicy": "IfNotPresent"}
    note = "Brought to the nodes beforehand (see README.md); no registry is asked for it."
    return {"image": Noted(LOADED, note), "imagePullPolicy": "Never"}


def _command(wanted: Wanted) -> list[str]:
    if not wanted.zero_pull:
        return [NAME]
    # Isolated, without site packages: what else is installed on the node plays no part.
    python = ["/usr/bin/python3", "-I", "-S", "-B", "-X", "utf8"]
    return [*python, f"{CODE}/start.py", f"{_SCRATCH}/{NAME}"]


def _arguments(wanted: Wanted) -> list[str]:
    words = ["k8s", "node", wanted.target, "--exit-zero", "--timeout", f"{wanted.seconds:g}"]
    # What a profile does not show must not be judged.
    words += {
        Profile.NETWORK: ["--runtime", "none"],
        Profile.NODE: ["--no-pull"],
        Profile.FULL: [],
    }[wanted.profile]
    if not wanted.arm:
        words.append("--no-arm")
    if wanted.identity:
        words += ["--identity", wanted.identity]
    return words


def _modest() -> dict[str, Any]:
    return {
        "resources": {"requests": dict(_SIZES), "limits": dict(_SIZES)},
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "readOnlyRootFilesystem": True,
        },
    }


def _code_volume(parcels: tuple[str, ...]) -> list[Value]:
    if not parcels:
        return []
    sources = [{"configMap": {"name": name}} for name in parcels]
    return [{"name": "code", "projected": {"sources": sources}}]


def _first(seen: tuple[Mount, ...]) -> tuple[Mount, ...]:
    """Give one mount of each path."""
    found: dict[str, Mount] = {}
    for mount in seen:
        found.setdefault(mount.path, mount)
    return tuple(found.values())


def _volume(mount: Mount) -> Value:
    found = {"name": mount.volume, "hostPath": {"path": mount.path, "type": mount.kind}}
    return Noted(found, mount.why) if mount.why else found


def _mounted(mount: Mount) -> Value:
    only_read = {} if mount.writable else {"readOnly": True}
    return {"name": mount.volume, "mountPath": mount.at, **only_read}
