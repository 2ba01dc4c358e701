"""The looks that settle a firewall cause, and the steps of the odd paths; no cause of its own."""

from checks.instance import Instance
from checks.registry import Registry
from checks.target import Target
from diagnose.causes import commands, lookups
from diagnose.causes.contract import FixStep, Risk
from diagnose.causes.firewall.sight import Sight

_ROUTES = "Microsoft.Network/networkInterfaces/effectiveRouteTable/action on the NIC"


def endpoint(subnet_id: str, instance: Instance | None) -> str:
    """Give the one look that shows the subnet's service endpoints."""
    show = commands.endpoint_show(subnet_id)
    if subnet_id:
        return show
    if instance and instance.resource_id:
        return f"{lookups.subnet_find(instance)} && {show}"
    return f"with the id of this machine's subnet in SUBNET_ID: {show}"


def rules(target: Target, registry: Registry | None) -> str:
    return commands.rules_show(target, registry)


def access(target: Target, registry: Registry | None) -> str:
    return commands.acr_show(target, registry, "publicNetworkAccess")


def outbound(ranges: str) -> str:
    return f"compare the public address of the NAT gateway or load balancer with {ranges}"


def way(sight: Sight) -> str:
    """Give the look that shows where the registry's address is routed to."""
    if sight.subnet is None:
        return endpoint(sight.subnet_id, sight.instance)
    if sight.interface and sight.interface.nic_id:
        return commands.routes_show(sight.interface.nic_id)
    return "the effective routes of the machine's NIC, for the registry's address"


def other_subnet(target: Target, sight: Sight) -> tuple[FixStep, ...]:
    """Find the subnet that holds the refused address, then add that one."""
    look = FixStep(
        command=commands.subnets_show(sight.subnet_id),
        needs="Microsoft.Network/virtualNetworks/read on the VNet",
        risk=Risk.READ_ONLY,
        why=f"Find the subnet that holds {sight.address} and put its id into the variable "
        "SUBNET_ID.",
    )
    return look, FixStep(
        command=commands.subnet_rule("add", target, sight.registry, ""),
        needs=commands.rule_write(sight.registry),
        risk=Risk.CHANGES_ACCESS,
        why="Lets that subnet in. It takes some minutes.",
        undo=commands.subnet_rule("remove", target, sight.registry, ""),
    )


def around(target: Target, proxy: str, nic_id: str) -> tuple[FixStep, ...]:
    """Take the registry's traffic off the proxy, or find out what else carries it."""
    if proxy:
        why = f"Put {target.login_server} into NO_PROXY for the shell and the container runtime, "
        return (
            FixStep(
                command="",
                needs="root on the machine",
                risk=Risk.DISRUPTIVE,
                why=f"{why}then restart the runtime. The proxy was {proxy}.",
            ),
        )
    look = FixStep(
        command=commands.routes_show(nic_id) if nic_id else "",
        needs=_ROUTES,
        risk=Risk.READ_ONLY,
        why="Shows where the registry's address goes. VirtualNetworkServiceEndpoint is right; an "
        "appliance is what has to be passed by.",
    )
    return look, FixStep(
        command="",
        needs="the network owner and the registry owner, together",
        risk=Risk.CHANGES_ACCESS,
        why="Route the registry straight, or give the firewall's own subnet the endpoint and a "
        "rule of the registry.",
    )
