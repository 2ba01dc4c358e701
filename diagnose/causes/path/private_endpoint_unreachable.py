"""The private endpoint cannot be reached from here.

What happened
The login server resolves to a private address, as it should with a private endpoint, but nothing
answers there. The endpoint stands in another virtual network that is not peered with this one, a
network security group or a route stops the traffic, or the address is not the endpoint's any more.

How we know
Connections to the private address on port 443 time out or have no route. It is proven when Azure
Resource Manager shows that this is the address of one of the registry's private endpoints and that
its connection is approved; what is left then is the way between.

Fix
If the endpoint is in another virtual network, peer the two or give this one an endpoint of its own.
If it is in this one, look at the effective routes and security rules of this machine, and at the
security group of the endpoint's subnet.

Still failing?
A peering has to be connected on both sides. Traffic over a firewall needs a rule for the private
address there. The data endpoint has an address of its own, which needs the same way.
"""

from checks.addresses import Kind, kind
from checks.arm_answer import part
from checks.challenge import Challenge
from checks.hosts_file import Override
from checks.replies import Trouble
from checks.tcp_path import TcpBlocked
from diagnose.causes.contract import (
    Cause,
    Evidence,
    Finding,
    FixStep,
    Owner,
    Rejected,
    Risk,
    Stage,
)
from diagnose.causes.contract import Confidence as Sure
from diagnose.causes.path import _steps
from diagnose.causes.private_link import PrivateLink


def find(
    tcp: TcpBlocked,
    link: PrivateLink,
    place: _steps.Place,
    challenge: Challenge | None,
    override: Override | None,
) -> Finding | Rejected | None:
    if challenge or not all(kind(address) is Kind.PRIVATE for address in tcp.addresses):
        return None
    address = tcp.addresses[0]
    if override or link.proxied:
        return Rejected(because=override.summary if override else link.proxied)
    if link.nobodys(address):
        return Rejected(because=f"no private endpoint of the registry has {address}")
    owner = link.owner_of(address)
    if owner and not owner.approved:
        return Rejected(because=f"the connection of {owner.name} is {owner.connection.status}")
    proven = owner is not None and tcp.trouble is not Trouble.REFUSED
    far = owner is not None and link.reaches(owner) is False
    return Finding(
        confidence=Sure.PROVEN if proven else Sure.LIKELY,
        evidence=(
            Evidence(check="tcp", saw=tcp.summary),
            *link.evidence,
            *([Evidence(check="vnet", saw=link.vnet.summary)] if link.vnet else ()),
        ),
        note="The endpoint's virtual network is not peered with this one." if far else "",
        settle="" if proven else link.settle,
        fix=_steps.ready(
            place,
            *(_peer(link.vnet_id, owner.vnet_id) if owner and far else ()),
            _steps.look(
                "show-effective-route-table",
                place,
                "Shows where the address goes; InterfaceEndpoint or a peering is right.",
            ),
            _steps.look("list-effective-nsg", place, "Shows which rule denies, if any."),
        ),
    )


def _peer(own: str, other: str) -> tuple[FixStep, ...]:
    """Say what to do about a missing peering, which both sides' owners have to agree on."""
    here, there = (part(one, "virtualNetworks") for one in (own, other))
    return (
        FixStep(
            command="",
            needs="Microsoft.Network/virtualNetworks/virtualNetworkPeerings/write on both networks",
            risk=Risk.CHANGES_ACCESS,
            why=f"Peer {here} and {there}, in both directions, if their address ranges do not "
            f"overlap; or give {here} a private endpoint of its own.",
        ),
    )


CAUSE = Cause(
    id="private-endpoint-unreachable",
    title="The private endpoint cannot be reached from here",
    stage=Stage.TCP,
    owner=Owner.NETWORK,
    find=find,
)
