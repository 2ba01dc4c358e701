"""Whether the runtimes' file systems have room for an image.

``free`` is what an unprivileged process could write. A daemon runs as root and may use what the
file system keeps back, so that a full one makes a failing pull likely, not certain.
"""

from dataclasses import dataclass

from checks import asks
from checks.contract import Check, Fact, Failed, Unseen
from checks.machine_replies import SpaceReply
from checks.ports import World

_LEAST = 1 << 20  # bytes; not even a small image unpacks into less


@dataclass(frozen=True, slots=True, kw_only=True)
class DiskRoom(Fact):
    """Room is left. The amount varies from run to run, so it is no fact."""

    paths: tuple[str, ...]

    @property
    def summary(self) -> str:
        return f"room is left in {', '.join(self.paths)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DiskFull(Failed):
    path: str
    inodes: bool  # it is the number of files that is used up, not the bytes

    @property
    def summary(self) -> str:
        what = "inodes" if self.inodes else "bytes"
        return f"no {what} left in {self.path}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DiskUnknown(Unseen):
    @property
    def summary(self) -> str:
        return "no runtime's data directory can be seen"


def gather(world: World) -> DiskRoom | DiskFull | DiskUnknown:
    return parse(world.node.space())


def parse(replies: tuple[SpaceReply, ...]) -> DiskRoom | DiskFull | DiskUnknown:
    for reply in replies:
        if reply.inodes and not reply.free_inodes:
            return DiskFull(path=reply.path, inodes=True)
        if reply.size and reply.free < _LEAST:
            return DiskFull(path=reply.path, inodes=False)
    if not replies:
        return DiskUnknown()
    return DiskRoom(paths=tuple(reply.path for reply in replies))


CHECK = Check(
    id="disk",
    title="the runtime's disk has room",
    gather=gather,
    asks=(
        asks.read("/var/lib/docker", "how much room it has"),
        asks.read("/var/lib/containerd", "how much room it has"),
    ),
)
