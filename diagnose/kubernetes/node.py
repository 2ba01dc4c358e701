"""What runs in a pod of the debug DaemonSet: one diagnosis, one line, then rest.

The node's own files stand below the folder that ACR_DIAGNOSE_HOST_ROOT names; what the kernel tells
(/proc, /sys) is the pod's own, which is the node's as the network is. Where ACR_DIAGNOSE_NODE_LOG
names a folder of the node, the whole report is left there as well.
"""

import contextlib
import importlib
import os
import signal
import sys
import threading
import traceback
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from checks.target import Asked
from diagnose import front, reports
from diagnose.bundle import writing
from diagnose.bundle.errors import WriteError
from diagnose.grouping import compact
from diagnose.kubernetes.manifest.names import LOG_VARIABLE, NOTE, REPORT
from diagnose.kubernetes.manifest.systems import AUTHORITIES
from diagnose.live import rooted
from diagnose.live.options import Options
from diagnose.session import Result

ROOT = "ACR_DIAGNOSE_HOST_ROOT"
NAME = "NODE_NAME"  # from the downward API
MESSAGE = Path("/dev/termination-log")
_TERMINATED = 128 + signal.SIGTERM
# Loaded before the clock starts: with a tenth of a processor this takes seconds, in which no
# handshake should have to wait for it and look like a network that is slow.
_HEAVY = (
    "azure.core.rest",
    "azure.mgmt.containerregistry",
    "dns.message",
    "dns.query",
    "docker",
    "h2.connection",
    "requests",
)


def options(
    environ: Mapping[str, str],
    *,
    client_id: str,
    arm: bool,
    pull: bool,
    runtime: str,
    seconds: float,
) -> Options:
    """Give what to run with, as the pod was told."""
    root = environ.get(ROOT) or "/"
    told = Options(timeout=seconds, client_id=client_id, arm=arm, pull=pull, runtime=runtime)
    if root == "/":
        return told
    return replace(
        told,
        root=root,
        kernel="/",
        ca_file=_authorities(Path(root)),
    )


def run(asked: Asked, options: Options, *, once: bool, exit_zero: bool) -> int:
    """Diagnose, and tell it on stdout and in the termination message.

    ``once`` gives the exit code of ``acr-diagnose run``, or 0 with ``exit_zero``; else it rests
    until SIGTERM, and gives 0.
    """
    # As the first process of its container it would not hear SIGTERM without a handler.
    signal.signal(signal.SIGTERM, lambda *_: os._exit(_TERMINATED))
    code = _told(asked, options)
    if once or exit_zero:
        return 0 if exit_zero else code
    over = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: over.set())
    signal.signal(signal.SIGINT, lambda *_: over.set())
    while not over.wait(0.5):  # a signal's handler runs between two waits
        pass
    return 0


def _told(asked: Asked, options: Options) -> int:
    for name in _HEAVY:
        with contextlib.suppress(ImportError):  # what needs it says so by itself
            importlib.import_module(name)
    try:
        result = front.result_of(asked, options, quiet=True)
        line = compact.line(os.environ.get(NAME) or os.uname().nodename, result)
        code = front.code(result)
    except Exception as error:  # noqa: BLE001 a bug of ours must still leave a word
        sys.stderr.write(traceback.format_exc())
        _leave(f"acr-diagnose itself failed: {type(error).__name__}")
        return front.BROKEN
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
    _leave(line)  # the verdict first: whatever the disk does, it is told
    unwritten = _kept(result)
    if unwritten:
        sys.stderr.write(f"{unwritten}\n")
        both = f"{line}\n{unwritten}"
        if len(both.encode()) <= compact.MOST:  # of a longer message the beginning would be lost
            _leave(both)
    return code


def _kept(result: Result) -> str:
    """Leave the report on the node if that was asked for; give a sentence where it cannot be."""
    folder = os.environ.get(LOG_VARIABLE, "")
    if not folder:
        return ""
    try:
        writing.write(Path(folder) / REPORT, reports.json.render(result).encode())
    except WriteError as error:
        return f"{NOTE}{error}"
    return ""


def _leave(message: str) -> None:
    """Write the message that Kubernetes keeps with the pod's status, where this is a pod."""
    try:
        if MESSAGE.exists():
            MESSAGE.write_text(message, encoding="utf-8")
    except OSError:
        sys.stderr.write(f"{MESSAGE} cannot be written\n")


def _authorities(root: Path) -> str:
    """Give the node's own bundle; empty where the pod does not see it: then it is the image's."""
    places = (rooted.place(root, name) for name in AUTHORITIES)
    return next((str(place) for place in places if place.is_file()), "")
