"""How to grant the pull role, and the registry's name and id in commands; no cause of its own."""

import shlex

from checks.registry import Registry
from checks.target import Target
from diagnose.causes import commands
from diagnose.causes.contract import FixStep, Risk

PULL, READ = "AcrPull", "Container Registry Repository Reader"
_WHY = {
    PULL: "Lets this identity pull, within 10 minutes. (A registry in ABAC mode ignores AcrPull: "
    f"there the role is {READ}.)",
    READ: "Lets this identity pull from every repository of the registry, within 10 minutes; "
    "--condition would narrow it to some.",
}


def scope(target: Target, registry: Registry | None) -> str:
    """Give the registry's id as a shell word, looked up where it is not known."""
    if registry and registry.id:
        return shlex.quote(registry.id)
    # A resource's name has no hyphen; a login server may add one and a hash.
    name = commands.registry_name(target, registry)
    return f'"$(az acr show --name {shlex.quote(name)} --query id -o tsv)"'


def grant(
    principal: str,
    *,
    service: bool,
    target: Target,
    registry: Registry | None,
    role: str = PULL,
) -> FixStep:
    """Assign ``role`` to the principal, which is already a shell word."""
    where = f"--role {shlex.quote(role)} --scope {scope(target, registry)}"
    kind = "--assignee-principal-type ServicePrincipal " if service else ""
    return FixStep(
        command=f"az role assignment create --assignee-object-id {principal} {kind}{where}",
        needs="Microsoft.Authorization/roleAssignments/write on the registry (Owner or User "
        f"Access Administrator){commands.in_current(registry)}",
        risk=Risk.CHANGES_ACCESS,
        why=_WHY[role],
        undo=f"az role assignment delete --assignee-object-id {principal} {where}",
    )


def listing(principal: str, target: Target, registry: Registry | None) -> str:
    """Give the look that lists the identity's roles on the registry."""
    where = f"--scope {scope(target, registry)} --include-inherited"
    return f"az role assignment list --assignee {principal} {where} -o table"
