"""How to read what a runtime's own pull came to, docker's and containerd's alike."""

from checks import answers
from checks.challenge import Challenge, ChallengeSilent
from checks.machine_replies import PullReply
from checks.pod_network import OwnNetwork
from checks.replies import Failure, Trouble
from checks.tcp_path import TcpReached

_LONGEST = 800  # what decides often stands last, behind a long URL


def withheld(challenge: Challenge | None) -> str:
    """Say why no runtime is given a login: it would take it wherever the registry sends it.

    Clients obey the realm that an answer names; containerd's CVE-2020-15157 made use of that.
    """
    if challenge is None or not challenge.leads_away:
        return ""
    return f"the registry sends logins to {challenge.realm}, which is not its own"


def in_vain(
    here: OwnNetwork | None,
    silent: ChallengeSilent | None,
    reached: TcpReached | None,
    runtime: str,
) -> str:
    """Say why a pull would only wait: in its own network nothing took a connection.

    A runtime waits longer than a run can: docker 15 s for an answer, containerd 30 s for each
    connection. Whether it has another way to the registry is for the caller to know.
    """
    if here is None or not here.is_seen:  # a container's network says nothing of the machine's
        return ""
    if silent is None or silent.trouble is not Trouble.TIMEOUT or reached is not None:
        return ""
    if silent.connected or silent.via_proxy:
        return ""
    return f"nothing answered on the way to the registry, and {runtime} goes no other"


def unasked(reply: PullReply | Failure) -> str:
    """Say why there was no pull; an empty string where one was tried."""
    if not isinstance(reply, Failure):
        return ""
    if reply.trouble is Trouble.SWITCHED_OFF:
        why = answers.clean(reply.detail)
        return why if why and not why.startswith("--no-pull") else "switched off (--no-pull)"
    return "the run's time was up" if reply.trouble is Trouble.DEADLINE else ""


def error(reply: PullReply | Failure) -> str:
    """Give the runtime's own words in one line, or why there are none."""
    if isinstance(reply, Failure):
        return answers.clean(reply.detail) or str(reply.trouble)
    return answers.clean(reply.error, _LONGEST)
