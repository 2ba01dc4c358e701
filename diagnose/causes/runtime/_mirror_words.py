"""What a runtime's words say of the hosts that it is told to ask; no cause of its own."""

from checks.docker_runtime import DockerRuntime
from checks.mirrors import Mirror
from checks.runtime_log import RuntimeLog
from checks.runtime_words import Reading, Said
from diagnose.causes.contract import Confidence, Evidence

_STORE = "overlayfs"  # docker's containerd image store, which alone reads hosts.toml


def named(mirror: Mirror, asked: Reading, login_server: str) -> bool:
    """Tell whether the words name a host that is asked in the registry's place."""
    return asked.host in mirror.hosts and asked.host != login_server


def blamed(
    own: Mirror, asked: Reading, docker: DockerRuntime | None, login_server: str
) -> Confidence | None:
    """Say how surely docker's failure is met at the mirror."""
    if named(own, asked, login_server):
        return Confidence.PROVEN
    stores = docker and docker.storage_driver == _STORE
    unsaid = not asked.host and asked.said is Said.OTHER
    return Confidence.LIKELY if unsaid and stores and own.bypasses(login_server) else None


def of_service(mirror: Mirror, log: RuntimeLog | None) -> tuple[Evidence, ...]:
    """Give what artifact streaming's own service logged, where it is what stands in between."""
    line = log.of_mirror if log and mirror.service else ""
    return (Evidence(check="runtime-log", saw=line),) if line else ()
