"""What the causes around private endpoints read out of the facts in the same way; no cause."""

from dataclasses import dataclass

from checks import addresses
from checks.addresses import Kind
from checks.arm_answer import part
from checks.contract import View
from checks.dns_answer import Resolver
from checks.host import Host
from checks.interface import Interface
from checks.ports import AZURE_DNS
from checks.private_endpoint import Endpoint, PrivateEndpoints
from checks.proxy import ProxyFailed, ProxyInPlace, ProxyUsed
from checks.registry import Registry
from checks.target import Target
from checks.vnet import Vnet
from diagnose.causes import commands
from diagnose.causes.contract import Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivateLink(View):
    """The registry's private endpoints, as far as ARM shows them, and where this machine stands."""

    target: Target
    host: Host | None
    interface: Interface | None
    vnet: Vnet | None
    registry: Registry | None
    endpoints: PrivateEndpoints | None
    used: ProxyUsed | None
    failed: ProxyFailed | None
    instead: ProxyInPlace | None

    @property
    def proxied(self) -> str:
        """Why this machine's own names and addresses are not what a pull goes by, or ''."""
        met = self.used or self.failed or self.instead
        url = met.url if met else ""
        return url and f"requests go by the proxy {url}, which looks names up itself"

    @property
    def vnet_id(self) -> str:
        subnet = self.interface.subnet_id if self.interface else ""
        return self.vnet.id if self.vnet else subnet[: max(0, subnet.lower().rfind("/subnets/"))]

    @property
    def hinted(self) -> bool:
        """Nothing but the node's configuration names the subnet, which proves nothing of it."""
        return bool(self.interface and self.interface.hinted)

    @property
    def approved(self) -> tuple[Endpoint, ...]:
        return tuple(e for e in self.endpoints.endpoints if e.approved) if self.endpoints else ()

    def reaches(self, endpoint: Endpoint) -> bool | None:
        """Whether the endpoint stands in this VNet or one that is peered; None: not known."""
        if endpoint.hidden or not endpoint.vnet_id or not self.vnet_id or self.hinted:
            return None
        if endpoint.vnet_id == self.vnet_id.lower():
            return True
        return self.vnet.joins(endpoint.vnet_id) if self.vnet else None

    @property
    def near(self) -> Endpoint | None:
        """An approved endpoint that this VNet reaches."""
        return next((e for e in self.approved if self.reaches(e)), None)

    @property
    def useless(self) -> str:
        """Why no private endpoint can serve this machine, or '' where one may."""
        if self.endpoints is None:
            return ""
        if not self.approved:
            return "the registry has no approved private endpoint"
        if any(self.reaches(endpoint) is not False for endpoint in self.approved):
            return ""
        names = ", ".join(sorted({part(e.subnet_id, "virtualNetworks") for e in self.approved}))
        return f"the registry's private endpoints are in {names}, which this VNet does not reach"

    def owner_of(self, address: str) -> Endpoint | None:
        """Give the private endpoint that has this address for the login server."""
        found = self.endpoints.endpoints if self.endpoints else ()
        name = self.target.login_server
        return next((e for e in found if e.address_of(name) == address), None)

    def nobodys(self, address: str) -> bool:
        """Every endpoint could be read, and none of them has this address."""
        return bool(self.endpoints and self.endpoints.complete and not self.owner_of(address))

    @property
    def settle(self) -> str:
        """The look that shows the registry's private endpoints."""
        look = commands.acr_show(self.target, self.registry, "privateEndpointConnections")
        return f"{look}, then az network private-endpoint show --ids ID for each"

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        if self.endpoints is None:
            return ()
        return (Evidence(check="private-endpoint", saw=self.endpoints.summary),)


def private(addresses_: tuple[str, ...]) -> bool:
    """Whether there are addresses, and all of them are private."""
    return bool(addresses_) and all(addresses.kind(a) is Kind.PRIVATE for a in addresses_)


def public(addresses_: tuple[str, ...]) -> bool:
    return bool(addresses_) and all(addresses.kind(a) is Kind.PUBLIC for a in addresses_)


def led_away(resolver: Resolver) -> bool:
    """The name leads on to a privatelink name: the registry has a private endpoint somewhere."""
    return any(".privatelink." in link for link in resolver.chain)


def azures(resolvers: tuple[Resolver, ...]) -> Resolver | None:
    """The platform's own resolver, which knows the private zones that are linked to the VNet."""
    return next((r for r in resolvers if r.server == AZURE_DNS), None)


def asks_azure(link: PrivateLink, resolvers: tuple[Resolver, ...]) -> bool | None:
    """Whether Azure's own resolver has had its say on the name; None: not known.

    It has where it was asked directly, or where the VNet names no DNS server of its own.
    """
    azure = azures(resolvers)
    if azure and azure.answered and not azure.failing:
        return True
    if link.vnet:
        return not link.vnet.dns_servers or link.vnet.dns_servers == (AZURE_DNS,)
    return None


def zone_lacks(resolvers: tuple[Resolver, ...]) -> Resolver | None:
    """A resolver that came to the private zone and did not find the name there."""
    return next((r for r in resolvers if r.result == "NXDOMAIN" and led_away(r)), None)


def seen(resolvers: tuple[Resolver, ...]) -> Evidence:
    """Say what each resolver answered, and whether it came by a privatelink name."""
    told = [f"{r}{' by privatelink' if led_away(r) else ''}" for r in resolvers]
    return Evidence(check="dns", saw="; ".join(told))
