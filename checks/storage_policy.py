"""The service endpoint policies on the subnet: which storage accounts they let through, from ARM.

A policy lets through what it lists and nothing else, as soon as the subnet has the endpoint
Microsoft.Storage. A registry's layers lie in accounts of Microsoft's own, which no list of
accounts or subscriptions of a customer can hold; an alias for the service can.
"""

from dataclasses import dataclass

from checks import answers, arm_answer, asks
from checks.contract import Check, Fact, Health, Unseen
from checks.ports import World
from checks.replies import Json
from checks.subnet import Subnet
from checks.together import together

ALIAS = "/services/Azure/ContainerRegistry"
_WHOLE = "/services/Azure"  # of all Azure services; whether it holds the registry's is not known
_STORAGE = ("microsoft.storage", "microsoft.storage.global")
_API = "2024-05-01"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoragePolicies(Fact):
    ids: tuple[str, ...]
    resources: tuple[str, ...]  # what they let through: ARM ids and aliases
    in_effect: bool  # the subnet has the endpoint Microsoft.Storage

    @property
    def denies_layers(self) -> bool:
        """Tell whether the registry's accounts are certainly not among what is let through."""
        listed = {resource.lower() for resource in self.resources}
        return bool(self.ids) and self.in_effect and not listed & {ALIAS.lower(), _WHOLE.lower()}

    @property
    def health(self) -> Health:
        return Health.FAIL if self.denies_layers else Health.OK

    @property
    def summary(self) -> str:
        if not self.ids:
            return "no service endpoint policy on the subnet"
        names = ", ".join(arm_answer.part(one, "serviceEndpointPolicies") for one in self.ids)
        listed = ", ".join(self.resources) or "nothing"
        idle = "" if self.in_effect else " (idle: the subnet has no endpoint for storage)"
        return f"{names} lets through {listed}{idle}"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoragePoliciesHidden(Unseen):
    ids: tuple[str, ...]
    why: str

    @property
    def summary(self) -> str:
        return f"the subnet's service endpoint policy is unknown: {self.why}"

    @property
    def limit(self) -> str:
        return (
            f"The subnet's service endpoint policy could not be read ({self.why}); it needs "
            "Microsoft.Network/serviceEndpointPolicies/read."
        )


def gather(world: World, subnet: Subnet) -> StoragePolicies | StoragePoliciesHidden:
    ids = tuple(filter(None, subnet.endpoint_policies))
    bodies = together(lambda one: arm_answer.read(world.arm.get(one, _API)), ids)
    hidden = next((body for body in bodies if isinstance(body, arm_answer.Hidden)), None)
    if hidden:
        return StoragePoliciesHidden(ids=ids, why=hidden.why)
    effective = any(
        endpoint.service.lower() in _STORAGE and endpoint.state == "Succeeded"
        for endpoint in subnet.endpoints
    )
    allowed = [one for body in bodies if isinstance(body, dict) for one in parse(body)]
    return StoragePolicies(ids=ids, resources=tuple(sorted(set(allowed))), in_effect=effective)


def parse(body: dict[str, Json]) -> tuple[str, ...]:
    """Give what one policy lets through."""
    properties = answers.table(body, "properties")
    found: list[str] = []
    for row in answers.rows(properties, "serviceEndpointPolicyDefinitions"):
        listed = answers.table(row, "properties").get("serviceResources")
        found += [one for one in listed if isinstance(one, str)] if isinstance(listed, list) else []
    return tuple(found)


CHECK = Check(
    id="storage-policy",
    title="no policy of the subnet denies the layers",
    gather=gather,
    asks=(asks.resource("Microsoft.Network/serviceEndpointPolicies", "does it deny the layers"),),
)
