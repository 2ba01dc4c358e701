"""Knows how to ask an API server by kubectl: one process for each call, never a shell.

``--raw`` sends exactly the request that is named: no discovery before it, and the server's answer
comes as it is (https://kubernetes.io/docs/reference/kubectl/generated/kubectl_get/). What went
wrong is told by kubectl's own words alone: "Error from server (Forbidden): ...".
"""

import contextlib
import json
import os
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from typing import IO, Any
from urllib.parse import urlencode

from diagnose.kubernetes.api import ApiError, Posted, Reason
from diagnose.kubernetes.run import refusals
from diagnose.live import programs

_SECONDS = 20  # for one answer
_STARTING = 10  # seconds more, in which kubectl may start and sign in
_ROOM = 4000  # bytes of an error text that are read
_MOST = 64 << 20  # bytes of an answer; a page of 500 large pods has a third of that
_LINE = 8 << 20  # bytes of one change in a watch; etcd takes no object of 2 MB


class Kubectl:
    """`diagnose.kubernetes.api.Api`. ``seconds`` is the limit of one answer."""

    def __init__(
        self,
        context: str = "",
        kubeconfig: str = "",
        *,
        program: str = "kubectl",
        seconds: float = _SECONDS,
    ) -> None:
        self._program = shutil.which(program) or ""
        if not self._program:
            raise ApiError(Reason.NO_KUBECTL, "kubectl is not on the PATH")
        which = [f"--context={context}"] if context else []
        which += [f"--kubeconfig={os.path.expanduser(kubeconfig)}"] if kubeconfig else []  # noqa: PTH111 a path that does not exist stays as it was given
        self._which = which
        self._seconds = seconds
        self.client = shlex.join(["kubectl", *which])

    def get(self, path: str, query: Mapping[str, str] | None = None) -> bytes:
        return self._run("get", _uri(path, query))

    def post(self, path: str, body: Mapping[str, Any]) -> bytes:
        return self._run("create", path, "-f", "-", sent=json.dumps(body).encode())

    def post_all(self, items: Sequence[Mapping[str, Any]], seconds: float) -> Posted:
        """One process sends them one after the other; it looks up where their kinds belong."""
        sent = json.dumps({"apiVersion": "v1", "kind": "List", "items": list(items)}).encode()
        line = [self._program, *self._which, f"--request-timeout={max(1, round(self._seconds))}s"]
        line += ["create", "-f", "-", "-o", "name", "--validate=false"]
        try:
            done = _done(line, sent, seconds)
        except subprocess.TimeoutExpired as late:
            error = ApiError(Reason.SILENT, f"not done within {seconds:.0f} s")
            return Posted(len((late.stdout or b"").splitlines()), error)
        except OSError as error:
            return Posted(0, ApiError(Reason.NO_KUBECTL, f"kubectl does not run: {error.strerror}"))
        return refusals.posted(done.stdout, done.stderr, done.returncode)

    def delete(self, path: str, query: Mapping[str, str] | None = None) -> None:
        self._run("delete", _uri(path, query))

    def watch(self, path: str, query: Mapping[str, str], seconds: int) -> "Watch":
        query = {**query, "watch": "1", "timeoutSeconds": str(seconds)}
        return Watch(self._line("get", _uri(path, query), seconds=seconds + _SECONDS))

    def _line(self, verb: str, uri: str, *more: str, seconds: float) -> list[str]:
        limit = f"--request-timeout={max(1, round(seconds))}s"
        return [self._program, *self._which, limit, verb, "--raw", uri, *more]

    def _run(self, verb: str, uri: str, *more: str, sent: bytes = b"") -> bytes:
        line = self._line(verb, uri, *more, seconds=self._seconds)
        limit = self._seconds + _STARTING
        try:
            done = programs.run(line, sent, os.environ, limit, _MOST, os.curdir)
        except TimeoutError:
            raise ApiError(Reason.SILENT, f"no answer within {limit:.0f} s") from None
        except programs.TooMuchSaidError:
            told = f"its answer has more than {_MOST >> 20} MB"
            raise ApiError(Reason.GARBAGE, told) from None
        except OSError as error:
            raise ApiError(Reason.NO_KUBECTL, f"kubectl does not run: {error.strerror}") from None
        if done.code:
            raise refusals.understood(done.err[-_ROOM:].decode(errors="replace"))
        return done.out


class Watch:
    """The lines that one kubectl prints until its watch is over."""

    def __init__(self, line: Sequence[str]) -> None:
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 it lives as long as the process
        try:
            self._process = subprocess.Popen(
                line,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=self._said,
                start_new_session=True,
            )
        except OSError as error:
            self._said.close()
            raise ApiError(Reason.NO_KUBECTL, f"kubectl does not run: {error.strerror}") from None
        self._closed = False

    def __iter__(self) -> Iterator[bytes]:
        out: IO[bytes] = self._process.stdout  # type: ignore[assignment]  # it is a pipe
        with out, self._said:
            while line := out.readline(_LINE):
                if len(line) == _LINE:
                    self.close()
                    raise ApiError(Reason.BROKEN, f"a change has more than {_LINE >> 20} MB")
                yield line
            if self._process.wait() and not self._closed:
                self._said.seek(0)
                raise refusals.understood(self._said.read(_ROOM).decode(errors="replace"))

    def close(self) -> None:
        self._closed = True
        with contextlib.suppress(OSError):
            self._process.kill()


def _done(line: Sequence[str], sent: bytes, seconds: float) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run(
        line,
        input=sent,
        capture_output=True,
        timeout=seconds,
        check=False,
        start_new_session=True,  # Ctrl-C ends us, and we decide what becomes of a call
    )


def _uri(path: str, query: Mapping[str, str] | None) -> str:
    return f"{path}?{urlencode(query)}" if query else path
