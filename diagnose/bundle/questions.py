"""The questions that can be put to a world, read from the ports themselves, and their names."""

import inspect
import json
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from checks.ports import World
from diagnose.bundle import codec, shapes

_ENCODE = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode


@dataclass(frozen=True, slots=True, eq=False)
class Method:
    """One method of one port, by its annotations."""

    port: str
    name: str
    signature: inspect.Signature  # without ``self``
    arguments: dict[str, Any]  # parameter -> annotation
    reply: Any  # annotation

    def bound(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
        """Give every parameter's value by name, those that were left out as well."""
        if not args and kwargs.keys() == self.arguments.keys():
            return {name: kwargs[name] for name in self.arguments}
        bound = self.signature.bind(*args, **kwargs)
        bound.apply_defaults()
        return dict(bound.arguments)


@cache
def methods() -> dict[tuple[str, str], Method]:
    """Give every method of every port of `checks.ports.World`."""
    found: dict[tuple[str, str], Method] = {}
    for port, member in vars(World).items():
        if isinstance(member, property):
            kind = typing.get_type_hints(member.fget)["return"]
            for name, function in vars(kind).items():
                if not name.startswith("_") and inspect.isfunction(function):
                    found[port, name] = _read(port, name, function)
    return found


def _read(port: str, name: str, function: Any) -> Method:
    hints = typing.get_type_hints(function, include_extras=True)
    reply = hints.pop("return")
    signature = inspect.signature(function)
    parameters = list(signature.parameters.values())[1:]
    for hint in (*hints.values(), reply):
        shapes.of(hint)  # raises where a value could not be recorded
    return Method(port, name, signature.replace(parameters=parameters), hints, reply)


def key(method: Method, arguments: Mapping[str, Any]) -> str:
    """Give a question's name: the same for the same question, whoever asks it."""
    shown = {name: codec.encoded(arguments[name], hint) for name, hint in method.arguments.items()}
    told = _ENCODE(shown)
    return f"{method.port}.{method.name} {told}"
