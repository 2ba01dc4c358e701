"""Docker does not run on this machine.

What happened
Docker is installed, but its engine does not answer, so nothing can be pulled with it, however
healthy the registry and the network are.

How we know
The engine's socket refused the connection, is not there, or gave no answer in time. A socket that
this user may not open is something else: it limits what can be seen, and is no fault.

Fix
Look at the service's state and its last words, then start it. If it hangs, restart it: that stops
the running containers, unless live restore is on.

Still failing?
The last lines of the service's journal name the reason, mostly a full disk or an error in
/etc/docker/daemon.json. If DOCKER_HOST is set, the engine that is asked may be another one.
"""

from checks.docker_runtime import DockerDown
from checks.ports import Trouble
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


def find(docker: DockerDown) -> Finding | None:
    if docker.denied or docker.trouble is Trouble.DEADLINE:
        return None
    hangs = docker.trouble is Trouble.TIMEOUT
    why = "Starts docker; nothing else changes."
    if hangs:
        why = "Docker runs but hangs. Stops running containers, unless live restore is on."
    return Finding(
        confidence=Confidence.PROVEN,
        evidence=(Evidence(check="docker", saw=docker.summary),),
        fix=(
            FixStep(
                command="sudo systemctl status docker --no-pager",
                needs="root on this machine",
                risk=Risk.READ_ONLY,
                why="Shows the service's state and its last lines.",
            ),
            FixStep(
                command="sudo journalctl -u docker -n 50 --no-pager",
                needs="root on this machine",
                risk=Risk.READ_ONLY,
                why="Shows why it stopped.",
            ),
            FixStep(
                command=f"sudo systemctl {'restart' if hangs else 'start'} docker",
                needs="root on this machine",
                risk=Risk.DISRUPTIVE,
                why=why,
                undo="" if hangs else "sudo systemctl stop docker",
            ),
        ),
    )


CAUSE = Cause(
    id="runtime-down",
    title="Docker does not run on this machine",
    stage=Stage.RUNTIME,
    owner=Owner.HOST,
    find=find,
    before=("runtime-mirror-misconfigured", "runtime-proxy-misconfigured"),
)
