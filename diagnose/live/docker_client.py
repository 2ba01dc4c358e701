"""Knows how to hold docker's SDK within bounds of bytes and of time, and to the engine it asks.

The SDK reads an answer of any size, waits for a pull without a limit, and follows redirects with
the registry's login in a header of docker's own, which requests does not take out.
"""

import time
from collections.abc import Mapping
from functools import cache
from types import SimpleNamespace
from typing import Any

from checks.replies import Failure, Trouble
from diagnose.live import loading
from diagnose.live.docker_socket import knock
from diagnose.live.trouble import CarrierError

_CHUNK = 64 * 1024
_ANSWER = 16 << 20  # bytes of a whole answer: the list of some thousand images is the longest
_LINE = 1 << 20  # bytes of one line of a pull's progress; docker's have some hundred
_STREAM = 256 << 20  # bytes of all of them
_LARGE = Failure(trouble=Trouble.TOO_LARGE, detail="the engine's answer")
_ELSEWHERE = Failure(
    trouble=Trouble.PROTOCOL, detail="it leads to another place, as no engine does"
)


def connected(environ: Mapping[str, str], seconds: float) -> Any:
    """Give the SDK's client, which asks for the engine's version at once, so this may raise."""
    with loading.alone:
        from docker import utils

    knock(environ["DOCKER_HOST"], seconds)
    settings: Any = utils.kwargs_from_env(environment=dict(environ))
    settings["timeout"] = seconds  # requests takes parts of a second
    return _kind()(version="auto", **settings)


@cache
def _kind() -> Any:
    """Give the client's class; a function, since docker's SDK is slow to load."""
    import docker

    class Bounded(docker.APIClient):
        """Reads every answer itself before the SDK can; of a pull, it hands on piece by piece."""

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            self._end = time.monotonic() + kwargs["timeout"]
            super().__init__(*args, **kwargs)

        def prepare_request(self, request: Any) -> Any:
            """Prepare without a login; where none is named, requests takes one from ~/.netrc."""
            request.auth = request.auth or _as_it_is
            return super().prepare_request(request)

        def send(self, request: Any, **kwargs: Any) -> Any:
            """Send one request of the SDK's, which knows no limit of its own for a pull."""
            kwargs["timeout"] = kwargs.get("timeout") or self.timeout
            streams = kwargs.get("stream")
            response = super().send(request, **{**kwargs, "stream": True, "allow_redirects": False})
            if 300 <= response.status_code < 400:
                response.close()
                raise CarrierError(_ELSEWHERE)
            source = _Source(response.raw, self._end)
            if streams and source.chunked:
                response.raw = source
                return response
            response._content = source.whole()  # noqa: SLF001 requests has no other way
            return response

    return Bounded


def _as_it_is(request: Any) -> Any:
    return request


class _Source:
    """An answer's bytes as they come, in the words in which the SDK asks urllib3 for them."""

    def __init__(self, raw: Any, end: float) -> None:
        self._raw, self._end = raw, end
        self._under: Any = raw._fp  # noqa: SLF001 http.client's; urllib3 1.26 knows no read1
        self._size = self._line = 0
        self.chunked = bool(self._under.chunked)
        self._fp = SimpleNamespace(chunked=self.chunked, chunk_left=0)  # the SDK looks here

    @property
    def closed(self) -> bool:
        return bool(self._raw.closed)

    def close(self) -> None:
        self._raw.close()

    def release_conn(self) -> None:
        self._raw.release_conn()

    def read(self, _amount: int = 0) -> bytes:
        """Give what comes next of a stream of lines; how much that is, the server chooses."""
        data = self._next(_STREAM)
        _, newline, rest = data.rpartition(b"\n")
        self._line = len(rest) + (0 if newline else self._line)
        self._check(fits=self._line <= _LINE)
        return data

    def whole(self) -> bytes:
        """Give the whole body."""
        pieces = []
        while piece := self._next(_ANSWER):
            pieces.append(piece)
        if self._under.length:  # what is missing
            raise EOFError  # http.client does not mind a body that ends early
        return b"".join(pieces)

    def _next(self, most: int) -> bytes:
        data = b""
        try:
            if time.monotonic() > self._end:
                raise TimeoutError("docker")
            data = bytes(self._under.read1(_CHUNK))
        finally:
            if not data:  # the end, or an error
                self._raw.close()
        self._size += len(data)
        self._check(fits=self._size <= most)
        return data

    def _check(self, *, fits: bool) -> None:
        if not fits:
            self._raw.close()
            raise CarrierError(_LARGE)
