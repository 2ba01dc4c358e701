"""The steps that several firewall causes share; no cause of its own."""

from checks.registry import Registry
from checks.target import Target
from diagnose.causes import commands, subnet_steps
from diagnose.causes.contract import Evidence, FixStep, Risk
from diagnose.causes.firewall.sight import Sight

_ALONE = "az sends the whole list of rules again, so let nobody change them at the same time"
_CARE = f"{_ALONE}. A new rule takes some minutes"


def rules_seen(sight: Sight) -> Evidence | None:
    """Say whether the registry's rules name this subnet."""
    if sight.rules is None:
        return None
    here = f"rule for {sight.subnet_name}"
    word = {True: f"a {here}", False: f"no {here}", None: f"a {here} is not known"}[sight.ruled]
    if sight.link.hinted and sight.rules.allows(sight.subnet_id):
        word = f"a {here}, if that is the subnet"
    return Evidence(check="network-rules", saw=f"{word}; {sight.rules.summary}")


def private_link() -> FixStep:
    return FixStep(
        command="",
        needs="the network owner and the registry owner, together",
        risk=Risk.CHANGES_ACCESS,
        why="Preferred: give the VNet a private endpoint to the registry, with the zone "
        "privatelink.azurecr.io linked to it. That needs neither service endpoint nor rule.",
    )


def add_rule(target: Target, registry: Registry | None, subnet_id: str, why: str) -> FixStep:
    return FixStep(
        command=commands.subnet_rule("add", target, registry, subnet_id),
        needs=commands.rule_write(registry),
        risk=Risk.CHANGES_ACCESS,
        why=f"{why} {_CARE}.",
        undo=commands.subnet_rule("remove", target, registry, subnet_id),
    )


def drop_rule(
    target: Target, registry: Registry | None, subnet_id: str, *, subnet_gone: bool
) -> FixStep:
    """Remove one rule; it cannot be put back once its subnet is gone."""
    undo = commands.subnet_rule("add", target, registry, subnet_id)
    return FixStep(
        command=commands.subnet_rule("remove", target, registry, subnet_id),
        needs=commands.registry_write(registry),
        risk=Risk.CHANGES_ACCESS,
        why=f"Takes the rule away that lets nobody in. {_ALONE}; az 2.85 to 2.87 remove nothing "
        "and say nothing.",
        undo="" if subnet_gone else undo,
    )


def add_ip(target: Target, registry: Registry | None, ip: str, why: str) -> FixStep:
    return FixStep(
        command=commands.ip_rule("add", target, registry, ip),
        needs=commands.registry_write(registry),
        risk=Risk.CHANGES_ACCESS,
        why=f"{why} {_CARE}.",
        undo=commands.ip_rule("remove", target, registry, ip),
    )


def add_endpoint(sight: Sight) -> FixStep:
    """Add the endpoint to the subnet's list and keep what the list holds."""
    there = sight.subnet.services if sight.subnet else ()
    kept = f"keeps {', '.join(there)}" if there else "the subnet has no others"
    stays = kept if sight.subnet else "keeps those that are there"
    node = sight.host is not None and sight.host.aks_node and not sight.subnet_id
    care = " Not in a VNet that AKS keeps (aks-vnet-...): do not edit that by hand." * node
    return subnet_steps.add_endpoint(
        sight.subnet,
        sight.subnet_id,
        f"Adds the one endpoint ({stays}). Cuts open connections to registries, and IP rules "
        f"stop matching for this subnet.{care}",
    )
