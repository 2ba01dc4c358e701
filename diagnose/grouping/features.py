"""What machines differ in: one row for each feature, the most telling first.

Only what a machine or its network *is* stands here, never how far its pull got: that the failing
ones fail is no difference worth a line. A feature is a pure function over facts by its annotations,
as a cause is; an empty text means that it is not known, and never that it is absent.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from checks import addresses
from checks.addresses import Kind
from checks.clock import Clock
from checks.contract import Needs
from checks.disk import DiskFull, DiskRoom
from checks.dns_answer import DnsAnswer, DnsFailed
from checks.docker_runtime import DockerDown, DockerRuntime
from checks.host import Host
from checks.hosts_file import NoOverride, Override
from checks.identity import Identity, IdentityMissing
from checks.instance import Instance
from checks.interface import Interface
from checks.mirrors import Mirrors
from checks.outbound_rules import OutboundRules
from checks.proxy import NoProxy, ProxyFailed, ProxyInPlace, ProxyUsed
from checks.registry import Registry
from checks.stored import NoStoredLogin, StoredLogins
from checks.subnet import Subnet
from checks.target import Target
from checks.tls_session import TlsTrusted, TlsUntrusted
from checks.units import Units
from checks.vnet import Vnet
from diagnose import vantage
from diagnose.facts import Facts

NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """``named``: its values are somebody's names, which a redacted bundle calls its own way."""

    name: str
    look: Callable[..., str]
    named: bool = False

    def of(self, facts: Facts) -> str:
        """Give its value, or an empty text where it is not known."""
        return "" if facts.missing(Needs.of(self.look)) else facts.call(self.look)


def _subnet(interface: Interface) -> str:
    return interface.subnet_id.rstrip("/").lower()


def _range(instance: Instance) -> str:
    return _listed({nic.prefix for nic in instance.nics if nic.prefix}) if instance.nics else ""


def _endpoint(subnet: Subnet) -> str:
    return subnet.endpoint.state if subnet.endpoint else NONE


def _gateway(subnet: Subnet) -> str:
    return "yes" if subnet.nat_gateway else NONE


def _routes(subnet: Subnet) -> str:
    return subnet.route_table.lower() or NONE


def _security(subnet: Subnet) -> str:
    return subnet.security_group.lower() or NONE


def _default_route(rules: OutboundRules) -> str:
    return rules.next_hop.partition(" ")[0] or "Azure's own"


def _resolvers(host: Host) -> str:
    return _listed(host.resolvers)


def _vnet_dns(vnet: Vnet) -> str:
    return "custom servers" if vnet.dns_servers else "Azure's"


def _registry_address(dns: DnsAnswer | None, failed: DnsFailed | None) -> str:
    if dns is None:
        return NONE if failed else ""
    return _listed({str(addresses.kind(one)) for one in dns.addresses} or {str(Kind.OTHER)})


def _hosts_file(override: Override | None, without: NoOverride | None) -> str:
    return "contradicts DNS" if override else "does not contradict DNS" if without else ""


def _proxy(
    none: NoProxy | None,
    used: ProxyUsed | None,
    failed: ProxyFailed | None,
    in_place: ProxyInPlace | None,
) -> str:
    found = used or failed or in_place
    return (found.url or "one that is not set here") if found else NONE if none else ""


def _settings(host: Host) -> str:
    return _listed({name.lower() for name, _ in host.proxies})


def _daemons(units: Units) -> str:
    return _listed(unit.name for unit in units.units if unit.proxies)


def _issuer(trusted: TlsTrusted | None, untrusted: TlsUntrusted | None) -> str:
    found = trusted or untrusted
    return ("ACR's usual" if found.genuine_issuer else "another") if found else ""


def _identity(identity: Identity | None, missing: IdentityMissing | None) -> str:
    return f"by {identity.how}" if identity else NONE if missing and missing.answered else ""


def _client(identity: Identity) -> str:
    return identity.client_id


def _logins(stored: StoredLogins | None, without: NoStoredLogin | None) -> str:
    if stored:
        return _listed({str(login.state) for login in stored.logins})
    return NONE if without else ""


def _mirrors(mirrors: Mirrors) -> str:
    return _listed({f"for {mirror.runtime}" for mirror in mirrors.mirrors})


def _docker(runtime: DockerRuntime | None, down: DockerDown | None) -> str:
    silent = "one that does not answer" if down and not down.unseen else ""
    return runtime.version if runtime else silent


def _storage(runtime: DockerRuntime) -> str:
    return runtime.storage_driver


def _disk(room: DiskRoom | None, full: DiskFull | None) -> str:
    return "full" if full else "has room" if room else ""


def _clock(clock: Clock) -> str:
    return "off" if abs(clock.minutes_off) >= 5 else "right"


def _platform(host: Host) -> str:
    return host.platform or NONE


def _system(host: Host) -> str:
    return f"{host.os}/{host.architecture}"


def _region(instance: Instance) -> str:
    return instance.location.lower()


def _set(instance: Instance) -> str:
    return instance.scale_set.lower() or NONE


def _image(target: Target) -> str:
    return target.image


def _tier(registry: Registry) -> str:
    return registry.sku


def _kind(host: Host | None, instance: Instance | None) -> str:
    found = Facts(fact for fact in (host, instance) if fact is not None)
    return vantage.of(found).kind if instance or (host and host.aks_node) else ""


def _listed(values: Iterable[str]) -> str:
    return ", ".join(sorted(values)) or NONE


FEATURES = (
    Feature(name="subnet", look=_subnet, named=True),
    Feature(name="address range", look=_range, named=True),
    Feature(name="service endpoint", look=_endpoint),
    Feature(name="registry's address", look=_registry_address),
    Feature(name="resolvers", look=_resolvers, named=True),
    Feature(name="virtual network's DNS", look=_vnet_dns),
    Feature(name="hosts file", look=_hosts_file),
    Feature(name="proxy", look=_proxy, named=True),
    Feature(name="proxy variables", look=_settings),
    Feature(name="services with a proxy", look=_daemons),
    Feature(name="certificate's issuer", look=_issuer),
    Feature(name="default route", look=_default_route),
    Feature(name="NAT gateway", look=_gateway),
    Feature(name="route table", look=_routes, named=True),
    Feature(name="security group", look=_security, named=True),
    Feature(name="identity", look=_identity),
    Feature(name="client id", look=_client, named=True),
    Feature(name="docker's logins", look=_logins),
    Feature(name="clock", look=_clock),
    Feature(name="mirrors", look=_mirrors),
    Feature(name="docker", look=_docker),
    Feature(name="storage driver", look=_storage),
    Feature(name="disk", look=_disk),
    Feature(name="machine", look=_kind),
    Feature(name="platform", look=_platform),
    Feature(name="system", look=_system),
    Feature(name="region", look=_region),
    Feature(name="scale set", look=_set, named=True),
    Feature(name="registry's tier", look=_tier),
    Feature(name="image", look=_image, named=True),
)
SUBNET, RANGE = FEATURES[0], FEATURES[1]


def of(facts: Facts) -> tuple[str, ...]:
    """Give the value of each of `FEATURES`."""
    return tuple(feature.of(facts) for feature in FEATURES)
