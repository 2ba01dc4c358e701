"""The machine as Azure's instance metadata service (IMDS) describes it."""

from dataclasses import dataclass

from checks import answers, asks, scale_set
from checks.contract import Check, Fact, Health
from checks.host import Host
from checks.ports import World
from checks.replies import Failure, HttpReply, Json, Trouble


@dataclass(frozen=True, slots=True, kw_only=True)
class Nic:
    """One network interface; IMDS gives no resource id for it and no fixed order."""

    mac: str  # upper case, no separators
    private_ip: str
    public_ip: str  # empty for Standard-SKU addresses; see ``Instance.outbound_ips``
    prefix: str  # the subnet's, such as 10.1.0.0/24


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance(Fact):
    name: str
    resource_id: str
    subscription: str
    resource_group: str
    location: str
    environment: str  # azEnvironment
    scale_set: str  # empty for a plain VM
    flexible: bool
    nics: tuple[Nic, ...]
    outbound_ips: tuple[str, ...]  # public addresses that are known to be this machine's
    minutes_off: int | None = None  # local clock minus the service's, whole minutes

    @property
    def uniform(self) -> bool:
        """A uniform scale set's instance, whose NIC lives under Microsoft.Compute."""
        return "/virtualmachinescalesets/" in self.resource_id.lower()

    @property
    def private_ips(self) -> tuple[str, ...]:
        return tuple(nic.private_ip for nic in self.nics if nic.private_ip)

    @property
    def summary(self) -> str:
        return f"{self.name} at {', '.join(self.private_ips)} in {self.location}"


@dataclass(frozen=True, slots=True, kw_only=True)
class InstanceUnknown(Fact):
    """IMDS gave nothing usable. ``on_azure`` says whether the hardware says it should have."""

    why: str
    trouble: Trouble | None  # None where something answered, but not IMDS
    on_azure: bool
    status: int = 0  # of the answer that was none of use

    @property
    def health(self) -> Health:
        return Health.FAIL if self.on_azure else Health.UNKNOWN

    @property
    def summary(self) -> str:
        return f"instance metadata: {self.why}"

    @property
    def limit(self) -> str:
        return f"The instance metadata service could not be read: {self.why}."


def gather(world: World, host: Host) -> Instance | InstanceUnknown:
    reply = world.imds.instance()
    now = world.host.look().now
    # A service that was silent once is not asked again: that would double the wait for nothing.
    balancer = reply if isinstance(reply, Failure) else world.imds.load_balancer()
    return parse(reply, balancer, host, now=now)


def parse(
    reply: HttpReply | Failure, balancer: HttpReply | Failure, host: Host, *, now: float = 0.0
) -> Instance | InstanceUnknown:
    if isinstance(reply, Failure):
        why = f"{reply.trouble} ({reply.detail})" if reply.detail else str(reply.trouble)
        return InstanceUnknown(why=why, trouble=reply.trouble, on_azure=host.on_azure)
    body = answers.json_of(reply)
    compute = answers.table(body, "compute")
    if reply.status != 200 or not answers.text(compute, "resourceId"):
        what = f"HTTP {reply.status}" if reply.status != 200 else "an answer that is not IMDS's"
        return InstanceUnknown(why=what, trouble=None, on_azure=host.on_azure, status=reply.status)
    nics = tuple(_nics(body))  # in IMDS's order: pseudonyms would be sorted otherwise
    publics = {nic.public_ip for nic in nics if nic.public_ip} | _frontends(balancer)
    return Instance(
        name=answers.text(compute, "name"),
        resource_id=scale_set.resource_id(compute),
        subscription=answers.text(compute, "subscriptionId"),
        resource_group=answers.text(compute, "resourceGroupName"),
        location=answers.text(compute, "location"),
        environment=answers.text(compute, "azEnvironment"),
        scale_set=answers.text(compute, "vmScaleSetName"),
        flexible=bool(answers.text(answers.table(compute, "virtualMachineScaleSet"), "id")),
        nics=nics,
        outbound_ips=tuple(sorted(publics)),
        minutes_off=answers.minutes_off(reply, now) if now else None,
    )


def _nics(body: Json) -> list[Nic]:
    found = []
    for interface in answers.rows(answers.table(body, "network"), "interface"):
        ipv4 = answers.table(interface, "ipv4")
        prefixes = [
            f"{answers.text(s, 'address')}/{answers.text(s, 'prefix')}"
            for s in answers.rows(ipv4, "subnet")
        ]
        found += [
            Nic(
                mac=answers.text(interface, "macAddress").upper(),
                private_ip=answers.text(address, "privateIpAddress"),
                public_ip=answers.text(address, "publicIpAddress"),
                prefix=prefixes[0] if prefixes else "",
            )
            for address in answers.rows(ipv4, "ipAddress")
        ]
    return found


def _frontends(reply: HttpReply | Failure) -> set[str]:
    """Give the load balancer's frontend addresses, which outbound traffic may carry."""
    if isinstance(reply, Failure) or reply.status != 200:
        return set()
    balancer = answers.table(answers.json_of(reply), "loadbalancer")
    pairs = answers.rows(balancer, "publicIpAddresses")
    return {ip for ip in (answers.text(pair, "frontendIpAddress") for pair in pairs) if ip}


CHECK = Check(
    id="instance",
    title="the instance metadata service describes it",
    gather=gather,
    asks=(
        asks.imds("instance", "name, region, addresses and subscription"),
        asks.imds("loadbalancer", "its public addresses"),
    ),
)
