"""What one HTTP request and one HTTP answer are, for every simulated service."""

import json
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from diagnose.lab.caller import Caller


@dataclass(frozen=True, kw_only=True)
class Request:
    """One request. Header names are lower-case; ``peer`` is the client's address on the socket,
    ``local`` the simulated address it dialled, ``seen_as`` what Azure takes the client for.
    """

    method: str
    host: str
    path: str
    query: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    peer: str = ""
    local: str = ""
    seen_as: Caller | None = None
    repeated: bool = False  # a query parameter stands twice (IMDS rejects that)

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))


@dataclass(frozen=True)
class Response:
    """One answer; headers keep their order and may repeat."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


def as_json(
    status: int,
    body: object,
    headers: tuple[tuple[str, str], ...] = (),
    kind: str = "application/json; charset=utf-8",
) -> Response:
    """A JSON answer."""
    data = json.dumps(body, separators=(",", ":")).encode()
    return Response(status, (("Content-Type", kind), *headers), data)
