"""What a run may be denied on a machine, apart from what is wrong with the pull."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace

from diagnose.lab.cloud import Cloud, RoleAssignment
from diagnose.lab.roles import ROLES


@dataclass(frozen=True, kw_only=True)
class Rights:
    """False takes one away; all True is a run that may do everything."""

    network: bool = True  # ARM shows the VNet, the NIC and what hangs on them
    registry: bool = True  # ARM shows the registry
    identity: bool = True  # False: --auth none
    imds: bool = True  # the metadata service answers
    docker: bool = True  # there is a runtime to ask: docker, or containerd
    root: bool = True
    direct_dns: bool = True  # 168.63.129.16 answers questions that are put to it directly

    @property
    def lacking(self) -> str:
        """What was taken away, as words."""
        gone = [field.name for field in fields(self) if not getattr(self, field.name)]
        return " ".join(f"no-{name}" for name in gone) or "everything"


def combinations() -> Iterator[Rights]:
    """Every combination that differs from the others: without a token, nothing in ARM is asked."""
    no_token = ({"identity": False}, {"imds": False}, {"identity": False, "imds": False})
    arm = [{"network": n, "registry": r} for n in (True, False) for r in (True, False)]
    asking = [*arm, *({"network": False, "registry": False} | one for one in no_token)]
    here = ("docker", "root", "direct_dns")
    for one, local in itertools.product(asking, itertools.product((True, False), repeat=3)):
        yield Rights(**one, **dict(zip(here, local, strict=True)))


def take_away(cloud: Cloud, rights: Rights) -> None:
    """Mutate: ARM and the metadata service show no more than ``rights`` say; pulls stay allowed."""
    if not rights.imds:
        cloud.imds_up = False
    kept: list[RoleAssignment] = []
    for row in cloud.role_assignments:
        kept += _kept(cloud, row, rights)
    cloud.role_assignments = kept


def _kept(cloud: Cloud, row: RoleAssignment, rights: Rights) -> list[RoleAssignment]:
    """Give what is left of one assignment, at narrower scopes where it covered both sides."""
    network = [cloud.vm.nic_id, cloud.vm.resource_id, *(vnet.id for vnet in cloud.vnets)]
    gone = [*([] if rights.network else network), *([] if rights.registry else [cloud.registry.id])]
    if not ROLES[row.role].reads or not any(_covers(row.scope, one) for one in gone):
        return [row]
    left = [one for one in (*network, cloud.registry.id) if one not in gone]
    found = [replace(row, scope=one) for one in left if _covers(row.scope, one)]
    if ROLES[row.role].pull and _covers(row.scope, cloud.registry.id) and not rights.registry:
        found.append(replace(row, role="AcrPull", scope=cloud.registry.id))
    return found


def _covers(scope: str, resource: str) -> bool:
    return f"{resource.lower()}/".startswith(scope.lower().rstrip("/") + "/")
