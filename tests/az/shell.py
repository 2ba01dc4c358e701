"""A POSIX shell in which `az` is the only program: lines run as somebody would paste them.

The shell is the machine's own `sh`, so that quoting is judged by a real one. Its PATH holds nothing
but a small `az`, which hands its words to the test process and prints what comes back. A line that
asks for any other program fails with 127.
"""

import contextlib
import json
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

_AZ = """#!{python} -IS
import json, socket, sys
server = socket.socket(socket.AF_UNIX)
server.connect({path!r})
server.sendall(json.dumps(sys.argv[1:]).encode())
server.shutdown(socket.SHUT_WR)
code, out, err = json.loads(server.makefile().read())
sys.stdout.write(out)
sys.stderr.write(err)
sys.exit(code)
"""
_SH = shutil.which("sh") or "/bin/sh"


@dataclass(frozen=True)
class Reply:
    """What one program, or one line, left behind."""

    code: int
    out: str = ""
    err: str = ""


def keeping(line: str, path: str) -> str:
    """Give the lines that write into a file what ``line`` has set: the next one may use it."""
    names = re.findall(r"(?:^|&& )([A-Z_]+)=", line)
    return "".join(f"printf '%s=%s\\0' {name} \"${{{name}-}}\" >>{path}\n" for name in names)


def kept_in(path: Path) -> dict[str, str]:
    pairs = path.read_text().split("\0")[:-1] if path.exists() else []
    return dict(pair.split("=", 1) for pair in pairs)


class Shell:
    """Variables last from line to line, as in the shell that somebody pastes into."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.variables: dict[str, str] = {}

    def run(self, line: str) -> Reply:
        kept = self._folder / "kept"
        kept.unlink(missing_ok=True)
        save = keeping(line, str(kept))
        environment = {"PATH": str(self._folder / "bin"), **self.variables}
        # -u: a variable that no step has set is an error, not an empty word.
        done = subprocess.run(
            [_SH, "-u", "-c", f"{line}\ncode=$?\n{save}exit $code\n"],
            env=environment,
            capture_output=True,
            text=True,
            timeout=30,
            stdin=subprocess.DEVNULL,
            check=False,
        )
        self.variables |= kept_in(kept)
        return Reply(done.returncode, done.stdout, done.stderr)


@contextlib.contextmanager
def shell(az: Callable[[list[str]], Reply]) -> Iterator[Shell]:
    """Start a shell whose `az` is this function."""
    with tempfile.TemporaryDirectory(prefix="az-") as name:  # short: a socket's path is limited
        folder = Path(name)
        path = folder / "socket"
        program = folder / "bin" / "az"
        program.parent.mkdir()
        program.write_text(_AZ.format(python=sys.executable, path=str(path)))
        program.chmod(0o755)
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(str(path))
            server.listen()
            thread = threading.Thread(target=_serve, args=(server, az), daemon=True)
            thread.start()
            try:
                yield Shell(folder)
            finally:
                server.shutdown(socket.SHUT_RDWR)  # closing alone would not wake the thread
                thread.join(5)


def _serve(server: socket.socket, az: Callable[[list[str]], Reply]) -> None:
    while True:
        try:
            client, _ = server.accept()
        except OSError:  # closed
            return
        with client, client.makefile("rw") as stream:
            reply = az(json.loads(stream.read()))
            stream.write(json.dumps([reply.code, reply.out, reply.err]))
            stream.flush()
