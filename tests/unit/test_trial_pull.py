"""Which token a runtime pulls with, and how what its pull came to is read."""

from dataclasses import replace

import pytest

from checks import bearer, containerd_pull, docker_pull
from checks.challenge import ChallengeSilent
from checks.docker_runtime import DockerRuntime
from checks.machine_replies import PullReply
from checks.mirrors import Mirror, Mirrors
from checks.pod_network import OwnNetwork
from checks.replies import Failure, Trouble
from checks.stored import Login, State, StoredLogins
from checks.target import parse
from checks.tcp_path import TcpReached
from checks.token import PullToken
from checks.token_replies import Token
from checks.units import Unit, Units

TARGET = parse("contoso.azurecr.io/app:v1")

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


class Asked(Exception):  # noqa: N818 no error: the pull was tried
    pass


class Runtime:
    """A world in which a pull is only noticed."""

    @property
    def docker(self) -> "Runtime":
        return self

    containerd = docker

    def pull(self, *_: object) -> PullReply:
        raise Asked


HERE = OwnNetwork(in_cluster=False)
SILENT = ChallengeSilent(trouble=Trouble.TIMEOUT, detail="no answer in time")
STRAIGHT = {
    "here": HERE,
    "silent": SILENT,
    "reached": None,
    "mirrors": Mirrors(login_server="contoso.azurecr.io", mirrors=()),
    "units": Units(units=(Unit(name="containerd", proxies=(), source=""),)),
}
BY_PROXY = (("HTTPS_PROXY", "http://10.9.0.20:3128"),)
SENT_ON = Mirror(
    runtime="containerd",
    registry="contoso.azurecr.io",
    hosts=("10.1.0.9:5000",),
    silent=(),
    source="/etc/containerd/certs.d/contoso.azurecr.io/hosts.toml",
)
DOCKER = DockerRuntime(version="28.2.2", storage_driver="overlay2")
EITHER_WAY = [
    {"here": None},
    {"here": replace(HERE, is_seen=False)},  # a container with the engine's socket in it
    {"silent": None},
    {"silent": replace(SILENT, trouble=Trouble.REFUSED)},  # is said at once: nobody waits
    {"silent": replace(SILENT, connected=True)},
    {"silent": replace(SILENT, via_proxy="http://10.9.0.20:3128")},
    {"reached": TcpReached(address="20.62.128.10", local="10.1.0.4")},
]


def by_docker(docker: DockerRuntime = DOCKER, **facts: object) -> docker_pull.DockerPullUnasked:
    facts = {key: facts.get(key, STRAIGHT[key]) for key in ("here", "silent", "reached")}
    return docker_pull.gather(Runtime(), TARGET, docker, None, None, None, **facts)


def by_containerd(**facts: object) -> containerd_pull.ContainerdPullUnasked:
    facts = STRAIGHT | facts
    return containerd_pull.gather(Runtime(), TARGET, *[None] * 7, **facts)


def test_no_runtime_is_made_to_wait_for_what_was_waited_for() -> None:
    assert by_docker().why.startswith("nothing answered on the way to the registry, and docker")
    assert "containerd goes no other" in by_containerd().why


@pytest.mark.parametrize("facts", EITHER_WAY)
def test_a_pull_that_may_tell_something_is_tried(facts: dict[str, object]) -> None:
    with pytest.raises(Asked):
        by_docker(**facts)
    with pytest.raises(Asked):
        by_containerd(**facts)


@pytest.mark.parametrize("change", [{"proxies": BY_PROXY}, {"storage_driver": "overlayfs"}])
def test_docker_may_have_another_way(change: dict[str, object]) -> None:
    with pytest.raises(Asked):
        by_docker(replace(DOCKER, **change))


@pytest.mark.parametrize(
    "facts",
    [
        {"mirrors": None},
        {"mirrors": replace(STRAIGHT["mirrors"], mirrors=(SENT_ON,))},
        {"units": None},
        {"units": Units(units=(Unit(name="containerd", proxies=BY_PROXY, source="/etc/x.conf"),))},
    ],
)
def test_containerd_may_have_another_way(facts: dict[str, object]) -> None:
    with pytest.raises(Asked):
        by_containerd(**facts)
