"""What ``run`` would ask, gathered from the rows beside the checks; asks nobody.

The rows are `checks.asks.Ask`; what is known before a run (the target, the cloud's hosts) is
filled in here, and what only a run can learn stays in braces.
"""

import json
import os
import re
from dataclasses import asdict, dataclass, replace
from urllib.parse import urlsplit

import checks
from checks.asks import HERE, Ask
from checks.target import Target
from diagnose import __version__
from diagnose.live import clouds, proxies
from diagnose.live.options import Options

_NAME = re.compile(r"\{(\w+)\}")
_NOTES = (
    "What stands in braces is learned on the way, such as the layers' host from a redirect.",
    "Every host's name is first looked up with this machine's own resolver.",
    "A request that gets no answer may be made once more.",
)
_PULL = "A container runtime's own pull asks the registry and the layers' host by itself."


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """``requests`` are pairs of a check's id and what it asks, in the checks' reading order."""

    target: Target
    requests: tuple[tuple[str, Ask], ...]
    notes: tuple[str, ...]


def plan(target: Target, options: Options) -> Plan:
    """Give what a run with these options would ask."""
    able = switched_on(target, options)
    known = names(target)
    requests = tuple(
        (check.id, filled(ask, known))
        for check in checks.ALL
        for ask in check.asks
        if able.issuperset(ask.when)
    )
    through = proxies.chosen(f"https://{target.login_server}/", os.environ)
    proxy = f"HTTPS goes through the proxy {proxies.without_credentials(through)}."
    notes = (
        *_NOTES,
        *([_PULL] if "pull" in able and {"docker", "containerd"} & able else []),
        *([proxy] * bool(through)),
    )
    return Plan(target=target, requests=requests, notes=notes)


def switched_on(target: Target, options: Options) -> set[str]:
    """Give the words of `Ask.when` that hold for this run."""
    sources = {"cli": "cli", "env": "entra", "workload": "entra"}
    words = {
        "arm": options.arm,
        "identity": options.auth != "none",
        sources.get(options.auth, "msi"): True,
        "docker": options.runtime in ("auto", "docker"),
        "containerd": options.runtime in ("auto", "containerd"),
        "pull": options.pull,
        "image": bool(target.repository),
    }
    return {word for word, holds in words.items() if holds}


def names(target: Target) -> dict[str, str]:
    """Give what is known of the names in braces before anything was asked."""
    cloud = clouds.cloud_of(target.login_server)
    known = {
        "login_server": target.login_server,
        "arm": urlsplit(cloud.arm).netloc,
        "authority": cloud.authority,
        "repository": target.repository,
    }
    return {name: value for name, value in known.items() if value}


def filled(ask: Ask, known: dict[str, str]) -> Ask:
    def fill(text: str) -> str:
        return _NAME.sub(lambda found: known.get(found[1], found[0]), text)

    return replace(ask, host=fill(ask.host), path=fill(ask.path))


def place(ask: Ask) -> str:
    """Give host, port and path as one word; a question to a DNS server names the server last."""
    if ask.method == "DNS":
        return f"{ask.path} at {ask.host}"
    if ask.host == HERE or not ask.port:
        return ask.path if ask.host == HERE else f"{ask.host}{ask.path}"
    return f"{ask.host}:{ask.port}{ask.path}"


def text(made: Plan) -> str:
    lines = [f"What `run {made.target.image}` would ask. Nothing was sent.", ""]
    for check in dict.fromkeys(check for check, _ in made.requests):
        lines.append(check)
        for ask in (ask for name, ask in made.requests if name == check):
            lines.append(f"  {ask.method:<6} {place(ask)}")
            right = f"; needs {ask.right}" if ask.right else ""
            lines.append(f"         {ask.why}{right}")
    return "\n".join([*lines, "", *made.notes]) + "\n"


def document(made: Plan) -> str:
    rows = [
        {"check": check, **{key: value for key, value in asdict(ask).items() if key != "when"}}
        for check, ask in made.requests
    ]
    whole = {
        "schema": 1,
        "tool": {"name": "acr-diagnose", "version": __version__},
        "target": asdict(made.target) | {"image": made.target.image},
        "requests": rows,
        "notes": list(made.notes),
    }
    return json.dumps(whole, indent=2, sort_keys=True) + "\n"


FORMATS = {"text": text, "json": document}
