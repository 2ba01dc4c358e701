"""The agent's HTTP server on loopback: what it answers, and who cannot hold it up."""

import http.client
import select
import socket
import time
from collections.abc import Iterator

import pytest
from prometheus_client.parser import text_string_to_metric_families

from diagnose.agent import metrics, server
from diagnose.agent.board import Board
from diagnose.agent.server import Server
from tests.unit.agents import HEALTHY

ONE = "contoso.azurecr.io"


class Served:
    """A server with a board; ``alive`` is what its loop says of itself."""

    def __init__(self, host: str = "127.0.0.1") -> None:
        self.alive, self.board = True, Board([ONE])
        answers = server.handler(
            metrics.of(self.board), alive=lambda: self.alive, ready=lambda: self.board.complete
        )
        self.server = Server((host, 0), answers)

    def ask(self, path: str, method: str = "GET") -> tuple[int, str]:
        connection = http.client.HTTPConnection(*self.server.place, timeout=5)
        try:
            connection.request(method, path)
            reply = connection.getresponse()
            return reply.status, reply.read().decode()
        finally:
            connection.close()


@pytest.fixture
def served() -> Iterator[Served]:
    made = Served()
    yield made
    made.server.close()


def test_metrics_are_what_the_board_holds_now(served: Served) -> None:
    before = served.ask("/metrics")[1]
    served.board.put(ONE, HEALTHY)
    status, after = served.ask("/metrics")
    families = {family.name: family for family in text_string_to_metric_families(after)}

    assert status == 200
    assert "verdict_info{" not in before
    assert families["acr_diagnose_verdict_info"].samples[0].labels["code"] == "healthy"


def test_ready_is_when_every_registry_was_asked(served: Served) -> None:
    before = served.ask("/readyz")[0]
    served.board.put(ONE, HEALTHY)

    assert (before, served.ask("/readyz")) == (503, (200, "ok\n"))


def test_alive_is_while_the_loop_is(served: Served) -> None:
    good = served.ask("/healthz")
    served.alive = False

    assert (good, served.ask("/healthz")[0]) == ((200, "ok\n"), 503)


@pytest.mark.parametrize(
    ("path", "status"),
    [("/", 200), ("/healthz?verbose=1", 200), ("/metric", 404), ("/../etc/passwd", 404)],
)
def test_other_paths_give_the_list_of_paths(served: Served, path: str, status: int) -> None:
    assert served.ask(path)[0] == status


def test_nothing_can_be_changed_from_outside(served: Served) -> None:
    assert served.ask("/metrics", "POST")[0] == 501
    assert served.ask("/healthz", "DELETE")[0] == 501


def test_it_says_nothing_of_its_interpreter_and_writes_nothing(
    served: Served, capfd: pytest.CaptureFixture[str]
) -> None:
    with socket.create_connection(served.server.place, timeout=5) as peer:
        peer.sendall(b"GET / HTTP/1.0\r\n\r\n")
        reply = peer.recv(4096)
    with socket.create_connection(served.server.place, timeout=5) as peer:
        peer.sendall(b"\x16\x03\x01 no HTTP at all\r\n\r\n")
        peer.recv(4096)

    assert b"Server: acr-diagnose\r\n" in reply
    assert capfd.readouterr() == ("", "")


def slow_peers(served: Served, number: int) -> list[socket.socket]:
    """Begin a request ``number`` times, and never end it."""
    peers = [socket.create_connection(served.server.place, timeout=5) for _ in range(number)]
    for peer in peers:
        peer.sendall(b"GET /metrics HTTP/1.1\r\n")
    return peers


def test_those_who_never_end_their_request_are_sent_away(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert 0 < served.server.RequestHandlerClass.timeout <= 10
    monkeypatch.setattr(served.server.RequestHandlerClass, "timeout", 0.3)
    for peer in slow_peers(served, server._PLACES):
        assert peer.recv(1) == b""
        peer.close()

    assert served.ask("/healthz") == (200, "ok\n")


def test_there_are_so_many_places_and_who_finds_none_is_sent_away_at_once(
    served: Served,
) -> None:
    peers = slow_peers(served, server._PLACES + 10)
    time.sleep(0.5)  # much less than a peer may take
    gone, *_ = select.select(peers, [], [], 1.0)
    for peer in peers:
        peer.close()

    assert len(gone) == 10


def test_it_listens_where_it_was_told_to_alone() -> None:
    made = Served("::1")
    host, port = made.server.place
    try:
        assert made.ask("/healthz")[0] == 200
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port), timeout=5)
    finally:
        made.server.close()

    assert host == "::1"


def test_no_name_is_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """`http.server` asks for the host's name when it binds, for seconds where no resolver is."""

    def lookup(*_words: object) -> str:
        raise AssertionError("a name was looked up")

    for name in ("getfqdn", "gethostbyaddr", "gethostbyname"):
        monkeypatch.setattr(socket, name, lookup)
    made = Served()
    try:
        assert made.ask("/metrics")[0] == 200
    finally:
        made.server.close()
