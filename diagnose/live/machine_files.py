"""Knows how to read a machine's own small files under a root; what cannot be read is not there.

The secrets in them are told to the run's vault before anybody sees the text.
"""

from pathlib import Path

from diagnose.live import rooted, spotting
from diagnose.live.vault import Vault

_MOST = 1 << 20  # bytes; settings are small


class MachineFiles:
    """The files of a machine whose ``/`` is ``root``; paths are the machine's own."""

    def __init__(self, root: str, vault: Vault | None = None) -> None:
        self._root = Path(root)
        self._vault = vault or Vault()

    def text(self, path: str) -> str:
        """Return the file's text, or nothing."""
        try:
            with self.place(path).open(encoding="utf-8", errors="replace") as file:
                text = file.read(_MOST)
        except OSError:
            return ""
        self.heard(text)
        return text

    def tail(self, path: str, most: int) -> str:
        """Return the last ``most`` bytes of a file that may be long, from a whole line on."""
        try:
            with self.place(path).open("rb") as file:
                size = file.seek(0, 2)
                file.seek(max(0, size - most))
                text = file.read(most).decode("utf-8", "replace")
        except OSError:
            return ""
        return text if size <= most else text.partition("\n")[2]

    def exists(self, path: str) -> bool:
        try:
            return self.place(path).exists()
        except OSError:
            return False

    def listed(self, folder: str, ending: str) -> tuple[str, ...]:
        """Return the paths of a folder's files that end so, by name."""
        try:
            names = sorted(one.name for one in self.place(folder).iterdir())
        except OSError:
            return ()
        return tuple(f"{folder}/{name}" for name in names if name.endswith(ending))

    def heard(self, settings: str) -> None:
        """Remember the secrets of a file that was read."""
        self._vault.remember(spotting.of_settings(settings))

    def cleaned(self, line: str) -> str:
        """Return one line of a log without the secrets in it, and remember them."""
        self._vault.remember(spotting.of_words(line))
        return self._vault.clean(line)

    def place(self, path: str) -> Path:
        return rooted.place(self._root, path)
