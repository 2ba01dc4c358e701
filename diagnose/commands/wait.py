"""The ``--wait`` option: an optional duration, which typer's options cannot have by themselves."""

import re
from collections.abc import Sequence

DEFAULT = "10m"
_DURATION = re.compile(r"(?P<number>[0-9]{1,6})(?P<unit>[smh]?)\Z")
_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600}


def seconds(duration: str, option: str = "--wait") -> float:
    """Read ``90``, ``90s``, ``10m`` or ``1h``; raise `UsageError` on anything else."""
    from checks.target import UsageError  # with it comes all of `checks`, which --help needs not

    found = _DURATION.match(duration)
    if not found:
        raise UsageError(f"{option} {duration[:40]!r} is not a duration, such as 90s, 10m or 1h")
    return float(int(found["number"]) * _SECONDS[found["unit"]])


def spelt_out(words: Sequence[str]) -> list[str]:
    """Give a bare ``--wait`` its default, so that what follows it is not taken for its value."""
    spelt = []
    for word, following in zip(words, [*words, ""][1:], strict=True):
        bare = word == "--wait" and not _DURATION.match(following)
        spelt.append(f"--wait={DEFAULT}" if bare else word)
    return spelt
