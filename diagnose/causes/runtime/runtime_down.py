"""The container runtime does not run on this machine.

What happened
Docker is installed, or this is a node whose kubelet pulls with containerd, but the runtime does not
answer, so nothing can be pulled with it, however healthy the registry and the network are.

How we know
The runtime's socket refused the connection, is not there, or gave no answer in time. Where it takes
the connection and ends it, or where the way to it is what fails, it is likely only. A socket that
this user may not open, or an answer that cannot be understood, is something else: it limits what
can be seen, and is no fault.

Fix
Look at the service's state and its last words, then start it. If it hangs, restart it: that stops
the running containers, unless live restore is on.

Still failing?
The last lines of the service's journal name the reason, mostly a full disk or an error in
/etc/docker/daemon.json or /etc/containerd/config.toml. If DOCKER_HOST is set, the engine that is
asked may be another one.
"""

from checks.containerd_runtime import ContainerdDown
from checks.docker_runtime import DockerDown
from checks.replies import Trouble
from diagnose.causes.contract import (
    Cause,
    Confidence,
    Evidence,
    Finding,
    FixStep,
    Owner,
    Risk,
    Stage,
)
from diagnose.causes.runtime import _daemon

_SURE = (Trouble.REFUSED, Trouble.TIMEOUT)


def find(docker: DockerDown | None, containerd: ContainerdDown | None) -> Finding | None:
    if docker and docker.unseen:
        docker = None
    unit, down = ("containerd", containerd) if containerd else ("docker", docker)
    if down is None:
        return None
    sure = down.trouble in _SURE
    hangs = down.trouble is Trouble.TIMEOUT
    why = f"Starts {unit}; nothing else changes."
    if hangs:
        why = f"{unit.capitalize()} runs but hangs.{_daemon.stopping(unit)}"
    return Finding(
        confidence=Confidence.PROVEN if sure else Confidence.LIKELY,
        evidence=(Evidence(check=unit, saw=down.summary),),
        settle="" if sure else "Look at the service's state, and at DOCKER_HOST where it is set.",
        fix=(
            FixStep(
                command=f"sudo systemctl status {unit} --no-pager",
                needs="root on this machine",
                risk=Risk.READ_ONLY,
                why="Shows the service's state and its last lines.",
            ),
            FixStep(
                command=f"sudo journalctl -u {unit} -n 50 --no-pager",
                needs="root on this machine",
                risk=Risk.READ_ONLY,
                why="Shows why it stopped.",
            ),
            FixStep(
                command=f"sudo systemctl {'restart' if hangs else 'start'} {unit}",
                needs="root on this machine",
                risk=Risk.DISRUPTIVE,
                why=why,
                undo="" if hangs else f"sudo systemctl stop {unit}",
            ),
        ),
    )


CAUSE = Cause(
    id="runtime-down",
    title="The container runtime does not run on this machine",
    stage=Stage.RUNTIME,
    owner=Owner.HOST,
    find=find,
    before=("runtime-mirror-misconfigured", "runtime-proxy-misconfigured"),
)
