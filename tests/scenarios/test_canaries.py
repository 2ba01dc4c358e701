"""No secret of a run stands in anything that it prints or writes, whatever others do with it."""

import contextlib
import copy
import dataclasses
import io
import json
import os
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from checks.replies import HttpReply
from checks.target import Asked
from diagnose import front, reports, session
from diagnose.bundle import making, secrets
from diagnose.bundle.pseudonyms import Pseudonyms
from diagnose.bundle.recorder import Recorder
from diagnose.bundle.secrets import LeakError
from diagnose.engine import Outcome
from diagnose.lab.cloud import Cloud
from diagnose.lab.healthy import healthy_cloud
from diagnose.live.vault import Vault
from tests.scenarios import canaries, canary_node
from tests.scenarios.canaries import EchoingDocker, Watched, found, in_url, plant
from tests.scenarios.canary_node import EchoingContainerd
from tests.scenarios.stories.path import by_proxy, by_secret
from tests.world import InsideWorld

ROOT = Path(__file__).resolve().parents[2]
ASKED = Asked(text="contoso.azurecr.io/app:v1")
PLANTED = (*canaries.PLANTED, *canary_node.PLANTED)


class Loud(InsideWorld):
    """A world whose runtimes, and the kubelet's plug-in, repeat what they are given."""

    docker_kind, containerd_kind = EchoingDocker, EchoingContainerd

    def __init__(self, wire: Watched, *told: Any) -> None:
        super().__init__(wire, *told)
        if wire.cloud.machine.containerd:
            plugin = canary_node.loud(wire.cloud, wire.met)
            self.options = dataclasses.replace(self.options, plugin=plugin)


def told(world: InsideWorld) -> tuple[session.Result, dict[str, bytes]]:
    """Run, and give everything that could be printed or written of it."""
    recorder, clean, shown = Recorder(), world.vault.clean, io.StringIO()
    with contextlib.redirect_stderr(shown):
        result = session.diagnose(
            ASKED, world, seconds=20.0, lens=recorder.lens, on_step=front.show, clean=clean
        )
    outputs = {
        f"report.{name}": render(result).encode("utf-8", "surrogatepass")
        for name, render in reports.FORMATS.items()
    }
    outputs["stderr"] = shown.getvalue().encode("utf-8", "surrogatepass")
    outputs["result"] = repr(result).encode()
    outputs["world"] = repr([world.vault, world.tokens, world.client, world.docker]).encode()
    recording = recorder.recording(ASKED, result)
    for kind, names in (("redacted", Pseudonyms(b"0" * 32)), ("whole", None)):
        members = making.made(recording, result, lambda _alias: ["bundle"], names)
        outputs |= {f"{kind}/{name}": data for name, data in members.items()}
    return result, outputs


def as_planted(cloud: Cloud) -> None:
    """Change nothing more."""


def an_aks_node(cloud: Cloud) -> None:
    cloud.machine.files["/etc/kubernetes/azure.json"] = json.dumps(canaries.AZURE_JSON)


def a_proxy_takes_the_login(cloud: Cloud) -> None:
    proxy = by_proxy(cloud)
    proxy.login = f"app:{in_url('https-proxy')}"
    place = f"{proxy.address}:{proxy.port}"
    cloud.machine.environ["HTTPS_PROXY"] = f"http://{proxy.login}@{place}"


def a_proxy_refuses_the_login(cloud: Cloud) -> None:
    a_proxy_takes_the_login(cloud)
    assert cloud.proxy
    cloud.proxy.login = "app:another"


def a_service_principal_signs_in(cloud: Cloud) -> None:
    by_secret(cloud)
    cloud.identities[-1].secret = canaries.canary("client-secret")
    cloud.machine.environ |= canaries.ENVIRON


def a_service_principal_is_refused(cloud: Cloud) -> None:
    by_secret(cloud)
    cloud.machine.environ |= canaries.ENVIRON


def a_workload_signs_in(cloud: Cloud) -> None:
    by_secret(cloud)
    cloud.machine.auth = "workload"
    cloud.machine.files["/var/run/token"] = in_url("federated") + "\n"
    cloud.machine.environ["AZURE_FEDERATED_TOKEN_FILE"] = "/var/run/token"


def a_stored_login_pulls(cloud: Cloud) -> None:
    by_secret(cloud)
    cloud.machine.auth = "none"
    secret = cloud.identities[-1].secret = canaries.canary("docker-auth")
    config = copy.deepcopy(canaries.DOCKER_CONFIG)
    packed = canaries.basic(cloud.identities[-1].client_id, secret)
    config["auths"] = {canaries.LOGIN: {"auth": packed}}
    cloud.machine.files[canaries.HOME] = json.dumps(config)


def a_plugin_answers(cloud: Cloud) -> None:
    canary_node.plant(cloud)


def a_plugin_fails(cloud: Cloud) -> None:
    canary_node.plant(cloud, "exit 1")


def a_plugins_answer_is_cut_short(cloud: Cloud) -> None:
    canary_node.plant(cloud, "cut")


CHANGES: dict[Callable[[Cloud], None], str] = {
    as_planted: "",
    an_aks_node: canaries.canary("aadClientSecret"),
    a_proxy_takes_the_login: in_url("https-proxy"),
    a_proxy_refuses_the_login: in_url("https-proxy"),
    a_service_principal_signs_in: canaries.canary("client-secret"),
    a_service_principal_is_refused: canaries.canary("client-secret"),
    a_workload_signs_in: in_url("federated"),
    a_stored_login_pulls: canaries.canary("docker-auth"),
    a_plugin_answers: in_url("plugin-other"),
    a_plugin_fails: in_url("plugin-other"),
    a_plugins_answer_is_cut_short: in_url("plugin-other"),
}
ECHOES: dict[str, Callable[[str, str], bool]] = {
    "nobody": lambda _host, _path: False,
    "exchange": lambda host, path: host == canaries.LOGIN and path == "/oauth2/exchange",
    "token": lambda host, path: host == canaries.LOGIN and path.startswith("/oauth2/token"),
    "registry": lambda host, path: host == canaries.LOGIN and path.startswith("/v2/app"),
    "arm": lambda host, _path: host == "management.azure.com",
    "sign-in": lambda host, _path: host.startswith("login."),
    "layers": lambda host, _path: "blob.core" in host,
    "everybody": lambda _host, _path: True,
}


def planted_cloud(change: Callable[[Cloud], None]) -> Cloud:
    cloud = healthy_cloud()
    plant(cloud)
    change(cloud)
    return cloud


CASES = [
    *((as_planted, echoes) for echoes in ECHOES),
    *((change, "nobody") for change in CHANGES),
    *((change, "everybody") for change in CHANGES),
]


@pytest.mark.parametrize(
    ("change", "echoes"),
    dict.fromkeys(CASES),
    ids=lambda value: value if isinstance(value, str) else value.__name__,
)
def test_no_secret_is_shown_or_written(change: Callable[[Cloud], None], echoes: str) -> None:
    wire = Watched(planted_cloud(change), ECHOES[echoes])
    world = Loud(wire, canaries.LOGIN)
    result, outputs = told(world)

    assert not result.crashed
    assert not found(outputs, {*PLANTED, *wire.met, CHANGES[change]} - {""})
    assert len(outputs) > 20
    secrets.refuse(outputs, world.vault.secrets())


def test_the_vault_knows_every_secret_that_was_planted_or_met() -> None:
    known: set[str] = set()
    for change, secret in CHANGES.items():
        wire = Watched(planted_cloud(change))
        world = Loud(wire, canaries.LOGIN)
        told(world)
        mine = set(world.vault.secrets())
        known |= mine

        assert not wire.met - mine, change.__name__
        assert not secret or secret in mine, change.__name__
    every = "\n".join(known)

    assert not [one for one in PLANTED if one not in every]


class Forgetful(Vault):
    """A vault that takes nothing out: what a run would look like without."""

    def clean(self, text: str) -> str:
        return text

    def clean_reply(self, reply: HttpReply) -> HttpReply:
        return reply


class Leaking(Loud):
    def __init__(self, *told: Any) -> None:
        super().__init__(*told)
        self.vault = Forgetful()


def test_the_search_finds_what_a_leaking_run_shows() -> None:
    wire = Watched(planted_cloud(a_stored_login_pulls), ECHOES["everybody"])
    world = Leaking(wire, canaries.LOGIN)
    _, outputs = told(world)
    leaks = found(outputs, {*canaries.PLANTED, *wire.met})

    assert any(name.startswith("'result'") for name in leaks)
    assert any(name.startswith("'report.json'") for name in leaks)
    assert any(name.startswith("'whole/replies.jsonl'") for name in leaks)
    with pytest.raises(LeakError):
        secrets.refuse(outputs, world.vault.secrets())


class Broken:
    """An adapter with a bug: it raises with a secret in its hands."""

    def __init__(self, secret: str, words: str) -> None:
        self.secret, self.words = secret, words

    def __getattr__(self, name: str) -> Any:
        secret = self.secret
        raise ValueError(self.words.format(secret))


class Crashing(Loud):
    words = ""

    @property
    def node(self) -> Any:
        return Broken(canaries.canary("client-secret"), self.words)


@pytest.mark.parametrize("words", ["no", "no {}", "no\n{}"], ids=["local", "message", "lines"])
def test_a_crash_shows_no_secret(words: str) -> None:
    world = Crashing(Watched(planted_cloud(as_planted)), canaries.LOGIN)
    world.words = words
    result, outputs = told(world)

    assert [step.check.id for step in result.steps if step.outcome is Outcome.CRASHED]
    assert "ValueError: no" in outputs["stderr"].decode()
    assert not found(outputs, {*canaries.PLANTED})


@pytest.mark.parametrize(
    ("output", "verbose", "machine"),
    [
        ("every", "verbose", "docker"),
        ("json", "calm", "docker"),
        ("bundle", "verbose", "docker"),
        ("every", "verbose", "node:exit 1"),
        ("bundle", "verbose", "node:"),
    ],
)
def test_a_process_shows_no_secret(output: str, verbose: str, machine: str, tmp_path: Path) -> None:
    """The real adapters over loopback, with a credential helper that is a program."""
    place = tmp_path / "bundle.tar.gz"
    words = [output, verbose, str(place), machine]
    command = [sys.executable, "-m", "tests.scenarios.canary_run", *words]
    done = subprocess.run(command, capture_output=True, cwd=ROOT, check=False, timeout=60)
    outputs = {"stdout": done.stdout, "stderr": done.stderr}
    if output == "bundle":
        with tarfile.open(place) as archive:
            for member in archive:
                file = archive.extractfile(member)
                outputs[member.name] = file.read() if file else b""

        again = subprocess.run(
            [sys.executable, "-m", "diagnose", "analyze", str(place), "-o", "json"],
            capture_output=True,
            check=False,
            timeout=60,
        )
        outputs |= {"analyzed": again.stdout, "analyzed, stderr": again.stderr}

    assert done.returncode in (0, 1, 3), done.stderr.decode()
    assert done.stdout
    assert not found(outputs, {*PLANTED, in_url("helper")})
    if machine != "docker":
        assert b"acr-credential-provider" in b"".join(outputs.values())
    for data in outputs.values():
        assert b"eyJ" not in data
        assert b"sig=" not in data.replace(b"sig=[redacted]", b"")
    assert (b"check" in done.stderr or b" ok " in done.stderr) is (verbose == "verbose")


@pytest.mark.parametrize(
    "words",
    [
        ("plan", "contoso.azurecr.io/app:v1"),
        ("plan", "contoso.azurecr.io/app:v1", "-o", "json"),
        ("plan", f"https://me:{in_url('target')}@contoso.azurecr.io/app", "-o", "json"),
        ("run", f"me:{in_url('target')}@contoso.azurecr.io/app", "-o", "json", "-vv"),
    ],
    ids=["plan", "plan-json", "url", "login"],
)
def test_a_command_that_sends_nothing_shows_no_secret(words: tuple[str, ...]) -> None:
    command = [sys.executable, "-m", "diagnose", *words]
    environ = {**os.environ, **canaries.ENVIRON}
    done = subprocess.run(command, capture_output=True, env=environ, check=False, timeout=60)

    assert done.returncode == (2 if in_url("target") in "".join(words) else 0)
    assert done.stdout
    outputs = {"stdout": done.stdout, "stderr": done.stderr}
    assert not found(outputs, {*canaries.PLANTED, in_url("target")})
