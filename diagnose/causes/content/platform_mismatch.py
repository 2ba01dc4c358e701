"""The image is not there for this kind of machine.

What happened
The tag names an index: one image for each platform. None of them is for this machine's operating
system and processor, so that there is nothing for this machine to pull.

How we know
The registry gave the index, and it lists other platforms only. An image of a single platform has
no index: it can be pulled anywhere, and fails when it is started, with "exec format error".

Fix
Build the image for this machine's platform as well, and push all platforms under the same tag. Or
ask for a tag or a digest that is for this platform, or move the work to a machine of another kind.

Still failing?
Look whether the tag was pushed again from a machine of one kind alone: this replaces the whole
index. On AKS a node selector on kubernetes.io/arch keeps pods on nodes that fit.
"""

import shlex

from checks.manifest import ManifestOtherPlatform
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


def find(other: ManifestOtherPlatform, target: Target) -> Finding:
    name = shlex.quote(commands.registry_name(target, None))
    platforms = ",".join((*other.offered, other.wanted))
    return Finding(
        confidence=Confidence.PROVEN,
        evidence=(Evidence(check="manifest", saw=other.summary),),
        fix=(
            FixStep(
                command=f"az acr manifest show --registry {name} --name {commands.image(target)}",
                needs="the right to pull from the repository",
                risk=Risk.READ_ONLY,
                why=f"Shows the index; {other.wanted} is not in it.",
            ),
            FixStep(
                command="",
                needs="the image's sources, and the right to push",
                risk=Risk.CHANGES_ACCESS,
                why="Where the image is built: docker buildx build --push with "
                f"--platform {platforms} puts all of them under the one tag.",
            ),
        ),
    )


CAUSE = Cause(
    id="platform-mismatch",
    title="The image is not there for this kind of machine",
    stage=Stage.MANIFEST,
    owner=Owner.IMAGE,
    find=find,
)
