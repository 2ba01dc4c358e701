"""The registry has too many requests to answer.

What happened
The registry, or the storage behind it, answered 429: more requests came within a minute than the
registry's tier allows, from this machine or from all of its clients together.

How we know
The status 429 was seen in this run, and the answer bears the registry's mark. Without that mark a
proxy or gateway may be what limits.

Fix
Wait a minute and pull again, with growing pauses. Spread large roll-outs over time, and keep images
that many nodes need on the nodes. If it comes back, move the registry to a higher tier.

Still failing?
Requests for tokens are limited apart from those for images: look for a loop that logs in for each
pull. In an artifact cache, the upstream registry may be the one that limits.
"""

import shlex

from checks.registry import Registry
from checks.target import Target
from diagnose.causes import commands
from diagnose.causes.contract import Cause, Confidence, Finding, FixStep, Owner, Risk, Stage
from diagnose.causes.service._places import Places


def find(answers: Places, target: Target, registry: Registry | None) -> Finding | None:
    places = answers.met((429,))
    if not places:
        return None
    fix = [
        FixStep(
            command="",
            needs="nothing",
            risk=Risk.READ_ONLY,
            why="Wait a minute, then pull again; let clients back off instead of trying at once.",
        )
    ]
    if not (registry and registry.premium):
        name = shlex.quote(commands.registry_name(target, registry))
        fix.append(
            FixStep(
                command=f"az acr update --name {name} --sku Premium",
                needs="Microsoft.ContainerRegistry/registries/write",
                risk=Risk.DISRUPTIVE,
                why="If it comes back: a higher tier allows more. No downtime, but it costs more.",
                undo=f"az acr update --name {name} --sku {shlex.quote(registry.sku)}"
                if registry and registry.sku
                else "",
            )
        )
    certain = any(place.certain for place in places)
    return Finding(
        confidence=Confidence.PROVEN if certain else Confidence.LIKELY,
        evidence=tuple(place.evidence for place in places),
        fix=tuple(fix),
        settle="" if certain else "Look whether a proxy or gateway on the way limits requests.",
        stage=places[0].stage,
    )


CAUSE = Cause(
    id="throttled",
    title="The registry has too many requests to answer",
    stage=Stage.TOKEN,
    owner=Owner.SERVICE,
    find=find,
)
