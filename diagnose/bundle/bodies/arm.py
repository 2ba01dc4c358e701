"""Which table a path of Azure Resource Manager answers by: that of the resource type at its end."""

from diagnose.bundle.bodies import (
    arm_access,
    arm_compute,
    arm_network,
    arm_private,
    arm_registry,
    arm_routing,
)
from diagnose.bundle.bodies.shape import Fields, Shape

TABLES = (arm_access, arm_compute, arm_network, arm_private, arm_registry, arm_routing)
_BY_TYPE = {kind: shape for table in TABLES for kind, shape in table.SHAPES.items()}
_NOTHING: Fields = {}


def type_of(path: str) -> tuple[str, bool]:
    """Give the type, in lower case and without ids, and whether the path is that of a list.

    ``/subscriptions/S/providers/N`` is of the type ``providers``; there are no others than this and
    ``subscriptions`` without a namespace.
    """
    _, provided, after = f"/{path.lower().strip('/')}".rpartition("/providers/")
    if not provided:
        after = after.removeprefix("/")
        names = after.split("/")
        return names[-1 if len(names) % 2 else -2], len(names) % 2 == 1
    namespace, *rest = after.split("/")
    if not rest:
        return "providers", False
    return "/".join((namespace, *rest[::2])), len(rest) % 2 == 1


def shape_of(path: str) -> Fields:
    """Give what is kept of the answer to a GET of ``path``; nothing of a type without a table."""
    kind, is_list = type_of(path)
    shape: Shape = _BY_TYPE.get(kind, _NOTHING)
    if is_list:
        return {"value": [shape]}
    return shape if isinstance(shape, dict) else _NOTHING
