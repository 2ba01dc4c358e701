"""The identity may not pull from this registry.

What happened
This machine has an identity and the registry's network rules let it in, but the identity has no
role on the registry that includes pulling.

How we know
The registry refused the identity's token with 401, for both audiences, while it answers a caller
without credentials in a way that shows that the network is let in. Or it gave a token that grants
no pull. Registries in ABAC mode are another case and are left out here.

Fix
Give the identity the role AcrPull on the registry. That needs Owner or User Access Administrator.

Still failing?
A new role can take ten minutes. Check that the identity is the one you meant, as its client id
says, and that it lives in the registry's tenant: a managed identity cannot pull across tenants.
"""

import shlex

from checks.identity import Identity
from checks.refusal import Admitted
from checks.registry import Registry
from checks.target import Target
from checks.token import PullToken, PullTokenRefused
from diagnose.causes.contract import (
    Cause,
    Confidence,
    Evidence,
    Finding,
    Owner,
    Rejected,
    Stage,
)
from diagnose.causes.identity import _role

_PULLS = {"read", "pull", "*"}


def find(
    *,
    identity: Identity,
    target: Target,
    token: PullToken | None,
    refused: PullTokenRefused | None,
    admitted: Admitted | None,
    registry: Registry | None,
) -> Finding | Rejected | None:
    if registry and registry.abac:
        return None
    if token and token.may_pull:
        return Rejected(because="the registry gave this identity a token that grants pull")
    evidence = []
    if token:
        lacking = token.permissions is not None and not _PULLS & set(token.permissions)
        empty = token.permissions is not None and token.access is not None
        if not lacking and not empty:
            return None
        proven = lacking and empty
        evidence.append(Evidence(check="token", saw=token.summary))
        if lacking:
            listed = ", ".join(token.permissions or ()) or "nothing"
            evidence.append(Evidence(check="token", saw=f"on the registry it may: {listed}"))
    elif refused:
        if refused.step != "exchange" or refused.status != 401 or refused.refused_ip:
            return None
        proven = bool(admitted) and refused.from_acr and len(set(refused.audiences)) > 1
        tried = " and ".join(refused.audiences)
        evidence.append(Evidence(check="token", saw=f"{refused.summary}; tried {tried}"))
        if admitted:
            evidence.append(Evidence(check="firewall", saw=admitted.summary))
    else:
        return None
    evidence.append(Evidence(check="identity", saw=identity.summary))
    who = shlex.quote(identity.object_id or "OBJECT_ID")
    return Finding(
        confidence=Confidence.PROVEN if proven else Confidence.LIKELY,
        evidence=tuple(evidence),
        fix=(
            _role.grant(
                who,
                service=identity.how in ("msi", "workload", "env"),
                target=target,
                registry=registry,
            ),
        ),
        note=f"The registry must be in the identity's tenant, {identity.tenant or 'unknown here'}.",
        settle="" if proven else _role.listing(who, target, registry),
    )


CAUSE = Cause(
    id="pull-role-missing",
    title="The identity may not pull from this registry",
    stage=Stage.TOKEN,
    owner=Owner.IDENTITY,
    find=find,
)
