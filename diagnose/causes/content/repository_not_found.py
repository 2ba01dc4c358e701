"""The registry has no such repository.

What happened
The registry let this identity in, and says that it has no repository of the name in the image
reference. The name is mistyped, or the image was never pushed to this registry.

How we know
The registry answered the request for the manifest with 404 and NAME_UNKNOWN. It tells a missing
repository from a missing tag.

Fix
List the registry's repositories and correct the name. Run it from a place that the registry's
network rules let in.

Still failing?
Look whether the image went to another registry, perhaps one for another environment. A repository
disappears with its last image. Deleted ones may be restored where soft delete is on.
"""

import shlex

from checks.manifest import ManifestMissing
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


def find(missing: ManifestMissing, target: Target) -> Finding | None:
    if not missing.repository:
        return None
    name = shlex.quote(commands.registry_name(target, None))
    return Finding(
        confidence=Confidence.PROVEN,
        evidence=(Evidence(check="manifest", saw=missing.summary),),
        fix=(
            FixStep(
                command=f"az acr repository list --name {name} -o tsv",
                needs="the right to list the registry's repositories (AcrPull, or Container "
                "Registry Repository Catalog Lister in ABAC mode)",
                risk=Risk.READ_ONLY,
                why=f"Shows the names that exist; {target.repository} is not among them.",
            ),
        ),
    )


CAUSE = Cause(
    id="repository-not-found",
    title="The registry has no such repository",
    stage=Stage.MANIFEST,
    owner=Owner.IMAGE,
    find=find,
)
