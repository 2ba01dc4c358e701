"""An agent pool's subnet lacks a way out that the pool needs.

What happened
An ACR Tasks agent pool runs on machines in this subnet. They need Key Vault, Storage, Event Hubs,
Entra and Azure Monitor (443, and 12000 for diagnostics), and at least one of these is closed. Runs
then stay queued, the pool does not come up, or its diagnostics are missing without a word.

How we know
From this machine, in the pool's subnet, a host that stands for the service takes no connection
while another one does, or the subnet's security group has a rule that denies the service's tag.

Fix
Allow the tag outbound from VirtualNetwork in the security group. Where a firewall carries the
subnet's traffic, allow it there, as a network rule with the same tag: pools need more hosts than
those that were tried. A service endpoint does not replace the rule.

Still failing?
Run it again on another machine of the same subnet. Look at a group on the interface, at rules of a
virtual network manager, and at custom DNS: it must not use 172.17.0.0/16.
"""

from checks.agent_pool import PoolEgress
from checks.outbound_rules import OutboundRules
from checks.pool_services import Row, Way
from diagnose.causes.contract import (
    Cause,
    Confidence,
    Evidence,
    Finding,
    FixStep,
    Owner,
    Risk,
    Stage,
)
from diagnose.causes.path import _groups, _steps

_LOOK = "list-effective-nsg"


def find(
    pool: PoolEgress,
    place: _steps.Place,
    rules: OutboundRules | None,
) -> Finding | None:
    closed = pool.those(Way.BLOCKED)
    if not closed:
        return None
    told = [Evidence(check="agent-pool", saw=f"{r.tag} {r.port}: {r.because}") for r in closed]
    told += [Evidence(check="outbound-rules", saw=rules.summary)] if rules else []
    # A host that is silent while the tag's rule is open may be down by itself; others that answer
    # speak for the path as such.
    sure = any(row.rule for row in closed) or bool(pool.those(Way.OK))
    look = _steps.look(_LOOK, place, "Shows which rule denies, if one does.")
    seen = all(row.rule for row in closed) and not (rules and rules.next_hop)
    tags = sorted({row.tag for row in closed})
    taken = {rule.priority for rule in rules.rules} if rules else set()
    numbers = [number for number in range(100, 4096) if number not in taken]
    opened = [
        _allow(place, tag, [row for row in closed if row.tag == tag], number)
        for tag, number in zip(tags, numbers, strict=False)
    ]
    opened = [*_groups.find_group(place), *opened]
    fix = opened if seen else (look, *opened, _firewall(rules, tags))
    return Finding(
        confidence=Confidence.PROVEN if sure else Confidence.LIKELY,
        evidence=tuple(told),
        fix=_steps.ready(place, *fix),
        settle="" if sure else _steps.in_one(place, look),
    )


def _allow(place: _steps.Place, tag: str, rows: list[Row], priority: int) -> FixStep:
    ports = " ".join(str(row.port) for row in rows)
    denied = sorted({row.rule for row in rows if row.rule})
    cause = f"{', '.join(denied)} denies it: this" if denied else "If a security group denies it:"
    where = _groups.in_group(place, f"acr-agent-pool-{tag}")
    create = (
        f"az network nsg rule create {where} --priority {priority} --direction Outbound "
        "--access Allow --protocol Tcp --source-address-prefixes VirtualNetwork "
        f"--destination-address-prefixes {tag} --destination-port-ranges {ports}"
    )
    return FixStep(
        command=create if where else "",
        needs="Microsoft.Network/networkSecurityGroups/securityRules/write",
        risk=Risk.CHANGES_ACCESS,
        why=f"{cause} lets {tag} out on {ports.replace(' ', ' and ')}.",
        undo=f"az network nsg rule delete {where}" if where else "",
    )


def _firewall(rules: OutboundRules | None, tags: list[str]) -> FixStep:
    hop = f" (0.0.0.0/0 goes to {rules.next_hop})" if rules and rules.next_hop else ""
    return FixStep(
        command="",
        needs="rights on the firewall between this subnet and the internet",
        risk=Risk.CHANGES_ACCESS,
        why=f"If a firewall carries the traffic{hop}: a network rule from the pool's subnet to the "
        f"tags {', '.join(tags)}.",
    )


CAUSE = Cause(
    id="agent-pool-egress-blocked",
    title="An agent pool's subnet lacks a way out that the pool needs",
    stage=Stage.TCP,
    owner=Owner.NETWORK,
    find=find,
)
