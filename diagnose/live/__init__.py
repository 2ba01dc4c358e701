"""Knows how the real world is put together; the only place that builds its adapters."""

import contextlib
import os
import threading
from collections.abc import Mapping

from diagnose.live import spotting, trust
from diagnose.live.client import Client
from diagnose.live.clouds import cloud_of
from diagnose.live.credentials import Credentials
from diagnose.live.deadline import Deadline, Limits
from diagnose.live.dialer import Dialer
from diagnose.live.imds import LiveImds
from diagnose.live.once import Once
from diagnose.live.options import Options
from diagnose.live.stored import StoredLogins
from diagnose.live.vault import Vault

from diagnose.live.arm import LiveArm  # isort: skip
from diagnose.live.containerd import LiveContainerd  # isort: skip
from diagnose.live.dns import LiveDns  # isort: skip
from diagnose.live.docker import LiveDocker  # isort: skip
from diagnose.live.host import LiveHost  # isort: skip
from diagnose.live.http import LiveHttp  # isort: skip
from diagnose.live.net import LiveNet  # isort: skip
from diagnose.live.node import LiveNode  # isort: skip
from diagnose.live.tokens import LiveTokens  # isort: skip

__all__ = ["Limits", "LiveWorld", "Options", "live_world"]

trust.spare_certifi()  # before anything imports requests


class LiveWorld:
    """`checks.ports.World` on this machine; each adapter is made when it is first asked for.

    A simulated world names others in place of the adapters that open sockets.
    """

    imds_kind: type[LiveImds] = LiveImds
    arm_kind: type[LiveArm] = LiveArm
    net_kind: type[LiveNet] = LiveNet
    docker_kind: type[LiveDocker] = LiveDocker
    containerd_kind: type[LiveContainerd] = LiveContainerd

    def __init__(self, options: Options, login_server: str, limits: Limits) -> None:
        self.options, self.login_server, self.limits = options, login_server, limits
        self.deadline = Deadline(options.timeout)
        self.vault = Vault()
        self.dialer = Dialer(options, self.deadline, limits)
        self.environ = _environ(options)
        self.vault.remember(spotting.of_environment(self.environ))
        self.ca_file = trust.chosen(self.environ, options.root, options.ca_file)
        self.client = Client(self.dialer, self.deadline, limits, self.environ, self.ca_file)
        self._once = Once()

    @property
    def host(self) -> LiveHost:
        return self._once.get(
            "host", lambda: LiveHost(self.options, self.environ, vault=self.vault)
        )

    @property
    def imds(self) -> LiveImds:
        return self._once.get("imds", self._imds)

    @property
    def tokens(self) -> LiveTokens:
        return self._once.get("tokens", self._tokens)

    @property
    def arm(self) -> LiveArm:
        return self._once.get("arm", self._arm)

    @property
    def dns(self) -> LiveDns:
        return self._once.get("dns", lambda: LiveDns(self.dialer, self.deadline))

    @property
    def net(self) -> LiveNet:
        return self._once.get("net", self._net)

    @property
    def http(self) -> LiveHttp:
        return self._once.get("http", lambda: LiveHttp(self.client, self.vault))

    @property
    def docker(self) -> LiveDocker:
        return self._once.get("docker", self._docker)

    @property
    def containerd(self) -> LiveContainerd:
        return self._once.get("containerd", self._containerd)

    @property
    def node(self) -> LiveNode:
        return self._once.get("node", lambda: LiveNode(self.options, self.deadline, self.vault))

    def warm(self) -> None:
        """Load what the run will want, while it waits for the first answer of instance metadata.

        Azure's SDK alone takes a tenth of a second, and the questions to Azure Resource Manager,
        which begin with that answer, are the longest chain of a run.
        """
        with contextlib.suppress(Exception):  # whoever asks is told what is wrong
            self.client.ready()
            if self.options.arm:
                self.arm.ready()

    def close(self) -> None:
        """Close what was kept open for reuse."""
        self.client.close()
        if imds := self._once.made("imds"):
            imds.close()

    def _imds(self) -> LiveImds:
        with contextlib.suppress(MemoryError, RuntimeError):  # no thread to be had
            threading.Thread(target=self.warm, name="warm", daemon=True).start()
        return self.imds_kind(self.options, self.dialer, self.deadline, self.limits)

    def _tokens(self) -> LiveTokens:
        login = self.login_server
        credentials = Credentials(
            self.options,
            login,
            self.client,
            self.deadline,
            self.limits,
            self.vault,
            self.environ,
        )
        stored = StoredLogins(
            self.options, self.environ, self.client, self.vault, self.deadline, self.limits
        )
        return LiveTokens(
            self.options, login, self.client, self.imds, credentials, stored, self.vault
        )

    def _arm(self) -> LiveArm:
        return self.arm_kind(
            self.options,
            cloud_of(self.login_server),
            self.client,
            self.tokens,
            self.vault,
            self.deadline,
            self.limits,
        )

    def _net(self) -> LiveNet:
        return self.net_kind(self.dialer, self.deadline, self.limits, self.client)

    def _docker(self) -> LiveDocker:
        return self.docker_kind(self.options, self.environ, self.vault, self.deadline, self.limits)

    def _containerd(self) -> LiveContainerd:
        told = (self.options, self.environ, self.vault, self.deadline, self.limits)
        return self.containerd_kind(*told)


def live_world(options: Options, login_server: str, limits: Limits | None = None) -> LiveWorld:
    """Return the world as seen from this machine; its clock starts now."""
    return LiveWorld(options, login_server, limits or Limits.within(options.timeout))


def _environ(options: Options) -> Mapping[str, str]:
    """Return the variables that count: a simulated machine does not have this one's proxy."""
    if options.environ is not None:
        return options.environ
    return {} if options.fenced else dict(os.environ)
