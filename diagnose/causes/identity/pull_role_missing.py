"""The identity may not pull from this registry.

What happened
This machine has an identity and the registry's network rules let it in, but the identity has no
role on the registry that includes pulling.

How we know
The registry refused the identity's token with 401, for both audiences, while it answers a caller
without credentials in a way that shows that the network is let in. That answer is the same for an
identity of another Entra tenant and for one that lacks a role, so the cause is only proven where
Azure Resource Manager showed that the tenants agree and that the registry is not in ABAC mode. Or
the registry gave a token that grants no pull; then the tenant is right, and nothing else is left.
Where the list of role assignments can be read, a role in it that pulls speaks against this cause,
unless it was granted a few minutes ago.

Fix
Give the identity the role AcrPull on the registry. That needs Owner or User Access Administrator.

Still failing?
A new role can take ten minutes. Check that the identity is the one you meant, as its client id
says: a machine may have several. For a stored login it is the service principal that needs the
role.
"""

import shlex

from checks.identity import Identity
from checks.refusal import Admitted
from checks.registry import Registry
from checks.roles import Roles
from checks.tenant import Tenants
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
from diagnose.causes.identity import _logins, _role
from diagnose.causes.identity._pull import Pull


def find(
    *,
    pull: Pull,
    identity: Identity | None,
    refused: PullTokenRefused | None,
    admitted: Admitted | None,
    registry: Registry | None,
    roles: Roles | None,
    tenants: Tenants | None,
) -> Finding | Rejected | None:
    if identity is None:
        return _logins.without_role(pull, registry)
    if registry and registry.abac:
        return None
    if pull.token and pull.token.may_pull:
        return Rejected(because="the registry gave this identity a token that grants pull")
    rest = bool(admitted and registry and tenants)
    told = roles if registry and registry.arm_audience is not False else None
    seen = _granted(pull.token) if pull.token else _refused(refused, told, rest=rest)
    if seen is None:
        return None
    if tenants and tenants.differ:
        return Rejected(because=f"a role would not help: {tenants.summary}")
    proven, evidence = seen
    around = (("tenant", tenants), ("firewall", admitted), ("identity", identity), ("roles", roles))
    evidence += [Evidence(check=check, saw=fact.summary) for check, fact in around if fact]
    who = shlex.quote(identity.object_id or "OBJECT_ID")
    sure = Confidence.PROVEN if proven else Confidence.LIKELY
    settle = "" if proven else _role.listing(who, pull.target, registry)
    note = "" if tenants else f"The registry must be in its tenant, {identity.tenant or 'unknown'}."
    if roles and roles.pulls:
        sure, note = Confidence.POSSIBLE, "A role that pulls is there; a new one takes 10 minutes."
        settle = "run this again in ten minutes"
    service = identity.how in ("msi", "workload", "env")
    return Finding(
        confidence=sure,
        evidence=tuple(evidence),
        fix=(_role.grant(who, service=service, target=pull.target, registry=registry),),
        note=note,
        settle=settle,
        aside=bool(pull.granted),
    )


def _granted(token: PullToken) -> tuple[bool, list[Evidence]] | None:
    """Read a token that grants no pull; without its permissions claim it is another cause's."""
    if token.permissions is None:
        return None
    lacking, empty = not {"read", "pull", "*"} & set(token.permissions), token.access is not None
    if not lacking and not empty:
        return None
    seen = [Evidence(check="token", saw=token.summary)]
    if lacking:
        listed = ", ".join(token.permissions) or "nothing"
        seen.append(Evidence(check="token", saw=f"on the registry it may: {listed}"))
    return lacking and empty, seen


def _refused(
    refused: PullTokenRefused | None, roles: Roles | None, *, rest: bool
) -> tuple[bool, list[Evidence]] | None:
    """Read the exchange's 401; ``rest`` says that nothing else around it can explain that."""
    if not refused or refused.step != "exchange" or refused.status != 401 or refused.refused_ip:
        return None
    tried = " and ".join(refused.audiences)
    alone = len(set(refused.audiences)) > 1 or (roles is not None and roles.pulls is False)
    proven = rest and refused.from_acr and alone
    return proven, [Evidence(check="token", saw=f"{refused.summary}; tried {tried}")]


CAUSE = Cause(
    id="pull-role-missing",
    title="The identity may not pull from this registry",
    stage=Stage.TOKEN,
    owner=Owner.IDENTITY,
    find=find,
)
