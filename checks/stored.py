"""The logins that docker keeps for this registry, each tried as docker would send it.

A token says by itself when it is over, so an expired one is not sent. On a node of AKS the kubelet
pulls, which does not read docker's configuration; there it is not looked at.
"""

from dataclasses import dataclass

from checks import answers, asks
from checks.contract import Check, Fact, Health, Unseen
from checks.host import Host
from checks.ports import World
from checks.replies import Failure, HttpReply, Trouble
from checks.target import Target
from checks.token_replies import Granted, StoredReply, Token
from checks.words import Word

NULL_USER = "00000000-0000-0000-0000-000000000000"  # stands beside a token as the password


class State(Word):
    """What a stored login is worth here."""

    ACCEPTED = "accepted"
    POWERLESS = "accepted, without the right to pull"
    REFUSED = "refused"
    EXPIRED = "expired"
    UNKNOWN = "not known"


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """One login. ``token`` names the access token that it was given."""

    source: str
    user: str  # empty for a token
    state: State
    message: str = ""  # the registry's words
    token: Token | None = None

    @property
    def words(self) -> str:
        who = f"user {self.user}" if self.user and self.user != NULL_USER else "a token"
        said = f": {self.message}" if self.message else ""
        return f"{self.source} keeps {who}, {self.state}{said}"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredLogins(Fact):
    """Docker keeps at least one login for this registry."""

    logins: tuple[Login, ...]

    @property
    def usable(self) -> Login | None:
        return next((one for one in self.logins if one.state is State.ACCEPTED), None)

    @property
    def spoilt(self) -> Login | None:
        """The first that the registry would not take, where none is taken."""
        bad = (State.EXPIRED, State.REFUSED)
        found = [one for one in self.logins if one.state in bad]
        settled = all(one.state in bad for one in self.logins)
        return found[0] if found and settled else None

    @property
    def health(self) -> Health:
        if self.usable:
            return Health.OK
        return Health.FAIL if self.spoilt else Health.UNKNOWN

    @property
    def summary(self) -> str:
        return "; ".join(one.words for one in self.logins)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoStoredLogin(Fact):
    others: bool  # docker keeps logins, but for other registries

    @property
    def summary(self) -> str:
        if self.others:
            return "docker keeps logins, but none for this registry"
        return "docker keeps no login"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredLoginsHidden(Unseen):
    why: str

    @property
    def summary(self) -> str:
        return f"docker's logins: {self.why}"


def gather(
    world: World, target: Target, host: Host
) -> StoredLogins | NoStoredLogin | StoredLoginsHidden:
    if host.aks_node:
        return StoredLoginsHidden(why="not looked at, since the kubelet does not use them")
    return parse(world.tokens.stored(target.login_server, target.repository), target)


def parse(
    replies: tuple[StoredReply, ...] | Failure, target: Target
) -> StoredLogins | NoStoredLogin | StoredLoginsHidden:
    if isinstance(replies, Failure):
        if replies.trouble is Trouble.ABSENT:
            return NoStoredLogin(others=False)
        return StoredLoginsHidden(why=f"{replies.trouble}: {answers.clean(replies.detail)}")
    if not replies:
        return NoStoredLogin(others=True)
    return StoredLogins(logins=tuple(_login(reply, target) for reply in replies))


def _login(reply: StoredReply, target: Target) -> Login:
    state, message, token = State.UNKNOWN, "", None
    answer = reply.answer
    if reply.expired:
        state = State.EXPIRED
    elif isinstance(answer, Granted):
        token = answer.token
        pulls = any(
            entry.name == target.repository and {"pull", "*"} & set(entry.actions)
            for entry in answer.claims.access
        )
        state = State.ACCEPTED if pulls or not target.repository else State.POWERLESS
    elif isinstance(answer, HttpReply):
        message = answers.registry_error(answer).message or f"HTTP {answer.status}"
        # Any other status is about the network, the service or something in between.
        refused = answer.status == 401 and answers.from_acr(answer)
        state = State.REFUSED if refused else State.UNKNOWN
    elif isinstance(answer, Failure):
        message = str(answer.trouble)
    source, user = answers.clean(reply.source), answers.clean(reply.user, 100)
    return Login(source=source, user=user, state=state, message=message, token=token)


CHECK = Check(
    id="stored-credentials",
    title="docker's stored logins are in order",
    gather=gather,
    asks=(
        asks.read("~/.docker/config.json", "which logins docker keeps"),
        asks.run("docker-credential-*", "the login that a helper keeps"),
        asks.registry("POST", "/oauth2/token", "is a stored login still good"),
        asks.registry("GET", "/oauth2/token", "is a stored password still good"),
    ),
)
