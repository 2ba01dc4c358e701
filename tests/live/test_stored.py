"""The logins that docker keeps: found as docker finds them, tried as it tries them, never shown."""

import base64
import json
import time
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from live_servers import REGISTRY, answer

from checks.replies import Failure, HttpReply, Trouble
from checks.token_replies import Granted

SECRET = "hush-hush~0123456789"
NULL = "00000000-0000-0000-0000-000000000000"
EMPTY_HOME = {"HOME": "/home/me"}
PLACE = "home/me/.docker/config.json"


def token(**payload):
    """Make a JWT nobody signed."""
    parts = [json.dumps(part).encode() for part in ({"alg": "none"}, payload)]
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts) + ".c2ln"


ACCESS = token(access=[{"type": "repository", "name": "app", "actions": ["pull"]}])
GIVEN = answer(200, json.dumps({"access_token": ACCESS}).encode())
REFUSED = answer(401, b'{"errors":[{"code":"UNAUTHORIZED","message":"no"}]}')


def basic(user=NULL, secret=SECRET):
    return base64.b64encode(f"{user}:{secret}".encode()).decode()


@pytest.fixture
def machine(start, world, tmp_path):
    """A machine with the given files, before a registry that answers with the given answers."""

    def make(files, *answers, environ=None):
        registry = start(*(answers or (GIVEN,)), tls_names=(REGISTRY,))
        root = tmp_path / "root"
        for name, text in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text if isinstance(text, str) else json.dumps(text))
            path.chmod(0o755 if "docker-credential" in name else 0o600)
        here = world(registry, root=str(root), environ=environ or EMPTY_HOME)
        return here, registry

    return make


def look(here):
    found = here.tokens.stored(REGISTRY, "app")
    shown = repr([found, here.vault, here.tokens, vars(here)])
    assert here.vault.clean(shown) == shown
    assert SECRET not in shown
    assert basic() not in shown
    return found


def test_a_password_goes_to_the_token_endpoint_as_basic(machine):
    here, registry = machine({PLACE: {"auths": {REGISTRY: {"auth": basic("me")}}}})
    (found,) = look(here)

    assert (found.kind, found.user, found.source) == ("password", "me", f"/{PLACE}")
    assert found.expired is None
    assert isinstance(found.answer, Granted)
    assert found.answer.claims.access[0].actions == ("pull",)
    assert registry.requests[0].startswith(b"GET /oauth2/token?service=reg.azurecr.io&scope=")
    assert f"Authorization: Basic {basic('me')}".encode() in registry.requests[0]


def test_an_identity_token_goes_there_as_a_refresh_token(machine):
    refresh = token(aud=REGISTRY, exp=time.time() + 600)
    here, registry = machine({PLACE: {"auths": {REGISTRY: {"auth": "", "identitytoken": refresh}}}})
    (found,) = look(here)
    form = parse_qs(registry.requests[0].partition(b"\r\n\r\n")[2].decode())

    assert (found.kind, found.expired) == ("identity-token", False)
    assert form["refresh_token"] == [refresh]
    assert form["grant_type"] == ["refresh_token"]


@pytest.mark.parametrize("field", ["identitytoken", "auth"])
def test_a_token_that_has_ended_is_not_sent(machine, field):
    ended = token(aud=REGISTRY, exp=time.time() - 600)
    entry = {field: ended if field == "identitytoken" else basic(NULL, ended)}
    here, registry = machine({PLACE: {"auths": {REGISTRY: entry}}})
    (found,) = look(here)

    assert found.expired is True
    assert found.answer is None
    assert not registry.requests


def test_a_refusal_keeps_its_words_and_loses_what_it_echoes(machine):
    echo = f'{{"errors":[{{"code":"X","message":"{SECRET} {basic("me")} is wrong"}}]}}'
    here, _ = machine(
        {PLACE: {"auths": {REGISTRY: {"auth": basic("me")}}}},
        answer(401, echo.encode(), X_Echo=f"Basic {basic('me')}"),
    )
    (found,) = look(here)

    assert isinstance(found.answer, HttpReply)
    assert b"[redacted] [redacted] is wrong" in found.answer.body


def test_a_short_password_does_not_empty_every_other_text(machine):
    here, _ = machine(
        {PLACE: {"auths": {REGISTRY: {"auth": basic("me", "a")}}}}, answer(401, b"a banana")
    )
    (found,) = look(here)

    assert found.answer.body == b""
    assert here.vault.clean("a banana") == "a banana"


@pytest.mark.parametrize(
    ("key", "is_found"),
    [
        (f"https://{REGISTRY}", True),
        (f"https://{REGISTRY}/v2/", True),
        (REGISTRY.upper(), False),  # docker compares as it stands
        ("other.azurecr.io", False),
        (f"{REGISTRY}.evil.example", False),
    ],
)
def test_keys_count_as_docker_reads_them(machine, key, is_found):
    here, _ = machine({PLACE: {"auths": {key: {"auth": basic()}}}})

    assert bool(look(here)) is is_found


def test_other_logins_no_login_and_no_file_are_told_apart(machine):
    here, _ = machine({PLACE: {"auths": {"other.example": {"auth": basic()}}}})
    assert look(here) == ()
    for files in ({PLACE: {"auths": {}, "detachKeys": "x"}}, {}):
        (here, _) = machine({PLACE: "{}", **files})
        found = look(here)
        assert isinstance(found, Failure)
        assert found.trouble is Trouble.ABSENT


@pytest.mark.parametrize("text", ["{", "[]", "null", "\xff", '{"auths": ' + "[" * 9999])
def test_a_broken_file_is_not_no_file(machine, text):
    here, _ = machine({PLACE: text})
    found = look(here)

    assert isinstance(found, Failure)
    assert found.trouble is Trouble.PROTOCOL


@pytest.mark.parametrize("auth", ["%%%", base64.b64encode(b"no colon").decode(), "YTo="])
def test_a_broken_entry_is_a_login_that_cannot_be_tried(machine, auth):
    here, registry = machine({PLACE: {"auths": {REGISTRY: {"auth": auth}}}})
    (found,) = look(here)

    assert isinstance(found.answer, Failure)
    assert auth not in repr(found)
    assert not registry.requests


def test_docker_config_wins_over_home_and_sudo_asks_both(machine):
    mine = {"auths": {REGISTRY: {"auth": basic("me")}}}
    roots = {"auths": {REGISTRY: {"auth": basic("root")}}}
    files = {PLACE: mine, "root/.docker/config.json": roots, "opt/d/config.json": roots}
    files["etc/passwd"] = "root:x:0:0::/root:/bin/sh\nme:x:1000:1000::/home/me:/bin/sh\n"

    here, _ = machine(files, environ={"HOME": "/home/me", "DOCKER_CONFIG": "/opt/d"})
    assert [one.source for one in look(here)] == ["/opt/d/config.json"]
    here, _ = machine(files, environ={"HOME": "/root", "SUDO_USER": "me"})
    assert [one.user for one in look(here)] == ["root", "me"]


def helper(body):
    return {"usr/bin/docker-credential-safe": f"#!/bin/sh\n{body}\n"}


SAYS = json.dumps({"ServerURL": REGISTRY, "Username": "me", "Secret": SECRET})
TOLD = f'read -r s; [ "$1 $s" = "get {REGISTRY}" ] && '


@pytest.mark.parametrize("key", ["credsStore", "credHelpers"])
def test_a_helper_is_asked_instead_of_the_file(machine, key):
    told = {"credsStore": "safe"} if key == "credsStore" else {"credHelpers": {REGISTRY: "safe"}}
    files = {PLACE: {"auths": {REGISTRY: {}}, **told}, **helper(f"{TOLD}echo '{SAYS}'")}
    here, registry = machine(files)
    (found,) = look(here)

    assert (found.kind, found.user) == ("helper", "me")
    assert found.source == "docker-credential-safe"
    assert isinstance(found.answer, Granted)
    assert f"Basic {basic('me')}".encode() in registry.requests[0]


def test_a_helpers_identity_token_is_sent_as_one(machine):
    refresh = token(aud=REGISTRY, exp=time.time() + 600)
    says = json.dumps({"Username": "<token>", "Secret": refresh})
    here, registry = machine({PLACE: {"credsStore": "safe"}, **helper(f"echo '{says}'")})
    (found,) = look(here)

    assert (found.kind, found.user) == ("helper", "")
    assert b"grant_type=refresh_token" in registry.requests[0]


def test_a_helper_that_has_nothing_is_no_login(machine):
    says = helper("echo 'credentials not found in native keychain'; exit 1")
    here, _ = machine({PLACE: {"credsStore": "safe"}, **says})

    assert look(here) == ()


@pytest.mark.parametrize(
    ("body", "trouble"),
    [
        (f"echo '{SECRET}'; echo '{SECRET}' >&2; exit 3", Trouble.PROTOCOL),
        (f"echo '{SECRET}'", Trouble.PROTOCOL),
        (f"echo '{SECRET}'; exec sleep 9", Trouble.TIMEOUT),
    ],
)
def test_what_a_failing_helper_says_is_not_shown(machine, body, trouble):
    here, registry = machine({PLACE: {"credsStore": "safe"}, **helper(body)})
    here.deadline._end = time.monotonic() + 0.7
    (found,) = look(here)

    assert found.answer.trouble is trouble
    assert not registry.requests


def test_a_helper_that_writes_without_end_is_ended_with_all_that_it_started(machine, tmp_path):
    mark = tmp_path / "pid"
    body = f"sleep 60 & echo $! > {mark}; while :; do echo '{SECRET}'; done"
    here, registry = machine({PLACE: {"credsStore": "safe"}, **helper(body)})
    (found,) = look(here)
    time.sleep(0.1)
    child = Path("/proc", mark.read_text().strip(), "stat")

    assert found.answer.trouble is Trouble.PROTOCOL
    assert not child.exists() or " Z " in child.read_text()
    assert not registry.requests


@pytest.mark.parametrize("name", ["missing", "../../bin/sh", "safe;id", "", " "])
def test_a_helper_that_is_no_program_of_that_name_is_not_run(machine, name):
    here, _ = machine({PLACE: {"credHelpers": {REGISTRY: name}}, **helper("echo")})
    found = look(here)

    if name:
        assert found[0].answer.trouble is Trouble.ABSENT
    else:
        assert found == ()


def test_no_login_is_sent_to_another_server(machine):
    here, registry = machine({PLACE: {"auths": {"evil.example": {"auth": basic()}}}})
    found = here.tokens.stored("evil.example", "app")

    assert isinstance(found, Failure)
    assert not registry.requests


def test_a_simulated_azure_gets_no_login_of_the_real_machine(world, start, tmp_path):
    place = tmp_path / "config.json"
    place.write_text(json.dumps({"auths": {REGISTRY: {"auth": basic()}}}))
    registry = start(GIVEN, tls_names=(REGISTRY,))
    found = world(registry, environ={"DOCKER_CONFIG": str(tmp_path)}).tokens.stored(REGISTRY, "")

    assert isinstance(found, Failure)
    assert not registry.requests
