"""Knows how to let the kubelet's own runtime pull, with the credentials that the kubelet would get.

``crictl pull`` knows nothing of the kubelet's plug-in, and ``ctr`` nothing of the settings that the
runtime's CRI plugin is given: neither of them pulls as a node does, PullImage over CRI does.
"""

import errno
import os
import re
import shutil
import time
from collections.abc import Mapping
from pathlib import Path

from checks.machine_replies import PullReply
from checks.replies import Failure, Trouble
from checks.runtime_replies import ProviderRun, RuntimeReply
from checks.token_replies import Token
from diagnose.live import (
    cloud_config,
    programs,
    provider_plugin,
    provider_settings,
    spotting,
    unit_files,
)
from diagnose.live.cri import grpc, trial
from diagnose.live.cri.client import Cri
from diagnose.live.cri.messages import Login
from diagnose.live.deadline import Deadline, DeadlinePassedError, Limits
from diagnose.live.docker import USER, is_installed
from diagnose.live.machine_files import MachineFiles
from diagnose.live.options import Options
from diagnose.live.programs import Done, TooMuchSaidError
from diagnose.live.provider_settings import Plugin
from diagnose.live.trouble import failed
from diagnose.live.vault import Vault
from diagnose.live.wording import tidy

_SOCKET = "run/containerd/containerd.sock"
_QUERY = re.compile(r"(https?://[^\s\"?]+)\?[^\s\"]*?(?=:?(?:[\s\"]|\Z))")  # may hold a signature
_KEPT = 0.15  # of the time that is left: for what has to be done after the pull


class LiveContainerd:
    """`checks.ports.Containerd`."""

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
        self._root = Path(options.root)
        self._users: dict[str, str] = {}  # by the name of a token

    def version(self) -> RuntimeReply | Failure:
        """Ask the runtime for its name and version, and whether it says that it is ready."""
        refusal = self._refusal()
        if refusal:
            return refusal
        try:
            cri = self._cri()
            told = cri.version(self._deadline.cap(self._limits.docker))
            states = cri.not_ready(self._deadline.cap(self._limits.docker))
        except Exception as error:
            return self._failed(error)
        clean = self._vault.clean
        return RuntimeReply(
            name=clean(told.name),
            version=clean(told.version),
            api=clean(told.api),
            not_ready=tuple(clean(one) for one in states),
            socket=str(self._socket()),
        )

    def credentials(self, image: str) -> ProviderRun | Failure:
        """Run the kubelet's plug-in; only root may read what it is told."""
        refusal = self._not_to_run()
        if refusal:
            return refusal
        files = MachineFiles(self._options.root, self._vault)
        try:
            plugin = provider_plugin.chosen(
                provider_settings.plugins(self._root, files.heard), image
            )
            if isinstance(plugin, Failure):
                return plugin
            (self._root / plugin.program.lstrip("/")).stat()  # raises where it is not there
            if not self._is_root():
                detail = "only root may run the kubelet's plug-in as the kubelet does"
                return Failure(trouble=Trouble.FORBIDDEN, detail=detail)
            in_pod = "KUBERNETES_SERVICE_HOST" in self._environ
            lacking = provider_settings.lacking(plugin, self._root, in_pod=in_pod)
            if lacking and not self._options.plugin:
                detail = (
                    f"{lacking}, which the kubelet's plug-in reads, is not to be seen from here"
                )
                return Failure(trouble=Trouble.FORBIDDEN, detail=detail)
            done = self._run(plugin, provider_plugin.request(plugin, image))
            answered = provider_plugin.answered(self._vault, plugin, image, done)
        except Exception as error:
            return self._not_run(error)
        if answered.run.token:
            self._users[answered.run.token] = answered.user
        return answered.run

    def pull(self, image: str, credential: Token | None) -> PullReply | Failure:
        """Pull, and leave the runtime's images as they were."""
        refusal = self._refusal()
        if not refusal and not self._options.pull:
            refusal = Failure(trouble=Trouble.SWITCHED_OFF, detail="--no-pull")
        if refusal:
            return refusal
        began = time.monotonic()
        try:
            seconds = self._deadline.cap(self._deadline.left() * (1 - _KEPT))
            tried = trial.pull(self._cri(), image, self._login(image, credential), seconds)
        except trial.ImportedError:
            detail = "an image of that name was imported here, and a pull would replace it"
            return Failure(trouble=Trouble.SWITCHED_OFF, detail=detail)
        except Exception as error:
            return self._failed(error, pulling=True)
        self._vault.remember(spotting.of_words(tried.error))
        clean = self._vault.clean
        return PullReply(
            error=_QUERY.sub(r"\1", tidy(clean(tried.error))),
            digest=clean(tried.digest),
            was_present=tried.was_present,
            removed=tried.removed,
            elapsed=time.monotonic() - began,
        )

    def _login(self, image: str, credential: Token | None) -> Login | None:
        host = image.partition("/")[0]
        secret = self._vault.secret_for(credential, host) if credential else None
        if not credential or not secret:
            return None
        login = Login(user=self._users.get(credential, USER), secret=secret)
        self._vault.remember(spotting.of_login(login.user, secret))  # as an echo may have it
        return login

    def _not_run(self, error: Exception) -> Failure:
        """Say what became of the plug-in; REFUSED where the kubelet cannot start it either."""
        if isinstance(error, FileNotFoundError):
            detail = "the kubelet's plug-in is not where the kubelet looks for it"
            return Failure(trouble=Trouble.REFUSED, detail=detail)
        if isinstance(error, OSError) and error.errno == errno.ENOEXEC:
            detail = "the kubelet's plug-in is no program for this machine"
            return Failure(trouble=Trouble.REFUSED, detail=detail)
        if isinstance(error, TooMuchSaidError):
            return Failure(trouble=Trouble.TOO_LARGE, detail="it said far more than any login")
        return failed(error, self._deadline)

    def _not_to_run(self) -> Failure | None:
        told = self._options
        if told.runtime in ("none", "docker"):
            return Failure(trouble=Trouble.SWITCHED_OFF, detail=f"--runtime {told.runtime}")
        if told.auth == "none":
            return Failure(trouble=Trouble.SWITCHED_OFF, detail="--auth none")
        if told.fenced and not told.plugin:
            return Failure(trouble=Trouble.ABSENT, detail="the simulated machine has no kubelet")
        return None

    def _run(self, plugin: Plugin, request: bytes) -> Done:
        if self._options.plugin:
            code, out, err = self._options.plugin(plugin.args, request)
            return Done(code=code, out=out, err=err)
        environ = provider_settings.environment(self._root) or self._usual()
        self._vault.remember(spotting.of_environment(environ))
        return programs.run(
            [str(self._root / plugin.program.lstrip("/")), *plugin.args],
            request,
            {**self._trusted(), **environ, **plugin.environ},
            self._deadline.cap(self._limits.plugin),
            provider_plugin.MOST,
        )

    def _trusted(self) -> dict[str, str]:
        """Name the node's authorities to the plug-in, which in a pod would look at the image's.

        Go and OpenSSL know the variable (https://pkg.go.dev/crypto/x509#SystemCertPool).
        """
        return {"SSL_CERT_FILE": self._options.ca_file} if self._options.ca_file else {}

    def _usual(self) -> dict[str, str]:
        """Give what the kubelet's unit says, where its process is not to be seen."""
        units = unit_files.units(MachineFiles(self._options.root, self._vault))
        proxies = (unit.proxies for unit in units if unit.name == "kubelet")
        return {"PATH": os.defpath} | next(proxies, {})

    def _refusal(self) -> Failure | None:
        """Say why containerd is not asked: it is what pulls on a node, or where no docker is."""
        chosen, there = self._options.runtime, self._is_there()
        if chosen in ("none", "docker"):
            return Failure(trouble=Trouble.SWITCHED_OFF, detail=f"--runtime {chosen}")
        if self._options.fenced and not self._options.cri_socket:
            return Failure(trouble=Trouble.ABSENT, detail="no containerd on this machine")
        is_node = cloud_config.is_node(self._root)
        if there or chosen == "containerd":
            is_first = chosen == "containerd" or is_node
            if not is_first and is_installed(self._options, self._environ):
                return Failure(trouble=Trouble.ABSENT, detail="docker is what pulls here")
            return None
        if is_node:
            hidden = bool(self._options.kernel)  # a pod, which sees no more than it is shown
            path = self._environ.get("PATH", os.defpath)
            if not hidden and shutil.which("containerd", path=path):
                return None
            detail = "containerd's socket is not to be seen from here"
            return Failure(trouble=Trouble.FORBIDDEN, detail=detail)
        return Failure(trouble=Trouble.ABSENT, detail="no containerd on this machine")

    def _failed(self, error: Exception, *, pulling: bool = False) -> Failure:
        if isinstance(error, grpc.MissingLibraryError):
            detail = "the Python library h2 is not installed, so nobody here speaks CRI"
            return Failure(trouble=Trouble.PROTOCOL, detail=detail)
        if isinstance(error, grpc.TooLargeError):
            return Failure(trouble=Trouble.TOO_LARGE, detail="the runtime's answer")
        if isinstance(error, grpc.StatusError):
            words = tidy(self._vault.clean(error.message))
            if error.code == grpc.Code.UNIMPLEMENTED:
                words = f"it speaks no CRI v1: {words}"
            return Failure(trouble=Trouble.PROTOCOL, detail=words)
        if pulling and isinstance(error, TimeoutError):
            return failed(DeadlinePassedError(), self._deadline)  # a pull has all the run's time
        return failed(error, self._deadline)

    def _cri(self) -> Cri:
        return Cri(self._socket())

    def _socket(self) -> Path:
        return Path(self._options.cri_socket or self._root / _SOCKET)

    def _is_there(self) -> bool:
        try:
            return self._socket().exists()
        except OSError:
            return False

    def _is_root(self) -> bool:
        return self._options.plugin is not None or os.geteuid() == 0
