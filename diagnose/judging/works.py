"""Whether the pull works, as far as it was asked for."""

from checks.containerd_pull import ContainerdPulled, ContainerdPullFailed, ContainerdPullUnasked
from checks.containerd_runtime import ContainerdDown, ContainerdRuntime
from checks.disk import DiskFull
from checks.docker_pull import DockerPulled, DockerPullFailed, DockerPullUnasked
from checks.docker_runtime import DockerDown, DockerRuntime
from checks.layer import Layer
from checks.mirrors import Mirrors, MirrorsUnknown
from checks.target import Target
from checks.units import Units
from diagnose.facts import Facts
from diagnose.judging import reached


def works(facts: Facts) -> bool:
    """Tell whether whatever pulls on this machine can: our own pull went through, and it too."""
    failed = facts.has(DockerPullFailed) or facts.has(ContainerdPullFailed)
    if failed or _down(facts) or _hopeless(facts):
        return False
    if reached.kubelet_has_nothing(facts):
        return False
    target = facts.get(Target)
    if target and not target.repository:
        return reached.has_token(facts)
    return _brought(facts) or (facts.has(Layer) and _looked(facts))


def _brought(facts: Facts) -> bool:
    """Tell whether a runtime brought the image; of one that was there, no layer is asked for."""
    pulled = facts.get(ContainerdPulled)
    return facts.has(DockerPulled) or bool(pulled and not pulled.kept)


def _looked(facts: Facts) -> bool:
    """Tell whether it was looked where the runtimes are sent, and how they fared.

    A run may end before, and a recording may lack it.
    """
    docker = not facts.has(DockerRuntime) or facts.has(DockerPullUnasked)
    containerd = (
        not facts.has(ContainerdRuntime)
        or facts.has(ContainerdPullUnasked)
        or facts.has(ContainerdPulled)  # an image that was there already
    )
    sent = facts.has(Units) and (facts.has(Mirrors) or facts.has(MirrorsUnknown))
    return docker and containerd and sent


def _down(facts: Facts) -> bool:
    docker = facts.get(DockerDown)
    return (docker is not None and not docker.unseen) or facts.has(ContainerdDown)


def _hopeless(facts: Facts) -> bool:
    """Tell whether a runtime that nobody asked to pull has no room, or no way to pull."""
    if _brought(facts):
        return False
    mirrors, units = facts.get(Mirrors), facts.get(Units)
    asked = (DockerRuntime, ContainerdPulled)
    stuck = bool(mirrors and mirrors.dead) or bool(units and units.dead)
    return facts.has(DiskFull) or (stuck and not any(map(facts.has, asked)))
