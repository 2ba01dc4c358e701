"""What a table of kept fields is made of, and how a JSON value is cut down to it.

A table is a literal: an object by its keys, a list by its one item, a text by its sensitivity, and
a tuple where a field is now this, now that. Whatever no table names is gone.

A value of another type than its place has stays of that type, emptied, so that a check that
stumbles over it stumbles again: an object becomes ``{}``, a list ``[]``, a text ``""``. Numbers,
truth values and null hold no names and pass.
"""

from collections.abc import Callable
from dataclasses import dataclass

from checks.privacy import Sensitivity
from checks.replies import Json
from diagnose.bundle.bodies.texts import cut

Alias = Callable[[Sensitivity, str], str]
"""What stands for a text of this sensitivity; the text itself where nothing is redacted."""


@dataclass(frozen=True, slots=True)
class ById:
    """An object whose keys are resource ids; one that is none is an unknown field like others."""

    value: "Shape"


Shape = Sensitivity | ById | dict[str, "Shape"] | list["Shape"] | tuple["Shape", ...]
Fields = dict[str, Shape]
# No list of Azure's is longer: a network has at most 3,000 subnets, a security group 1,000 rules:
# https://learn.microsoft.com/azure/azure-resource-manager/management/azure-subscription-service-limits
_ROWS = 5000


def reduced(value: Json, shape: Shape, alias: Alias) -> Json:
    """Give what ``shape`` keeps of ``value``; it goes no deeper than ``shape`` does."""
    if isinstance(shape, tuple):
        shape = next((one for one in shape if _fits(value, one)), shape[0])
    if isinstance(value, str):
        return alias(shape, cut(value)) if isinstance(shape, Sensitivity) and value else ""
    if isinstance(value, list):
        if not isinstance(shape, list):
            return []
        return [reduced(one, shape[0], alias) for one in value[:_ROWS]]
    if not isinstance(value, dict):
        return value
    if isinstance(shape, ById):
        return {
            alias(Sensitivity.RESOURCE, cut(key)): reduced(one, shape.value, alias)
            for key, one in value.items()
            if key.startswith("/")
        }
    if not isinstance(shape, dict):
        return {}
    return {key: reduced(one, shape[key], alias) for key, one in value.items() if key in shape}


def _fits(value: Json, shape: Shape) -> bool:
    if isinstance(value, str):
        return isinstance(shape, Sensitivity)
    return isinstance(shape, (dict, ById) if isinstance(value, dict) else list)
