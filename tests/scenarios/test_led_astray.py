"""Whole runs among answers that lead elsewhere: no token, no request and no escape gets there.

Every service answers from the lab's state; what `Astray` changes is one thing in what it says.
"""

import contextlib
import io
import json
import re
import ssl
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

import dns.message
import dns.rrset
import pytest

from checks.docker_pull import DockerPulled, DockerPullUnasked
from checks.layer import Layer, LayerRefused
from checks.ports import AZURE_DNS
from checks.replies import HttpReply
from checks.target import Asked
from diagnose import front, reports, session
from diagnose.engine import Outcome
from diagnose.judging.verdict import Status
from diagnose.lab import cases
from diagnose.lab.cloud import Cloud
from diagnose.lab.engine_state import Engine
from diagnose.lab.healthy import CONTROLS, healthy_cloud
from diagnose.lab.places import IMDS, layer_host
from tests.scenarios.canaries import secrets_in
from tests.scenarios.stories import aks
from tests.world import InsideWorld, Wire

LOGIN, ARM = "contoso.azurecr.io", "management.azure.com"
EVIL = "evil.example"
ASKED = Asked(text=f"{LOGIN}/app:v1")
Lie = Callable[[str, HttpReply], HttpReply]  # the URL that was asked, and the honest answer


@dataclass(frozen=True)
class Sent:
    url: str
    headers: dict[str, str]
    body: bytes

    @property
    def host(self) -> str:
        return urlsplit(self.url).netloc

    @property
    def whole(self) -> bytes:
        return json.dumps(self.headers).encode() + self.body


class Astray(Wire):
    """A wire on which one answer is not what it was; writes down what goes over it."""

    def __init__(self, cloud: Cloud, lie: Lie, everything_at: str = "") -> None:
        super().__init__(cloud)
        self.lie, self.everything_at = lie, everything_at
        self.sent: list[Sent] = []
        self.asked: set[str] = set()
        self.dialled: set[tuple[str, int]] = set()
        self.met: set[str] = set()

    def query(self, name: str, server: str, kind: str) -> dns.message.Message:
        self.asked.add(name)
        if not self.everything_at:
            return super().query(name, server, kind)
        question = dns.message.make_query(name, kind)
        answer = dns.message.make_response(question)
        if kind == "A":
            answer.answer.append(dns.rrset.from_text(f"{name}.", 60, "IN", "A", self.everything_at))
        return answer

    def connect(self, address: str, port: int, flow: int = 1) -> None:
        self.dialled.add((address, port))
        super().connect(address, port, flow)

    def greet(self, name: str, address: str, *told: Any, **more: Any) -> Any:
        if address == self.everything_at:
            raise ssl.SSLEOFError(8, "EOF")
        return super().greet(name, address, *told, **more)

    def exchange(
        self, method: str, url: str, headers: Any, body: bytes | None, address: str
    ) -> HttpReply:
        self.sent.append(Sent(url, dict(headers), body or b""))
        honest = super().exchange(method, url, headers, body, address)
        self.met |= secrets_in(headers, honest)
        return self.lie(url, honest)

    def strangers(self) -> set[str]:
        """Give the hosts that were asked and are none of this registry's pull."""
        return {sent.host for sent in self.sent} - {LOGIN, ARM, IMDS, layer_host(self.cloud)}

    def leaks(self) -> list[str]:
        """Name the hosts that were sent a token, and are not the two that tokens are for."""
        return [
            sent.host
            for sent in self.sent
            if sent.host not in (LOGIN, ARM)
            and any(secret.encode() in sent.whole for secret in self.met)
        ]


def ran(wire: Wire) -> tuple[session.Result, dict[str, str]]:
    """Run; give everything that is printed, too."""
    world = InsideWorld(wire, LOGIN)
    with contextlib.redirect_stderr(io.StringIO()) as shown:
        result = session.diagnose(
            ASKED, world, seconds=20.0, on_step=front.show, clean=world.vault.clean
        )
    crashes = [step.traceback for step in result.steps if step.outcome is Outcome.CRASHED]
    assert not crashes, crashes[0]
    told = {name: render(result) for name, render in reports.FORMATS.items()}
    return result, told | {"stderr": shown.getvalue()}


def with_docker() -> Cloud:
    cloud = healthy_cloud()
    cloud.machine.engine = Engine()
    return cloud


def at(place: str, change: Callable[[HttpReply], HttpReply]) -> Lie:
    """Change what is said at URLs that begin so, behind their scheme."""
    return lambda url, honest: (
        change(honest) if url.partition("://")[2].startswith(place) else honest
    )


def header(name: str, value: str) -> Callable[[HttpReply], HttpReply]:
    return lambda honest: replace(honest, headers={**honest.headers, name: value})


REALMS = (
    f"https://{EVIL}/oauth2/token",
    f"https://{LOGIN}.{EVIL}/oauth2/token",
    f"https://{LOGIN}@{EVIL}/oauth2/token",
    f"https://{LOGIN}:8443/oauth2/token",
    f"http://{LOGIN}/oauth2/token",
    f"http://{IMDS}/metadata/identity/oauth2/token?resource=https://{ARM}",
    "https://c\u043entoso.azurecr.io/oauth2/token",
    "file:///etc/shadow",
)


@pytest.mark.parametrize("realm", REALMS)
def test_a_realm_elsewhere_gets_nothing_and_is_told(realm: str) -> None:
    challenge = f'Bearer realm="{realm}",service="{LOGIN}"'
    wire = Astray(with_docker(), at(f"{LOGIN}/v2/", header("www-authenticate", challenge)))
    result, told = ran(wire)

    assert not wire.strangers()
    assert not wire.leaks()
    assert EVIL not in wire.asked
    assert not result.facts.has(DockerPulled)
    assert result.facts.has(DockerPullUnasked)
    assert "sends logins to" in told["stderr"]
    assert "sends logins to" in told["text"], "the report says why docker's pull was not tried"
    assert result.verdict.primary is None


def test_its_own_realm_is_gone_to() -> None:
    wire = Astray(with_docker(), lambda _url, honest: honest)
    result, told = ran(wire)

    assert result.facts.has(DockerPulled), told["stderr"]
    assert result.verdict.status is Status.HEALTHY
    assert wire.met
    assert not wire.leaks()
    assert not wire.strangers()


LOCATIONS = (
    f"https://{LOGIN}@{EVIL}/x",
    f"https://{IMDS}/metadata/instance",
    f"http://{IMDS}/metadata/instance?api-version=2021-02-01",
    "https://0xa9fea9fe/x",
    "https://[::ffff:a9fe:a9fe]/x",
    f"https://{IMDS}\\@eusmanaged15.blob.core.windows.net/x",
    "https://localhost/x",
    "file:///etc/shadow",
)


@pytest.mark.parametrize("location", LOCATIONS)
def test_a_layer_elsewhere_is_not_asked_for(location: str) -> None:
    wire = Astray(with_docker(), at(f"{LOGIN}/v2/app/blobs/", header("location", location)))
    result, told = ran(wire)

    assert result.facts.has(LayerRefused), told["stderr"]
    assert not wire.strangers()
    assert not wire.leaks()
    assert not [
        sent
        for sent in wire.sent
        if sent.host == IMDS
        and "instance" not in sent.url
        and "identity" not in sent.url
        and "loadbalancer" not in sent.url
    ]
    assert {place for place in wire.dialled if place[0] == IMDS} == {(IMDS, 80)}


LINKS = {
    "link": f'<https://{EVIL}/v2/_catalog?last=a>; rel="next"',
    "refresh": f"0; url=https://{EVIL}/",
    "content-location": f"https://{EVIL}/x",
    "alt-svc": f'h2="{EVIL}:443"; ma=9999',
    "set-cookie": f"a=b; Domain={EVIL}",
    "location": f"https://{EVIL}/x",  # beside a status that is no redirect
    "proxy-authenticate": f'Basic realm="https://{EVIL}/"',
    "azure-asyncoperation": f"https://{EVIL}/x",
    "x-ms-redirect": f"https://{EVIL}/x",
}


@pytest.mark.parametrize("case", ["healthy", "subnet-not-allowed", "pull-role-missing"])
def test_no_other_header_leads_anywhere(case: str) -> None:
    """All of them at once, in every answer but the redirect to the layers."""

    def said(url: str, honest: HttpReply) -> HttpReply:
        kept = honest.headers if 300 <= honest.status < 400 else {}
        return replace(honest, headers={**honest.headers, **LINKS, **kept})

    cloud = with_docker()
    cases.CASES[case](cloud)
    wire = Astray(cloud, said)
    ran(wire)

    assert not wire.strangers()
    assert not wire.leaks()
    assert EVIL not in wire.asked
    assert not [sent for sent in wire.sent if "Cookie" in sent.headers]


NEXT = {"nextLink": f"https://{EVIL}/page", "@odata.nextLink": f"https://{EVIL}/page"}


@pytest.mark.parametrize("case", ["healthy", "subnet-not-allowed", "pull-role-missing"])
def test_no_next_page_is_asked_for_elsewhere(case: str) -> None:
    def said(honest: HttpReply) -> HttpReply:
        document = json.loads(honest.body)
        return replace(honest, body=json.dumps({**document, **NEXT}).encode())

    cloud = healthy_cloud()
    cases.CASES[case](cloud)
    wire = Astray(cloud, at(ARM, said))
    ran(wire)

    assert [sent for sent in wire.sent if sent.host == ARM]
    assert not wire.strangers()
    assert not wire.leaks()


@pytest.mark.parametrize("url", [f"https://{EVIL}/x", f"http://{IMDS}/x", "file:///etc/shadow"])
def test_a_foreign_layers_urls_are_not_gone_to(url: str) -> None:
    def said(honest: HttpReply) -> HttpReply:
        document = json.loads(honest.body)
        for row in (*document.get("layers", ()), *document.get("manifests", ())):
            row["urls"] = [url]
        return replace(honest, body=json.dumps(document).encode())

    wire = Astray(healthy_cloud(), at(f"{LOGIN}/v2/app/manifests/", said))
    result, _ = ran(wire)

    assert result.facts.has(Layer), "the config's first byte stands in"
    assert not wire.strangers()
    assert {place for place in wire.dialled if place[0] == IMDS} == {(IMDS, 80)}


def changed(reply: HttpReply, of: Callable[[str], str]) -> HttpReply:
    """Change every text in a JSON answer."""
    try:
        document = json.loads(reply.body)
    except ValueError:
        return reply
    return replace(reply, body=json.dumps(_each(document, of)).encode())


def _each(value: Any, of: Callable[[str], str]) -> Any:
    if isinstance(value, dict):
        return {key: _each(inner, of) for key, inner in value.items()}
    if isinstance(value, list):
        return [_each(inner, of) for inner in value]
    return of(value) if isinstance(value, str) else value


URLS = {
    "url": lambda text: f"https://{EVIL}{text}",
    "plain": lambda text: f"http://{EVIL}{text}",
    "metadata": lambda text: f"http://{IMDS}{text}",
    "user": lambda text: f"https://{ARM}@{EVIL}{text}",
    "no-scheme": lambda text: f"//{EVIL}{text}",
    "upwards": lambda text: f"{text}/../../../../..",
    "query": lambda text: f"{text}?x=",
    "fragment": lambda text: f"{text}#",
    "gap": lambda text: f"{text}/{{x}}",
    "lines": lambda text: f"{text} HTTP/1.1\r\nHost: {EVIL}\r\nX: ",
}


@pytest.mark.parametrize("way", URLS)
@pytest.mark.parametrize("liar", [IMDS, ARM])
@pytest.mark.parametrize("case", ["healthy", "subnet-not-allowed"])
def test_an_id_that_leads_elsewhere_takes_no_token_along(case: str, liar: str, way: str) -> None:
    """Every id in every answer is such a one."""

    def of(text: str) -> str:
        return URLS[way](text) if text.startswith("/subscriptions/") else text

    cloud = healthy_cloud()
    cases.CASES[case](cloud)
    wire = Astray(cloud, at(liar, lambda honest: changed(honest, of)))
    ran(wire)

    assert not wire.strangers()
    assert not wire.leaks()
    assert EVIL not in wire.asked
    for sent in wire.sent:
        if sent.host == ARM:
            path = urlsplit(sent.url).path
            assert re.fullmatch(r"(?:/(?!\.)[\w.@()-]+)+", path), sent.url
            assert set(urlsplit(sent.url).query.split("=")) & {"api-version"}, sent.url


@pytest.mark.parametrize("address", [IMDS, AZURE_DNS, "127.0.0.1", "0.0.0.0", "169.254.0.1"])
def test_names_that_all_lead_to_one_address_inside_get_no_request(address: str) -> None:
    """Every name does; what is there speaks no TLS under any of them."""
    wire = Astray(healthy_cloud(), lambda _url, honest: honest, everything_at=address)
    result, _ = ran(wire)

    assert not result.facts.has(Layer)
    assert {sent.host for sent in wire.sent} <= {IMDS}
    assert all(sent.headers.get("Metadata") == "true" for sent in wire.sent)
    assert {port for place, port in wire.dialled if place == address} <= {80, 443}
    known = {IMDS, address, *(place for place, _ in CONTROLS.values())}
    assert {place for place, _ in wire.dialled} <= known


ESCAPE = "\x1b]0;evil\x07\x1b[2J\x9b31m\u202e\u2028\r\n\t\x00\ud800"
SAID = {"imds": IMDS, "registry": LOGIN, "arm": ARM, "layers": "eusmanaged15"}


def odd_in(told: dict[str, str]) -> dict[str, set[str]]:
    """Give what a terminal would obey, by where it stands."""
    found = {
        name: {one for one in text if not one.isprintable() and one != "\n"}
        for name, text in told.items()
    }
    return {name: odd for name, odd in found.items() if odd}


@pytest.mark.parametrize("where", ["end", "instead", "front"])
@pytest.mark.parametrize("place", SAID)
@pytest.mark.parametrize("case", ["healthy", "subnet-not-allowed", "pull-role-missing"])
def test_no_text_of_any_answer_reaches_a_terminal_as_it_is(
    case: str, place: str, where: str
) -> None:
    forms = {"end": "{}" + ESCAPE, "instead": ESCAPE, "front": ESCAPE + "{}"}

    def of(text: str) -> str:
        return forms[where].replace("{}", text)

    def said(honest: HttpReply) -> HttpReply:
        headers = {name: of(value) for name, value in honest.headers.items()}
        return replace(changed(honest, of), headers=headers)

    cloud = with_docker()
    cases.CASES[case](cloud)
    _, told = ran(Astray(cloud, at(SAID[place], said)))

    assert not odd_in(told)


FILES = {
    "/etc/kubernetes/azure.json": json.dumps(
        dict.fromkeys(("tenantId", "subscriptionId", "vnetName", "subnetName"), f"v{ESCAPE}")
    ),
    "/root/.docker/config.json": json.dumps({"credHelpers": {LOGIN: f"x{ESCAPE}"}}),
    "/etc/docker/daemon.json": json.dumps({"registry-mirrors": [f"https://m{ESCAPE}/"]}),
    "/etc/docker/certs.d/contoso.azurecr.io/hosts.toml": 'server = "https://m\\u001b[31m.example"\n',
    "/var/log/syslog": f"Nov 23 h dockerd[1]: error {ESCAPE} pulling {LOGIN}/app\n".replace(
        "\r\n", " "
    ).replace("\ud800", ""),
    "/etc/hosts": f"10.0.0.9 {LOGIN} \x1b[31mevil\n",
    "/etc/os-release": 'PRETTY_NAME="\x1b[31mLinux"\n',
    "/etc/systemd/system/docker.service": '[Service]\nEnvironment="HTTPS_PROXY=http://\x1b[31m:1"\n',
}


@pytest.mark.parametrize("path", [*FILES, "all"])
def test_no_text_of_any_file_reaches_a_terminal_as_it_is(path: str) -> None:
    cloud = with_docker()
    cloud.machine.files |= FILES if path == "all" else {path: FILES[path]}
    _, told = ran(Wire(cloud))

    assert not odd_in(told)


def test_no_text_of_a_node_reaches_a_terminal_as_it_is() -> None:
    cloud = healthy_cloud()
    aks.node(cloud)
    cloud.vm.name = f"vm{ESCAPE}"
    cloud.machine.environ |= {"HTTPS_PROXY": "http://\x9b31m\x1b\u202e:1", "NO_PROXY": ESCAPE}
    _, told = ran(Wire(cloud))

    assert not odd_in(told)
