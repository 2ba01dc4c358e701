"""A service endpoint policy on the subnet denies the layers' storage.

What happened
The subnet has the service endpoint Microsoft.Storage, and a service endpoint policy that lets
through certain storage accounts only. A registry's layers lie in accounts of Microsoft's own, which
are not among them. Login and manifest work; the layers are denied.

How we know
The registry redirected to a storage host for a layer, and that host answered with storage's own
XML refusal AuthorizationFailure. The registry refuses in JSON and proxies in HTML. It is proven
when the subnet's policy can be read and has no entry for container registries.

Fix
Add an entry for the alias of container registries to the policy, or take the policy off the subnet.
First look whether the alias is offered in the region. A registry with dedicated data endpoints does
not need it: its layers come from its own host and not from storage.

Still failing?
A change of a policy takes some minutes. A second policy on the same subnet only adds to what is let
through. Without any policy on the subnet, storage itself refuses: that is the service's to mend.
"""

from shlex import quote

from checks.arm_answer import part
from checks.instance import Instance
from checks.layer import LayerRefused
from checks.storage_policy import ALIAS, StoragePolicies
from checks.target import Target
from diagnose.causes.contract import (
    Cause,
    Confidence,
    Evidence,
    Finding,
    FixStep,
    Owner,
    Rejected,
    Risk,
    Stage,
)

_SETTLE = "Look at the subnet's serviceEndpointPolicies and at what they list."


def find(
    layer: LayerRefused,
    target: Target,
    policies: StoragePolicies | None,
    instance: Instance | None,
) -> Finding | Rejected | None:
    denied = layer.status == 403 and layer.code == "AuthorizationFailure"
    if not denied or layer.host == target.login_server or ".data.azurecr." in layer.host:
        return None
    if policies and not policies.ids:
        return Rejected(because="the subnet has no service endpoint policy")
    if policies and not policies.in_effect:
        return Rejected(because="the policy is idle: the subnet has no endpoint for storage")
    if policies and ALIAS.lower() in map(str.lower, policies.resources):
        return Rejected(because=f"the policy lets {ALIAS} through")
    evidence = [Evidence(check="layer", saw=layer.summary)]
    if policies:
        evidence.append(Evidence(check="storage-policy", saw=policies.summary))
    proven = bool(policies and policies.denies_layers)
    return Finding(
        confidence=Confidence.PROVEN if proven else Confidence.LIKELY,
        evidence=tuple(evidence),
        fix=_fix(policies.ids[0] if policies else "", instance),
        settle="" if proven else _SETTLE,
    )


def _fix(policy: str, instance: Instance | None) -> tuple[FixStep, ...]:
    subscription = part(policy, "subscriptions")
    group = part(policy, "resourceGroups")
    where = (
        f"--subscription {quote(subscription or 'SUBSCRIPTION')} "
        f"--resource-group {quote(group or 'RESOURCE_GROUP')} --policy-name "
        f"{quote(part(policy, 'serviceEndpointPolicies') or 'POLICY')} --name acr-diagnose-layers"
    )
    command = "az network service-endpoint policy-definition"
    managed = group.upper().startswith("MC_")
    by_hand = "This policy belongs to a managed cluster: change it there. Else: "
    entry = f"create {where} --service Global --service-resources {ALIAS}"
    return (
        FixStep(
            command=_aliases(instance),
            needs="Microsoft.Network/locations/availableServiceAliases/read",
            risk=Risk.READ_ONLY,
            why=f"Shows the aliases of the region. Without {ALIAS} the policy has to come off the "
            "subnet, or the registry needs data endpoints of its own.",
        ),
        FixStep(
            command="" if managed else f"{command} {entry}",
            needs="Microsoft.Network/serviceEndpointPolicies/serviceEndpointPolicyDefinitions/write",
            risk=Risk.CHANGES_ACCESS,
            why=(by_hand if managed else "") + f"Lets {ALIAS} through, and takes nothing away.",
            undo="" if managed else f"{command} delete {where}",
        ),
    )


def _aliases(instance: Instance | None) -> str:
    subscription = instance.subscription if instance else "SUBSCRIPTION"
    region = instance.location if instance else "REGION"
    where = f"/subscriptions/{subscription}/providers/Microsoft.Network/locations/{region}"
    url = quote(f"{where}/availableServiceAliases?api-version=2024-05-01")
    return f"az rest --method get --url {url} --query 'value[].resourceName'"


CAUSE = Cause(
    id="storage-endpoint-policy-blocks-layers",
    title="A service endpoint policy on the subnet denies the layers' storage",
    stage=Stage.LAYER,
    owner=Owner.NETWORK,
    find=find,
)
