"""The identity and the registry are in different Entra tenants.

What happened
This machine's identity belongs to one Entra tenant, the registry's subscription to another. The
registry takes tokens of its own tenant only, and a managed identity cannot leave the tenant in
which it was made, so no role assignment helps.

How we know
The identity's token names its tenant. The registry's is that of its subscription: Azure Resource
Manager shows it, or refuses the token as one of the wrong tenant. The registry refused the token
with 401. That 401 alone is the same as for a missing role, so without a look at the subscription
this cause is no more than possible; give the registry's id with --registry-id to have it looked at.

Fix
Make a service principal in the registry's tenant, give it the role AcrPull, and let docker or the
pull secret use its id and secret. For an AKS cluster see
https://learn.microsoft.com/azure/container-registry/authenticate-aks-cross-tenant. Or move the
image to a registry in the machine's own tenant.

Still failing?
A new service principal takes a minute until the registry knows it, and its role up to ten. A
subscription that was moved to another tenant lost all its role assignments with the move.
"""

import shlex

from checks.identity import Identity
from checks.registry import Registry
from checks.target import Asked, Target
from checks.tenant import Tenants
from checks.token import PullTokenRefused
from diagnose.causes import commands
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
from diagnose.causes.identity._pull import Pull


def find(
    *,
    identity: Identity,
    asked: Asked | None,
    pull: Pull,
    refused: PullTokenRefused | None,
    tenants: Tenants | None,
    registry: Registry | None,
) -> Finding | Rejected | None:
    target = pull.target
    if pull.token or not refused:
        return None  # a token was given, or nothing was asked: no question of tenants
    if refused.step != "exchange" or refused.status != 401 or refused.refused_ip:
        return None
    if tenants and not tenants.differ:
        return Rejected(because=tenants.summary)
    seen = (
        Evidence(check="token", saw=refused.summary),
        Evidence(check="identity", saw=f"its tenant is {identity.tenant or 'unknown'}"),
    )
    known = (Evidence(check="tenant", saw=tenants.summary),) if tenants else ()
    return Finding(
        confidence=Confidence.PROVEN if tenants else Confidence.POSSIBLE,
        evidence=(*seen, *known),
        fix=_fix(target, asked, registry),
        settle="" if tenants else _look(target, identity),
        aside=bool(pull.granted),
    )


def _look(target: Target, identity: Identity) -> str:
    name = shlex.quote(commands.registry_name(target, None))
    group = f'"$(az acr show --name {name} --query id -o tsv | cut -d/ -f3)"'
    show = f"az account show --subscription {group} --query tenantId -o tsv"
    return f"{show} (the identity's is {identity.tenant or 'unknown'})"


def _fix(target: Target, asked: Asked | None, registry: Registry | None) -> tuple[FixStep, ...]:
    place = shlex.quote(asked.registry_id) if asked and asked.registry_id else ""
    where = place or _role.scope(target, registry)
    name = shlex.quote(f"pull-{commands.registry_name(target, registry)}")
    return (
        FixStep(
            command=f"az ad sp create-for-rbac --name {name} --role AcrPull --scopes {where}",
            needs="the right to register applications in the registry's tenant, and Owner or User "
            "Access Administrator on the registry; az signed in to that tenant",
            risk=Risk.CHANGES_ACCESS,
            why="Makes an identity in the registry's tenant that may pull; appId and password are "
            "printed once: put the appId into the variable APP_ID.",
            undo='az ad sp delete --id "${APP_ID:?}"',
        ),
        FixStep(
            command=f'docker login {shlex.quote(target.login_server)} --username "${{APP_ID:?}}"',
            needs="the account whose docker pulls, on this machine",
            risk=Risk.CHANGES_ACCESS,
            why="Stores that identity for docker; it asks for the password. In Kubernetes make it "
            "a pull secret instead.",
            undo=f"docker logout {shlex.quote(target.login_server)}",
        ),
    )


CAUSE = Cause(
    id="wrong-tenant",
    title="The identity and the registry are in different Entra tenants",
    stage=Stage.TOKEN,
    owner=Owner.IDENTITY,
    find=find,
    beats=("pull-role-missing", "abac-role-missing", "arm-audience-disabled"),
)
