"""Knows how to ask the docker engine for its settings and for one trial pull."""

import json
import shutil
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from checks import answers
from checks.machine_replies import DockerReply, PullReply
from checks.replies import Failure, Json, Trouble
from checks.together import started
from checks.token_replies import Token
from diagnose.live import (
    cloud_config,
    docker_client,
    docker_config,
    docker_images,
    proxies,
    spotting,
)
from diagnose.live.deadline import Deadline, DeadlinePassedError, Limits
from diagnose.live.options import Options
from diagnose.live.trouble import CarrierError, failed
from diagnose.live.vault import Vault
from diagnose.live.wording import tidy

_ENGINE = "/var/run/docker.sock"
_SOCKET = f"unix://{_ENGINE}"
_NO_OBJECT = Failure(trouble=Trouble.PROTOCOL, detail="the engine's answer is no JSON object")
_MIRRORS = 20  # that are told
_KEPT = 0.15  # of the time that is left: for what has to be undone after the pull
USER = "00000000-0000-0000-0000-000000000000"  # what ACR wants beside a refresh token

Reply = TypeVar("Reply")


class LiveDocker:
    """`checks.ports.Docker`."""

    def __init__(
        self,
        options: Options,
        environ: Mapping[str, str],
        vault: Vault,
        deadline: Deadline,
        limits: Limits,
    ) -> None:
        self._options, self._environ, self._vault = options, environ, vault
        self._deadline, self._limits = deadline, limits

    def version(self) -> DockerReply | Failure:
        """Ask the engine how it is set up."""
        refusal = self._refusal()
        if refusal:
            return refusal
        return self._asked(time.monotonic() + self._limits.docker, self._version)

    def pull(self, image: str, refresh: Token | None) -> PullReply | Failure:
        """Pull, and leave docker's images as they were."""
        refusal = self._refusal()
        if not refusal and not self._options.pull:
            refusal = Failure(trouble=Trouble.SWITCHED_OFF, detail="--no-pull")
        if refusal:
            return refusal
        reply = self._pull(image, refresh)
        if isinstance(reply, Failure) and reply.trouble is Trouble.TIMEOUT:
            return failed(DeadlinePassedError(), self._deadline)  # a pull has all the run's time
        return reply

    def _within(self, seconds: float, work: Callable[[], Reply]) -> Reply | Failure:
        """Do ``work`` in a thread, as the SDK's limits are those of one read."""
        answer: list[Reply | Failure] = []
        began = time.monotonic()

        def asked() -> None:
            try:
                answer.append(work())
            except Exception as error:
                answer.append(failed(error, self._deadline, elapsed=time.monotonic() - began))

        thread = threading.Thread(target=asked, name="docker", daemon=True)
        if started(thread):
            thread.join(min(seconds, self._deadline.left()))
        if answer:
            return answer[0]
        return failed(TimeoutError("docker"), self._deadline, elapsed=time.monotonic() - began)

    def _version(self, client: Any) -> DockerReply:
        info, version = client.info(), client.version()
        if not isinstance(info, dict) or not isinstance(version, dict):
            raise CarrierError(_NO_OBJECT)
        # Parts of the engine's settings are its people's: proxies and mirrors may hold a password.
        self._vault.remember(spotting.of_settings(json.dumps(info)))
        names = {"HTTP_PROXY": "HttpProxy", "HTTPS_PROXY": "HttpsProxy", "NO_PROXY": "NoProxy"}
        mirrors = answers.texts(answers.table(info, "RegistryConfig"), "Mirrors")
        return DockerReply(
            version=self._told(version, "Version"),
            storage_driver=self._told(info, "Driver"),
            proxies={
                name: proxies.without_credentials(self._told(info, key))
                for name, key in names.items()
                if answers.text(info, key)
            },
            mirrors=tuple(
                self._vault.clean(proxies.without_credentials(one)) for one in mirrors[:_MIRRORS]
            ),
            root=self._told(info, "DockerRootDir"),
        )

    def _told(self, document: Json, key: str) -> str:
        return self._vault.clean(answers.text(document, key))

    def _pull(self, image: str, refresh: Token | None) -> PullReply | Failure:
        began, end = time.monotonic(), time.monotonic() + self._deadline.left() * (1 - _KEPT)
        secret = self._vault.secret_for(refresh, image.split("/", 1)[0]) if refresh else None
        auth = {"username": USER, "password": secret} if secret else {}
        if secret:
            self._vault.remember(docker_config.sent(auth))
        before = self._asked(end, lambda client: docker_images.look(client, image))
        if isinstance(before, Failure):
            return before
        tried = self._asked(end, lambda client: docker_images.pulled(client, image, auth))
        # A pull that was given up may have brought the image all the same.
        end = time.monotonic() + self._deadline.left()
        removed = self._asked(end, lambda client: docker_images.restore(client, image, before))
        if isinstance(tried, Failure):
            return tried
        error, digest = tried
        return PullReply(
            error=tidy(self._vault.clean(error)),
            digest=self._vault.clean(digest),
            was_present=bool(before.named),
            removed=removed is True,
            elapsed=time.monotonic() - began,
        )

    def _asked(self, end: float, question: Callable[[Any], Reply]) -> Reply | Failure:
        """Put a question to the engine that has until ``end``, on the monotonic clock."""
        seconds = max(0.0, end - time.monotonic())

        def work() -> Reply:
            with self._client(seconds) as client:
                return question(client)

        return self._within(seconds, work)

    def _refusal(self) -> Failure | None:
        host = self._host()
        if self._options.runtime in ("none", "containerd"):
            detail = f"--runtime {self._options.runtime}"
            return Failure(trouble=Trouble.SWITCHED_OFF, detail=detail)
        if self._options.fenced and not host:
            return Failure(trouble=Trouble.ABSENT, detail="the simulated machine has no docker")
        if self._options.runtime == "auto" and cloud_config.is_node(self._options.root):
            detail = "containerd is what pulls on a node"
            return Failure(trouble=Trouble.SWITCHED_OFF, detail=detail)
        if not (host or is_installed(self._options, self._environ)):
            return Failure(trouble=Trouble.ABSENT, detail="docker is not installed")
        return None

    def _host(self) -> str:
        told = self._options.docker_host or self._environ.get("DOCKER_HOST", "")
        folder = self._environ.get("XDG_RUNTIME_DIR", "")
        if told or self._options.fenced or not folder or Path(_ENGINE).exists():
            return told
        rootless = Path(folder) / "docker.sock"  # where an engine of a person's own listens
        return f"unix://{rootless}" if rootless.exists() else ""

    def _client(self, seconds: float) -> Any:
        environ = {**self._environ, "DOCKER_HOST": self._host() or _SOCKET}
        return docker_client.connected(environ, self._deadline.cap(seconds))


def is_installed(options: Options, environ: Mapping[str, str]) -> bool:
    """Tell whether there is an engine; not the client: podman comes with one of that name."""
    if options.docker_host or options.fenced:
        return bool(options.docker_host)
    folders = f"{environ.get('PATH', '/usr/bin')}:/usr/sbin:/usr/local/sbin"
    return Path(_ENGINE).exists() or shutil.which("dockerd", path=folders) is not None
