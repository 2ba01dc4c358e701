"""What a program did to its machine, by strace: what it wrote, started, signalled and became.

strace writes a file for each thread, so that no line is broken by another's. A program that was
started is told apart from the one that started it: from its execve on, what it does is its own.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from subprocess import CompletedProcess

from tests.e2e.namespace import Namespace

_CALLS = "%file,%process,%creds,connect,bind,prlimit64,kill,tkill,tgkill,pidfd_send_signal,"
_CALLS += "rt_sigqueueinfo,rt_tgsigqueueinfo,ptrace,process_vm_readv,process_vm_writev,"
_CALLS += "fchmod,fchown,ftruncate,fallocate,fsetxattr,fremovexattr"
_LINE = re.compile(r"(?P<name>\w+)\((?P<told>.*)\)\s+= (?P<result>.+)\Z")
_PATH = re.compile(r'(?:(?:AT_FDCWD|\d+)<([^>]*)>, )?"((?:[^"\\]|\\.)*)"')
_DESCRIPTOR = re.compile(r"\d+<([^>]*)>")
_STRINGS = re.compile(r'"((?:[^"\\]|\\.)*)"(?:\.\.\.)?')
_FLAGS = re.compile(r"\bO_(?:WRONLY|RDWR|CREAT|TRUNC|APPEND|TMPFILE)\b")
_OPENING = ("open", "openat", "openat2")
_CHANGING = re.compile(
    r"(?:creat|rename(?:at2?)?|unlink(?:at)?|rmdir|mkdir(?:at)?|mknod(?:at)?|link(?:at)?"
    r"|symlink(?:at)?|f?l?chmod(?:at2?)?|f?l?chown(?:at)?|f?truncate|fallocate|utime\w*|futime\w*"
    r"|[fl]?(?:set|remove)xattr|u?mount2?|move_mount|pivot_root|chroot|swapo\w+|acct|quotactl)\Z"
)
_SIGNALLING = re.compile(
    r"(?:t?g?kill|pidfd_send_signal|rt_t?g?sigqueueinfo|ptrace|process_vm_\w+)"
)
_BECOMING = re.compile(r"(?:set\w*[ug]id\w*|setgroups\w*|capset)\Z")
_FORKING = ("clone", "clone3", "fork", "vfork")
_COMPILED = {"PYTHONDONTWRITEBYTECODE": "1"}  # sources may change while tests run
# Where a write changes nothing that is kept.
NOTHING = {
    "/dev/null": "what is not wanted goes there, and an empty standard input comes from there",
    "/proc/self/": "the kernel's own record of this process, such as a thread's name",
}


@dataclass(frozen=True)
class Call:
    name: str
    told: str
    result: str

    @property
    def failed(self) -> bool:
        return self.result.startswith("-1 ")

    @property
    def paths(self) -> list[str]:
        """Give every path that it names, whole; of a call on a descriptor, what is open there."""
        found = [
            path if path[:1] == "/" else f"{at}/{path}" for at, path in _PATH.findall(self.told)
        ]
        return found or _DESCRIPTOR.findall(self.told)

    @property
    def writes(self) -> bool:
        """Tell whether it changes a file, or was to: an attempt that failed counts."""
        if self.name in _OPENING:
            return bool(_FLAGS.search(self.told))
        return bool(_CHANGING.match(self.name)) or (
            self.name == "bind" and "sun_path=" in self.told
        )


@dataclass(frozen=True)
class Started:
    """One program that was started, with all that it was told."""

    path: str
    words: tuple[str, ...]
    environ: tuple[str, ...]


class Trace:
    """One run of a program in a namespace; ``done`` is how it ended."""

    def __init__(
        self,
        vm: Namespace,
        words: list[str],
        *,
        environ: dict[str, str] | None = None,
        timeout: float = 120,
    ) -> None:
        folder = vm.folder / f"trace-{len(list(vm.folder.glob('trace-*')))}"
        folder.mkdir()
        told = [
            "strace",
            "-ff",
            "--seccomp-bpf",
            "-qq",
            "-y",
            "-v",
            "-s",
            "131072",
            "-e",
            "signal=none",
        ]
        told += ["-e", f"trace={_CALLS}", "-o", str(folder / "of")]
        self.done: CompletedProcess[str] = vm.run(
            [*told, *words], timeout=timeout, environ={**_COMPILED, **(environ or {})}
        )
        threads = {int(one.suffix[1:]): _calls(one) for one in folder.glob("of.*")}
        first = min(threads)
        self.itself = _started(threads[first].pop(0))
        own = {first}
        self.calls: list[Call] = []
        self.started: list[Started] = []
        for number in sorted(threads):  # a thread's number is higher than its maker's
            if number not in own:
                continue
            calls = threads[number]
            at = next((i for i, call in enumerate(calls) if _starts(call)), len(calls))
            self.calls += calls[:at]
            self.started += [_started(call) for call in calls[at : at + 1]]
            own |= {_child(call) for call in calls[:at] if call.name in _FORKING}

    def written(self) -> list[str]:
        """Give each path that it changed, or was to, behind the call's name."""
        return [
            f"{call.name} {path}"
            for call in self.calls
            if call.writes
            for path in call.paths
            if not path.startswith(tuple(NOTHING))
        ]

    def signalled(self) -> list[Call]:
        return [call for call in self.calls if _SIGNALLING.match(call.name)]

    def became(self) -> list[Call]:
        return [call for call in self.calls if _BECOMING.match(call.name)]

    def sockets(self) -> set[str]:
        """Give the paths of the sockets that it connected to, or tried to."""
        found = (re.search(r'sun_path=@?"([^"]+)"', c.told) for c in self.calls)
        return {one[1] for one in found if one}

    def read(self) -> set[str]:
        """Give the files that it opened."""
        opened = (call for call in self.calls if call.name in _OPENING and not call.failed)
        return {path for call in opened for path in call.paths}


def _calls(file: Path) -> list[Call]:
    return list(_parsed(file.read_text(encoding="utf-8", errors="replace")))


def _parsed(text: str) -> Iterator[Call]:
    for line in text.splitlines():
        found = _LINE.match(line)
        if found:
            yield Call(found["name"], found["told"], found["result"])


def _starts(call: Call) -> bool:
    return call.name in ("execve", "execveat") and not call.failed


def _started(call: Call) -> Started:
    """Take ``"path", ["word", ...], ["NAME=value", ...]`` apart."""
    path, _, rest = call.told.partition(", [")
    words, _, environ = rest.partition("], [")
    path, *_ = _STRINGS.findall(path)
    return Started(path, tuple(_STRINGS.findall(words)), tuple(_STRINGS.findall(environ)))


def _child(call: Call) -> int:
    number = call.result.partition(" ")[0]
    return int(number) if number.isdigit() else 0
