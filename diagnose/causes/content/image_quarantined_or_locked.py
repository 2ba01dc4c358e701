"""The image is withheld: quarantined, or locked against reading.

What happened
The registry holds the image and this identity may pull, but the image itself may not be read. A
registry with quarantine withholds each new image until a scanner lets it go; and a lock
(readEnabled false) can be put on an image or a whole repository.

How we know
The registry answered the request for the manifest with "The operation is disallowed". It says so
for a digest. By its tag an image in quarantine is not found at all: where quarantine is switched
on, or cannot be looked up, a missing tag may be one that is withheld.

Fix
Look at the image's attributes. If reading is locked, unlock it. If it is in quarantine, the scanner
that the registry's owner has set up must let it go; a scan that failed is to be repeated there.

Still failing?
The same words are used for a registry of the Classic kind and for one over its storage quota. A
lock on the repository holds for all of its images: look at both.
"""

import shlex

from checks.manifest import ManifestMissing, ManifestRefused
from checks.registry import Registry
from checks.target import Target
from diagnose.causes import commands, manifest_words
from diagnose.causes.contract import (
    Cause,
    Confidence,
    Evidence,
    Finding,
    FixStep,
    Owner,
    Rejected,
    Risk,
    Stage,
)

_SHOW = "Look at the image's changeableAttributes and quarantineState."


def find(
    target: Target,
    refused: ManifestRefused | None,
    missing: ManifestMissing | None,
    registry: Registry | None,
) -> Finding | Rejected | None:
    by_tag = missing and not missing.repository and not target.reference.startswith("sha256:")
    if by_tag and registry and not registry.quarantine:
        return Rejected(because="quarantine is switched off in this registry")
    if refused and manifest_words.disallowed(refused):
        confidence, saw = Confidence.PROVEN, refused.summary
    elif refused and manifest_words.unexplained(refused):
        confidence, saw = Confidence.POSSIBLE, refused.summary
    elif missing and by_tag:
        confidence = Confidence.LIKELY if registry else Confidence.POSSIBLE
        saw = missing.summary
    else:
        return None
    evidence = [Evidence(check="manifest", saw=saw)]
    if registry and registry.quarantine:
        evidence.append(Evidence(check="registry", saw="quarantine is switched on"))
    return Finding(
        confidence=confidence,
        evidence=tuple(evidence),
        fix=_fix(target, registry),
        settle="" if confidence is Confidence.PROVEN else _SHOW,
    )


def _fix(target: Target, registry: Registry | None) -> tuple[FixStep, ...]:
    name = shlex.quote(commands.registry_name(target, registry))
    image = commands.image(target)
    unlock = f"az acr repository update --name {name} --image {image} --read-enabled"
    return (
        FixStep(
            command=f"az acr repository show --name {name} --image {image}",
            needs="the right to read the repository's metadata",
            risk=Risk.READ_ONLY,
            why="Shows the locks (readEnabled) and quarantineState, where there is one.",
        ),
        FixStep(
            command=f"{unlock} true",
            needs="the right to write the repository's metadata",
            risk=Risk.CHANGES_ACCESS,
            why="If readEnabled is false: lets everybody read it who may pull.",
            undo=f"{unlock} false",
        ),
        FixStep(
            command="",
            needs="the role AcrQuarantineWriter, which the scanner has",
            risk=Risk.CHANGES_ACCESS,
            why="If it is in quarantine: have the scanner look again and let it go.",
        ),
    )


CAUSE = Cause(
    id="image-quarantined-or-locked",
    title="The image is withheld: quarantined, or locked against reading",
    stage=Stage.MANIFEST,
    owner=Owner.REGISTRY,
    find=find,
)
