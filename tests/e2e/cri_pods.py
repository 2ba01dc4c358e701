"""The few messages of CRI v1 by which a pod is run, by their numbers.

From ``pkg/apis/runtime/v1/api.proto`` of https://github.com/kubernetes/cri-api. The program itself
pulls images only; running pods is the kubelet's part, which a test plays.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from diagnose import protobuf
from diagnose.live.cri import grpc

RUNTIME = "/runtime.v1.RuntimeService/"
CONTAINER, NODE = 1, 2  # NamespaceMode: its own, the node's
EXITED = 2  # ContainerState

Field = tuple[int, "str | bytes | bool | int"]


def message(*fields: Field) -> bytes:
    """Encode fields; numbers too, which the program itself never sends."""
    return b"".join(
        _number(number << 3) + _number(value)
        if isinstance(value, int) and not isinstance(value, bool)
        else protobuf.message((number, value))
        for number, value in fields
    )


def _number(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


@dataclass(frozen=True, slots=True, kw_only=True)
class Mount:
    inside: str
    outside: str
    readonly: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    running: bool
    exit_code: int


def sandbox_config(name: str, group: str, logs: Path, servers: Iterable[str]) -> bytes:
    """PodSandboxConfig of a pod with the node's network, and the default seccomp profile.

    ``group`` is the control group of all its processes.
    """
    uid = f"uid-{name}"
    meta = message((1, name), (2, uid), (3, "acr-diagnose"))
    options = message((1, NODE), (2, CONTAINER))
    security = message((1, options), (9, message((1, 0))))
    linux = message((1, group), (2, security))
    dns = b"".join(message((1, server)) for server in servers)
    return message((1, meta), (3, str(logs)), (4, dns), (8, linux))


def container_config(
    name: str,
    image: str,
    words: tuple[Iterable[str], Iterable[str]],
    environ: Mapping[str, str],
    mounts: Iterable[Mount],
    linux: bytes,
) -> bytes:
    """ContainerConfig; ``words`` are command and arguments."""
    command, arguments = words
    return b"".join(
        (
            message((1, message((1, name))), (2, message((1, image)))),
            *(message((3, word)) for word in command),
            *(message((4, word)) for word in arguments),
            *(message((6, message((1, key), (2, value)))) for key, value in environ.items()),
            *(
                message((7, message((1, one.inside), (2, one.outside), (3, one.readonly))))
                for one in mounts
            ),
            message((11, f"{name}.log"), (15, linux)),
        )
    )


def linux_config(
    *, drop: Iterable[str], readonly: bool, user: int, group: int, cpu: int, memory: int
) -> bytes:
    """LinuxContainerConfig: resources (thousandths of a processor, bytes) and security."""
    resources = message((1, 100_000), (2, cpu * 100), (4, memory), (5, 0))
    capabilities = b"".join(message((2, name)) for name in drop)
    security = message(
        (1, capabilities),
        (3, message((1, NODE), (2, CONTAINER))),
        (5, message((1, user))),
        (7, readonly),
        (11, True),  # no_new_privs
        (12, message((1, group))),
        (15, message((1, 0))),  # seccomp: RuntimeDefault
    )
    return message((1, resources), (2, security))


class Pods:
    """One runtime's pods."""

    def __init__(self, socket: Path) -> None:
        self._socket = socket

    def _call(self, method: str, body: bytes, seconds: float = 30) -> protobuf.Fields:
        return protobuf.fields(grpc.call(self._socket, RUNTIME + method, body, seconds))

    def version(self) -> str:
        return protobuf.text(self._call("Version", b"", 5), 3)

    def sandbox(self, config: bytes) -> str:
        return protobuf.text(self._call("RunPodSandbox", message((1, config))), 1)

    def start(self, sandbox: str, container: bytes, config: bytes) -> str:
        body = message((1, sandbox), (2, container), (3, config))
        found = protobuf.text(self._call("CreateContainer", body), 1)
        self._call("StartContainer", message((1, found)))
        return found

    def status(self, container: str) -> Status:
        (body,) = protobuf.parts(self._call("ContainerStatus", message((1, container))), 1)
        found = protobuf.fields(body)
        state, code = (next(iter(found.get(number, [0]))) for number in (3, 7))
        return Status(running=state != EXITED, exit_code=int(code))

    def execute(self, container: str, words: Iterable[str]) -> tuple[int, str]:
        """Run words in the container; give how they ended and their stdout."""
        body = message((1, container)) + b"".join(message((2, word)) for word in words)
        found = self._call("ExecSync", body + message((3, 20)))
        return int(next(iter(found.get(3, [0])))), protobuf.text(found, 1)

    def stop(self, container: str, seconds: int) -> None:
        self._call("StopContainer", message((1, container), (2, seconds)))

    def remove(self, sandbox: str) -> None:
        self._call("StopPodSandbox", message((1, sandbox)))
        self._call("RemovePodSandbox", message((1, sandbox)))
