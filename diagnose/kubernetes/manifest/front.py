"""Between the command line and the rendering: reads the nodes, writes the manifest."""

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from checks.target import UsageError
from diagnose.kubernetes.manifest import objects, packages
from diagnose.kubernetes.manifest.packages import NotInstalledError
from diagnose.kubernetes.manifest.parcels import Parcel, TooLargeError, parcels
from diagnose.kubernetes.manifest.wanted import Wanted

_MOST = 1 << 28  # characters of a list of nodes: that of 5,000 nodes has about 10,000 each


def nodes(place: str) -> dict[str, Any]:
    """Read ``kubectl get nodes -o json`` from a file, or from stdin where it is ``-``."""
    try:
        if place == "-":
            text = sys.stdin.read(_MOST)
        else:
            with Path(place).open(encoding="utf-8") as file:
                text = file.read(_MOST)
        found = json.loads(text)
    except OSError as error:
        raise UsageError(f"--nodes {place[:120]!r}: {os.strerror(error.errno or 0)}") from None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise UsageError("--nodes is not the output of kubectl get nodes -o json")
    return found


def code(wanted: Wanted) -> Sequence[Parcel]:
    """Give the program for a zero-pull pod, from what is installed here; nothing for the others."""
    if not wanted.zero_pull:
        return ()
    try:
        return parcels(packages.everything())
    except (NotInstalledError, TooLargeError) as error:
        raise UsageError(f"--zero-pull cannot bring the program along: {error}") from None


def render(wanted: Wanted, output: str) -> None:
    """Write the manifest to stdout, or to the file ``output``; tell what was left out on stderr."""
    text = objects.text(wanted, code(wanted))
    if output in ("", "-"):
        sys.stdout.write(text)
    else:
        try:
            Path(output).write_text(text, encoding="utf-8")
        except OSError as error:
            raise UsageError(f"-o {output[:120]!r}: {os.strerror(error.errno or 0)}") from None
    for sentence in wanted.left_out:
        sys.stderr.write(f"acr-diagnose: left out: {sentence}\n")
