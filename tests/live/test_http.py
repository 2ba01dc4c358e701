"""Proves that one HTTP exchange stays within its limits, whatever the other side does."""

import gzip
import time

from live_servers import AUTHORITY, REGISTRY, Server, answer, drip, endless, silent

from checks.replies import Failure, HttpReply, Trouble

URL = f"https://{REGISTRY}/v2/"
TLS = {"tls_names": (REGISTRY,)}


def test_an_answer_comes_with_its_peer_and_timing(start, world):
    server = start(answer(401, b"no", X_A="1", x_a="2"), **TLS)
    reply = world(server).http.get(URL)

    assert isinstance(reply, HttpReply), reply
    assert (reply.status, reply.body, reply.peer) == (401, b"no", "10.0.0.4")
    assert reply.headers["x-a"] == "1, 2"
    assert reply.timing.tls > 0
    assert reply.timing.total >= reply.timing.first_byte


def test_a_connection_is_used_again(start, world):
    server = start(answer(), **TLS)
    here = world(server)
    here.http.get(URL)
    reply = here.http.get(URL)

    assert reply.timing.tls == 0
    assert reply.peer == "10.0.0.4"
    assert server.connections == 1


def test_a_gigabyte_is_cut_off(start, world):
    reply = world(start(endless, **TLS)).http.get(URL)

    assert reply.truncated
    assert len(reply.body) == 100_000


def test_a_bomb_is_cut_off(start, world):
    bomb = gzip.compress(b"\0" * 20_000_000)
    reply = world(start(answer(200, bomb, Content_Encoding="gzip"), **TLS)).http.get(URL)

    assert reply.truncated
    assert len(reply.body) == 100_000


def test_dripping_never_outlasts_the_limit(start, world):
    for head in (b"HTTP/1.1 200 X\r\n", b"HTTP/1.1 200 X\r\nContent-Length: 90\r\n\r\n", b"H"):
        began = time.monotonic()
        reply = world(start(drip(head), **TLS)).http.get(URL)

        assert isinstance(reply, Failure), reply
        assert reply.trouble is Trouble.TIMEOUT
        assert time.monotonic() - began < 1.5


def test_a_body_without_a_length_that_drips_is_not_taken_for_whole(start, world):
    reply = world(start(drip(b"HTTP/1.1 200 X\r\n\r\n"), **TLS)).http.get(URL)

    assert isinstance(reply, Failure)
    assert reply.trouble is Trouble.TIMEOUT


def test_troubles_have_their_names(start, world):
    def close(sock):
        sock.close()

    def garbage(sock):
        sock.sendall(b"\x15\x03\x01 hello\r\n\r\n")

    wanted = {silent: Trouble.TIMEOUT, close: Trouble.EOF, garbage: Trouble.PROTOCOL}
    for step, trouble in wanted.items():
        reply = world(start(step, **TLS)).http.get(URL)

        assert isinstance(reply, Failure), step
        assert (reply.trouble, reply.peer) == (trouble, "10.0.0.4"), reply


def test_plain_http_where_tls_is_expected(start, world):
    reply = world(start(lambda s: s.sendall(b"HTTP/1.1 400 X\r\n\r\n"))).http.get(URL)

    assert reply.trouble in (Trouble.PROTOCOL, Trouble.TIMEOUT, Trouble.EOF)


def test_another_name_in_the_certificate_is_untrusted(start, world):
    reply = world(start(answer(), tls_names=("other.example",))).http.get(URL)

    assert reply.trouble is Trouble.UNTRUSTED
    assert "mismatch" in reply.detail.lower()


def test_a_closed_port_and_the_fence(world):
    gone = Server(answer())
    gone.listener.close()

    assert world(gone).http.get(URL).trouble is Trouble.REFUSED
    assert world().http.get(URL).trouble is Trouble.UNREACHABLE
    assert world().http.get("https://unknown.example/").trouble is Trouble.DNS_FAILING


def test_redirects_are_reported_not_followed(start, world):
    server = start(answer(307, b"", Location=URL, Set_Cookie="a=b"), **TLS)
    here = world(server)
    replies = [here.http.get(URL), here.http.get(URL, only_first_byte=True, head=True)]

    assert [reply.status for reply in replies] == [307, 307]
    assert len(server.requests) == 2
    assert server.requests[1].startswith(b"HEAD /v2/")
    assert b"Range: bytes=0-0" in server.requests[1]
    assert b"ookie" not in server.requests[1]


def test_nothing_left_of_the_run(start, world):
    server = start(answer(), **TLS)
    reply = world(server, timeout=0.0).http.get(URL)

    assert reply.trouble is Trouble.DEADLINE
    assert not server.requests


def test_a_proxy_is_named_without_its_password(start, world):
    refused = start(answer(407, b""))
    environ = {"https_proxy": "http://user:hush@10.0.0.9:3128"}
    here = world(detours={("10.0.0.9", 3128): refused.place}, environ=environ)
    reply = here.http.get(URL)

    assert reply.trouble is Trouble.PROXY
    assert "407" in reply.detail
    assert "hush" not in repr(reply)
    assert refused.requests[0].startswith(b"CONNECT reg.azurecr.io:443")


def test_the_proxy_is_left_out_where_no_proxy_says_so(start, world):
    server = start(answer(), **TLS)
    environ = {"HTTPS_PROXY": "http://10.0.0.9:3128", "NO_PROXY": "10.0.0.0/8,.azurecr.io"}
    reply = world(server, environ=environ).http.get(URL)

    assert (reply.status, reply.via_proxy) == (200, "")


def test_the_authority_is_the_one_we_named(start, world, tmp_path):
    server = start(answer(), **TLS)
    assert AUTHORITY
    here = world(server)
    object.__setattr__(here.options, "ca_file", "")
    here.client._ca_file = ""

    assert here.http.get(URL).trouble is Trouble.UNTRUSTED
