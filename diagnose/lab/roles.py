"""What each built-in role allows, in ARM and on a registry's content, and who holds what."""

from typing import NamedTuple

from diagnose.lab.cloud import Cloud


class Role(NamedTuple):
    """A role definition."""

    guid: str
    reads: tuple[str, ...] = ()  # ARM namespaces whose */read it grants; "*" is all
    writes: tuple[str, ...] = ()  # those whose writes, deletes and actions it grants
    withheld: tuple[str, ...] = ()  # its notActions, where ``writes`` is all
    pull: bool = False  # registries/pull/read, honoured in legacy mode only
    repository: bool = False  # repositories/content/read, honoured in ABAC mode only


_ALL = ("*",)
_NET, _CPU, _AUTH = "microsoft.network", "microsoft.compute", "microsoft.authorization"
ROLES = {
    "Owner": Role("8e3af657-a8ff-443c-a75c-2fe8c4bcb635", _ALL, _ALL, pull=True),
    "Contributor": Role(
        "b24988ac-6180-42a0-ab88-20f7382dd24c", _ALL, _ALL, withheld=(_AUTH,), pull=True
    ),
    "Reader": Role("acdd72a7-3385-48ef-bd42-f606fba81ae7", _ALL, pull=True),
    "Network Contributor": Role("4d97b98b-1d4f-4787-a291-c67834d212e7", (_NET, _AUTH), (_NET,)),
    "User Access Administrator": Role("18d7d88d-d35e-4fb5-a5c3-7773c20a72d9", _ALL, (_AUTH,)),
    "Virtual Machine Contributor": Role(
        "9980e02c-c2be-4d73-94e8-173b1dc7cf3c", (_NET, _CPU, _AUTH), (_CPU,)
    ),
    "AcrPull": Role("7f951dda-4ed3-4680-a7ca-43fe172d538d", pull=True),
    "AcrPush": Role("8311e382-0749-4cb8-b61a-304f252e45ec", pull=True),
    "AcrDelete": Role("c2f4ef07-c644-48eb-af81-4b1b4947fb11"),
    "Container Registry Repository Reader": Role(
        "b93aa761-3e63-49ed-ac28-beffa264f7ac", repository=True
    ),
    "Container Registry Repository Writer": Role(
        "2a1e307c-b015-4ebd-883e-5b7698a07328", repository=True
    ),
    "Container Registry Configuration Reader and Data Access Configuration Reader": Role(
        "69b07be0-09bf-439a-b9a6-e73de851bd59", ("microsoft.containerregistry",)
    ),
    # Reads everything the tool asks for, pulls nothing: lets a scenario have ARM without AcrPull.
    "Diagnose Reader (custom)": Role("d1a90053-0000-4000-8000-000000000001", _ALL),
}


def _covers(scope: str, target: str) -> bool:
    above, below = scope.lower().rstrip("/"), target.lower().rstrip("/")
    return below == above or below.startswith(above + "/")


def _held(cloud: Cloud, principal: str, scope: str) -> list[Role]:
    return [
        ROLES[a.role]
        for a in cloud.role_assignments
        if a.principal == principal and _covers(a.scope, scope)
    ]


def may_read(cloud: Cloud, principal: str, action: str, scope: str) -> bool:
    """Whether the principal holds this ARM read action at the scope."""
    namespace = action.split("/", maxsplit=1)[0].lower()
    return any(
        "*" in role.reads or namespace in role.reads for role in _held(cloud, principal, scope)
    )


def may_write(cloud: Cloud, principal: str, action: str, scope: str) -> bool:
    """Whether the principal holds this ARM write, delete or other action at the scope."""
    namespace = action.split("/", maxsplit=1)[0].lower()
    return any(
        namespace in role.writes or ("*" in role.writes and namespace not in role.withheld)
        for role in _held(cloud, principal, scope)
    )


def role_of(guid: str) -> str | None:
    """The name of a role definition, by the GUID that its id ends with."""
    wanted = guid.rsplit("/", 1)[-1].lower()
    return next((name for name, role in ROLES.items() if role.guid == wanted), None)


def may_pull(cloud: Cloud, principal: str) -> bool:
    """In ABAC mode AcrPull, Owner and Reader give no pull (control-plane 6, S21)."""
    held = _held(cloud, principal, cloud.registry.id)
    if is_abac(cloud):
        return any(role.repository for role in held)
    return any(role.pull for role in held)


def is_abac(cloud: Cloud) -> bool:
    """Whether the registry takes repository roles only."""
    return cloud.registry.role_assignment_mode == "AbacRepositoryPermissions"
