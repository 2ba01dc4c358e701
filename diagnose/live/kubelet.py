"""Knows where the kubelet's credential providers are configured, and how to read that one shape.

AKS writes the file as YAML (AgentBaker, parts/linux/cloud-init/artifacts/cse_config.sh) and names
it in the kubelet's flags. A YAML library is no dependency, so this file reads the few forms that a
list of providers can take: JSON, block lists, flow lists.
"""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from checks.machine_replies import ProviderReply
from checks.ports import Failure, Trouble

_CONFIG = "/var/lib/kubelet/credential-provider-config.yaml"
_PROGRAMS = "/var/lib/kubelet/credential-provider"
_TOLD = (
    "etc/default/kubelet",
    "etc/sysconfig/kubelet",
    "etc/systemd/system/kubelet.service",
    "lib/systemd/system/kubelet.service",
)
_FLAG = re.compile(r"--image-credential-provider-(config|bin-dir)[=\s]+[\"']?([^\s\"'\\]+)")
_CAP = 256 * 1024  # characters
_KEY = re.compile(r"(?P<key>[A-Za-z]+):(?:\s+(?P<value>.*))?\Z")


def providers(
    root: Path, heard: Callable[[str], None] = lambda _: None
) -> tuple[ProviderReply, ...] | Failure:
    """Give the entries; none where the kubelet is told of no provider, ABSENT without kubelet.

    ``heard`` is told each text before it is read: a plug-in's variables may hold secrets.
    """
    flags = dict(told_flags(root))
    place = flags.get("config", _CONFIG)
    programs = root / flags.get("bin-dir", _PROGRAMS).lstrip("/")
    try:
        path = root / place.lstrip("/")
        if not path.exists():
            return () if "config" in flags else _without(root)
        whole = sorted(path.glob("*.*")) if path.is_dir() else [path]  # newer ones take a folder
        texts = [one.read_text(encoding="utf-8")[:_CAP] for one in whole]
        for text in texts:
            heard(text)
        rows = [row for text in texts for row in _rows(text)]
    except PermissionError:
        return Failure(trouble=Trouble.FORBIDDEN, detail=place)
    except (OSError, ValueError):
        return Failure(trouble=Trouble.PROTOCOL, detail=place)
    found = tuple(
        ProviderReply(
            name=name, match_images=images, source=place, installed=(programs / name).exists()
        )
        for name, images in rows
        if name and images
    )
    return found or Failure(trouble=Trouble.PROTOCOL, detail=place)


def _without(root: Path) -> tuple[ProviderReply, ...] | Failure:
    here = any((root / name).exists() for name in (*_TOLD, "var/lib/kubelet"))
    return () if here else Failure(trouble=Trouble.ABSENT, detail="no kubelet on this machine")


def told_flags(root: Path) -> Iterator[tuple[str, str]]:
    drop_ins = sorted((root / "etc/systemd/system/kubelet.service.d").glob("*.conf"))
    for path in (*(root / name for name in _TOLD), *drop_ins):
        try:
            text = path.read_text(encoding="utf-8", errors="replace")[:_CAP]
        except OSError:
            continue
        yield from _FLAG.findall(text)


def _rows(text: str) -> list[tuple[str, tuple[str, ...]]]:
    """Give name and patterns of each provider in a CredentialProviderConfig."""
    if text.lstrip().startswith("{"):
        return _json_rows(json.loads(text))
    rows: list[tuple[str, list[str]]] = []
    outer = -1  # the column of the dashes that begin a provider
    inside = False  # the list of patterns
    for column, content in _listed(text):
        bare = content.removeprefix("- ").strip()
        begins = content != bare and outer in (-1, column)
        if begins:
            outer = column
            rows.append(("", []))
        elif content != bare and inside:
            rows[-1][1].append(_plain(bare))
            continue
        key = _KEY.match(bare if begins else content)
        value = (key["value"] or "") if key else ""
        inside = bool(key and key["key"] == "matchImages")
        if inside and rows and value.startswith("["):
            rows[-1][1].extend(_plain(part) for part in value.strip("[]").split(",") if part)
        if rows and key and key["key"] == "name":
            rows[-1] = (_plain(value), rows[-1][1])
    return [(name, tuple(images)) for name, images in rows]


def _listed(text: str) -> Iterator[tuple[int, str]]:
    """Give column and content of the lines below ``providers:``, without comments."""
    below = False
    for line in text.splitlines():
        bare = line.partition(" #")[0].rstrip()
        content = bare.lstrip(" ")
        column = len(bare) - len(content)
        if not content or content.startswith(("#", "---")):
            continue
        if column == 0 and not content.startswith("- "):
            below = content == "providers:"
        elif below:
            yield column, content


def _json_rows(document: Any) -> list[tuple[str, tuple[str, ...]]]:
    found = document.get("providers") if isinstance(document, dict) else None
    rows = [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []
    return [
        (
            str(row.get("name", "")),
            tuple(image for image in row.get("matchImages") or () if isinstance(image, str)),
        )
        for row in rows
    ]


def _plain(text: str) -> str:
    return text.strip().strip("\"'")
