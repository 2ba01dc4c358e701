"""Proves that no runtime, whatever it answers, brings a run down or leaves an image behind."""

import contextlib
import shutil
import socket
import tempfile
import threading
import time
from pathlib import Path
from urllib.parse import quote

import pytest
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import DataReceived, RequestReceived, StreamEnded
from h2.exceptions import ProtocolError
from live_servers import REGISTRY

from checks.machine_replies import PullReply
from checks.replies import Failure, Trouble
from checks.runtime_replies import RuntimeReply
from diagnose import protobuf
from diagnose.live.cri import grpc

IMAGE = f"{REGISTRY}/app:1"
DIGEST = f"{REGISTRY}/app@sha256:" + "a" * 64
VERSION = protobuf.message((1, "0.1.0"), (2, "containerd"), (3, "2.2.4"), (4, "v1"))
NEW, OLD = "sha256:" + "b" * 64, "sha256:" + "c" * 64


def framed(message, compressed=0, length=None):
    size = len(message) if length is None else length
    return bytes([compressed]) + size.to_bytes(4, "big") + message


def status(stream, code, words=""):
    """Give an action that sends trailers alone."""

    def act(connection):
        rows = [(":status", "200"), ("content-type", "application/grpc")]
        rows += [("grpc-status", str(code)), ("grpc-message", words)]
        connection.send_headers(stream, rows, end_stream=True)

    return act


class Runtime:
    """A CRI server; ``answers`` gives for a method bytes, a code with words, or a callable that is
    given the socket, the connection and the stream.
    """

    def __init__(self, **answers):
        self.folder = Path(tempfile.mkdtemp(prefix="cri-"))
        self.path = self.folder / "s"
        self.answers, self.calls, self.images = answers, [], {}
        self.over = threading.Event()
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(self.path))
        self.listener.listen(8)

    def __enter__(self):
        self.thread = threading.Thread(target=self._listen, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *error):
        self.over.set()
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join(2)
        shutil.rmtree(self.folder)

    def _listen(self):
        while not self.over.is_set():
            try:
                sock, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(sock,), daemon=True).start()

    def _serve(self, sock):
        connection = H2Connection(H2Configuration(client_side=False, header_encoding="utf-8"))
        body, name = bytearray(), ""
        # A client that has enough goes away in the middle of what is being said.
        with contextlib.suppress(OSError, ProtocolError), sock:
            connection.initiate_connection()
            sock.sendall(connection.data_to_send())
            while received := sock.recv(65536):
                for event in connection.receive_data(received):
                    if isinstance(event, RequestReceived):
                        name = dict(event.headers)[":path"].rpartition("/")[2]
                    elif isinstance(event, DataReceived):
                        body += event.data
                    elif isinstance(event, StreamEnded):
                        self._reply(sock, connection, event.stream_id, name, bytes(body[5:]))
                sock.sendall(connection.data_to_send())

    def _reply(self, sock, connection, stream, name, message):
        self.calls.append((name, message))
        answer = self.answers.get(name) or getattr(self, f"_{name}", lambda _: b"")(message)
        if callable(answer):
            return answer(sock, connection, stream)
        if isinstance(answer, tuple):
            code, words = answer
            return status(stream, code, quote(words, safe=" "))(connection)
        connection.send_headers(stream, [(":status", "200")])
        connection.send_data(stream, framed(answer))
        return connection.send_headers(stream, [("grpc-status", "0")], end_stream=True)

    def _Version(self, _):  # noqa: N802 the method's own name
        return VERSION

    def _ListImages(self, _):  # noqa: N802
        return b"".join(protobuf.message((1, row)) for row in map(self._row, self.images))

    def _ImageStatus(self, message):  # noqa: N802
        name = self._named(message)
        return protobuf.message((1, self._row(name))) if name in self.images else b""

    def _RemoveImage(self, message):  # noqa: N802
        gone = self.images.get(self._named(message))
        self.images = {name: one for name, one in self.images.items() if one != gone}
        return b""

    def _PullImage(self, message):  # noqa: N802
        self.images |= {self._named(message): NEW, DIGEST: NEW}
        return protobuf.message((1, DIGEST))

    def _Delete(self, message):  # noqa: N802
        del self.images[protobuf.text(protobuf.fields(message), 1)]
        return b""

    def _row(self, name):
        found = self.images[name]
        same = [one for one, held in self.images.items() if held == found]
        tags = [(2, one) for one in same if "@" not in one]
        return protobuf.message((1, found), *tags, *((3, one) for one in same if "@" in one))

    @staticmethod
    def _named(message):
        spec = next(iter(protobuf.parts(protobuf.fields(message), 1)))
        return protobuf.text(protobuf.fields(spec), 1)


def silent(sock, _connection, _stream):
    with contextlib.suppress(OSError):
        sock.recv(1)


def hang_up(sock):
    """End what is said, and hear out the other side: unread words make a reset of an end."""
    sock.shutdown(socket.SHUT_WR)
    with contextlib.suppress(OSError):
        while sock.recv(65536):
            pass


def closed(sock, _connection, _stream):
    hang_up(sock)


def garbage(sock, _connection, _stream):
    sock.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n<html>" + bytes(range(256)) * 40)


def reset(_sock, connection, stream):
    connection.reset_stream(stream)


def going(_sock, connection, _stream):
    connection.close_connection()


def without_status(_sock, connection, stream):
    connection.send_headers(stream, [(":status", "503")], end_stream=True)


def strange_status(_sock, connection, stream):
    rows = [(":status", "200"), ("grpc-status", "9" * 60)]
    connection.send_headers(stream, rows, end_stream=True)


def lying(_sock, connection, stream):
    connection.send_headers(stream, [(":status", "200")])
    connection.send_data(stream, framed(VERSION, length=1 << 31))
    connection.send_headers(stream, [("grpc-status", "0")], end_stream=True)


def compressed(_sock, connection, stream):
    connection.send_headers(stream, [(":status", "200")])
    connection.send_data(stream, framed(VERSION, compressed=1))
    connection.send_headers(stream, [("grpc-status", "0")], end_stream=True)


def malformed(_sock, connection, stream):
    connection.send_headers(stream, [(":status", "200")])
    connection.send_data(stream, framed(b"\x12\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"))
    connection.send_headers(stream, [("grpc-status", "0")], end_stream=True)


def halved(sock, connection, stream):
    connection.send_headers(stream, [(":status", "200")])
    connection.send_data(stream, framed(VERSION)[:9])
    sock.sendall(connection.data_to_send())
    hang_up(sock)


def pinging(sock, connection, _stream):
    """Keep the client busy with frames that say nothing."""
    with contextlib.suppress(OSError):
        while True:
            connection.ping(b"12345678")
            sock.sendall(connection.data_to_send())


def endless(sock, connection, stream):
    connection.send_headers(stream, [(":status", "200")])
    with contextlib.suppress(OSError):
        while True:
            room = min(16384, connection.local_flow_control_window(stream))
            if room:
                connection.send_data(stream, b"x" * room)
                sock.sendall(connection.data_to_send())
            else:
                connection.receive_data(sock.recv(65536))


@pytest.fixture
def asked(world):
    """Ask a runtime with the given answers, as a fenced run does."""

    @contextlib.contextmanager
    def ask(seconds=20.0, images=None, **answers):
        with Runtime(**answers) as runtime:
            runtime.images = dict(images or {})
            here = world(
                cri_socket=str(runtime.path),
                runtime="containerd",
                timeout=seconds,
                plugin=lambda _args, _told: (0, b"{}", b""),
            )
            yield here.containerd, runtime, here.vault

    return ask


def test_a_runtime_says_what_it_is(asked):
    lacks = protobuf.message((1, "NetworkReady"), (3, "NetworkPluginNotReady"))
    ready = protobuf.message((1, "RuntimeReady"), (2, True))
    states = protobuf.message((1, protobuf.message((1, ready), (1, lacks))))
    with asked(Status=states) as (containerd, _, _):
        reply = containerd.version()

    assert isinstance(reply, RuntimeReply), reply
    assert (reply.name, reply.version, reply.api) == ("containerd", "2.2.4", "v1")
    assert reply.not_ready == ("NetworkReady NetworkPluginNotReady",)


@pytest.mark.parametrize(
    ("answer", "trouble"),
    [
        (silent, Trouble.DEADLINE),
        (closed, Trouble.EOF),
        (halved, Trouble.EOF),
        (reset, Trouble.RESET),
        (going, Trouble.RESET),
        (garbage, Trouble.PROTOCOL),  # which begins like a frame that is megabytes long
        (without_status, Trouble.PROTOCOL),
        (strange_status, Trouble.PROTOCOL),
        (lying, Trouble.PROTOCOL),
        (compressed, Trouble.PROTOCOL),
        (malformed, Trouble.PROTOCOL),
        (endless, Trouble.TOO_LARGE),
        ((12, "unknown service runtime.v1.RuntimeService"), Trouble.PROTOCOL),
    ],
    ids=lambda value: getattr(value, "__name__", str(value)),
)
def test_whatever_it_answers_is_a_failure_in_time(asked, monkeypatch, answer, trouble):
    monkeypatch.setattr(grpc, "MOST", 200_000)
    monkeypatch.setattr(grpc, "_MOST_READ", 400_000)
    began = time.monotonic()
    with asked(seconds=2.0, Version=answer) as (containerd, _, _):
        reply = containerd.version()

    assert isinstance(reply, Failure), reply
    assert reply.trouble is trouble, reply
    assert time.monotonic() - began < 5.0


def test_frames_without_end_do_end(asked, monkeypatch):
    """By their number, or by the time that it takes to answer them."""
    monkeypatch.setattr(grpc, "_MOST_READ", 400_000)
    with asked(seconds=2.0, Version=pinging) as (containerd, _, _):
        reply = containerd.version()

    assert reply.trouble in (Trouble.TOO_LARGE, Trouble.DEADLINE), reply


def test_a_server_of_another_protocol_is_known_by_its_first_bytes(world, tmp_path):
    folder = tempfile.mkdtemp(prefix="cri-")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(f"{folder}/s")
        listener.listen(1)

        def serve():
            sock, _ = listener.accept()
            with sock:
                sock.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
                sock.recv(1)

        threading.Thread(target=serve, daemon=True).start()
        reply = world(cri_socket=f"{folder}/s", runtime="containerd").containerd.version()
    shutil.rmtree(folder)

    assert reply.trouble is Trouble.PROTOCOL, reply


def test_a_runtime_of_before_v1_is_named(asked):
    words = "unknown service runtime.v1.RuntimeService"
    with asked(Version=(12, words)) as (containerd, _, _):
        reply = containerd.version()

    assert reply.detail == f"it speaks no CRI v1: {words}"


def test_without_the_library_that_is_said(asked, monkeypatch):
    monkeypatch.setattr(grpc, "installed", lambda: False)
    with asked() as (containerd, runtime, _):
        reply = containerd.version()

    assert "h2 is not installed" in reply.detail
    assert runtime.calls == []


def test_a_pull_is_made_with_the_login_and_undone(asked):
    with asked() as (containerd, runtime, vault):
        token = vault.put("provider:x", "hush-hush", REGISTRY)
        reply = containerd.pull(IMAGE, token)
        sent = dict(runtime.calls)["PullImage"]

    assert (reply.error, reply.was_present, reply.removed) == ("", False, True)
    auth = protobuf.fields(next(iter(protobuf.parts(protobuf.fields(sent), 2))))
    assert protobuf.text(auth, 2) == "hush-hush"
    assert runtime.images == {}


def test_a_token_goes_to_no_other_registry(asked):
    with asked() as (containerd, runtime, vault):
        token = vault.put("provider:x", "hush-hush", "elsewhere.azurecr.io")
        containerd.pull(IMAGE, token)

    assert b"hush-hush" not in dict(runtime.calls)["PullImage"]


def test_an_image_that_is_there_is_asked_for_by_its_digest_and_stays(asked):
    images = {IMAGE: OLD, DIGEST: OLD}
    with asked(images=images, PullImage=(2, "no")) as (containerd, runtime, _):
        reply = containerd.pull(IMAGE, None)
        asked_for = Runtime._named(dict(runtime.calls)["PullImage"])

    assert (reply.error, reply.was_present, asked_for) == ("no", True, DIGEST)
    assert runtime.images == images


def test_an_image_under_another_name_keeps_it(asked):
    images = {f"{REGISTRY}/app:other": NEW}
    with asked(images=images) as (containerd, runtime, _):
        reply = containerd.pull(IMAGE, None)

    assert reply.removed
    assert IMAGE not in runtime.images
    assert runtime.images[f"{REGISTRY}/app:other"] == NEW
    assert "RemoveImage" not in dict(runtime.calls)


def test_an_imported_image_is_not_pulled_over(asked):
    with asked(images={IMAGE: OLD}) as (containerd, runtime, _):
        reply = containerd.pull(IMAGE, None)

    assert reply.trouble is Trouble.SWITCHED_OFF
    assert "PullImage" not in dict(runtime.calls)


def test_what_a_pull_that_was_given_up_brought_is_removed(asked):
    def late(sock, _connection, _stream):
        runtime.images[IMAGE] = NEW
        silent(sock, None, None)

    with asked(seconds=1.0, PullImage=late) as (containerd, runtime, _):
        reply = containerd.pull(IMAGE, None)

    assert reply.trouble is Trouble.DEADLINE
    assert runtime.images == {}


def test_an_image_that_cannot_be_removed_is_told_of(asked):
    with asked(RemoveImage=(2, "busy")) as (containerd, runtime, _):
        reply = containerd.pull(IMAGE, None)

    assert isinstance(reply, PullReply)
    assert (reply.error, reply.removed, IMAGE in runtime.images) == ("", False, True)


@pytest.mark.parametrize(
    "words", ["caf\u00e9 \u2014 100%", "%zz %", "hush-hush", "Basic hush-hush"]
)
def test_a_runtimes_words_are_decoded_and_hold_no_secret(asked, words):
    with asked(PullImage=(2, words)) as (containerd, _, vault):
        reply = containerd.pull(IMAGE, vault.put("provider:x", "hush-hush", REGISTRY))

    assert reply.error == words.replace("hush-hush", "[redacted]")


def test_with_no_pull_nothing_is_pulled(world):
    with Runtime() as runtime:
        here = world(cri_socket=str(runtime.path), runtime="containerd", pull=False)
        reply = here.containerd.pull(IMAGE, None)

    assert (reply.trouble, reply.detail) == (Trouble.SWITCHED_OFF, "--no-pull")
    assert runtime.calls == []


@pytest.mark.parametrize("runtime", ["none", "docker"])
def test_a_runtime_that_is_not_wanted_is_not_asked(world, runtime):
    reply = world(cri_socket="/nothing/here", runtime=runtime).containerd.version()

    assert (reply.trouble, reply.detail) == (Trouble.SWITCHED_OFF, f"--runtime {runtime}")


def test_a_socket_that_nobody_listens_on_is_a_runtime_that_is_down(world, tmp_path):
    reply = world(cri_socket=str(tmp_path / "none"), runtime="containerd").containerd.version()

    assert reply.trouble is Trouble.REFUSED
