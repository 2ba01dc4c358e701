"""The registry is in ABAC mode, and no role of the identity reads the repository.

What happened
This registry's role assignment mode is "RBAC Registry + ABAC Repository Permissions". In that mode
AcrPull, AcrPush, Reader, Contributor and Owner give no right to pull; the repository roles do, and
a condition may limit them to some repositories. The identity has none that covers this one.

How we know
The registry took the identity's token, but the access token that it gave for the repository grants
no pull. Its refresh token carries no list of permissions, which only a registry in this mode leaves
out; Azure Resource Manager shows the mode too, where it may be read. AKS itself tells the mode by
that missing list. A service principal whose stored login is taken, while its token grants no pull,
points here too: on an ordinary registry its login would have been refused.

Fix
Give the identity the role Container Registry Repository Reader on the registry. A condition on the
assignment can narrow it to the repositories that this machine needs.

Still failing?
A new role can take ten minutes. Where the role is there already, its condition leaves this
repository out: look at the assignment's condition. Attaching a registry to an AKS cluster assigns
AcrPull, which is not honoured here. Listing repositories needs a role of its own.
"""

import shlex

from checks.identity import Identity
from checks.refusal import Admitted
from checks.registry import Registry
from checks.roles import Roles
from checks.target import Target
from checks.tenant import Tenants
from checks.token import PullTokenRefused
from diagnose.causes.contract import (
    Cause,
    Confidence,
    Evidence,
    Finding,
    Owner,
    Rejected,
    Stage,
)
from diagnose.causes.identity import _logins, _role
from diagnose.causes.identity._pull import Pull


def find(
    *,
    identity: Identity | None,
    pull: Pull,
    refused: PullTokenRefused | None,
    admitted: Admitted | None,
    registry: Registry | None,
    roles: Roles | None,
    tenants: Tenants | None,
) -> Finding | Rejected | None:
    target, token = pull.target, pull.token
    if identity is None:
        return _logins.without_repository(pull, registry)
    mode = bool(registry and registry.abac)
    if token:
        if token.may_pull:
            because = "the registry gave this identity a token that grants pull"
            return Rejected(because=because) if mode else None
        if token.access is None or not (mode or token.permissions is None):
            return None
        # The claim and ARM are two signs of the mode; a switch a moment ago lets them differ.
        agree = token.permissions is None and (registry is None or mode)
        sure = Confidence.PROVEN if agree else Confidence.LIKELY
        saw = token.summary
        if token.permissions is None:
            saw += "; the refresh token has no permissions claim"
    elif refused and refused.status == 401 and not refused.refused_ip:
        if not mode and not (refused.step == "token" and refused.abac):
            return None
        lacks = bool(roles and roles.reads is False and tenants and admitted)
        proven = refused.from_acr and (refused.step == "token" or lacks)
        sure = Confidence.PROVEN if proven else Confidence.LIKELY
        saw = refused.summary
    else:
        return None
    who = shlex.quote(identity.object_id or "OBJECT_ID")
    service = identity.how in ("msi", "workload", "env")
    seen = [Evidence(check="token", saw=saw), Evidence(check="identity", saw=identity.summary)]
    if mode:
        seen.append(Evidence(check="registry", saw="its role assignment mode is ABAC"))
    if roles:
        seen.append(Evidence(check="roles", saw=roles.summary))
    grant = _role.grant(who, service=service, target=target, registry=registry, role=_role.READ)
    return Finding(
        confidence=sure,
        evidence=tuple(seen),
        fix=(grant,),
        note=_note(roles, target),
        settle="" if sure is Confidence.PROVEN else _role.listing(who, target, registry),
        aside=bool(pull.granted),
    )


def _note(roles: Roles | None, target: Target) -> str:
    if roles and roles.reads:
        where = target.repository or "this repository"
        return f"It holds a role that reads repositories: its condition leaves {where} out."
    held = ", ".join(roles.names) if roles and roles.pulls else ""
    return f"{held} is not honoured by a registry in ABAC mode." if held else ""


CAUSE = Cause(
    id="abac-role-missing",
    title="The registry is in ABAC mode, and no role of the identity reads the repository",
    stage=Stage.TOKEN,
    owner=Owner.IDENTITY,
    find=find,
)
