"""Knows how to ask the docker engine for its settings and for one trial pull."""

import json
import shutil
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from checks.machine_replies import DockerReply, PullReply
from checks.replies import Failure, Trouble
from checks.together import started
from checks.token_replies import Token
from diagnose.live import cloud_config, docker_config, docker_images, proxies, spotting
from diagnose.live.deadline import Deadline, DeadlinePassedError, Limits
from diagnose.live.docker_socket import knock
from diagnose.live.options import Options
from diagnose.live.trouble import failed
from diagnose.live.vault import Vault
from diagnose.live.wording import tidy

_ENGINE = "/var/run/docker.sock"
_SOCKET = f"unix://{_ENGINE}"
USER = "00000000-0000-0000-0000-000000000000"  # what ACR wants beside a refresh token


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
        try:
            with self._client(self._limits.docker) as client:
                info, version = client.info(), client.version()
        except Exception as error:
            return failed(error, self._deadline)
        # Parts of the engine's settings are its people's: proxies and mirrors may hold a password.
        self._vault.remember(spotting.of_settings(json.dumps(info, default=str)))
        clean = self._vault.clean
        names = {"HTTP_PROXY": "HttpProxy", "HTTPS_PROXY": "HttpsProxy", "NO_PROXY": "NoProxy"}
        mirrors = (info.get("RegistryConfig") or {}).get("Mirrors") or []
        return DockerReply(
            version=clean(str(version.get("Version", ""))),
            storage_driver=clean(str(info.get("Driver", ""))),
            proxies={
                name: clean(proxies.without_credentials(str(info[key])))
                for name, key in names.items()
                if info.get(key)
            },
            mirrors=tuple(clean(proxies.without_credentials(str(one))) for one in mirrors),
            root=clean(str(info.get("DockerRootDir", ""))),
        )

    def pull(self, image: str, refresh: Token | None) -> PullReply | Failure:
        """Pull, and leave docker's images as they were. The pull runs in a thread that we outlive
        at most by one read: its socket knows the same deadline.
        """
        refusal = self._refusal()
        if not refusal and not self._options.pull:
            refusal = Failure(trouble=Trouble.SWITCHED_OFF, detail="--no-pull")
        if refusal:
            return refusal
        answer: list[PullReply | Failure] = []
        stop = threading.Event()
        began = time.monotonic()

        def work() -> None:
            try:
                answer.append(self._pull(image, refresh, stop, began))
            except Exception as error:
                answer.append(failed(error, self._deadline, elapsed=time.monotonic() - began))

        thread = threading.Thread(target=work, name="pull", daemon=True)
        if started(thread):
            thread.join(self._deadline.left())
        stop.set()
        if answer:
            return answer[0]
        return failed(DeadlinePassedError(), self._deadline, elapsed=time.monotonic() - began)

    def _pull(
        self, image: str, refresh: Token | None, stop: threading.Event, began: float
    ) -> PullReply:
        secret = self._vault.secret_for(refresh, image.split("/", 1)[0]) if refresh else None
        auth = {"username": USER, "password": secret} if secret else {}
        if secret:
            self._vault.remember(docker_config.sent(auth))
        error = digest = ""
        with self._client(self._deadline.left()) as client:
            before, owned = docker_images.present(client, image), docker_images.all_ids(client)
            try:
                # An empty auth_config, not None: None sends docker to the person's own logins.
                for line in client.pull(image, stream=True, decode=True, auth_config=auth):
                    error = str(line.get("error") or error)
                    digest = _digest(str(line.get("status", ""))) or digest
                    if stop.is_set():
                        break
            except Exception as refused:
                error = _explained(refused)
            removed = docker_images.restore(client, image, before, owned)
        return PullReply(
            error=tidy(self._vault.clean(error)),
            digest=self._vault.clean(digest),
            was_present=bool(before),
            removed=removed,
            elapsed=time.monotonic() - began,
        )

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
        """Connect; the SDK asks for the engine's version at once, so this may raise."""
        import docker
        from docker import utils

        environ = {**self._environ, "DOCKER_HOST": self._host() or _SOCKET}
        knock(environ["DOCKER_HOST"])
        settings: Any = utils.kwargs_from_env(environment=environ)
        settings["timeout"] = self._deadline.cap(seconds)  # requests takes parts of a second
        return docker.APIClient(version="auto", **settings)


def is_installed(options: Options, environ: Mapping[str, str]) -> bool:
    """Tell whether there is an engine; not the client: podman comes with one of that name."""
    if options.docker_host or options.fenced:
        return bool(options.docker_host)
    folders = f"{environ.get('PATH', '/usr/bin')}:/usr/sbin:/usr/local/sbin"
    return Path(_ENGINE).exists() or shutil.which("dockerd", path=folders) is not None


def _digest(status: str) -> str:
    head, _, value = status.partition("Digest: ")
    return value.strip() if not head else ""


def _explained(error: Exception) -> str:
    return str(getattr(error, "explanation", "") or type(error).__name__)
