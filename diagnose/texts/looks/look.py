"""What a cause says in one line, and the one look that confirms it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A command, or none, and what its answer means.

    ``{image}``, ``{host}`` and ``{registry}`` stand for what the text named, quoted for a shell;
    words in capitals are for the reader to replace.
    """

    title: str
    command: str
    means: str
