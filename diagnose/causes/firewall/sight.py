"""What the firewall causes read out of the facts in the same way; no cause of its own."""

from dataclasses import dataclass

from checks import addresses, platforms
from checks.addresses import Kind
from checks.arm_answer import part
from checks.contract import View
from checks.egress import Egress
from checks.host import Host
from checks.instance import Instance
from checks.interface import Interface
from checks.network_rules import NetworkRules
from checks.refusal import Refused
from checks.registry import Registry
from checks.subnet import Subnet
from diagnose.causes.contract import Evidence, Stage
from diagnose.causes.private_link import PrivateLink

# Causes that only a caller who comes over the endpoint meets.
RULE_FAULTS = (
    "provider-not-registered",
    "rule-quota-reached",
    "rule-subnet-deleted",
    "subnet-not-allowed",
)
UNSUPPORTED_CLOUDS = ("azureusgovernmentcloud", "azureusgovernment", "azurechinacloud")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight(View):
    """The refusal, and as much of the way from the machine to the rule as could be seen."""

    refused: Refused
    host: Host | None
    instance: Instance | None
    interface: Interface | None
    subnet: Subnet | None
    registry: Registry | None
    rules: NetworkRules | None
    egress: Egress | None
    link: PrivateLink

    @property
    def stage(self) -> Stage | None:
        return Stage.CHALLENGE if self.refused.check == "challenge" else None

    @property
    def address(self) -> str:
        """The address that ACR saw, as a plain IPv4 where it carries one."""
        carried = addresses.carried_ipv4(self.refused.ip)
        own = self.instance.private_ips if self.instance else ()
        return self.refused.private_ip or (carried if carried in own else self.refused.ip)

    @property
    def private(self) -> bool:
        """ACR saw an address inside a VNet: the endpoint is in effect. VNets may use any range."""
        own = self.instance.private_ips if self.instance else ()
        return self.refused.kind is Kind.PRIVATE or self.address in own

    @property
    def v6(self) -> bool:
        """Azure tells a machine's public IPv4 addresses alone: one of IPv6 may be its own."""
        return ":" in self.refused.ip and not self.private

    @property
    def public(self) -> bool:
        return self.refused.kind is Kind.PUBLIC and not self.private

    @property
    def elsewhere(self) -> bool:
        """The private address lies outside of the subnet that is taken for this machine's."""
        held = self.subnet.prefixes if self.subnet else ()
        return self.private and bool(held) and not addresses.inside(self.address, held)

    @property
    def on_azure(self) -> bool:
        return bool(self.instance or self.interface or (self.host and self.host.on_azure))

    @property
    def foreign(self) -> str:
        """The managed platform that this machine belongs to; empty for a machine of one's own.

        A mark on a virtual machine that its metadata describes was set by somebody; the runners
        that GitHub hosts are such machines, in a subscription of others.
        """
        named = self.host.platform if self.host else ""
        return "" if self.instance and named != platforms.GITHUB_HOSTED else named

    @property
    def subnet_id(self) -> str:
        found = self.interface.subnet_id if self.interface else ""
        return self.subnet.id if self.subnet else found

    @property
    def subnet_name(self) -> str:
        return part(self.subnet_id, "subnets") or "this machine's subnet"

    @property
    def ready(self) -> bool:
        here = self.subnet and self.subnet.endpoint
        return bool(here and here.state.lower() == "succeeded")

    @property
    def ruled(self) -> bool | None:
        """Whether a rule names this subnet; None: not known, as where a hint alone names it."""
        if self.rules and self.rules.subnet_ids:
            named = self.rules.allows(self.subnet_id) if self.subnet_id else None
            return None if named and self.link.hinted else named
        return False if self.rules else None

    @property
    def moot(self) -> str:
        """Why no rule can be what is missing, or an empty string."""
        allow = self.registry and self.registry.default_action.lower() == "allow"
        if allow:
            return "the registry's default action is Allow, so no rule is needed"
        if not self.registry or not self.on_azure or not self.link.approved or self.link.useless:
            return ""
        if not self.registry.public_access:
            return "public access is disabled, and a private endpoint may be in reach"
        if self.rules is None or self.rules.subnet_ids or self.registry.ip_ranges:
            return ""
        return "the registry lets in by private endpoints: it has those, and no rule of any kind"

    @property
    def by_ip(self) -> str:
        """Why a public address is not the endpoint's fault, or an empty string."""
        if self.rules is None or self.rules.subnet_ids or not self.registry:
            return ""
        ranges = ", ".join(self.registry.ip_ranges)
        return ranges and f"the registry is set up by IP ranges ({ranges}); no VNet rule exists"

    @property
    def counted_by_ip(self) -> str:
        """The registry's IP ranges, where they may hold the address that the endpoint hides."""
        known = self.egress is not None and self.egress.certain
        return "" if known or not self.registry else ", ".join(self.registry.ip_ranges)

    def evidence(self, *extra: Evidence) -> tuple[Evidence, ...]:
        """Give the chain: refusal, machine, NIC, subnet, registry, and ``extra``."""
        seen = (
            (self.refused.check, self.refused),
            ("instance", self.instance),
            ("interface", self.interface),
            ("subnet", self.subnet),
            ("registry", self.registry),
        )
        return (*(Evidence(check=check, saw=fact.summary) for check, fact in seen if fact), *extra)
