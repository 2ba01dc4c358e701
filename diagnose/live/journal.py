"""Knows what the runtimes logged about one registry of late: a few lines, cleaned and capped.

Only lines that name the registry and speak of a failure are taken; all others are never kept. The
service of artifact streaming stands between containerd and every registry, and mostly fails without
a name: of its failures the last ones are taken.
"""

import re
import shutil
import subprocess
from collections.abc import Iterable

from checks.machine_replies import LogReply
from checks.replies import Failure, Trouble
from diagnose.live import acr_mirror
from diagnose.live.deadline import Deadline, DeadlinePassedError
from diagnose.live.machine_files import MachineFiles
from diagnose.live.unit_files import UNITS, is_installed
from diagnose.live.wording import tidy

_FILES = ("/var/log/syslog", "/var/log/messages", "/var/log/daemon.log")
_TAGS = {"dockerd": "docker", "containerd": "containerd", "kubelet": "kubelet"}
_TAGGED = re.compile(r"\b(dockerd|containerd|kubelet)\[\d+\]: (.*)")
_FAILING = re.compile(
    r"fail|error|denied|unauthorized|forbidden|x509|time-?out|refused|no space|no such host|"
    r"not found",
    re.IGNORECASE,
)
# logfmt's and klog's times, and the thread's number
_WHEN = re.compile(r'^(?:time="?\S+"? |[IWEF]\d{4} \d\d:\d\d:\d\d\.\d+\s+\d+ )')
_MOST, _LONGEST, _BYTES = 20, 600, 1 << 18
_READ = 8192  # characters of a line in which secrets are looked for
_SECONDS = 2.0  # for each unit


def lines(
    files: MachineFiles, root: str, login_server: str, deadline: Deadline
) -> tuple[LogReply, ...] | Failure:
    """Return what was logged, oldest first; ABSENT where there is no log that can be read."""
    program = shutil.which("journalctl") if root == "/" else None
    if program:
        found: list[LogReply] = []
        mirror = (acr_mirror.UNIT,) if is_installed(files, acr_mirror.UNIT) else ()
        for unit in (*UNITS, *mirror):
            told = _journal(program, unit, deadline)
            if isinstance(told, Failure):
                return told
            rows = ((unit, line) for line in told.splitlines())
            found += _kept(files, rows, "" if unit in mirror else login_server)
        return tuple(found)
    texts = [text for path in _FILES if (text := files.tail(path, _BYTES))]
    if not texts:
        return Failure(trouble=Trouble.ABSENT, detail="no log on this machine")
    return tagged(files, (line for text in texts for line in text.splitlines()), login_server)


def tagged(files: MachineFiles, lines: Iterable[str], login_server: str) -> tuple[LogReply, ...]:
    """Return what a log of all programs, as syslog writes it, has of the runtimes."""
    rows = ((_TAGS[match[1]], match[2]) for line in lines if (match := _TAGGED.search(line)))
    return tuple(_kept(files, rows, login_server))


def _kept(
    files: MachineFiles, rows: Iterable[tuple[str, str]], login_server: str
) -> list[LogReply]:
    fitting = [
        (unit, _WHEN.sub("", line))
        for unit, line in rows
        if login_server in line.lower() and _FAILING.search(line)
    ]
    return [
        LogReply(unit=unit, line=tidy(files.cleaned(_opening(line)), _LONGEST))
        for unit, line in fitting[-_MOST:]
    ]


def _opening(line: str) -> str:
    """Give a line's beginning, up to a space: half a secret would not be known for one."""
    return line if len(line) <= _READ else line[:_READ].rpartition(" ")[0]


def _journal(program: str, unit: str, deadline: Deadline) -> str | Failure:
    """Ask for the last hour of one unit; it needs no root where the user may read the journal."""
    command = [program, "--no-pager", "-q", "-o", "cat", "-u", unit]
    command += ["-n", "500", "--since", "1 hour ago"]
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=deadline.cap(_SECONDS),
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Failure(trouble=Trouble.TIMEOUT, detail="the journal gave no answer in time")
    except DeadlinePassedError:
        return Failure(trouble=Trouble.DEADLINE, detail="the run's time was used up")
    except OSError:
        return Failure(trouble=Trouble.ABSENT, detail="journalctl cannot be run")
    if done.returncode:
        return Failure(trouble=Trouble.FORBIDDEN, detail="this user may not read the journal")
    return done.stdout[-_BYTES:].decode("utf-8", "replace")
