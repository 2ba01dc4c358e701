"""The real pull, by docker's own engine, with the token that this machine's identity was given."""

from dataclasses import dataclass

from checks import answers, asks
from checks.contract import Check, Fact, Failed, Unseen
from checks.docker_runtime import DockerRuntime
from checks.machine_replies import PullReply
from checks.ports import Failure, Trouble, World
from checks.stored import StoredLogins
from checks.target import Target
from checks.token import PullToken

_LONGEST = 800  # what decides often stands last, behind a long URL


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
    own = token.refresh if token and token.may_pull else None
    kept = stored.usable.token if stored and stored.usable else None
    return parse(world.docker.pull(target.image, own or kept or (token.refresh if token else None)))


def parse(reply: PullReply | Failure) -> DockerPulled | DockerPullFailed | DockerPullUnasked:
    if isinstance(reply, Failure):
        if reply.trouble is Trouble.SWITCHED_OFF:
            return DockerPullUnasked(why="switched off (--no-pull)")
        if reply.trouble is Trouble.DEADLINE:
            return DockerPullUnasked(why="the run's time was up")
        return DockerPullFailed(error=answers.clean(reply.detail) or str(reply.trouble))
    if reply.error:
        return DockerPullFailed(error=answers.clean(reply.error, _LONGEST))
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
