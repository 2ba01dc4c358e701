"""The docker adapter, talking to the simulated engine without its socket."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from docker import auth, utils
from docker.errors import APIError, ImageNotFound
from typing_extensions import Self

from checks.machine_replies import PullReply
from checks.replies import Failure
from checks.token_replies import Token
from diagnose.lab import engine
from diagnose.lab.cloud import Cloud
from diagnose.lab.engine_state import Engine
from diagnose.lab.http import Request, Response
from diagnose.live.docker import LiveDocker
from diagnose.live.trouble import failed
from tests.world.wire import Wire


class RefusedError(APIError):
    """What the SDK raises for an answer that is an error."""

    def __init__(self, explanation: str) -> None:
        super().__init__(explanation, explanation=explanation)


class EngineClient:
    """As much of the SDK's client as `LiveDocker` uses."""

    def __init__(self, cloud: Cloud, docker: Engine) -> None:
        self._cloud, self._engine = cloud, docker

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        pass

    def info(self) -> Any:
        return self._json("GET", "/info")

    def version(self) -> Any:
        return self._json("GET", "/version")

    def images(self, **_which: bool) -> list[str]:
        return [row["Id"] for row in self._json("GET", "/images/json")]

    def inspect_image(self, image: str) -> Any:
        reply = self._sent("GET", f"/images/{quote(image, safe='/:@')}/json")
        if reply.status == 404:
            raise ImageNotFound(image)
        return json.loads(reply.body)

    def tag(self, image: str, repository: str, tag: str, **_how: bool) -> None:
        self._sent("POST", f"/images/{image}/tag", {"repo": repository, "tag": tag})

    def remove_image(self, image: str, **_how: bool) -> None:
        self._sent("DELETE", f"/images/{image}")

    def pull(self, image: str, *, auth_config: dict[str, str], **_how: bool) -> Iterator[Any]:
        repository, tag = utils.parse_repository_tag(image)
        headers = {"x-registry-auth": auth.encode_header(auth_config).decode()}
        query = {"fromImage": repository, "tag": tag or "latest"}
        reply = self._sent("POST", "/images/create", query, headers)
        if reply.status != 200:
            raise RefusedError(json.loads(reply.body)["message"])
        yield from map(json.loads, reply.body.splitlines())

    def _json(self, method: str, path: str) -> Any:
        return json.loads(self._sent(method, path).body)

    def _sent(
        self,
        method: str,
        path: str,
        query: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
    ) -> Response:
        request = Request(
            method=method, host="docker", path=path, query=query or {}, headers=headers or {}
        )
        return engine.answer(self._cloud, self._engine, request)


class InsideDocker(LiveDocker):
    wire: Wire

    def _client(self, seconds: float) -> EngineClient:
        del seconds
        docker = self.wire.cloud.machine.engine
        if docker is None or not docker.running:
            raise ConnectionRefusedError(111, "refused")
        return EngineClient(self.wire.cloud, docker)

    def pull(self, image: str, refresh: Token | None) -> PullReply | Failure:
        """Without the thread that outlives a stuck engine; what one pull said is said again."""
        if refusal := self._refusal():
            return refusal
        key = ("pull", image, refresh is None)
        if key not in self.wire.memo:
            self.wire.memo[key] = self._pulled(image, refresh)
        reply = self.wire.memo[key]
        assert isinstance(reply, (PullReply, Failure))
        return reply

    def _pulled(self, image: str, refresh: Token | None) -> PullReply | Failure:
        try:
            return self._pull(image, refresh)
        except Exception as error:  # noqa: BLE001 as in the real adapter, which names them all
            return failed(error, self._deadline)
