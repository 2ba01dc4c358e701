"""What of its node each profile lets the pod see, and what is lost without it; pure.

Each is read-only, but for the one folder of ``--node-log``, and as small as it can be:
/etc/kubernetes as a folder would bring the kubelet's private key along. A path of these types has
to be there, or the pod waits and its event names the path
(https://kubernetes.io/docs/concepts/storage/volumes/#hostpath-volume-types). The other types are
worse: with ...OrCreate the kubelet makes a missing path on the node, and without a type containerd
does (https://github.com/containerd/containerd, pkg/cri/opts/spec_linux_opts.go, WithMounts). So
only what every AKS node of Linux has is listed. A link is followed on the node, where it leads
somewhere.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from diagnose.kubernetes.manifest.names import HOST, NODE_LOG
from diagnose.kubernetes.manifest.nodes import Place
from diagnose.kubernetes.manifest.systems import LIBRARIES
from diagnose.kubernetes.manifest.wanted import Profile, Wanted

_FILE, _FOLDER, _SOCKET = "File", "Directory", "Socket"
_MADE = "DirectoryOrCreate"
AZURE_JSON = "/etc/kubernetes/azure.json"
SOCKET = "/run/containerd/containerd.sock"
ROOT_IN_EFFECT = (
    "Whoever may use this socket is root on the node in effect, read-only or not: it starts "
    "containers with any rights. It is here for a real pull by containerd, and in the profile full "
    "alone; delete the DaemonSet as soon as it has answered."
)


@dataclass(frozen=True, slots=True)
class Mount:
    """``path`` is the node's; ``at`` is the pod's. ``only_diagnose`` leaves the resting one out."""

    path: str
    kind: str
    why: str
    at: str
    only_diagnose: bool = True
    writable: bool = False

    @property
    def volume(self) -> str:
        """Name it: a DNS label of 63 characters at most; two mounts of one path share it."""
        where = re.sub(r"[^a-z0-9]+", "-", self.path.lower()).strip("-")
        return where[-63:].strip("-")


def mounts(wanted: Wanted, place: Place | None) -> tuple[Mount, ...]:
    """Give what the pods of these nodes see, in the order in which it is written.

    Of two mounts of one path, the first has the words that explain it.
    """
    return (*_python(wanted, place), *_node(wanted, place), *_full(wanted), *_log(wanted))


def _python(wanted: Wanted, place: Place | None) -> Iterator[Mount]:
    """The node's own Python, its libraries and its authorities: what the image does not bring."""
    if not wanted.zero_pull or place is None:
        return
    why = "Python and what it is linked against, under their own names."
    for path in ("/usr", *LIBRARIES[place.architecture]):
        yield Mount(path, _FOLDER, why, path, only_diagnose=False)
        why = ""
    if wanted.profile is Profile.NETWORK:
        yield from _names()
        yield _authorities(place)


def _node(wanted: Wanted, place: Place | None) -> Iterator[Mount]:
    if wanted.profile is Profile.NETWORK:
        return
    why = (
        "The cluster's identity and subnet, for us and for the kubelet's credential provider. "
        "Values that are secret are never kept."
    )
    yield _at_host(AZURE_JSON, _FILE, why)
    yield Mount(AZURE_JSON, _FILE, "", AZURE_JSON)  # the credential provider is told this path
    folder = "/var/lib/kubelet/credential-provider"
    why = "For which registries the kubelet asks for credentials, and the program that it asks."
    yield _at_host(f"{folder}-config.yaml", _FILE, why)
    yield _at_host(folder, _FOLDER, "")
    yield _at_host("/etc/containerd", _FOLDER, "Mirrors and authorities of containerd.")
    yield _at_host("/etc/default/kubelet", _FILE, "The kubelet's flags, and the units' proxies.")
    yield _at_host("/etc/systemd/system", _FOLDER, "")
    yield from _names()
    yield _authorities(place)
    if place:
        path = place.system.authorities
        yield Mount(path, _FILE, "", path)  # where the credential provider looks for them


def _names() -> Iterator[Mount]:
    yield _at_host("/etc/hosts", _FILE, "What containerd looks names up with.")
    yield _at_host("/etc/resolv.conf", _FILE, "")


def _authorities(place: Place | None) -> Mount:
    why = "The authorities that the node trusts, a company's own among them."
    if place:
        return _at_host(place.system.authorities, _FILE, why)
    return _at_host("/etc/ssl/certs", _FOLDER, why)


def _full(wanted: Wanted) -> Iterator[Mount]:
    if wanted.profile is not Profile.FULL:
        return
    yield _at_host(SOCKET, _SOCKET, ROOT_IN_EFFECT)


def _log(wanted: Wanted) -> Iterator[Mount]:
    """The one place on a node that is written to, where somebody asked for it."""
    if not wanted.node_log:
        return
    why = (
        "The report of each run is left here and replaced by the next one; AKS's log collector "
        "takes it along. It stays when the namespace is deleted."
    )
    yield Mount(NODE_LOG, _MADE, why, NODE_LOG, writable=True)


def _at_host(path: str, kind: str, why: str) -> Mount:
    return Mount(path, kind, why, HOST + path)
