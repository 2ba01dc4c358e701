"""The cases of ``acr-diagnose demo``: each is the healthy cloud with one thing changed.

A case changes state and nothing else. The simulated services answer from that state, and neither
they nor the verdict ever see a case's name.
"""

from collections.abc import Callable

from diagnose.lab.cloud import Cloud, Fault, RoleAssignment
from diagnose.lab.healthy import SIBLING_ID

SERVICE = "Microsoft.ContainerRegistry"


def healthy(_cloud: Cloud) -> None:
    """Nothing is wrong: the subnet has the endpoint, the registry its rule, the VM its role."""


def subnet_not_allowed(cloud: Cloud) -> None:
    """The registry allows another subnet of the VNet, but not the VM's."""
    cloud.registry.vnet_rules = [SIBLING_ID]


def service_endpoint_missing(cloud: Cloud) -> None:
    """The registry allows the subnet, which has lost its service endpoint for registries."""
    endpoints = cloud.vm_subnet.service_endpoints
    endpoints[:] = [endpoint for endpoint in endpoints if endpoint.service != SERVICE]


def public_access_disabled(cloud: Cloud) -> None:
    """Rule and endpoint are right, but the registry's public access is switched off."""
    cloud.registry.public_network_access = "Disabled"


def egress_blocked_data(cloud: Cloud) -> None:
    """Login and manifest work; the host that serves the layers is dropped."""
    cloud.faults["layers"] = Fault.DROP


def pull_role_missing(cloud: Cloud) -> None:
    """The network lets the VM in; its identity has no right to pull."""
    # Reader holds registries/pull/read too, so it goes with AcrPull; what is left reads settings.
    reader = "Diagnose Reader (custom)"
    cloud.role_assignments = [
        RoleAssignment(row.principal, reader, row.scope)
        for row in cloud.role_assignments
        if row.role != "AcrPull"
    ]


def no_arm_rights(cloud: Cloud) -> None:
    """As subnet-not-allowed, for an identity that may pull but may read nothing in Azure."""
    subnet_not_allowed(cloud)
    cloud.role_assignments = [row for row in cloud.role_assignments if row.role == "AcrPull"]


CASES: dict[str, Callable[[Cloud], None]] = {
    case.__name__.replace("_", "-"): case
    for case in (
        healthy,
        subnet_not_allowed,
        service_endpoint_missing,
        public_access_disabled,
        egress_blocked_data,
        pull_role_missing,
        no_arm_rights,
    )
}
