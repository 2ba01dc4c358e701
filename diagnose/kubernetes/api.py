"""The few calls that are made to a cluster's API server, whoever carries them.

`Api` is carried by kubectl (`run.kubectl`), not by the Python client: whoever operates a cluster
has a kubectl that signs in, with its contexts, its plug-ins for Entra ID and its proxies, and that
takes no further package. Nothing else here knows of kubectl; a client in this process would be a
second `Api`.

Answers are JSON in UTF-8. Paths are those of the API (``/api/v1/nodes``), without a query.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Protocol

from diagnose.bundle.errors import printable

_MOST = 1000  # characters of what an API server said


class Reason(Enum):
    """Why a call came to nothing, as far as the answer tells."""

    NO_KUBECTL = "there is no kubectl"
    NO_CONFIG = "there is no cluster to ask"
    SIGNED_OUT = "the API server does not know who asks: sign in again (AKS: az login, kubelogin)"
    FORBIDDEN = "the API server refused it"
    NOT_FOUND = "there is no such object"
    EXISTS = "there is one of that name already"
    CONFLICT = "something else changed it meanwhile"
    GONE = "the list is too old to go on with"
    TOO_LARGE = "the API server takes nothing as large"
    INVALID = "the API server finds it invalid"
    BUSY = "the API server has too much to do"
    BROKEN = "the API server failed"
    SILENT = "the API server did not answer in time"
    UNREACHABLE = "the API server cannot be reached"
    GARBAGE = "what answered is no API server"
    OTHER = "the call failed"

    @property
    def passes(self) -> bool:
        """Tell whether the same call may well work a little later."""
        return self in _PASSING


_PASSING = {Reason.BUSY, Reason.BROKEN, Reason.SILENT, Reason.UNREACHABLE}


class ApiError(Exception):
    """A call came to nothing; ``said`` is what the server or its client said, fit to print."""

    def __init__(self, reason: Reason, said: str = "") -> None:
        self.reason = reason
        self.said = printable(" ".join(said.split()), _MOST)
        super().__init__(f"{reason.value}: {self.said}" if self.said else reason.value)


@dataclass(frozen=True, slots=True)
class Posted:
    """How many of the objects are there now, and why the first of the others is not."""

    made: int
    error: ApiError | None = None


class Stream(Protocol):
    """The lines of a watch, as they come; ends with it, or raises `ApiError`."""

    def __iter__(self) -> Iterator[bytes]: ...

    def close(self) -> None:
        """End the watch; may be called from another thread."""


class Api(Protocol):
    """Every call has a time limit of its own, and raises `ApiError`, but for `post_all`."""

    client: str  # how a person calls the same cluster: "kubectl --context prod"

    def get(self, path: str, query: Mapping[str, str] | None = None) -> bytes: ...

    def post(self, path: str, body: Mapping[str, Any]) -> bytes: ...

    def post_all(self, items: Sequence[Mapping[str, Any]], seconds: float) -> Posted:
        """Create objects of any kind, for at most ``seconds``; a refused one stops no other.

        One that is there already counts as made.
        """

    def delete(self, path: str, query: Mapping[str, str] | None = None) -> None: ...

    def watch(self, path: str, query: Mapping[str, str], seconds: int) -> Stream:
        """Watch for at most ``seconds``; each line is one change."""
