"""A runtime looks for this registry's images elsewhere.

What happened
A hosts.toml (or the old section registry.mirrors in containerd's config.toml) sends pulls of this
registry to another host, and not to the registry in the end. That host does not answer, or does not
have the image.

How we know
The layers were reached without a runtime in the same run. Docker says that it asked another host,
and one of its files names that host for this registry; or nothing answers at the only hosts that
containerd is told to ask. Docker's registry-mirrors serve Docker Hub alone and are no cause.

Fix
Correct the server in the file, or take the file out of the way. A runtime reads hosts.toml afresh
for each pull; config.toml needs a restart of containerd.

Still failing?
A runtime shows the words of the last host that it asked, so that a mirror hides what the others
said. On an AKS node these files are the cluster's own: network isolation and artifact streaming
write them, and an edit by hand is undone.
"""

from checks.docker_pull import DockerPullFailed
from checks.docker_runtime import DockerRuntime
from checks.host import Host
from checks.layer import Layer
from checks.mirrors import Mirror, Mirrors
from checks.runtime_log import RuntimeLog
from checks.runtime_words import Reading, Said, read
from diagnose.causes.contract import (
    Cause,
    Confidence,
    Evidence,
    Finding,
    Owner,
    Rejected,
    Stage,
)
from diagnose.causes.runtime import _mirror_steps
from diagnose.causes.runtime._containerd import PULL

_STORE = "overlayfs"  # docker's containerd image store, which alone reads hosts.toml


def find(
    *,
    layer: Layer,
    mirrors: Mirrors,
    host: Host,
    docker: DockerRuntime | None,
    failed: DockerPullFailed | None,
    log: RuntimeLog | None,
) -> Finding | Rejected | None:
    evidence = [Evidence(check="layer", saw=f"without a runtime: {layer.summary}")]
    own = mirrors.for_registry("docker")
    asked = read(failed.error) if failed else None
    if failed and asked and own and (sure := _blamed(own, asked, docker, mirrors.login_server)):
        evidence += [
            Evidence(check="docker-pull", saw=failed.summary),
            Evidence(check="mirrors", saw=f"{own.source} names {', '.join(own.hosts)}"),
        ]
        return _finding(own, sure, evidence, host)
    dead = mirrors.dead
    if dead and docker is None:
        evidence.append(Evidence(check="mirrors", saw=mirrors.summary))
        line = log.naming(*dead.hosts) if log else ""
        if line:
            evidence.append(Evidence(check="runtime-log", saw=line))
        return _finding(dead, Confidence.PROVEN if line else Confidence.LIKELY, evidence, host)
    told = mirrors.for_registry("containerd")
    if told and docker is None and told.bypasses(mirrors.login_server):
        # Something is there, which may well be a cache that has the image: it was not asked.
        evidence.append(Evidence(check="mirrors", saw=mirrors.summary))
        return _finding(told, Confidence.POSSIBLE, evidence, host)
    if docker and docker.mirrors and failed and asked and asked.said is not Said.NO_SPACE:
        return Rejected(because="docker's registry-mirrors serve Docker Hub alone")
    return None


def _blamed(
    own: Mirror, asked: Reading, docker: DockerRuntime | None, login_server: str
) -> Confidence | None:
    """Say how surely docker's failure is met at the mirror."""
    if asked.host in own.hosts and asked.host != login_server:
        return Confidence.PROVEN
    stores = docker and docker.storage_driver == _STORE
    unsaid = not asked.host and asked.said is Said.OTHER
    return Confidence.LIKELY if unsaid and stores and own.bypasses(login_server) else None


def _finding(
    mirror: Mirror, confidence: Confidence, evidence: list[Evidence], host: Host
) -> Finding:
    return Finding(
        confidence=confidence,
        evidence=tuple(evidence),
        fix=_mirror_steps.steps(mirror, host),
        settle="" if confidence is Confidence.PROVEN else PULL,
    )


CAUSE = Cause(
    id="runtime-mirror-misconfigured",
    title="A runtime looks for this registry's images elsewhere",
    stage=Stage.RUNTIME,
    owner=Owner.HOST,
    find=find,
    before=("runtime-untrusted-ca",),
)
