"""A runtime looks for this registry's images elsewhere.

What happened
A hosts.toml (or the old section registry.mirrors in containerd's config.toml) sends pulls of this
registry to another host, and not to the registry in the end. That host does not answer, or does not
have the image.

How we know
The layers were reached without a runtime in the same run. The runtime says that it asked another
host, and one of its files names that host for this registry; or nothing answers at the only hosts
that containerd is told to ask, where it was not asked to pull itself. Docker's registry-mirrors
serve Docker Hub alone and are no cause.

Fix
Correct the server in the file, or take the file out of the way. A runtime reads hosts.toml afresh
for each pull; config.toml needs a restart of containerd.

Still failing?
Of several hosts, a runtime shows the words of one: of the first that it could not reach or sign in
to, unless another answered with an error of its own. So a mirror hides what the registry said, and
this program asks the registry itself. On an AKS node these files are the cluster's own: network
isolation and artifact streaming write them, and an edit by hand is undone. Artifact streaming sends
pulls to the node's own localhost, where the unit acr-mirror listens; it signs in as the kubelet's
identity, and containerd goes on to the registry where it fails. Its state and its last error stand
in the evidence, as far as this machine tells them.
"""

from checks.containerd_pull import ContainerdPulled, ContainerdPullFailed
from checks.docker_pull import DockerPullFailed
from checks.docker_runtime import DockerRuntime
from checks.host import Host
from checks.layer import Layer
from checks.mirrors import Mirror, Mirrors
from checks.runtime_log import RuntimeLog
from checks.runtime_words import Said, read
from diagnose.causes.contract import (
    Cause,
    Confidence,
    Evidence,
    Finding,
    Owner,
    Rejected,
    Stage,
)
from diagnose.causes.runtime import _daemon, _mirror_steps, _mirror_words
from diagnose.causes.runtime._containerd import PULL


def find(
    *,
    layer: Layer | None,
    mirrors: Mirrors,
    host: Host,
    docker: DockerRuntime | None,
    failed: DockerPullFailed | None,
    containerd_failed: ContainerdPullFailed | None,
    containerd_pulled: ContainerdPulled | None,
    log: RuntimeLog | None,
) -> Finding | Rejected | None:
    own = mirrors.for_registry("docker")
    asked = read(failed.error) if failed else None
    told, server = mirrors.for_registry("containerd"), mirrors.login_server
    words = read(containerd_failed.error) if containerd_failed else None
    if layer is None:
        either, mirror = (words, told) if words else (asked, own)
        return _daemon.cleared(either, server) if not mirror else None
    evidence = [Evidence(check="layer", saw=f"without a runtime: {layer.summary}")]
    sure = _mirror_words.blamed(own, asked, docker, server) if own and asked else None
    if failed and own and sure:
        evidence += [
            Evidence(check="docker-pull", saw=failed.summary),
            Evidence(check="mirrors", saw=own.named),
        ]
        return _finding(own, sure, evidence, host, log)
    if containerd_failed and words and told and _mirror_words.named(told, words, server):
        evidence += [
            Evidence(check="containerd-pull", saw=containerd_failed.summary),
            Evidence(check="mirrors", saw=told.named),
        ]
        return _finding(told, Confidence.PROVEN, evidence, host, log)
    unasked = docker is None and containerd_pulled is None
    dead = mirrors.dead
    if dead and unasked:
        evidence.append(Evidence(check="mirrors", saw=mirrors.summary))
        line = log.naming(*dead.hosts) if log else ""
        if line:
            evidence.append(Evidence(check="runtime-log", saw=line))
        sure = Confidence.PROVEN if line else Confidence.LIKELY
        return _finding(dead, sure, evidence, host, log)
    if told and unasked and told.bypasses(server):
        # Something is there, which may well be a cache that has the image: it was not asked.
        evidence.append(Evidence(check="mirrors", saw=mirrors.summary))
        return _finding(told, Confidence.POSSIBLE, evidence, host, log)
    if docker and docker.mirrors and failed and asked and asked.said is not Said.NO_SPACE:
        return Rejected(because="docker's registry-mirrors serve Docker Hub alone")
    return None


def _finding(
    mirror: Mirror,
    confidence: Confidence,
    evidence: list[Evidence],
    host: Host,
    log: RuntimeLog | None,
) -> Finding:
    return Finding(
        confidence=confidence,
        evidence=(*evidence, *_mirror_words.of_service(mirror, log)),
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
