"""What AKS's log collector kept of a node, as the replies that a live node would have given.

Members by name: Azure/AgentBaker, parts/linux/cloud-init/artifacts/aks-log-collector.sh. The errors
of a program stand in its member as well (``2>&1``), so JSON may come after some lines of them. Of
crictl's JSON (cri-tools, ``crictl info -o json``, a CRI StatusResponse) the conditions alone are
read: the configuration beside them may hold a registry's password. ``crictl pods`` tells nothing of
images. A function raises `Unrecorded` where its members do not tell.
"""

import ipaddress
import json
import re
from typing import Any

from checks.machine_replies import HostReply, SpaceReply
from checks.ports import Unrecorded
from checks.replies import Failure, Trouble
from checks.runtime_replies import RuntimeReply
from diagnose.fleet.zip_files import ZipFiles
from diagnose.live.wording import tidy

_CONFIG = "/etc/containerd/config.toml"
_INFO, _IMAGES, _VERSION, _ADDRESSES, _CPU, _BYTES, _INODES = (
    f"collect/{name}"
    for name in (
        "crictl_info.json",
        "crictl_images.json",
        "crictl_version.txt",
        "ip_4_addr.json",
        "lscpu.txt",
        "du_bytes.txt",
        "du_inodes.txt",
    )
)
_TEXT, _JSON = 1 << 20, 4 << 20  # bytes
_SAID = re.compile(r"^Runtime(Name|Version|ApiVersion):\s*(\S{1,60})\s*$", re.MULTILINE)
_SOCKET = "/run/containerd/containerd.sock"
_NOBODY = ("connect: connection refused", "connect: no such file or directory")
_RESOLVER = re.compile(r"^nameserver\s+([0-9a-fA-F.:]{2,45})", re.MULTILINE)
_CPUS = {"x86_64": "amd64", "aarch64": "arm64"}
_CPU_IS = re.compile(r"^Architecture:\s+(\w{1,20})$", re.MULTILINE)
# df: three numbers, a percentage or a dash, and the place, which may have spaces in it
_MOUNT = re.compile(r"\s(\d{1,18})\s+(\d{1,18})\s+(\d{1,18})\s+(?:\d{1,3}%|-)\s+(/.{0,4000})\Z")
_LINE = 1000  # characters of an error
_LONGEST = 8192  # characters of a line of df
_TABLE = re.compile(r"^[ \t]*\[", re.MULTILINE)  # what begins the first table
_ROOT = re.compile(r'^root\s*=\s*["\'](/[^"\']{1,400})["\']', re.MULTILINE)
_BEGIN = re.compile(r"^[\[{]", re.MULTILINE)
_HOME = "/var/lib/containerd"


def host(files: ZipFiles, hostname: str) -> HostReply:
    """Give what is known of the machine; the collector is a part of AKS's node images alone."""
    cpu = _CPU_IS.search(_or_nothing(files, _CPU))
    return HostReply(
        os="linux",
        architecture=_CPUS.get(cpu[1], cpu[1]) if cpu else "",
        hostname=hostname,
        addresses=_addresses(files),
        resolvers=tuple(dict.fromkeys(_RESOLVER.findall(_or_nothing(files, "etc/resolv.conf")))),
        aks_node=True,
    )


def runtime(files: ZipFiles) -> RuntimeReply | Failure:
    """Give what containerd said to crictl when the archive was made."""
    text = files.member(_VERSION, _TEXT)
    said = dict(_SAID.findall(text))
    if "Version" in said:
        return RuntimeReply(
            name=said.get("Name", ""),
            version=said["Version"],
            api=said.get("ApiVersion", ""),
            not_ready=_not_ready(files),
            socket=_SOCKET,
        )
    nobody = _SOCKET in text and any(words in text for words in _NOBODY)
    last = next((line for line in reversed(text.splitlines()) if line.strip()), "no word")
    return Failure(
        trouble=Trouble.REFUSED if nobody else Trouble.PROTOCOL,
        detail=f"crictl said, when the archive was made: {tidy(files.cleaned(last[:_LINE]), 250)}",
    )


def _not_ready(files: ZipFiles) -> tuple[str, ...]:
    """Give the types of the conditions that are not true, with their reason."""
    status = _field(_json(files, _INFO), "status") if files.holds(_INFO) else None
    rows = [one for one in _rows(status, "conditions") if _field(one, "status") is False]
    names = ((_field(one, "type"), _field(one, "reason")) for one in rows)
    return tuple(" ".join(one for one in pair if isinstance(one, str) and one) for pair in names)


def space(files: ZipFiles) -> tuple[SpaceReply, ...]:
    """Give the room of the file system that containerd's images are on, by ``df -al``."""
    path = _home(files)
    free, size = _mounted(files.member(_BYTES, _JSON), _BYTES, path)
    try:
        free_inodes, inodes = _mounted(files.member(_INODES, _JSON), _INODES, path)
    except Unrecorded:
        free_inodes = inodes = 0
    return (
        SpaceReply(
            path=path,
            free=free << 10,  # df counts in 1 KiB
            size=size << 10,
            free_inodes=free_inodes,
            inodes=inodes,
        ),
    )


def images(files: ZipFiles) -> tuple[str, ...]:
    """Give the names with a tag that the images on the node have, in crictl's order."""
    rows = _rows(_json(files, _IMAGES), "images")
    return tuple(tag for row in rows for tag in _rows(row, "repoTags") if isinstance(tag, str))


def _home(files: ZipFiles) -> str:
    """Give containerd's own folder: AKS moves it to the temporary disk where it is told to."""
    told = _ROOT.search(_TABLE.split(files.text(_CONFIG), 1)[0])
    return told[1] if told else _HOME


def _mounted(text: str, member: str, path: str) -> tuple[int, int]:
    """Give what is free and all there is, of the last mount that holds ``path``."""
    best, found = -1, (0, 0)
    for line in text.splitlines():
        row = _MOUNT.search(line) if len(line) <= _LONGEST else None
        place = row[4].rstrip("/") if row else ""
        if row and len(place) >= best and (path == place or path.startswith(f"{place}/")):
            best, found = len(place), (int(row[3]), int(row[1]))
    if best < 0:
        raise Unrecorded(f"{member} does not tell of {path}")
    return found


def _addresses(files: ZipFiles) -> tuple[str, ...]:
    document = _json(files, _ADDRESSES) if files.holds(_ADDRESSES) else []
    rows = [one for card in _rows({"": document}, "") for one in _rows(card, "addr_info")]
    found = {own for row in rows if (own := _unicast(_field(row, "local")))}
    return tuple(sorted(found))


def _unicast(value: object) -> str:
    try:
        address = ipaddress.ip_address(value if isinstance(value, str) else "")
    except ValueError:
        return ""
    return "" if address.is_loopback or address.is_link_local else str(address)


def _json(files: ZipFiles, member: str) -> object:
    """Give a member's JSON, which begins at the margin of a line."""
    text = files.member(member, _JSON)
    start = _BEGIN.search(text)
    try:
        found: object = json.JSONDecoder().raw_decode(text, start.start() if start else 0)[0]
    except (ValueError, RecursionError):
        raise Unrecorded(f"{member} is not JSON") from None
    return found


def _field(value: object, name: str) -> object:
    return value.get(name) if isinstance(value, dict) else None


def _rows(value: object, name: str) -> list[Any]:
    rows = _field(value, name)
    return rows if isinstance(rows, list) else []


def _or_nothing(files: ZipFiles, member: str) -> str:
    return files.member(member, _TEXT) if files.holds(member) else ""
