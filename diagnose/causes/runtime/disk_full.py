"""No room is left for the image.

What happened
The file system that holds the runtime's images is full, by its bytes or by its number of files
(inodes). The registry and the network are as they should be; the layers cannot be written.

How we know
The runtime's own words for the failed pull are that no space is left on the device. Where no
runtime was asked, the file system itself says that nothing is left. This is likely only: a runtime
runs as root and may write into what the file system keeps back.

Fix
Look what takes the room. Remove what nobody needs any more, or enlarge the disk.

Still failing?
With bytes left, look at the inodes: many small files use them up. A quota on the directory, and a
small partition for temporary files, end a pull in the same words. On AKS the kubelet removes unused
images by itself when the disk fills up, and a node that is full for good wants a larger disk.
"""

from shlex import quote

from checks.containerd_pull import ContainerdPulled, ContainerdPullFailed
from checks.disk import DiskFull
from checks.docker_pull import DockerPulled, DockerPullFailed
from checks.docker_runtime import DockerRuntime
from checks.runtime_words import Said, read
from diagnose.causes.contract import (
    Cause,
    Confidence,
    Evidence,
    Finding,
    FixStep,
    Owner,
    Rejected,
    Risk,
    Stage,
)
from diagnose.causes.runtime import _daemon

_DOCKER, _CONTAINERD = "/var/lib/docker", "/var/lib/containerd"


def find(
    disk: DiskFull | None,
    docker: DockerRuntime | None,
    failed: DockerPullFailed | None,
    pulled: DockerPulled | None,
    containerd_failed: ContainerdPullFailed | None,
    containerd_pulled: ContainerdPulled | None,
) -> Finding | Rejected | None:
    if disk and pulled:
        return Rejected(because="docker had room for the image")
    if disk and containerd_pulled and not containerd_pulled.kept:
        return Rejected(because="containerd had room for the image")
    evidence = [
        Evidence(check=check, saw=one.summary)
        for check, one in (("docker-pull", failed), ("containerd-pull", containerd_failed))
        if one and read(one.error).said is Said.NO_SPACE
    ]
    said = bool(evidence)
    if not disk and not said:
        return None
    if disk:
        evidence.append(Evidence(check="disk", saw=disk.summary))
    own = docker.root if docker else _CONTAINERD if containerd_failed else ""
    path = quote((own if said else disk.path if disk else "") or _DOCKER)
    return Finding(
        confidence=Confidence.PROVEN if said else Confidence.LIKELY,
        evidence=tuple(evidence),
        fix=(
            FixStep(
                command=f"df -h {path}; df -i {path}",
                needs="a shell on this machine",
                risk=Risk.READ_ONLY,
                why="Shows the bytes and the inodes that are left.",
            ),
            FixStep(
                command=f"sudo du -xh --max-depth=2 {path}",
                needs=_daemon.ROOT,
                risk=Risk.READ_ONLY,
                why="Shows what takes the room; docker system df, or crictl images, says the rest.",
            ),
            _daemon.by_hand(
                "Remove images, containers and volumes that nobody needs, one by one, or enlarge "
                "the disk. What is removed is lost.",
                Risk.DISRUPTIVE,
            ),
        ),
        settle="" if said else "Pull with the runtime itself, as root, and look at its words.",
    )


CAUSE = Cause(
    id="disk-full",
    title="No room is left for the image",
    stage=Stage.RUNTIME,
    owner=Owner.HOST,
    find=find,
    before=(
        "runtime-down",
        "runtime-mirror-misconfigured",
        "runtime-proxy-misconfigured",
        "runtime-untrusted-ca",
    ),
)
