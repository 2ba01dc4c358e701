"""Whole runs in a world that breaks every protocol: nothing crashes, nothing hangs, nothing lies.

The worlds are `tests/faults/world.py`'s; what is systematic, each server with each fault, is
`tests/faults/test_http.py`. Here are the odd ones, each with what is known of it.
"""

import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from checks.layer import LayerRefused
from diagnose.lab import cases
from diagnose.lab.cloud import Cloud
from diagnose.lab.http import Request, Response
from diagnose.lab.places import IMDS
from diagnose.session import Result
from tests.faults import judging
from tests.faults.judging import HEALTHY, INCONCLUSIVE, Says
from tests.faults.world import (
    ARM,
    HTML,
    LOGIN,
    REGISTRY,
    SECONDS,
    Bad,
    OnSocket,
    Web,
    at_registry,
    redirect,
    refusal,
    silent,
)

RED = "\x1b[31mred"


def judged(bad: Bad, *allowed: str | None) -> Result:
    """Run, hold what must hold in every world, and compare the verdict's cause."""
    result = bad.result or bad.once().result
    run = judging.seen(result, deadline=bad.seconds, spent=bad.spent)
    judging.hold(run, Says(may=allowed, proven=tuple(filter(None, allowed))))
    return result


SLOW: dict[str, Bad] = {}  # worlds that wait for a time-out; they are run beside each other


@pytest.fixture(scope="module")
def slow() -> Iterator[dict[str, Future[Bad]]]:
    with ThreadPoolExecutor(len(SLOW)) as pool:
        yield {name: pool.submit(bad.once) for name, bad in SLOW.items()}


# -- the metadata service -----------------------------------------------------------------------


def test_imds_that_answers_html_is_not_a_machine_without_identity() -> None:
    # Something answers in its place: unreachable in effect, but nothing says "no identity".
    judged(Bad(web=lambda r: HTML if r.local == IMDS else None), "imds-unreachable", INCONCLUSIVE)


SLOW["imds"] = Bad(raw={(IMDS, 80): silent})


def test_imds_that_says_nothing_is_unreachable(slow) -> None:
    judged(slow["imds"].result(), "imds-unreachable", INCONCLUSIVE)


@pytest.mark.parametrize(
    "body",
    [b"[]", b"null", b"3", b'{"compute": 3, "network": []}', b'{"compute": {}}', b"\xff\xfe{"],
)
def test_imds_of_the_wrong_shape_is_not_a_machine_without_identity(body: bytes) -> None:
    said = Response(200, (("Content-Type", "application/json"),), body)
    judged(Bad(web=lambda r: said if r.local == IMDS else None), "imds-unreachable", INCONCLUSIVE)


def test_imds_that_nests_without_end_is_not_a_machine_without_identity() -> None:
    said = Response(200, (("Content-Type", "application/json"),), b"[" * 1_000_000)
    judged(Bad(web=lambda r: said if r.local == IMDS else None), "imds-unreachable", INCONCLUSIVE)


# -- the registry -------------------------------------------------------------------------------


def garbage(sock: socket.socket) -> None:
    """50 MB that are no JSON, behind a head that announces them."""
    sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 52428800\r\n\r\n")
    for _ in range(50):
        sock.sendall(b"\x00\xff\x1b<" * 262_144)


def no_http(sock: socket.socket) -> None:
    sock.sendall(b"\x00\xff\x1b[31m\r\n" * 10_000)


def drip(sock: socket.socket) -> None:
    """A body that never ends, one byte at a time."""
    sock.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    until = time.monotonic() + SECONDS + 5
    while time.monotonic() < until:
        sock.sendall(b"x")
        time.sleep(0.1)


def drip_head(sock: socket.socket) -> None:
    """A header that never ends."""
    sock.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    drip_on = time.monotonic() + SECONDS + 5
    while time.monotonic() < drip_on:
        sock.sendall(b"x")
        time.sleep(0.1)


# TCP and TLS stand, and no answer bears ACR's mark: no cause of the path, the firewall or the
# service is shown.
@pytest.mark.parametrize("said", [garbage, no_http, HTML])
def test_a_registry_of_garbage_shows_no_cause(said: Response | OnSocket) -> None:
    judged(Bad(web=at_registry(said)), INCONCLUSIVE)


NEVER = {"drip": drip, "drip-head": drip_head, "silent": silent}
SLOW |= {name: Bad(web=at_registry(said)) for name, said in NEVER.items()}


@pytest.mark.parametrize("name", NEVER)
def test_a_registry_that_never_ends_its_answer_shows_no_cause(slow, name: str) -> None:
    judged(slow[name].result(), INCONCLUSIVE)


SLOW["no-tls"] = Bad(raw={REGISTRY: silent})


def test_a_registry_that_accepts_and_says_nothing_shows_no_cause_but_the_path(slow) -> None:
    # The SYN was answered, the TLS hello was not: a filter that looks into TLS does that.
    bad = slow["no-tls"].result()
    judged(bad, "egress-filtered-registry", "tls-intercepted", INCONCLUSIVE)


@pytest.mark.parametrize(
    "hello",
    [
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"\x16\x03\x03\xff\xff" + b"\x00" * 70_000,
        b"\x15\x03\x01\x00\x02\x02\x28",  # the alert handshake_failure
        b"\x16\x03\x03\x00\x04\x02\x00\x00\x00",  # a ServerHello of no length
        b"\xff" * 5_000,
    ],
    ids=["http", "oversized", "alert", "empty-hello", "noise"],
)
def test_a_garbled_tls_hello_shows_no_cause_but_interception(hello: bytes) -> None:
    def serve(sock: socket.socket) -> None:
        sock.recv(65536)
        sock.sendall(hello)
        sock.shutdown(socket.SHUT_WR)
        silent(sock)

    judged(Bad(raw={REGISTRY: serve}), "tls-intercepted", INCONCLUSIVE)


HEAD = b"HTTP/1.1 200 OK\r\n"
WIRE = {
    "500-headers": HEAD + b"".join(b"X-%d: y\r\n" % i for i in range(500)) + b"\r\n",
    "long-header": HEAD + b"X: " + b"y" * 200_000 + b"\r\n\r\n",
    "status-0": b"HTTP/1.1 000 X\r\n\r\n",
    "odd-length": HEAD + b"Content-Length: x, -5\r\n\r\nabc",
    "odd-chunk": HEAD + b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nxx",
    "no-gzip": HEAD + b"Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc",
    "endless-100": b"HTTP/1.1 100 Continue\r\n\r\n" * 50_000,
}


@pytest.mark.parametrize("name", WIRE)
def test_a_registry_that_breaks_http_shows_no_cause(name: str) -> None:
    judged(Bad(web=at_registry(lambda sock: sock.sendall(WIRE[name]))), INCONCLUSIVE)


@pytest.mark.parametrize(
    "body",
    [
        b'{"layers": 3, "manifests": 3}',
        b'{"mediaType": [], "config": 3, "layers": [3, null, {"digest": 3, "size": "x"}]}',
        b'{"layers": [{"digest": "../../../oauth2/exchange?x=\\u001b", "size": 1}]}',
        b"[" * 200_000,
    ],
    ids=["numbers", "rows", "traversal", "deep"],
)
def test_a_manifest_of_the_wrong_shape_shows_no_cause(body: bytes) -> None:
    said = Response(200, (("Content-Type", "application/json"),), body)
    bad = Bad(web=at_registry(said, "/v2/app/manifests/"))
    judged(bad, INCONCLUSIVE)

    assert not [r for r in bad.seen if ".." in r.path]


@pytest.mark.parametrize(
    ("place", "cause"), [(LOGIN, INCONCLUSIVE), (IMDS, "imds-unreachable")], ids=["acr", "imds"]
)
def test_a_token_that_is_no_unicode_crashes_no_check(place: str, cause: str | None) -> None:
    body = b'{"refresh_token": "\\ud800", "access_token": "\\ud800"}'
    said = Response(200, (("Content-Type", "application/json"),), body)
    web = lambda r: said if place in (r.host, r.local) and "oauth2" in r.path else None  # noqa: E731
    judged(Bad(web=web), cause)


def test_a_redirect_loop_on_v2_ends_at_once() -> None:
    bad = Bad(web=at_registry(redirect(f"https://{LOGIN}/v2/"), "/v2/"))
    judged(bad, INCONCLUSIVE)

    assert sum(r.host == LOGIN and r.path == "/v2/" for r in bad.seen) <= 2


@pytest.mark.parametrize(
    "location",
    [
        "http://169.254.169.254/latest/stolen",
        "https://169.254.169.254/latest/stolen",
        "https://[::ffff:169.254.169.254]/latest/stolen",
        "https://2852039166/latest/stolen",
        "https://eusmanaged15.blob.core.windows.net:80/latest/stolen",
        "https://x@169.254.169.254/latest/stolen",
        "file:///etc/passwd",
        "//169.254.169.254/latest/stolen",
        "https://[::/latest/stolen",
        "",
    ],
)
def test_a_layer_is_never_fetched_from_where_no_layer_can_be(location: str) -> None:
    bad = Bad(web=at_registry(redirect(location), "/v2/app/blobs/"))
    result = judged(bad, INCONCLUSIVE)

    assert result.facts.has(LayerRefused)
    assert not [r for r in bad.seen if "stolen" in r.path]
    assert (IMDS, 443) not in bad.dialled
    assert {r.path.split("/")[1] for r in bad.seen if r.local == IMDS} == {"metadata"}


def test_no_token_is_sent_to_the_realm_of_another_host() -> None:
    asks = 'Bearer realm="https://evil.example/oauth2/token",service="contoso.azurecr.io"'
    said = refusal(401, "UNAUTHORIZED", "authentication required", **{"WWW-Authenticate": asks})

    def evil(cloud: Cloud) -> None:
        cloud.controls["evil.example"] = ("20.81.4.9", "Internet")

    bad = Bad(web=at_registry(said, "/v2/"), change=evil)
    judged(bad, INCONCLUSIVE)

    assert not [r for r in bad.seen if r.host == "evil.example"]
    assert ("20.81.4.9", 443) not in bad.dialled


@pytest.mark.parametrize("paths", [("/oauth2/",), ("/v2/app/manifests/",), ()])
@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_terminal_escape_in_an_error_message_reaches_no_terminal(
    paths: tuple[str, ...], status: int
) -> None:
    # What each status may mean at these places; the escape changes nothing.
    allowed = {
        401: ("pull-role-missing", HEALTHY, INCONCLUSIVE),
        403: ("pull-role-missing", "subnet-not-allowed", HEALTHY, INCONCLUSIVE),
        404: ("repository-not-found", "tag-not-found", HEALTHY, INCONCLUSIVE),
    }
    said = refusal(status, f"ODD{RED}", f"{RED} \x07\x9b31m\u202e\u2028\ud800 message")
    judged(Bad(web=at_registry(said, *paths)), *allowed[status])


def test_a_terminal_escape_in_a_name_reaches_no_terminal() -> None:
    def web(request: Request) -> Response | None:
        if request.path.startswith("/v2/app/blobs/"):
            return redirect(f"https://{RED}.example/x")
        if request.path == "/v2/":
            asks = f'Bearer realm="https://{LOGIN}/{RED}",service="contoso.azurecr.io"'
            return refusal(401, "UNAUTHORIZED", RED, **{"WWW-Authenticate": asks})
        return None

    def escaped(cloud: Cloud) -> None:
        cloud.vm.name = f"app{RED}"

    judged(Bad(web=web, change=escaped), INCONCLUSIVE)


# -- Azure Resource Manager ---------------------------------------------------------------------

SHAPES = {
    "array": (200, b"[]"),
    "null": (200, b"null"),
    "number": (200, b"3"),
    "value-is-a-number": (200, b'{"value": 3, "properties": 3, "id": 3, "count": "x", "data": 3}'),
    "rows-are-numbers": (200, b'{"value": [3, null], "properties": {"subnets": 3}, "data": [[3]]}'),
    "null-properties": (200, b'{"value": [{"properties": null}], "properties": null}'),
    "deep": (200, b"[" * 1_000_000),
    "deep-objects": (200, b'{"properties":' * 200_000),
    "no-utf-8": (200, b'{"id": "\xff\xfe\x80"}'),
    "huge-number": (200, b'{"properties": ' + b"9" * 10_000 + b"}"),
    "server-error": (500, b'{"error": {"code": "Internal", "message": "\\u001b[31mred"}}'),
    "gateway": (502, b"<html>Bad gateway</html>"),
    "error-is-a-list": (403, b'{"error": [1]}'),
}


def at_arm(name: str) -> Web:
    status, body = SHAPES[name]
    said = Response(status, (("Content-Type", "application/json; charset=utf-8"),), body)
    return lambda r: said if r.local == ARM[0] else None


@pytest.mark.parametrize("shape", ["array", "deep", "no-utf-8", "server-error"])
def test_a_broken_arm_does_not_break_a_pull_that_works(shape: str) -> None:
    judged(Bad(web=at_arm(shape)), HEALTHY)


@pytest.mark.parametrize("shape", SHAPES)
def test_a_broken_arm_leaves_what_the_registry_said(shape: str) -> None:
    bad = Bad(web=at_arm(shape), change=cases.subnet_not_allowed)
    result = judged(bad, "subnet-not-allowed", INCONCLUSIVE)

    primary = result.verdict.primary
    assert not primary or primary.finding.confidence.word != "proven"


SLOW["arm"] = Bad(raw={ARM: silent}, change=cases.subnet_not_allowed)


def test_a_silent_arm_leaves_what_the_registry_said(slow) -> None:
    judged(slow["arm"].result(), "subnet-not-allowed", INCONCLUSIVE)


# -- DNS ----------------------------------------------------------------------------------------


ANSWERS: dict[str, Callable[[bytes], bytes]] = {
    "noise": lambda _wire: b"\xff" * 300,
    "one-byte": lambda _wire: b"\x00",
    "right-id": lambda wire: wire[:2] + b"\x81\x80" + b"\xff" * 200,
    "pointer-loop": lambda wire: wire[:2] + b"\x81\x80\0\1\0\1\0\0\0\0" + b"\xc0\x0c" * 40,
    "echo": lambda wire: wire,  # the question, as if it were the answer
}
SLOW |= {name: Bad(datagrams=answer) for name, answer in ANSWERS.items()}


@pytest.mark.parametrize("name", ANSWERS)
def test_a_dns_server_of_garbage_is_a_dns_server_that_does_not_work(slow, name: str) -> None:
    judged(slow[name].result(), "dns-server-unreachable", INCONCLUSIVE)


def test_a_layer_host_that_takes_the_connection_and_says_nothing_is_not_called_blocked() -> None:
    judged(Bad(web=lambda r: silent if "blob.core" in r.host else None), INCONCLUSIVE)
