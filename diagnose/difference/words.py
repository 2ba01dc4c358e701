"""How a value is said, and how it is written into JSON."""

import dataclasses
from enum import Enum

from checks import arm_answer
from diagnose.difference.forms import resource_name

_MOST = 6  # values that are named on a line


def both(good: object, bad: object) -> tuple[str, str]:
    """Say two values that differ; of ids with the same last name as much as tells them apart."""
    told = _said(good, bad), _said(bad, good)
    if told[0] == told[1]:
        told = _with_group(good), _with_group(bad)
    return told if told[0] != told[1] else (_in_full(good), _in_full(bad))


def _said(value: object, other: object) -> str:
    """Say ``value`` in words; of two long lists only what the other one lacks."""
    if isinstance(value, tuple) and isinstance(other, tuple) and len(value) > _MOST:
        lacking = [one for one in value if one not in other]
        if other and lacking and len(lacking) < len(value):
            return f"{len(value)}, here alone: {_listed(lacking)}"
    return _one(value)


def _with_group(value: object) -> str:
    ids = [str(one) for one in value] if isinstance(value, tuple) else [str(value)]
    return ", ".join(f"{arm_answer.part(one, 'resourceGroups')}/{_short(one)}" for one in ids)


def _in_full(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _one(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return "not known"
    if isinstance(value, tuple):
        return _listed(list(value))
    return _short(str(value)) or "none"


def _listed(values: list[object]) -> str:
    more = f" and {len(values) - _MOST} more" if len(values) > _MOST else ""
    return ", ".join(_one(one) for one in values[:_MOST]) + more or "none"


def _short(text: str) -> str:
    """Give an ARM id by its last name; any other text as it is."""
    return resource_name(text) if text.lower().startswith("/subscriptions/") else text


def jsoned(value: object) -> object:
    """Give ``value`` as JSON knows values."""
    if isinstance(value, Enum):
        return str(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: jsoned(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, (tuple, list)):
        return [jsoned(one) for one in value]
    return value
