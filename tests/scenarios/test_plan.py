"""What ``plan`` names is what a run sends, over all stories: nothing else, and nothing for show."""

import base64
import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pytest
from typer.testing import CliRunner

import checks
from checks import identity
from checks.asks import HERE, LONG, Ask
from checks.contract import Check
from checks.ports import World
from checks.target import Asked, parse
from diagnose import engine
from diagnose.cli import app
from diagnose.engine import Outcome
from diagnose.facts import Facts
from diagnose.lab.cloud import Cloud
from diagnose.lab.engine_state import Engine, set_hosts
from diagnose.lab.healthy import REGISTRY_ID, healthy_cloud
from diagnose.lab.places import data_host, layer_host, service_at
from diagnose.live.options import Options
from diagnose.runs import planning
from tests.scenarios.stories import STORIES, Story, aks, blind
from tests.world import InsideWorld, Wire

EVERY = pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
IMAGE = "contoso.azurecr.io/app:v1"
TOKEN = "/metadata/identity/oauth2/token"


class Sent(NamedTuple):
    """One thing that left the machine, and the check that was under way."""

    check: str
    method: str  # as in `Ask`
    host: str  # for TCP the address
    path: str = ""
    port: int = 443


class Watched(Wire):
    """A wire that writes down what goes over it."""

    def __init__(self, cloud: Cloud) -> None:
        super().__init__(cloud)
        self.check = ""
        self.sent: list[Sent] = []

    def query(self, name: str, server: str, kind: str) -> Any:
        self.sent.append(Sent(self.check, "DNS", server, name, 53))
        return super().query(name, server, kind)

    def connect(self, address: str, port: int, flow: int = 1) -> None:
        self.sent.append(Sent(self.check, "TCP", address, "", port))
        super().connect(address, port, flow)

    def greet(self, name: str, *told: Any, **more: Any) -> Any:
        self.sent.append(Sent(self.check, "TLS", name))
        return super().greet(name, *told, **more)

    def exchange(self, method: str, url: str, *told: Any) -> Any:
        self.sent.append(self._http(method, url))
        return super().exchange(method, url, *told)

    def tunnel(self, method: str, url: str, *told: Any) -> Any:
        self.sent.append(self._http(method, url))
        return super().tunnel(method, url, *told)

    def _http(self, method: str, url: str) -> Sent:
        found = re.match(r"(?P<kind>https?)://(?P<host>[^/?]+)(?P<path>[^?]*)", url)
        assert found
        port = 443 if found["kind"] == "https" else 80
        return Sent(self.check, method, found["host"], found["path"], port)


@cache
def run(story: Story) -> Watched:
    cloud = healthy_cloud()
    story.change(cloud)
    return watched(cloud, Asked(text=story.image))


def watched(cloud: Cloud, asked: Asked) -> Watched:
    wire = Watched(cloud)
    world = InsideWorld(wire, parse(asked.text).login_server)

    def asking(check: Check, seen: World) -> World:
        wire.check = check.id
        return seen

    for step, _ in engine.in_turn(checks.ALL, world, Facts([asked]), lens=asking):
        assert step.outcome is not Outcome.CRASHED, step.traceback
    return wire


def pattern(text: str, cloud: Cloud) -> re.Pattern[str]:
    """Turn braces into what they may stand for."""
    known = {"layer_host": f"(?:{re.escape(layer_host(cloud))}|{re.escape(data_host(cloud))})"}

    def one(found: re.Match[str]) -> str:
        return known.get(found[1], ".+" if found[1] in LONG else "[^/]+")

    whole = re.sub(r"\\\{(\w+)\\\}", one, re.escape(text))
    return re.compile(whole, re.IGNORECASE)


def rows(check: Check, image: str) -> Iterator[Ask]:
    """Give what a check may send; the first one that asks ARM signs in for all the others."""
    known = planning.names(parse(image))
    return (planning.filled(ask, known) for ask in {*check.asks, *identity.CHECK.asks})


def hosts(asks: list[Ask], cloud: Cloud) -> list[tuple[re.Pattern[str], int]]:
    """Give the hosts that these rows let a run connect to, and the port; 0 is any."""
    return [(pattern(a.host, cloud), a.port) for a in asks if a.host != HERE and a.method != "DNS"]


def covers(ask: Ask, sent: Sent, cloud: Cloud) -> bool:
    """Tell whether a row names what was sent, as the row's own kind of request."""
    if sent.method == "TCP":
        service = service_at(cloud, sent.host)
        fits = service is None or pattern(ask.host, cloud).fullmatch(service.host)
        return ask.method == "TCP" and bool(fits) and ask.port in (0, sent.port)
    if ask.method != sent.method or not pattern(ask.host, cloud).fullmatch(sent.host):
        return False
    return bool(pattern(ask.path, cloud).fullmatch(sent.path))


def allowed(asks: list[Ask], sent: Sent, cloud: Cloud) -> bool:
    """Tell whether a row names it, or what comes before a request that a row names."""
    if any(covers(ask, sent, cloud) for ask in asks):
        return True
    places = hosts(asks, cloud)
    if sent.method == "DNS":
        named = any(place.fullmatch(sent.path) for place, _ in places)
        return named or sent.path in proxies(cloud)
    if sent.method == "TLS":
        return any(place.fullmatch(sent.host) for place, _ in places)
    if sent.method == "TCP":
        service = service_at(cloud, sent.host)
        through = cloud.proxy and (sent.host, sent.port) == (cloud.proxy.address, cloud.proxy.port)
        named = service is None or any(
            place.fullmatch(service.host) and port in (0, sent.port) for place, port in places
        )
        imds = sent.host == "169.254.169.254"
        return bool(through or imds or named)
    return False


def proxies(cloud: Cloud) -> set[str]:
    """Give the hosts of the machine's proxies, which a note of the plan names."""
    return {urlsplit(url).hostname or "" for url in cloud.machine.environ.values() if "//" in url}


@EVERY
def test_a_run_sends_nothing_that_its_plan_does_not_name(story: Story) -> None:
    wire = run(story)
    by_id = {check.id: check for check in checks.ALL}
    extra = {
        sent
        for sent in wire.sent
        if not allowed(list(rows(by_id[sent.check], story.image)), sent, wire.cloud)
    }

    told = "\n".join(
        f"checks: {s.check}: add asks for {s.method} {s.host}:{s.port}{s.path} to its CHECK row"
        for s in sorted(extra)
    )
    assert not extra, told


def behind_an_appliance(cloud: Cloud) -> None:
    cloud.vm_subnet.nva_public_ip = "20.81.4.7"


def with_a_storage_policy(cloud: Cloud) -> None:
    cloud.vm_subnet.storage_policy = True


def with_a_login_of_az(cloud: Cloud) -> None:
    null, kept = base64.b64encode(b"00000000-0000-0000-0000-000000000000:").decode(), "made-up"
    entry = {"auth": null, "identitytoken": kept}
    text = json.dumps({"auths": {"contoso.azurecr.io": entry}})
    cloud.machine.files["/root/.docker/config.json"] = text


def with_a_mirror_that_answers(cloud: Cloud) -> None:
    cloud.machine.engine = Engine()
    place = "https://packages.microsoft.com"
    set_hosts(cloud.machine.engine, cloud.machine.files, "contoso.azurecr.io", place)


def on_a_node_that_may_not_read_its_machine(cloud: Cloud) -> None:
    aks.node(cloud)
    blind(cloud)


# States that are nobody's trouble, so that no story tells of them.
BESIDES = (
    behind_an_appliance,
    with_a_storage_policy,
    with_a_login_of_az,
    with_a_mirror_that_answers,
    on_a_node_that_may_not_read_its_machine,
)


def test_every_request_that_a_plan_names_is_sent_in_some_story() -> None:
    wires = [(run(story), story.image) for story in STORIES]
    by_id = Asked(text=IMAGE, registry_id=REGISTRY_ID)
    wires.append((watched(healthy_cloud(), by_id), IMAGE))
    for change in BESIDES:
        cloud = healthy_cloud()
        change(cloud)
        wires.append((watched(cloud, Asked(text=IMAGE)), IMAGE))
    never = []
    for check in checks.ALL:
        for ask in check.asks:
            if ask.host in (HERE, "docker engine", "containerd"):
                continue
            if not any(is_sent(check, ask, wire, image) for wire, image in wires):
                never.append(f"{check.id}: {ask.method} {ask.host}{ask.path}")

    assert not never, f"no story makes these; drop the row, or tell a story: {never}"


def is_sent(check: Check, ask: Ask, wire: Watched, image: str) -> bool:
    row = planning.filled(ask, planning.names(parse(image)))
    return any(sent.check == check.id and covers(row, sent, wire.cloud) for sent in wire.sent)


def test_a_check_that_may_ask_says_what_it_asks() -> None:
    silent = [
        check.id
        for check in checks.ALL
        if any(kind is None for _, kind in check.needs.parameters) and not check.asks
    ]

    assert not silent, f"checks {silent}: name what gather asks in asks=(...) of the CHECK row"


def test_a_check_that_asks_nobody_names_nothing() -> None:
    pure = [c for c in checks.ALL if all(kind is not None for _, kind in c.needs.parameters)]

    assert not [check.id for check in pure if check.asks]


def test_switches_take_their_requests_off_the_plan() -> None:
    target = parse(IMAGE)
    whole = planning.plan(target, Options())
    less = planning.plan(target, Options(arm=False, auth="none", pull=False, runtime="none"))

    assert any(ask.host == "management.azure.com" for _, ask in whole.requests)
    assert any(ask.path == "/oauth2/exchange" for _, ask in whole.requests)
    assert {"docker engine", "containerd"} <= {ask.host for _, ask in whole.requests}
    for _, ask in less.requests:
        assert ask.host not in ("management.azure.com", "docker engine", "containerd")
        assert ask.path not in ("/oauth2/exchange", TOKEN)


def test_without_an_image_no_content_is_planned() -> None:
    made = planning.plan(parse("contoso"), Options())

    assert not [ask for _, ask in made.requests if "{repository}" in ask.path]
    assert not [ask for _, ask in made.requests if "/manifests/" in ask.path]


def test_each_cloud_has_its_own_hosts() -> None:
    made = planning.plan(parse("contoso.azurecr.cn/app:v1"), Options(auth="env"))
    named = {ask.host for _, ask in made.requests}

    assert {"management.chinacloudapi.cn", "login.chinacloudapi.cn"} <= named
    assert "management.azure.com" not in named


def test_the_command_prints_one_document_and_asks_nobody() -> None:
    """conftest.py refuses whatever it would send."""
    done = CliRunner().invoke(app, ["plan", IMAGE, "-o", "json"])
    document = json.loads(done.stdout)

    assert done.exit_code == 0
    assert document["schema"] == 1
    rights = {row["right"] for row in document["requests"]}
    assert "Microsoft.Network/virtualNetworks/subnets/read" in rights
    assert {"check", "host", "method", "path", "port", "right", "why"} == set(
        document["requests"][0]
    )


def test_a_target_that_is_none_is_a_usage_error() -> None:
    assert CliRunner().invoke(app, ["plan", "https://x"]).exit_code == 2
