"""The registry takes no Entra tokens that were made for ARM.

What happened
A registry may be told to take only Entra tokens that were made for ACR itself
(https://containerregistry.azure.net), not those for Azure Resource Manager. Older clients ask for
the latter, and so does everybody in a tenant where Entra gives no token for ACR's own audience.

How we know
Entra refused a token for ACR's own audience, and the registry refused the one for ARM with 401.
As a missing role is answered with the same 401, the cause is only proven where Azure Resource
Manager shows the policy azureADAuthenticationAsArmPolicy as disabled.
Where this machine was given a token for ACR's audience, the policy does it no harm: this program,
docker after a new "az acr login", and the credential provider of AKS all use that audience. Such a
machine stays healthy. That tokens for ARM are refused is then named beside the verdict, for the
sake of older clients, and never as the reason of a pull that fails at some other point.

Fix
Use a client that asks for ACR's own audience: a current az, a current node image. If Entra does not
know that audience in the tenant, let its administrator see why. Until then the registry can be told
to take tokens for ARM again; that widens what it accepts.

Still failing?
A changed policy takes a few minutes. An identity without a role is refused with every audience, so
look at its roles as well.
"""

import shlex

from checks.arm_audience import ArmAudience
from checks.identity import ARM_AUDIENCE, Identity
from checks.registry import Registry
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
from diagnose.causes.identity._pull import Pull


def find(
    *,
    identity: Identity,
    pull: Pull,
    audience: ArmAudience | None,
    refused: PullTokenRefused | None,
    registry: Registry | None,
) -> Finding | Rejected | None:
    policy = registry.arm_audience if registry else None
    if audience:
        if audience.taken:
            return None
        seen = Evidence(check="arm-audience", saw=audience.summary)
        return _finding(Confidence.PROVEN, (seen,), pull, registry)
    if identity.audience != ARM_AUDIENCE or not refused or refused.step != "exchange":
        return None
    if refused.status != 401 or refused.refused_ip:
        return None
    if policy:
        return Rejected(because="the registry's policy lets tokens for ARM in")
    seen = Evidence(check="token", saw=refused.summary)
    who = Evidence(check="identity", saw=identity.summary)
    if policy is None:
        return _finding(Confidence.LIKELY, (seen, who), pull, registry)
    told = Evidence(check="registry", saw="its policy takes no tokens for ARM")
    sure = Confidence.PROVEN if refused.from_acr else Confidence.LIKELY
    return _finding(sure, (seen, who, told), pull, registry)


def _finding(
    sure: Confidence, seen: tuple[Evidence, ...], pull: Pull, registry: Registry | None
) -> Finding:
    name = commands.registry_name(pull.target, registry)
    where = f"--registry {shlex.quote(name)}{commands.within(registry)}"
    look = f"az acr config authentication-as-arm show {where}"
    return Finding(
        confidence=sure,
        evidence=seen,
        fix=(
            FixStep(
                command="",
                needs="whoever keeps the client and, for the audience, the Entra tenant",
                risk=Risk.CHANGES_ACCESS,
                why="Use a client that asks for https://containerregistry.azure.net: az from 2.87 "
                "on does, and the AKS node images of today.",
            ),
            FixStep(
                command=look.replace(" show ", " update ") + " --status enabled",
                needs=commands.registry_write(registry),
                risk=Risk.CHANGES_ACCESS,
                why="Or, instead: lets the registry take tokens for ARM again.",
                undo=look.replace(" show ", " update ") + " --status disabled",
            ),
        ),
        note="This machine's own token is for ACR's audience; older clients are refused."
        if pull.granted
        else "",
        settle="" if sure is Confidence.PROVEN else look,
        aside=bool(pull.granted),
    )


CAUSE = Cause(
    id="arm-audience-disabled",
    title="The registry takes no Entra tokens that were made for ARM",
    stage=Stage.TOKEN,
    owner=Owner.IDENTITY,
    find=find,
    before=("abac-role-missing",),
)
