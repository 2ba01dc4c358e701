"""Which token a runtime pulls with, and how what its pull came to is read."""

import pytest

from checks import bearer, containerd_pull, docker_pull
from checks.machine_replies import PullReply
from checks.replies import Failure, Trouble
from checks.stored import Login, State, StoredLogins
from checks.token import PullToken
from checks.token_replies import Token

OURS, KEPT = Token("refresh:x"), Token("stored-access:x:1")


def token(*actions: str) -> PullToken:
    return PullToken(
        audience="https://containerregistry.azure.net",
        refresh=OURS,
        access=Token("access:x"),
        permissions=(),
        actions=actions,
    )


def stored(state: State) -> StoredLogins:
    return StoredLogins(logins=(Login(source="/x", user="me", state=state, token=KEPT),))


@pytest.mark.parametrize(
    ("own", "kept", "chosen"),
    [
        (token("pull"), stored(State.ACCEPTED), OURS),
        (token("push"), stored(State.ACCEPTED), KEPT),
        (token("push"), stored(State.POWERLESS), OURS),
        (token(), None, OURS),  # the refusal that it brings is what there is to see
        (None, stored(State.ACCEPTED), KEPT),
        (None, stored(State.POWERLESS), None),
        (None, None, None),
    ],
)
def test_a_runtime_pulls_with_what_grants_the_pull_and_else_with_our_own(
    own: PullToken | None, kept: StoredLogins | None, chosen: Token | None
) -> None:
    assert bearer.refresh(own, kept) == chosen


@pytest.mark.parametrize(
    ("trouble", "detail", "why"),
    [
        (Trouble.SWITCHED_OFF, "--no-pull", "switched off (--no-pull)"),
        (Trouble.SWITCHED_OFF, "an image was imported here", "an image was imported here"),
        (Trouble.SWITCHED_OFF, "", "switched off (--no-pull)"),
        (Trouble.DEADLINE, "", "the run's time was up"),
    ],
)
def test_a_pull_that_was_not_tried_is_unknown_and_says_why(
    trouble: Trouble, detail: str, why: str
) -> None:
    reply = Failure(trouble=trouble, detail=detail)

    assert docker_pull.parse(reply) == docker_pull.DockerPullUnasked(why=why)
    assert containerd_pull.parse(reply, "x") == containerd_pull.ContainerdPullUnasked(why=why)


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (Failure(trouble=Trouble.TIMEOUT), "timeout"),
        (Failure(trouble=Trouble.RESET, detail="the engine\nhung up"), "the engine hung up"),
        (PullReply(error="denied"), "denied"),
        (PullReply(error=f"{'u' * 700} denied"), f"{'u' * 700} denied"),
        (PullReply(error="u" * 900), "u" * 799 + "…"),
    ],
)
def test_a_pull_that_failed_keeps_the_runtimes_words_to_their_end(
    reply: Failure | PullReply, error: str
) -> None:
    docker, containerd = docker_pull.parse(reply), containerd_pull.parse(reply, "x")

    assert docker == docker_pull.DockerPullFailed(error=error)
    assert containerd == containerd_pull.ContainerdPullFailed(login="x", error=error)
