"""An administrator's requests to the simulated Azure Resource Manager, in this process."""

import json
from collections.abc import Callable
from typing import Any

from diagnose.lab import arm
from diagnose.lab.administrator import add_administrator, arm_token
from diagnose.lab.cloud import Cloud
from diagnose.lab.http import Request
from diagnose.lab.places import names

Json = dict[str, Any]


class AzError(Exception):
    """What az prints and ends with code 1 for."""


class Misunderstood(AssertionError):  # noqa: N818 - it is the test that fails, not az
    """A command in a form that this does not know: misspelt, or not checked against az yet."""


class Arm:
    """``sent`` keeps each request: method, path, api-version, body."""

    def __init__(self, cloud: Cloud, subscription: str, role: str = "Owner") -> None:
        self.cloud = cloud
        self.subscription = subscription  # az's current one; --subscription overrides it
        self.who = add_administrator(cloud, role)
        self.sent: list[tuple[str, str, str, Json | None]] = []

    def ask(self, method: str, path: str, version: str, body: Json | None = None, **query: str):
        self.sent.append((method, path, version, body))
        request = Request(
            method=method,
            host=names(self.cloud).arm,
            path=path,
            query={"api-version": version, **query},
            headers={"authorization": f"Bearer {arm_token(self.cloud, self.who)}"},
            body=json.dumps(body).encode() if body is not None else b"",
        )
        reply = arm.answer(self.cloud, request)
        found = json.loads(reply.body) if reply.body else None
        if reply.status >= 400:
            raise AzError(f"({found['error']['code']}) {found['error']['message']}")
        return found

    def get(self, path: str, version: str, **query: str):
        return self.ask("GET", path, version, **query)


def flat(value: Any) -> Any:
    """Lift what stands under ``properties`` one level up, as az shows resources."""
    if isinstance(value, list):
        return [flat(one) for one in value]
    if not isinstance(value, dict):
        return value
    inner = value.get("properties")
    lifted = {**value, **inner} if isinstance(inner, dict) else value
    return {k: flat(v) for k, v in lifted.items() if k != "properties" or v is not inner}


Run = Callable[..., Any]
