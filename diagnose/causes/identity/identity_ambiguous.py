"""The machine has several identities, and none was chosen.

What happened
Several user-assigned identities are on this machine and no system-assigned one. The metadata
service does not guess which of them is meant, so whoever asks without naming one gets no token.

How we know
The metadata service answered the question for a token with "invalid_request" and the words that
several user-assigned identities exist. It only does so where the question names none of them. On
an AKS node root asks as the kubelet does; without root, whom that names is not known.

Fix
Choose the identity that has the right to pull, and name it by its client id wherever the pull is
set up: for az with --client-id, for this program with --identity, for an AKS node in the field
userAssignedIdentityID of its cloud configuration, which AKS writes.

Still failing?
The client id is neither the object id nor the identity's name. The chosen identity needs AcrPull
on the registry; run this program with --identity to see whether it has it. A system-assigned
identity, once there is one, is taken by everybody who names none.
"""

import shlex

from checks.host import Host
from checks.identity import IdentityMissing
from checks.instance import Instance
from checks.node_config import NodeConfig
from checks.registry import Registry
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
from diagnose.causes.identity._machine import named
from diagnose.causes.identity._pull import Pull


def find(
    *,
    identity: IdentityMissing,
    pull: Pull,
    host: Host | None,
    instance: Instance | None,
    registry: Registry | None,
    config: NodeConfig | None,
) -> Finding | None:
    if not identity.ambiguous or (config and config.by_secret):
        return None
    # An AKS node's cloud configuration names the kubelet's; only root may read that.
    hidden = bool(host and host.aks_node and not host.is_root)
    kind, which = named(instance)
    target = pull.target
    name = shlex.quote(commands.registry_name(target, registry))
    return Finding(
        confidence=Confidence.POSSIBLE if hidden else Confidence.PROVEN,
        settle=f"sudo acr-diagnose run {shlex.quote(target.image)}" if hidden else "",
        evidence=(Evidence(check="identity", saw=identity.summary),),
        fix=(
            FixStep(
                command=f"az {kind} identity show {which} --query userAssignedIdentities",
                needs="Reader on this machine",
                risk=Risk.READ_ONLY,
                why="Shows the identities and their client ids: put the one that is meant into the "
                "variable CLIENT_ID.",
            ),
            FixStep(
                command=f"acr-diagnose run {shlex.quote(target.image)} --identity "
                '"${CLIENT_ID:?}"',
                needs="a shell on this machine",
                risk=Risk.READ_ONLY,
                why="Shows whether that identity may pull.",
            ),
            FixStep(
                command='az login --identity --client-id "${CLIENT_ID:?}" && '
                f"az acr login --name {name}",
                needs="a shell on this machine, as the account whose docker pulls",
                risk=Risk.CHANGES_ACCESS,
                why="Signs docker in as that identity. Name it likewise wherever else a token is "
                "asked for.",
                undo=f"docker logout {shlex.quote(target.login_server)}",
            ),
        ),
        aside=bool(pull.granted),
    )


CAUSE = Cause(
    id="identity-ambiguous",
    title="The machine has several identities, and none was chosen",
    stage=Stage.TOKEN,
    owner=Owner.IDENTITY,
    find=find,
    beats=("credentials-missing",),
)
