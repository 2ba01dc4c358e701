"""A bundle's bytes as a recording and facts; anything that is not one is refused."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from checks.target import UsageError, parse
from diagnose.bundle import lines, unpack
from diagnose.bundle.errors import BundleError
from diagnose.bundle.recording import Recording
from diagnose.facts import Facts


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """``manifest`` is as it stands in the file; its hashes were compared."""

    manifest: dict[str, Any]
    recording: Recording
    facts: Facts

    @property
    def version(self) -> str:
        """The version of the program that made it."""
        tool = self.manifest.get("tool")
        return str(tool.get("version", "")) if isinstance(tool, dict) else ""

    @property
    def redacted(self) -> bool:
        return self.manifest.get("redacted") is True

    @property
    def salt_id(self) -> str:
        """Names of bundles with the same one may be compared; empty where nothing was redacted."""
        return str(self.manifest.get("salt_id") or "")


def read(path: Path | str) -> Bundle:
    """Read a bundle; raise `BundleError` with one sentence on anything else."""
    return bundle(unpack.members(Path(path)))


def bundle(members: dict[str, bytes]) -> Bundle:
    """Give the bundle of these files."""
    manifest = unpack.verified(members)
    for name in (lines.RUN, lines.REPLIES, lines.FACTS):
        if name not in members:
            raise BundleError(f"the bundle has no {name}")
    recording = lines.recording(
        unpack.json_of(lines.RUN, members[lines.RUN]),
        unpack.lines_of(lines.REPLIES, members[lines.REPLIES]),
    )
    try:
        parse(recording.asked.text)
    except UsageError as error:
        raise BundleError(f"{lines.RUN}: asked.text: {error}") from None
    return Bundle(
        manifest=manifest,
        recording=recording,
        facts=lines.facts(unpack.json_of(lines.FACTS, members[lines.FACTS])),
    )
