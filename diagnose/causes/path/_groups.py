"""Fix steps on the network security group of the machine's subnet; no cause of its own."""

from dataclasses import dataclass
from shlex import quote

from checks.arm_answer import part
from checks.outbound_rules import OutboundRules
from checks.subnet import Subnet
from diagnose.causes.contract import Evidence, FixStep, Risk
from diagnose.causes.path._steps import Place, named
from diagnose.causes.subnet_steps import managed


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """A service tag, the wider tags that hold it too, and addresses of it that were asked for."""

    name: str
    others: tuple[str, ...] = ("Internet", "AzureCloud")
    addresses: tuple[str, ...] = ()


def denied(rules: OutboundRules | None, subnet: Subnet | None, tag: Tag) -> list[Evidence]:
    """Name the rule that denies, and where the default route leads, where they could be read."""
    if not rules:
        return []
    found = []
    if rule := rules.denying((tag.name, *tag.others), tag.addresses):
        group = part(subnet.security_group, "networkSecurityGroups") if subnet else ""
        saw = f"rule {rule.name} (priority {rule.priority}) of {group} denies 443 to {tag.name}"
        found.append(Evidence(check="outbound-rules", saw=saw))
    if rules.next_hop:
        saw = f"the route 0.0.0.0/0 leads to {rules.next_hop}"
        found.append(Evidence(check="outbound-rules", saw=saw))
    return found


def allow_tag(place: Place, tag: Tag, rules: OutboundRules | None) -> tuple[FixStep, ...]:
    """Let the service tag out on 443 in the subnet's network security group, above what denies."""
    rule = rules.denying((tag.name, *tag.others), tag.addresses) if rules else None
    if rules and not rule:
        return (_elsewhere(tag, "The subnet's own group does not deny it: the interface's may."),)
    taken = {one.priority for one in rules.rules} if rules else set()
    free = [number for number in range(100, rule.priority if rule else 201) if number not in taken]
    where = in_group(place, f"acr-diagnose-{tag.name}")
    if not where or not free or managed(_group_or_machine(place)):
        why = "Where a network security group drops it, add a rule above the one that denies."
        return (_elsewhere(tag, why),)
    above = f"above {rule.name}" if rule else "if a network security group drops it"
    step = FixStep(
        command=f"az network nsg rule create {where} --priority {free[-1]} --direction Outbound "
        "--access Allow --protocol Tcp --source-address-prefixes VirtualNetwork "
        "--source-port-ranges '*' "
        f"--destination-address-prefixes {tag.name} --destination-port-ranges 443",
        needs="Microsoft.Network/networkSecurityGroups/securityRules/write",
        risk=Risk.CHANGES_ACCESS,
        why=f"Lets {tag.name} out on 443, {above}."
        + ("" if rule else " Needs a free priority with a lower number than the rule that denies."),
        undo=f"az network nsg rule delete {where}",
    )
    return (*find_group(place), step)


def in_group(place: Place, rule: str) -> str:
    """Say where a rule goes, as options; ``""`` where no security group of the subnet can be named.

    az takes no ``--ids`` for a rule that is to be made.
    """
    group = place.subnet.security_group if place.subnet else ""
    subscription = part(group, "subscriptions") or place.subscription
    if not subscription or (place.subnet and not group):
        return ""
    names = '-g "$NSG_GROUP" --nsg-name "${NSG_ID##*/}"'
    if group:
        name = quote(part(group, "networkSecurityGroups"))
        names = f"-g {quote(part(group, 'resourceGroups'))} --nsg-name {name}"
    return f"--subscription {quote(subscription)} {names} -n {rule}"


def find_group(place: Place) -> tuple[FixStep, ...]:
    """Look the subnet's security group up for `in_group`, where it is not known."""
    if place.subnet or not place.subscription:
        return ()
    return (named(place, "networkSecurityGroup.id", "nsg", "NSG"),)


def _group_or_machine(place: Place) -> str:
    """Whose id tells whether AKS keeps the group: the group's own, or the subnet's."""
    here = place.subnet_id or place.machine_id
    return place.subnet.security_group if place.subnet else here


def _elsewhere(tag: Tag, why: str) -> FixStep:
    return FixStep(
        command="",
        needs="rights on the network security groups, routes or firewall on the way",
        risk=Risk.CHANGES_ACCESS,
        why=f"{why} Allow TCP 443 to {tag.name}. In a network that AKS manages (a resource group "
        "MC_...) change nothing by hand: use the cluster's own settings.",
    )
