"""What the .deb and the .rpm both put on a machine, and where.

The program is one file under /opt: its packages have general names, `checks` among them, and must
not become importable for everybody. The services come switched off.
"""

from pathlib import Path

import man
from release import NAME, ROOT, Entry, gzip, out

PROGRAM = f"opt/{NAME}/{NAME}.pyz"
SETTINGS = f"etc/{NAME}/{NAME}.env"
UNITS = (f"{NAME}.service", f"{NAME}.timer", f"{NAME}-agent.service")
SUMMARY = "why an image will not pull from an Azure Container Registry"
# What package managers show: a text in plain lines, its parts with an empty line between them.
ABOUT = """\
acr-diagnose walks the way that a pull takes from this machine to the registry:
name resolution, the path, TLS, the registry's firewall, tokens, the manifest,
a layer, the container runtime. It names one root cause with its evidence and a
command that mends it. It changes nothing, and needs no root.

A service and a timer that watch a registry for Prometheus are included and
switched off.
"""
_PACKAGING = ROOT / "packaging"


def contents(*, zsh: str) -> tuple[Entry, ...]:
    """Give the files; ``zsh`` is the folder of completions, which distributions do not agree on."""
    completions = _PACKAGING / "completions"
    places = {
        f"usr/bin/{NAME}": _PACKAGING / "launcher" / NAME,
        SETTINGS: _PACKAGING / "systemd" / f"{NAME}.env",
        **{f"usr/lib/systemd/system/{unit}": _PACKAGING / "systemd" / unit for unit in UNITS},
        f"usr/share/bash-completion/completions/{NAME}": completions / f"{NAME}.bash",
        f"usr/share/fish/vendor_completions.d/{NAME}.fish": completions / f"{NAME}.fish",
        f"usr/share/zsh/{zsh}/_{NAME}": completions / f"{NAME}.zsh",
    }
    found = [_file(path, source) for path, source in places.items()]
    found.append(Entry(path=PROGRAM, data=archive().read_bytes(), mode=0o755))
    found.append(Entry(path=f"usr/share/man/man1/{NAME}.1.gz", data=gzip(man.page().encode())))
    return tuple(found)


def _file(path: str, source: Path) -> Entry:
    runs = path.startswith("usr/bin/")
    return Entry(path=path, data=source.read_bytes(), mode=0o755 if runs else 0o644)


def archive() -> Path:
    """Give the program's archive; it is built before the packages are."""
    found = out() / f"{NAME}.pyz"
    if not found.is_file():
        raise SystemExit(f"{found} is not there: make pyz")
    return found
