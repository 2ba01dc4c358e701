"""A node among planted secrets: a credential plug-in and a runtime that repeat what they know.

The plug-in's program file says how it ends: ``exit 1``, ``cut`` for an answer that breaks off, or
nothing for a whole one.
"""

import base64
import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from diagnose.lab import provider
from diagnose.lab.cloud import Cloud
from diagnose.lab.cri_state import PROGRAM, PROVIDERS, Containerd, make_node
from diagnose.live.cri.grpc import StatusError
from tests.scenarios.canaries import LOGIN, PROXY, basic, canary, in_url
from tests.world.cri import InsideContainerd, InsideCri

VARIABLES = {
    "AZURE_CLIENT_SECRET": canary("plugin-secret"),
    "AZURE_CLIENT_CERTIFICATE_PASSWORD": "short Pa,55",
    "GITHUB_TOKEN": in_url("plugin-token"),
    "HTTPS_PROXY": f"http://me:{in_url('plugin-proxy')}@{PROXY}",
}
ARGUMENTS = ("/etc/kubernetes/azure.json", f"--client-secret={in_url('plugin-arg')}")
LOGINS = {
    "*.azurecr.io": ("robot", canary("plugin-answer")),
    f"{LOGIN}/team": ("robot", in_url("plugin-narrower")),
    "other.example": ("robot", in_url("plugin-other")),
}
PLANTED = (
    *(secret for _, secret in LOGINS.values()),
    *(VARIABLES[name] for name in VARIABLES if not name.endswith("PROXY")),
    *(in_url(f"plugin-{one}") for one in ("proxy", "arg")),
)
Plugin = Callable[[tuple[str, ...], bytes], provider.Ended]


def plant(cloud: Cloud, program: str = "") -> None:
    """Mutates: makes the machine a node whose plug-in is told secrets, and tells some."""
    cloud.machine.engine = None
    cloud.machine.containerd = Containerd()
    make_node(cloud.machine.files, json.dumps({"useManagedIdentityExtension": True}))
    row = {
        "name": "acr-credential-provider",
        "matchImages": ["*.azurecr.io"],
        "args": ARGUMENTS,
        # The name comes last: whoever looks for it before the value would not find it.
        "env": [{"value": value, "name": name} for name, value in VARIABLES.items()],
    }
    cloud.machine.files |= {PROVIDERS: json.dumps({"providers": [row]}), PROGRAM: program}


def loud(cloud: Cloud, met: set[str]) -> Plugin:
    """Give a plug-in that adds logins to its answer, and says on standard error all that it has.

    What it really was given by the registry goes into ``met``.
    """

    def run(arguments: tuple[str, ...], request: bytes) -> provider.Ended:
        assert arguments == ARGUMENTS
        _, out, err = provider.run(cloud, arguments, request)
        answer = json.loads(out or b'{"kind": "CredentialProviderResponse", "auth": {}}')
        met.update(one["password"] for one in answer["auth"].values() if one["password"])
        more = {host: {"username": user, "password": it} for host, (user, it) in LOGINS.items()}
        answer["auth"] |= more
        out = json.dumps(answer).encode()
        program = cloud.machine.files[PROGRAM]
        if program == "cut":
            out = out[:-2]
        said = echo(arguments, VARIABLES, answer["auth"])
        return (1 if program == "exit 1" else 0), out, err + said.encode()

    return run


def echo(arguments: tuple[str, ...], environ: Mapping[str, str], logins: Mapping[str, Any]) -> str:
    """Say everything in as many forms as a program's log may have."""
    plain = [*arguments, *environ.values(), *(one["password"] for one in logins.values())]
    packed = [basic(one["username"], one["password"]) for one in logins.values()]
    forms = [*plain, *packed, *map(quote, plain), json.dumps(logins), json.dumps(environ)]
    forms += [base64.b64encode(one.encode()).decode() for one in plain]
    return " | ".join(forms)


class EchoingCri(InsideCri):
    """A runtime that says the login back with which it was to pull."""

    def call(self, method: str, message: bytes, *told: Any) -> bytes:
        if method.endswith("/PullImage"):
            said = message.decode("utf-8", "replace")
            words = f"denied: {said} {quote(said)} {base64.b64encode(message).decode()}"
            raise StatusError(2, words)
        return super().call(method, message, *told)


class EchoingContainerd(InsideContainerd):
    def _cri(self) -> EchoingCri:
        return EchoingCri(self.wire)
