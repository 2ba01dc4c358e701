"""Knows the two files that name look-ups go by: /etc/hosts and /etc/resolv.conf."""

from pathlib import Path

from diagnose.live import rooted

# resolv.conf(5): where the file names no server, or is not there or not to be read, the local
# machine is asked.
UNTOLD = "127.0.0.1"
_MOST = 8 << 20  # characters: what is beyond them costs time, and no look-up goes by it


def hosts(root: Path, name: str) -> tuple[str, ...]:
    """Give the addresses that /etc/hosts has for ``name``, which also counts with a final dot."""
    found = []
    for line in _lines(rooted.place(root, "etc/hosts")):
        address, *names = line.partition("#")[0].split() or [""]
        if name.lower().rstrip(".") in (listed.lower().rstrip(".") for listed in names):
            found.append(address)
    return tuple(dict.fromkeys(found))


def servers(root: Path) -> tuple[str, ...]:
    """Give the name servers of /etc/resolv.conf, in the order in which they are asked."""
    words = [line.split() for line in _lines(rooted.place(root, "etc/resolv.conf"))]
    return tuple(dict.fromkeys(w[1] for w in words if len(w) > 1 and w[0] == "nameserver"))


def _lines(path: Path) -> list[str]:
    try:
        with path.open(encoding="utf-8", errors="replace") as opened:
            return opened.read(_MOST).splitlines()
    except OSError:
        return []
