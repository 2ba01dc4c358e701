"""From a recording to the files of a bundle: redacted first, then judged anew, then compared."""

from collections import defaultdict
from collections.abc import Callable, Sequence

from checks.privacy import Sensitivity
from diagnose.bundle import changing, contents, outline, redact
from diagnose.bundle.changing import Alias
from diagnose.bundle.contents import About
from diagnose.bundle.judging import judged
from diagnose.bundle.pseudonyms import Pseudonyms
from diagnose.bundle.recording import Recording
from diagnose.facts import NOTHING, Facts
from diagnose.session import Result

Command = Callable[[Alias], Sequence[str]]
"""The command line, in which the given alias stands for each value."""


def made(
    recording: Recording,
    then: Result,
    command: Command,
    names: Pseudonyms | None,
    kept: Facts = NOTHING,
) -> dict[str, bytes]:
    """Give a bundle's files by name.

    ``then`` is what the run came to; the manifest says whether the bundle comes to the same.
    ``names`` is None for a bundle that is not redacted.
    """
    alias: Alias = changing.bare
    counts = _Counts()
    if names:
        alias = counts.of(names)
        recording = redact.redacted(recording, alias)
        kept = NOTHING  # facts are made from what was redacted, or not at all
    now = judged(recording, kept)
    about = About(
        command=tuple(command(alias)),
        redacted=names is not None,
        salt_id=names.salt_id if names else "",
        redactions=counts.told(),
        holds=outline.of(now.verdict) == outline.of(then.verdict),
    )
    return contents.members(recording, now, about)


class _Counts:
    """How many different values of each class were replaced."""

    def __init__(self) -> None:
        self._seen: defaultdict[Sensitivity, set[str]] = defaultdict(set)

    def of(self, names: Pseudonyms) -> Alias:
        def alias(sensitivity: Sensitivity, text: str) -> str:
            told = names.of(sensitivity, text)
            if told != text:
                self._seen[sensitivity].add(text)
            return told

        return alias

    def told(self) -> dict[str, int]:
        return {str(one): len(self._seen[one]) for one in sorted(self._seen)}
