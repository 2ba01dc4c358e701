"""The roles that this machine's identity holds on the registry, by way of groups and from above."""

from dataclasses import dataclass

from checks import answers, arm_answer, asks, role_list
from checks.contract import Check, Fact, Unseen
from checks.identity import Identity
from checks.ports import World
from checks.registry import Registry
from checks.replies import Failure, HttpReply
from checks.role_list import BUILT_IN, Role
from checks.together import together

_API = "2022-04-01"
_MOST = 8  # custom roles that are looked up


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles(Fact):
    """All roles, and whether one of them pulls; None where a custom role could not be read."""

    names: tuple[str, ...]
    pulls: bool | None  # on an ordinary registry
    reads: bool | None  # on a registry in ABAC mode

    @property
    def summary(self) -> str:
        return f"on the registry it holds: {', '.join(self.names) or 'no role'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RolesHidden(Unseen):
    why: str

    @property
    def summary(self) -> str:
        return f"the identity's roles are unknown: {self.why}"

    @property
    def limit(self) -> str:
        return f"The identity's roles on the registry could not be read ({self.why})."


def gather(world: World, identity: Identity, registry: Registry) -> Roles | RolesHidden:
    if not identity.object_id:
        return RolesHidden(why="the identity's token does not say its object id")
    path = f"{registry.id}/providers/Microsoft.Authorization/roleAssignments"
    who = identity.object_id.replace("'", "''")
    reply = world.arm.get(path, _API, f"atScope() and assignedTo('{who}')")
    ids = parse(reply)
    if isinstance(ids, RolesHidden):
        return ids
    custom = [one for one in ids if _guid(one) not in BUILT_IN]
    # Asked for at the registry: the right to read it there is enough.
    home = f"{registry.id}/providers/Microsoft.Authorization/roleDefinitions/"
    found = together(lambda one: _defined(world, home + _guid(one)), custom[:_MOST])
    return judged(ids, dict(zip(custom, found, strict=False)))


def parse(reply: HttpReply | Failure) -> tuple[str, ...] | RolesHidden:
    """Give the ids of the roles' definitions."""
    body = arm_answer.read(reply)
    if isinstance(body, arm_answer.Hidden):
        return RolesHidden(why=body.why)
    listed = arm_answer.listed(body, "value") if "value" in body else None
    rows = [answers.table(row, "properties") for row in listed or ()]
    ids = {answers.text(row, "roleDefinitionId") for row in rows}
    if listed is None or "" in ids:
        return RolesHidden(why="the answer is not a list of role assignments")
    return tuple(sorted(ids))


def judged(ids: tuple[str, ...], custom: dict[str, Role | None]) -> Roles:
    """Join what the ids stand for; ``custom`` holds None for a role that could not be read."""
    roles = [BUILT_IN.get(_guid(one)) or custom.get(one) for one in ids]
    hidden = None in roles
    seen = [role for role in roles if role]
    names = {role.name for role in seen} | ({"a custom role"} if hidden else set())
    return Roles(
        names=tuple(sorted(names)),
        pulls=any(role.pulls for role in seen) or (None if hidden else False),
        reads=any(role.reads for role in seen) or (None if hidden else False),
    )


def _guid(definition: str) -> str:
    return definition.rpartition("/")[2].lower()


def _defined(world: World, definition: str) -> Role | None:
    body = arm_answer.read(world.arm.get(definition, _API))
    return None if isinstance(body, arm_answer.Hidden) else role_list.defined(body)


CHECK = Check(
    id="roles",
    title="the identity's roles can be read",
    gather=gather,
    asks=(
        asks.resource(
            "Microsoft.Authorization/roleAssignments/",
            "the identity's roles",
            of="Microsoft.ContainerRegistry/registries",
        ),
        asks.arm(
            "{role_scope}/providers/Microsoft.Authorization/roleDefinitions/{role}",
            "Microsoft.Authorization/roleDefinitions/read",
            "what a custom role allows",
        ),
    ),
)
