"""How to read what a runtime's own pull came to, docker's and containerd's alike."""

from checks import answers
from checks.machine_replies import PullReply
from checks.replies import Failure, Trouble

_LONGEST = 800  # what decides often stands last, behind a long URL


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
