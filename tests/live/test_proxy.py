"""Requests by way of a proxy: how each way of failing reaches the checks, and what stays hidden."""

import pytest
from live_servers import answer

from checks.replies import Failure, Trouble

URL = "https://reg.azurecr.io/v2/"
PLACE = ("10.0.0.9", 3128)
NAMED = "http://10.0.0.9:3128"


@pytest.mark.parametrize(
    ("status", "phrase"), [(403, b"Forbidden"), (407, b"Who Are You"), (503, b"No DNS")]
)
def test_a_refusal_of_the_tunnel_brings_its_status(start, world, status, phrase):
    refused = start(answer(status, b"<html>no</html>").replace(b" X\r", b" " + phrase + b"\r"))
    reply = world(detours={PLACE: refused.place}, environ={"HTTPS_PROXY": NAMED}).http.get(URL)

    assert isinstance(reply, Failure)
    assert (reply.trouble, reply.status, reply.via_proxy) == (Trouble.PROXY, status, NAMED)
    assert reply.connected
    assert "Max retries" not in reply.detail
    assert phrase.decode() not in reply.detail  # foreign words stay out


def test_a_proxy_that_refuses_connections_has_no_status(world):
    reply = world(detours={PLACE: ("127.0.0.1", 1)}, environ={"HTTPS_PROXY": NAMED}).http.get(URL)

    assert (reply.trouble, reply.status, reply.via_proxy) == (Trouble.PROXY, 0, NAMED)
    assert not reply.connected


def test_a_proxy_whose_name_does_not_resolve_was_never_connected(world):
    named = "http://user:hush@old.example:3128"
    reply = world(detours={}, environ={"HTTPS_PROXY": named}).http.get(URL)

    assert (reply.trouble, reply.connected) == (Trouble.PROXY, False)
    assert "hush" not in repr(reply)


def test_a_proxy_that_says_nothing_was_connected(start, world):
    silent = start(lambda sock: sock.recv(1))
    reply = world(detours={PLACE: silent.place}, environ={"HTTPS_PROXY": NAMED}).http.get(URL)

    assert (reply.status, reply.via_proxy, reply.connected) == (0, NAMED, True)


def test_a_proxy_that_the_runs_end_cut_off_is_not_blamed(start, world):
    silent = start(lambda sock: sock.recv(1))
    here = world(detours={PLACE: silent.place}, environ={"HTTPS_PROXY": NAMED}, timeout=0.2)

    assert here.http.get(URL).trouble is Trouble.DEADLINE


def test_what_goes_straight_names_no_proxy(world):
    environ = {"HTTPS_PROXY": NAMED, "NO_PROXY": ".azurecr.io"}
    detours = {("10.0.0.4", 443): ("127.0.0.1", 1)}
    reply = world(detours=detours, environ=environ).http.get(URL)

    assert (reply.trouble, reply.via_proxy, reply.status) == (Trouble.REFUSED, "", 0)
