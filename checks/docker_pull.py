"""The real pull, by docker's own engine, with the token that this machine's identity was given."""

from dataclasses import dataclass

from checks import asks, bearer, trial_pull
from checks.contract import Check, Fact, Failed, Unseen
from checks.docker_runtime import DockerRuntime
from checks.machine_replies import PullReply
from checks.ports import World
from checks.replies import Failure
from checks.stored import StoredLogins
from checks.target import Target
from checks.token import PullToken


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
    _docker: DockerRuntime,
    token: PullToken | None,
    stored: StoredLogins | None,
) -> DockerPulled | DockerPullFailed | DockerPullUnasked:
    """Pull the image; the engine is named as a need because without one there is none to ask."""
    if not target.repository:
        return DockerPullUnasked(why="no image was named")
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
