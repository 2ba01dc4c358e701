"""The registry's public access is switched off.

What happened
The registry takes no caller from its public side. While that is so, VNet rules, IP rules and
service endpoints count for nothing; only a private endpoint gets in. The refusal reads the same as
for a missing rule.

How we know
The registry's publicNetworkAccess is Disabled in Azure Resource Manager. Without the right to read
that, the refusal alone allows no more than a guess; a name that leads through privatelink makes it
likely.

Fix
Preferred: use a private endpoint, and have this VNet resolve the registry to its private address.
Otherwise the registry's owner switches public access on again. The rules that were there before
then count again.

Still failing?
Public access takes some minutes to come back. After that, a refusal is about the rules: run the
diagnosis again.
"""

from dataclasses import replace

from checks.dns_answer import DnsAnswer, DnsFailed
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
    Rejected,
    Risk,
    Stage,
)
from diagnose.causes.firewall import looks, steps
from diagnose.causes.firewall.sight import Sight


def find(
    sight: Sight, target: Target, dns: DnsAnswer | None, dns_failed: DnsFailed | None
) -> Finding | Rejected:
    if sight.registry and sight.registry.public_access:
        return Rejected(because="public access is enabled on the registry")
    linked = dns is not None and dns.private_link
    sight = replace(sight, instance=None, interface=None, subnet=None)  # only the registry counts
    unsure = Confidence.LIKELY if linked else Confidence.POSSIBLE
    through = Evidence(check="dns", saw=f"{target.login_server} leads through privatelink")
    # While a private endpoint may be in reach, what is wrong may be the way to it.
    open_way = sight.registry is not None and bool(sight.link.approved) and not sight.link.useless
    if open_way:  # where the name leads from here decides, where that was seen
        unsure = Confidence.LIKELY if dns or dns_failed else Confidence.POSSIBLE
    proven = sight.registry is not None and not open_way
    settle = sight.link.settle if open_way else looks.access(target, sight.registry)
    return Finding(
        confidence=Confidence.PROVEN if proven else unsure,
        evidence=sight.evidence(*([through] if linked else [])),
        fix=(steps.private_link(), _switch_on(target, sight.registry)),
        settle="" if proven else settle,
        stage=sight.stage,
    )


def _switch_on(target: Target, registry: Registry | None) -> FixStep:
    option = "--public-network-enabled"
    # az denies by default when it switches off, but for an action that is given beside it:
    # command_modules/acr/custom.py, _configure_public_network_access.
    opened = registry is not None and registry.default_action.lower() == "allow"
    back = "" if registry else " The undo also sets the default action to Deny."
    return FixStep(
        command=commands.acr_update(target, registry, option, "true"),
        needs=commands.registry_write(registry),
        risk=Risk.CHANGES_ACCESS,
        why="Or: opens the public side again, for the callers that the rules name. "
        "Look at the default action first: with Allow everybody may reach the registry."
        f"{back}",
        undo=commands.acr_update(target, registry, option, "false")
        + (" --default-action Allow" if opened else ""),
    )


CAUSE = Cause(
    id="public-access-disabled",
    title="The registry's public access is switched off",
    stage=Stage.ADMISSION,
    owner=Owner.REGISTRY,
    find=find,
    beats=(
        "unsupported-cloud",
        "registry-not-premium",
        "provider-not-registered",
        "service-endpoint-missing",
        "service-endpoint-not-ready",
        "subnet-not-allowed",
        "rule-subnet-deleted",
        "rule-quota-reached",
        "trusted-service-not-covered",
        "unsupported-host",
        "ip-rule-defeated-by-endpoint",
        "egress-path-bypasses-endpoint",
        "ip-not-allowed",
    ),
)
