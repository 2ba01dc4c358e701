"""The simulated machine's own state: its files, its environment."""

from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Machine:
    """What the operating system of the VM holds.

    ``files`` are whole files as a real machine has them, by absolute path; ``environ`` is the
    environment of the shell in which the diagnosis is started.
    """

    files: dict[str, str] = field(default_factory=dict)
    environ: dict[str, str] = field(default_factory=dict)


def write_files(machine: Machine, root: Path) -> None:
    """Write the machine's files under ``root``, as they stand now."""
    for path, text in machine.files.items():
        place = root / path.lstrip("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
