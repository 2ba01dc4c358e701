"""What a container runtime says at its CRI socket: messages, and the frames around them."""

import contextlib
from functools import cache

import h2.exceptions

from diagnose import protobuf
from diagnose.live.cri import grpc, messages
from tests.fuzz import properties
from tests.fuzz.target import Target

NAME = "contoso.azurecr.io"


@cache
def cri_seeds() -> tuple[bytes, ...]:
    message = protobuf.message
    image = message((1, "sha256:1"), (2, f"{NAME}/app:v1"), (3, f"{NAME}/app@sha256:2"))
    rows = b"".join(
        message((1, message((1, kind), (2, is_true), (3, "x"))))
        for kind, is_true in (("RuntimeReady", True), ("NetworkReady", False))
    )
    return (
        message((1, "0.1.0"), (2, "containerd"), (3, "1.7.27"), (4, "v1")),
        message((1, rows)),
        message((1, image)) * 3,
        message((1, f"{NAME}/app@sha256:2")),
        b"\x09" + bytes(8) + b"\x0d" + bytes(4) + b"\x80\x01\x01",
    )


def cri(data: bytes) -> object:
    """Every message of CRI that is read, from the same bytes."""
    found: list[object] = []
    for read in (messages.version, messages.not_ready, messages.images, messages.pulled):
        try:
            found.append(read(data))
        except protobuf.MalformedError as error:
            found.append(properties.line(str(error)))
    with contextlib.suppress(protobuf.MalformedError):
        fields = protobuf.fields(data)
        plain = [(n, v) for n, rows in fields.items() for v in rows if isinstance(v, bytes) and v]
        again = protobuf.fields(protobuf.message(*plain))
        properties.same([(n, v) for n, rows in again.items() for v in rows], plain, "a message")
    return found


class _Stream:
    """A socket that says ``data``, some of it at a time, and takes whatever is sent."""

    def __init__(self, data: bytes, size: int) -> None:
        self._pieces = iter([data[at : at + size] for at in range(0, len(data), size)])

    def recv(self, _: int) -> bytes:
        return next(self._pieces, b"")

    def sendall(self, _: bytes) -> None:
        pass

    def settimeout(self, _: float) -> None:
        pass


@cache
def grpc_seeds() -> tuple[bytes, ...]:
    from h2.config import H2Configuration
    from h2.connection import H2Connection

    said = []
    for status, words in (("0", ""), ("5", "not%20found"), ("2", "x%F0%9F%98%80")):
        server = H2Connection(H2Configuration(client_side=False))
        guest = H2Connection(H2Configuration(client_side=True))
        guest.initiate_connection()
        guest.send_headers(
            1,
            [
                (":method", "POST"),
                (":scheme", "http"),
                (":path", "/x"),
                (":authority", "localhost"),
            ],
            end_stream=True,
        )
        server.initiate_connection()
        server.receive_data(guest.data_to_send())
        server.send_headers(1, [(":status", "200"), ("content-type", "application/grpc")])
        body = cri_seeds()[0]
        server.send_data(1, b"\0" + len(body).to_bytes(4, "big") + body)
        server.send_headers(1, [("grpc-status", status), ("grpc-message", words)], end_stream=True)
        said.append(server.data_to_send())
    return (*said, b"HTTP/1.1 400 Bad Request\r\n\r\n")


_GRPC = (grpc.StatusError, grpc.NotGrpcError, grpc.TooLargeError, EOFError, ConnectionResetError)


def frames(data: bytes) -> object:
    found = []
    for size in (len(data) or 1, 7):
        call = grpc._Call(_Stream(data, size), 1e12)  # type: ignore[arg-type]
        try:
            found.append(call.made("/x", b"", 5.0, ()))
        except (*_GRPC, h2.exceptions.H2Error) as error:
            found.append(type(error).__name__)
    return found


TARGETS = (
    Target(name="cri-messages", seeds=cri_seeds, use=cri),
    Target(name="grpc-frames", seeds=grpc_seeds, use=frames),
)
