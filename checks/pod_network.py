"""Whether this runs in the node's own network, or in a pod's, which is not where images are pulled.

The kubelet and the runtime use the node's address, subnet and name servers. A pod without
hostNetwork has others, and may be kept from the instance metadata service: IMDS restriction drops
what pods send there (https://learn.microsoft.com/azure/aks/imds-restriction). A network card of the
machine's own is in the node's network alone; a pod has one end of a virtual cable. So is the first
address of the machine's interface; the ones behind it may be those of pods (Azure CNI).
"""

from dataclasses import dataclass

from checks.contract import Check, Fact, Unseen
from checks.host import Host
from checks.instance import Instance, InstanceUnknown


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnNetwork(Fact):
    in_cluster: bool
    is_seen: bool = True  # a card or an address of the machine's is in it

    @property
    def summary(self) -> str:
        if not self.in_cluster:
            return "no pod"
        whose = "the node's network" if self.is_seen else "a network that nothing was seen of"
        return f"a pod with {whose}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PodNetwork(Unseen):
    """What is met from here need not be what the kubelet meets."""

    saw: str
    metadata: bool  # the instance metadata service answered

    @property
    def summary(self) -> str:
        return f"this runs in a pod's network, not in the node's: {self.saw}"

    @property
    def limit(self) -> str:
        told = (
            "This ran in a pod's own network: the address, the name servers and the way out are "
            "the pod's, and the kubelet pulls by the node's. Run it with hostNetwork: true."
        )
        kept = " Instance metadata may be closed to pods here (IMDS restriction)."
        return told + kept * (not self.metadata)


def gather(
    host: Host, instance: Instance | None, unknown: InstanceUnknown | None
) -> OwnNetwork | PodNetwork:
    known = instance.private_ips if instance else ()
    foreign = bool(host.addresses and known) and not set(host.addresses) & set(known)
    here = ", ".join(host.addresses)
    is_seen = bool(host.has_card or set(host.addresses) & set(known))
    own = OwnNetwork(in_cluster=host.in_cluster, is_seen=is_seen)
    if not (host.in_cluster or host.aks_node) or host.has_card:
        return own
    if foreign:
        saw = f"its addresses are {here}, and the machine's {', '.join(known)}"
    elif host.in_cluster and host.has_card is False and not set(known[:1]) & set(host.addresses):
        saw = f"its address is {here}; no network card is in it" if here else "it has no card"
    else:
        return own
    return PodNetwork(saw=saw, metadata=unknown is None)


CHECK = Check(
    id="pod-network",
    title="this runs in the machine's own network",
    gather=gather,
)
