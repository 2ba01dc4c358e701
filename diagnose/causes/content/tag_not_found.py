"""The repository has no such tag or digest.

What happened
The repository is there, but it has no image with the tag or digest in the image reference. The tag
is mistyped, was never pushed, or was deleted, by hand or by a purge task.

How we know
The registry answered the request for the manifest with 404 and MANIFEST_UNKNOWN. For a repository
that does not exist it would have said NAME_UNKNOWN. An image in quarantine is not found by its tag
either: for a tag this is proven only where quarantine is known to be switched off in the registry.

Fix
Look at the newest images of the repository and correct the reference, or push the image again. Run
the command from a place that the registry's network rules let in. An image reference without a tag
means latest, which exists only if somebody pushed it.

Still failing?
A soft-deleted image is not found, and can be restored. Just after a push, a geo-replica may not
have it yet: try again in some minutes.
"""

import shlex

from checks.manifest import ManifestMissing
from checks.registry import Registry
from checks.target import Target
from diagnose.causes import commands
from diagnose.causes.contract import (
    Cause,
    Confidence,
    Evidence,
    Finding,
    FixStep,
    Owner,
    Risk,
    Stage,
)


def find(missing: ManifestMissing, target: Target, registry: Registry | None) -> Finding | None:
    if missing.repository:
        return None
    name = shlex.quote(commands.registry_name(target, None))
    repository = shlex.quote(target.repository)
    digest = target.reference.startswith("sha256:")
    newest = "--orderby time_desc --top 10"
    command = f"az acr repository show-tags --name {name} --repository {repository} {newest}"
    if digest:
        listing = "az acr manifest list-metadata"
        command = f"{listing} --registry {name} --name {repository} {newest}"
    sure = digest or bool(registry and not registry.quarantine)
    return Finding(
        confidence=Confidence.PROVEN if sure else Confidence.LIKELY,
        evidence=(Evidence(check="manifest", saw=missing.summary),),
        fix=(
            FixStep(
                command=command,
                needs="the right to read the repository's metadata (AcrPull, or Container "
                "Registry Repository Reader in ABAC mode)",
                risk=Risk.READ_ONLY,
                why=f"Shows the ten newest; {target.reference} is not in the repository.",
            ),
        ),
        note="Soft delete and a geo-replica that lags behind a push look the same.",
        settle="" if sure else "Look whether quarantine is switched on in the registry.",
    )


CAUSE = Cause(
    id="tag-not-found",
    title="The repository has no such tag or digest",
    stage=Stage.MANIFEST,
    owner=Owner.IMAGE,
    find=find,
)
