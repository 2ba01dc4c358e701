"""The steps that several firewall causes share; no cause of its own."""

from checks.instance import Instance
from checks.registry import Registry
from checks.target import Target
from diagnose.causes import commands
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
    return Evidence(check="network-rules", saw=f"{word}; {sight.rules.summary}")


def private_link() -> FixStep:
    return FixStep(
        command="",
        needs="the network owner and the registry owner, together",
        risk=Risk.CHANGES_ACCESS,
        why="Preferred: give the VNet a private endpoint to the registry, with the zone "
        "privatelink.azurecr.io linked to it. That needs neither service endpoint nor rule.",
    )


def find_subnet(subnet_id: str, instance: Instance | None) -> tuple[FixStep, ...]:
    """Look the subnet's id up where it is not known; the other commands use ``SUBNET_ID``."""
    if subnet_id:
        return ()
    lookup = commands.subnet_find(instance) if instance and instance.resource_id else ""
    why = "Finds the subnet's id for the next command."
    other = "Find the subnet of the machine's NIC and put its id into the variable SUBNET_ID."
    return (
        FixStep(
            command=lookup,
            needs="read access to the virtual machine and its NIC",
            risk=Risk.READ_ONLY,
            why=why if lookup else other,
        ),
    )


def add_rule(target: Target, registry: Registry | None, subnet_id: str, why: str) -> FixStep:
    return FixStep(
        command=commands.subnet_rule("add", target, registry, subnet_id),
        needs=f"{commands.REGISTRY_WRITE} and {commands.SUBNET_JOIN} on the subnet",
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
        needs=commands.REGISTRY_WRITE,
        risk=Risk.CHANGES_ACCESS,
        why=f"Takes the rule away that lets nobody in. {_ALONE}; az 2.85 to 2.87 remove nothing "
        "and say nothing.",
        undo="" if subnet_gone else undo,
    )


def add_ip(target: Target, registry: Registry | None, ip: str, why: str) -> FixStep:
    return FixStep(
        command=commands.ip_rule("add", target, registry, ip),
        needs=commands.REGISTRY_WRITE,
        risk=Risk.CHANGES_ACCESS,
        why=f"{why} {_CARE}.",
        undo=commands.ip_rule("remove", target, registry, ip),
    )


def add_endpoint(sight: Sight) -> FixStep:
    """Add the endpoint to the subnet's list and keep what the list holds."""
    there = sight.subnet.services if sight.subnet else ()
    kept = f"keeps {', '.join(there)}" if there else "the subnet has no others"
    stays = kept if sight.subnet else "keeps those that are there"
    back = "" if sight.subnet else " The undo takes the last of the list away, which is this one."
    return FixStep(
        command=commands.endpoint_add(sight.subnet_id),
        needs=commands.SUBNET_WRITE,
        risk=Risk.DISRUPTIVE,
        why=f"Adds the one endpoint ({stays}). Cuts open connections to registries, and IP rules "
        f"stop matching for this subnet.{back}",
        undo=commands.endpoint_undo(sight.subnet_id, there)
        if sight.subnet
        else commands.endpoint_drop_last(sight.subnet_id),
    )
