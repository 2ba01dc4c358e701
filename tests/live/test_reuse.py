"""Proves what a run makes once: connections, the context that verifies, and the SDK's client."""

import threading
import time
from dataclasses import replace

import pytest
from live_servers import REGISTRY, Server, answer

from diagnose.live import LiveWorld, trust
from diagnose.live.wire import _Kept

URL = f"https://{REGISTRY}/v2/"
SETUP = 0.15  # seconds that the server takes for each new connection


class Distant(Server):
    """A server to which a connection is dear; an answer is not."""

    def _serve(self, sock):
        time.sleep(SETUP)
        super()._serve(sock)


@pytest.fixture
def distant():
    def make(*script):
        return Distant(*script, tls_names=(REGISTRY,))

    return make


def together(*jobs):
    """Run the jobs at the same time and give the seconds that it took."""
    began = time.monotonic()
    threads = [threading.Thread(target=job) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    return time.monotonic() - began


def test_a_request_waits_for_a_connection_rather_than_making_a_dear_one(distant, world):
    with distant(answer()) as server:
        here, found = world(server), []
        here.http.get(URL)
        together(*[lambda: found.append(here.http.get(URL).status)] * 6)

    assert found == [200] * 6
    assert server.connections == 1


def test_it_does_not_wait_for_one_that_comes_to_no_end(distant, world):
    over = threading.Event()

    def held(_sock):
        over.wait(20)

    with distant(answer(), held, answer()) as server:
        here, found = world(server), []
        here.http.get(URL)
        waiting = threading.Thread(target=lambda: here.http.get(URL), daemon=True)
        waiting.start()
        until = time.monotonic() + 10.0
        while len(server.requests) < 2 and time.monotonic() < until:
            time.sleep(0.01)
        took = together(lambda: found.append(here.http.get(URL).status))
        over.set()
        waiting.join(20)

    assert found == [200]
    assert server.connections >= 2
    assert took >= SETUP, "it made a new connection, though not at once"


def test_the_first_requests_do_not_wait_for_each_other(distant, world):
    with distant(answer()) as server:
        here = world(server)
        here.client.ready()
        together(*[lambda: here.http.get(URL)] * 3)

    assert server.connections == 3


@pytest.mark.parametrize("back", [object(), None])
def test_who_waits_is_woken_by_what_comes_back_and_not_by_what_broke(back):
    kept = _Kept(3)
    for _ in range(3):
        kept.put(None)
    kept.get()
    kept.get()
    threading.Timer(0.1, kept.put, (back,)).start()
    began = time.monotonic()
    kept.wait(20.0 if back else 0.6)
    took = time.monotonic() - began

    assert took < 10.0 if back else took >= 0.6
    assert kept.get() is back


def test_nobody_waits_where_nothing_is_in_use_or_something_is_free():
    kept = _Kept(2)
    kept.put(None)
    kept.put(None)
    began = time.monotonic()
    kept.wait(5.0)
    kept.get()
    kept.put(object())
    kept.wait(5.0)

    assert time.monotonic() - began < 2.0


def test_the_authorities_are_read_once_and_not_for_the_metadata_service(start, world, monkeypatch):
    read, real = [], trust.context

    def context(*told):
        read.append(told)
        return real(*told)

    monkeypatch.setattr(trust, "context", context)
    monkeypatch.setattr(LiveWorld, "warm", lambda _: None)
    server = start(answer(), tls_names=(REGISTRY,))
    here = world(server, imds=start(answer()))
    here.imds.instance()
    before = len(read)
    for _ in range(2):
        assert here.net.handshake(REGISTRY, "10.0.0.4").problem == ""
        assert here.http.get(URL).status == 200

    assert (before, len(read)) == (0, 1)


def test_the_load_balancer_is_not_asked_for_again_where_there_is_none(start, world):
    nothing, gone = start(answer(404)), start(answer(410), answer(200))

    assert world(imds=nothing).imds.load_balancer().status == 404
    assert len(nothing.requests) == 1
    assert world(imds=gone).imds.load_balancer().status == 200
    assert world(imds=nothing).imds.instance().status == 404
    assert len(nothing.requests) == 3, "for the instance, 404 is said while the service updates"


def test_a_world_loads_what_a_run_will_want_while_instance_metadata_is_asked(world, monkeypatch):
    warmed = threading.Event()
    monkeypatch.setattr(LiveWorld, "warm", lambda _: warmed.set())
    here = world()
    before = warmed.is_set()
    _ = here.imds

    assert (before, warmed.wait(10)) == (False, True)


def test_to_close_a_world_that_asked_nothing_loads_nothing(world, monkeypatch):
    warmed = []
    monkeypatch.setattr(LiveWorld, "warm", lambda _: warmed.append("warm"))
    world().close()

    assert not warmed


@pytest.mark.parametrize("arm", [True, False])
def test_without_questions_to_azure_its_sdk_is_not_loaded(world, monkeypatch, arm):
    asked = []
    here = world()
    here.options = replace(here.options, arm=arm)
    monkeypatch.setattr(type(here.arm), "ready", lambda _: asked.append("arm"))
    here.warm()

    assert bool(asked) == arm


def test_what_cannot_be_loaded_is_told_by_who_asks_for_it(world, monkeypatch):
    here = world()

    def broken(*_):
        raise ImportError("requests")

    monkeypatch.setattr(here.client, "ready", broken)

    here.warm()
