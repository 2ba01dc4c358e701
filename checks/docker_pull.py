"""The real pull, by docker's own engine, with the token that this machine's identity was given.

It is not tried where nothing on the way to the registry answers this program, and docker is told of
no other way: docker's own time-outs outlast a run, and bring nothing that is not known by then.
"""

from dataclasses import dataclass

from checks import asks, bearer, trial_pull
from checks.challenge import Challenge, ChallengeSilent
from checks.contract import Check, Fact, Failed, Unseen
from checks.docker_runtime import DockerRuntime
from checks.machine_replies import PullReply
from checks.pod_network import OwnNetwork
from checks.ports import World
from checks.replies import Failure
from checks.stored import StoredLogins
from checks.target import Target
from checks.tcp_path import TcpReached
from checks.token import PullToken

# With this driver docker keeps images as containerd does, and reads a hosts.toml (moby 28.0,
# daemon/hosts.go): then it may be sent elsewhere for them.
_SENT_ELSEWHERE = "overlayfs"


@dataclass(frozen=True, slots=True, kw_only=True)
class DockerPulled(Fact):
    kept: bool  # the image was there before, and stays

    @property
    def summary(self) -> str:
        after = "it was there before and stays" if self.kept else "removed again"
        return f"docker pulled the image; {after}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DockerPullFailed(Failed):
    error: str  # docker's own words, one line

    @property
    def summary(self) -> str:
        return f"docker: {self.error}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DockerPullUnasked(Unseen):
    why: str

    @property
    def summary(self) -> str:
        return f"not tried: {self.why}"

    @property
    def limit(self) -> str:
        return f"Docker's own pull was not tried: {self.why}."


def gather(
    world: World,
    target: Target,
    docker: DockerRuntime,
    token: PullToken | None,
    stored: StoredLogins | None,
    challenge: Challenge | None,
    here: OwnNetwork | None = None,
    silent: ChallengeSilent | None = None,
    reached: TcpReached | None = None,
) -> DockerPulled | DockerPullFailed | DockerPullUnasked:
    """Pull the image, unless that could only wait for what this machine waited for already."""
    if not target.repository:
        return DockerPullUnasked(why="no image was named")
    why = trial_pull.withheld(challenge)
    vain = trial_pull.in_vain(here, silent, reached, "docker")
    if vain and not docker.proxies and docker.storage_driver != _SENT_ELSEWHERE:
        why = why or vain
    if why:
        return DockerPullUnasked(why=why)
    return parse(world.docker.pull(target.image, bearer.refresh(token, stored)))


def parse(reply: PullReply | Failure) -> DockerPulled | DockerPullFailed | DockerPullUnasked:
    why = trial_pull.unasked(reply)
    if why:
        return DockerPullUnasked(why=why)
    if isinstance(reply, Failure) or reply.error:
        return DockerPullFailed(error=trial_pull.error(reply))
    return DockerPulled(kept=reply.was_present)


CHECK = Check(
    id="docker-pull",
    title="docker itself can pull the image",
    gather=gather,
    asks=(
        asks.engine("GET", "/images/json", "what is there already", "pull", "image"),
        asks.engine(
            "POST", "/images/create", "the pull; the engine asks the registry", "pull", "image"
        ),
        asks.engine("DELETE", "/images/{name}", "removes what the pull brought", "pull", "image"),
    ),
)
