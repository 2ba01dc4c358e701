"""Proves that a trial pull tells docker's own words and leaves its images as they were."""

import base64
import json
from shutil import which

import pytest
from live_servers import REGISTRY, Server, answer

from checks.replies import Failure, Trouble

IMAGE = f"{REGISTRY}/app:1"
OLD, NEW = "sha256:" + "a" * 64, "sha256:" + "b" * 64


class Engine(Server):
    """A docker engine of one image name; ``pulled`` is what it streams on a pull."""

    def __init__(self, images, arriving=NEW, lines=({"status": "Pull complete"},)):
        super().__init__(None)
        self.images, self.arriving, self.lines = dict(images), arriving, lines
        self.removed, self.auth = [], ""
        self.script = [self.step]

    def step(self, sock):
        verb, path, *_ = self.requests[-1].decode().split(" ", 2)
        sock.sendall(self.reply(verb, path.partition("?")[0]))

    def reply(self, verb, path):
        if path == "/version":
            return self.json({"ApiVersion": "1.44", "Version": "29.0"})
        path = "/" + path.split("/", 2)[2]
        if path == "/version":
            return self.json({"Version": "29.0"})
        if path == "/info":
            mirrors = {"Mirrors": ["https://u:hush@m/"]}
            return self.json(
                {"Driver": "overlay2", "HttpProxy": "http://u:hush@p:1", "RegistryConfig": mirrors}
            )
        if path == "/images/json":
            return self.json([{"Id": one} for one in sorted(set(self.images.values()))])
        if path == "/images/create":
            head = self.requests[-1].decode().lower().partition("x-registry-auth: ")[0]
            self.auth = self.requests[-1].decode()[len(head) :].split("\r\n")[0].partition(": ")[2]
            if self.arriving:
                self.images[IMAGE] = self.arriving
            body = b"".join(json.dumps(line).encode() + b"\r\n" for line in self.lines)
            return answer(200, body, Connection="close")
        if path.endswith("/tag"):
            self.images[IMAGE] = path.split("/")[2]
            return answer(201, b"", Connection="close")
        name = path.removeprefix("/images/").removesuffix("/json")
        if verb == "DELETE":
            self.removed.append(name)
            self.images.pop(name, None)
            return self.json([])
        found = self.images.get(name) or (name if name in self.images.values() else "")
        if not found:
            return self.json({"message": "No such image"}, 404)
        return self.json(
            {"Id": found, "RepoTags": [n for n, i in self.images.items() if i == found]}
        )

    @staticmethod
    def json(value, status=200):
        return answer(
            status, json.dumps(value).encode(), Connection="close", Content_Type="application/json"
        )


@pytest.fixture
def pulled(world):
    """Run one trial pull against an engine with the given images."""

    def run(images, **kw):
        with Engine(images, **kw) as engine:
            here = world(docker_host=f"tcp://127.0.0.1:{engine.place[1]}")
            name = here.vault.put("refresh:x", "hush-hush", REGISTRY)
            return here.docker.pull(IMAGE, name), engine

    return run


def test_the_engine_tells_its_settings_without_passwords(world):
    with Engine({}) as engine:
        here = world(docker_host=f"tcp://127.0.0.1:{engine.place[1]}")
        reply = here.docker.version()

    assert (reply.version, reply.storage_driver) == ("29.0", "overlay2"), reply
    assert reply.proxies == {"HTTP_PROXY": "http://p:1"}
    assert reply.mirrors == ("https://m/",)


def test_what_the_pull_brought_is_removed(pulled):
    reply, engine = pulled({}, lines=[{"status": f"Digest: {OLD}"}])

    assert (reply.error, reply.digest, reply.removed) == ("", OLD, True), reply
    assert engine.images == {}
    assert json.loads(base64.urlsafe_b64decode(engine.auth))["password"] == "hush-hush"


def test_what_was_there_stays(pulled):
    reply, engine = pulled({IMAGE: OLD}, arriving=OLD)

    assert (reply.was_present, reply.removed, engine.removed) == (True, False, [])


def test_a_tag_that_moved_is_put_back(pulled):
    reply, engine = pulled({IMAGE: OLD})

    assert (reply.was_present, reply.removed) == (True, True)
    assert engine.images[IMAGE] == OLD
    assert engine.removed == [NEW]


def test_an_image_without_a_name_is_not_deleted(pulled):
    reply, engine = pulled({"<none>": NEW})
    engine.images.pop("<none>")

    assert not reply.removed
    assert NEW not in engine.removed


def test_the_error_is_in_dockers_words_without_what_varies(pulled):
    text = (
        "denied: client with IP '1.2.3.4' is not allowed. "
        "CorrelationId: 0f9b1b4c-0000-0000-0000-1234567890ab hush-hush"
    )
    reply, engine = pulled({}, arriving="", lines=[{"error": text}])

    assert reply.error == "denied: client with IP '1.2.3.4' is not allowed. [redacted]"
    assert not engine.removed


def test_a_daemon_that_is_down_is_refused(world):
    gone = Server(None)
    gone.listener.close()
    here = world(docker_host=f"tcp://127.0.0.1:{gone.place[1]}")

    assert here.docker.version().trouble is Trouble.REFUSED
    assert (
        world(docker_host="unix:///nothing/here.sock").docker.version().trouble is Trouble.REFUSED
    )


def test_switches(world):
    assert world(runtime="none").docker.version().trouble is Trouble.SWITCHED_OFF
    got = world(pull=False, docker_host="tcp://127.0.0.1:1").docker.pull(IMAGE, None)

    assert isinstance(got, Failure)
    assert got.trouble is Trouble.SWITCHED_OFF


def test_a_client_without_an_engine_is_no_engine_that_is_down(world, tmp_path, monkeypatch):
    for name in ("docker", "podman"):
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setattr("diagnose.live.docker._ENGINE", str(tmp_path / "docker.sock"))
    monkeypatch.setattr("diagnose.live.docker._SOCKET", f"unix://{tmp_path}/docker.sock")
    monkeypatch.setattr("shutil.which", lambda name, **_told: which(name, path=str(tmp_path)))
    here = world(environ={"PATH": str(tmp_path)}, detours=None)

    assert here.docker.version().trouble is Trouble.ABSENT
    (tmp_path / "docker").rename(tmp_path / "dockerd")
    assert here.docker.version().trouble is not Trouble.ABSENT


def test_the_engine_of_a_person_is_found_where_it_listens(world, tmp_path, monkeypatch):
    monkeypatch.setattr("diagnose.live.docker._ENGINE", str(tmp_path / "none"))
    (tmp_path / "docker.sock").touch()
    own = f"unix://{tmp_path}/docker.sock"

    assert world(environ={"XDG_RUNTIME_DIR": str(tmp_path)}, detours=None).docker._host() == own
    assert world(environ={"XDG_RUNTIME_DIR": "/nowhere"}, detours=None).docker._host() == ""
    told = {"XDG_RUNTIME_DIR": str(tmp_path), "DOCKER_HOST": "tcp://127.0.0.1:9"}
    assert world(environ=told, detours=None).docker._host() == "tcp://127.0.0.1:9"
