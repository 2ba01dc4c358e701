"""HTTP/1.1 on a socket: one request read, one answer written."""

import http
from email.utils import formatdate
from typing import BinaryIO
from urllib.parse import parse_qsl, unquote, urlsplit

from diagnose.lab.http import Request, Response

_LIMIT = 1 << 20


def read_request(stream: BinaryIO, *, peer: str, local: str) -> Request | None:
    """None: the client went away, or spoke something else."""
    parts = stream.readline(65536).decode("latin-1").split()
    if len(parts) != 3:
        return None
    method, target, _ = parts
    headers: dict[str, str] = {}
    while True:
        line = stream.readline(65536).decode("latin-1").rstrip("\r\n")
        if not line:
            break
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    size = min(int(headers.get("content-length", "0") or 0), _LIMIT)
    body = stream.read(size) if size else b""
    url = urlsplit(target)
    pairs = parse_qsl(url.query, keep_blank_values=True)
    return Request(
        method=method,
        host=(target if method == "CONNECT" else headers.get("host", "")).rsplit(":", 1)[0].lower(),
        path=unquote(url.path),
        query=dict(pairs),
        headers=headers,
        body=body,
        peer=peer,
        local=local,
        repeated=len({k for k, _ in pairs}) != len(pairs),
    )


def write_response(stream: BinaryIO, request: Request, response: Response, now: float) -> None:
    """Writes one answer; HEAD gets the length without the body."""
    try:
        phrase = http.HTTPStatus(response.status).phrase
    except ValueError:
        phrase = f"status code {response.status}"  # Azure Firewall's 470 (S17)
    lines = [f"HTTP/1.1 {response.status} {phrase}", f"Date: {formatdate(now, usegmt=True)}"]
    lines += [f"{name}: {value}" for name, value in response.headers]
    lines.append(f"Content-Length: {len(response.body)}")
    if not keeps_alive(request):
        lines.append("Connection: close")
    head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
    stream.write(head + (b"" if request.method == "HEAD" else response.body))
    stream.flush()


def keeps_alive(request: Request) -> bool:
    """Whether the connection stays open after this request."""
    return request.headers.get("connection", "").lower() != "close"
