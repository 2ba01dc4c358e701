"""Whether the pull works, as far as it was asked for."""

from checks.disk import DiskFull
from checks.docker_pull import DockerPulled, DockerPullFailed
from checks.docker_runtime import DockerDown, DockerRuntime
from checks.layer import Layer
from checks.mirrors import Mirrors
from checks.target import Target
from checks.units import Units
from diagnose import reached
from diagnose.facts import Facts


def works(facts: Facts) -> bool:
    """Tell whether whatever pulls on this machine can: our own pull went through, and it too."""
    if facts.has(DockerPullFailed) or _down(facts) or _hopeless(facts):
        return False
    if reached.kubelet_has_nothing(facts):
        return False
    target = facts.get(Target)
    if target and not target.repository:
        return reached.has_token(facts)
    return facts.has(Layer) or facts.has(DockerPulled)


def _down(facts: Facts) -> bool:
    docker = facts.get(DockerDown)
    return docker is not None and not docker.denied


def _hopeless(facts: Facts) -> bool:
    """Tell whether a runtime that nobody asked to pull has no room, or no way to pull."""
    if facts.has(DockerPulled):
        return False
    mirrors, units = facts.get(Mirrors), facts.get(Units)
    stuck = bool(mirrors and mirrors.dead) or bool(units and units.dead)
    return facts.has(DiskFull) or (stuck and not facts.has(DockerRuntime))
