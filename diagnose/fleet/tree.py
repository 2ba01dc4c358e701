"""Looks into JSON that somebody else made: whatever is missing or of another type is empty."""

from typing import Any


def at(value: object, *keys: str) -> dict[str, Any]:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def each(value: object, *keys: str) -> list[dict[str, Any]]:
    """Give the objects of the list at the last key."""
    found = at(value, *keys[:-1]).get(keys[-1])
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def text(value: object, *keys: str) -> str:
    found = at(value, *keys[:-1]).get(keys[-1])
    return found if isinstance(found, str) else ""
