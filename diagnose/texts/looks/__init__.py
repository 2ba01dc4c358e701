"""For each cause: its title, and the look that confirms it, with the text's own names in it."""

import shlex

from diagnose.texts.looks import firewall, identity, service, way
from diagnose.texts.looks.look import Look
from diagnose.texts.subject import Subject

ALL: dict[str, Look] = {**way.LOOKS, **firewall.LOOKS, **identity.LOOKS, **service.LOOKS}


def title(cause: str) -> str:
    return ALL[cause].title


def run(subject: Subject) -> str:
    """Give the command that asks the machine itself."""
    return f"acr-diagnose run {shlex.quote(subject.image)}"


def ask(cause: str, subject: Subject) -> str:
    """Give the look that confirms the cause, as a line to paste with its meaning as a comment."""
    look = ALL[cause]
    return _named(f"{look.command}  # {look.means}".strip(), subject)


def _named(line: str, subject: Subject) -> str:
    for word in ("image", "host", "registry"):
        line = line.replace(f"{{{word}}}", shlex.quote(getattr(subject, word)))
    return line
