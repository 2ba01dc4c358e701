"""The machine has no managed identity to pull with.

What happened
The registry wants credentials, and Azure's metadata service says that this machine has no managed
identity, or not the one that was asked for by its client id.

How we know
The metadata service answered the question for a token with "invalid_request", and not because it
could not choose among several identities. Without a client id that means that there is none. With
one it means that this one is not assigned here; the client id may also be mistyped. A machine
whose docker keeps a login for this registry pulls with that one, so this cause is ruled out there.
Where docker keeps logins for other registries alone, a login may be what is missing as well.

Fix
Assign an identity to the machine and give it the role AcrPull on the registry.

Still failing?
A new identity can take a minute to reach the machine, and a new role up to ten. A scale set with
manual upgrades gives its old instances the identity only when they are upgraded. Where you pull
with docker login or a pull secret on purpose, this machine's identity is not what is missing.
"""

import shlex

from checks.anonymous import Anonymous
from checks.identity import IdentityMissing
from checks.instance import Instance
from checks.node_config import NodeConfig
from checks.registry import Registry
from checks.stored import NoStoredLogin, StoredLogins
from checks.target import Asked, Target
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
from diagnose.causes.identity import _role
from diagnose.causes.identity._machine import by_cluster, named


def find(
    *,
    identity: IdentityMissing,
    target: Target,
    asked: Asked | None,
    anonymous: Anonymous | None,
    instance: Instance | None,
    registry: Registry | None,
    stored: StoredLogins | None,
    nothing: NoStoredLogin | None,
    config: NodeConfig | None,
) -> Finding | Rejected | None:
    typed = asked.client_id if asked else ""
    client = identity.client_id or typed
    if identity.ambiguous or identity.switched_off or (anonymous and anonymous.lets_pull):
        return None
    words = identity.why.lower()
    unknown = words.startswith("identity not found") or words == "invalid_request"
    if not identity.none_assigned and not (client and identity.answered and unknown):
        return None
    if config and config.by_secret:
        return Rejected(because="the node pulls as a service principal, by a secret of its own")
    if stored and not client:
        return Rejected(because=f"docker pulls with a login of its own: {stored.summary}")
    kind, which = named(instance)
    chosen, fix = "", list[FixStep]()
    proven = (identity.none_assigned or client != typed) and not (nothing and nothing.others)
    if client:
        chosen = ' --identities "$IDENTITY_ID"'
        query = shlex.quote(f"[?clientId=='{client}'].id")
        principal = 'az identity show --ids "$IDENTITY_ID" --query principalId -o tsv'
        fix.append(
            FixStep(
                command=f"IDENTITY_ID=$(az identity list --query {query} -o tsv) && "
                f"PRINCIPAL_ID=$({principal})",
                needs="Microsoft.ManagedIdentity/userAssignedIdentities/read in az's subscription",
                risk=Risk.READ_ONLY,
                why="Finds the identity for the next commands; an error means a wrong client id.",
            )
        )
    assign = f"az {kind} identity assign {which}{chosen}"
    if not client:
        assign = f"PRINCIPAL_ID=$({assign} --query systemAssignedIdentity -o tsv)"
    fix.append(
        FixStep(
            command=assign,
            needs="Virtual Machine Contributor" + (", Managed Identity Operator" if client else ""),
            risk=Risk.CHANGES_ACCESS,
            why="Gives the machine the identity."
            + ("" if instance else " The variable VM_ID is to hold the machine's id."),
            undo=f"az {kind} identity remove {which}{chosen}",
        )
    )
    fix.append(_role.grant('"$PRINCIPAL_ID"', service=True, target=target, registry=registry))
    return Finding(
        confidence=Confidence.PROVEN if proven else Confidence.LIKELY,
        evidence=(Evidence(check="identity", saw=identity.summary),),
        fix=by_cluster(instance) or tuple(fix),
        note=f"No identity with the client id {client} is assigned here." if client else "",
        settle="" if proven else f"az {kind} identity show {which}",
    )


CAUSE = Cause(
    id="no-managed-identity",
    title="The machine has no managed identity to pull with",
    stage=Stage.TOKEN,
    owner=Owner.IDENTITY,
    find=find,
    beats=("credentials-missing",),
)
