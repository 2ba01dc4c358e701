"""The servers that a run asks by HTTP: one row for each, and for each part of one."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from diagnose.lab import cases
from diagnose.lab.cloud import Cloud, RoleAssignment
from diagnose.lab.http import Request
from diagnose.lab.places import IMDS
from tests.faults.world import ARM, ENTRA, LAYERS, REGISTRY, Endpoint
from tests.scenarios.stories.path import by_secret

_ALL = r".*"


@dataclass(frozen=True, kw_only=True)
class Server:
    """``paths`` are those that are broken; where it is not all, the host's port is not."""

    name: str
    endpoint: Endpoint
    paths: str = _ALL
    change: Callable[[Cloud], None] = cases.healthy  # what makes a run ask it

    @property
    def whole(self) -> bool:
        return self.paths == _ALL

    def asked(self, request: Request) -> bool:
        return request.local == self.endpoint[0] and bool(re.fullmatch(self.paths, request.path))


def _by_secret(cloud: Cloud) -> None:
    """Sign in at Entra, as a service principal does that may read all that the machine may."""
    machine = cloud.identities[0].object_id
    by_secret(cloud)
    app = cloud.identities[-1].object_id
    own = [row for row in cloud.role_assignments if row.principal == machine]
    cloud.role_assignments += [RoleAssignment(app, row.role, row.scope) for row in own]


def _resource(name: str, paths: str) -> Server:
    return Server(name=f"arm-{name}", endpoint=ARM, paths=paths)


WHOLE = (
    Server(name="imds", endpoint=(IMDS, 80)),
    Server(name="entra", endpoint=ENTRA, change=_by_secret),
    Server(name="arm", endpoint=ARM),
    Server(name="registry", endpoint=REGISTRY),
    Server(name="layers", endpoint=LAYERS),
)
PARTS = (
    Server(name="imds-token", endpoint=(IMDS, 80), paths=r"/metadata/identity/.*"),
    Server(name="registry-v2", endpoint=REGISTRY, paths=r"/v2/"),
    Server(name="registry-token", endpoint=REGISTRY, paths=r"/oauth2/.*"),
    Server(name="registry-manifest", endpoint=REGISTRY, paths=r"/v2/app/manifests/.*"),
    Server(name="registry-blob", endpoint=REGISTRY, paths=r"/v2/app/blobs/.*"),
)
# A fault of all of ARM ends at the first answer; of one resource, it meets the reader of that one.
RESOURCES = (
    _resource("machine", r".*/virtualMachines/[^/]+"),
    _resource("nic", r".*/networkInterfaces/[^/]+"),
    _resource("vnet", r".*/virtualNetworks/[^/]+"),
    _resource("subnet", r".*/subnets/[^/]+"),
    _resource("nat", r".*/(natGateways|publicIPAddresses)/[^/]+"),
    _resource("provider", r".*/providers/Microsoft.ContainerRegistry"),
    _resource("registries", r"/subscriptions|.*/registries"),
    _resource("registry", r".*/registries/[^/]+"),
    _resource("roles", r".*/role(Assignments|Definitions/.*)"),
    _resource("tenant", r"/subscriptions/[^/]+"),
)
SERVERS = {row.name: row for row in (*WHOLE, *PARTS, *RESOURCES)}
