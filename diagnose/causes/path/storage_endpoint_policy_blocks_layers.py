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
from diagnose.causes import subnet_steps
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
from diagnose.causes.path import _steps

_SETTLE = "Look at the subnet's serviceEndpointPolicies and at what they list."


def find(
    layer: LayerRefused, target: Target, policies: StoragePolicies | None, place: _steps.Place
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
        fix=_fix(policies.ids[0] if policies else "", place),
        settle="" if proven else _SETTLE,
    )


def _fix(policy: str, place: _steps.Place) -> tuple[FixStep, ...]:
    subscription = part(policy, "subscriptions") or place.subscription
    names = '--resource-group "$POLICY_GROUP" --policy-name "${POLICY_ID##*/}"'
    if policy:
        group, name = (part(policy, kind) for kind in ("resourceGroups", "serviceEndpointPolicies"))
        names = f"--resource-group {quote(group)} --policy-name {quote(name)}"
    where = f"--subscription {quote(subscription)} {names} --name acr-diagnose-layers"
    managed = subnet_steps.managed(policy or place.subnet_id or place.machine_id)
    by_hand = "AKS keeps this policy: change it with the cluster. Else: " if managed else ""
    known = subscription and not managed
    command = "az network service-endpoint policy-definition" if known else ""
    entry = f"create {where} --service Global --service-resources {ALIAS}"
    find = _steps.named(place, "serviceEndpointPolicies[0].id", "service-endpoint policy", "POLICY")
    return _steps.ready(
        place,
        *((_aliases(place.instance),) if place.instance else ()),
        *(() if policy or not known else (find,)),
        FixStep(
            command=command and f"{command} {entry}",
            needs="Microsoft.Network/serviceEndpointPolicies/serviceEndpointPolicyDefinitions/write",
            risk=Risk.CHANGES_ACCESS,
            why=f"{by_hand}Lets {ALIAS} through, and takes nothing away.",
            undo=command and f"{command} delete {where}",
        ),
    )


def _aliases(instance: Instance) -> FixStep:
    url = (
        f"/subscriptions/{instance.subscription}/providers/Microsoft.Network/locations/"
        f"{instance.location}/availableServiceAliases?api-version=2024-05-01"
    )
    return FixStep(
        command=f"az rest --method get --url {quote(url)} --query 'value[].resourceName'",
        needs="Microsoft.Network/locations/availableServiceAliases/read",
        risk=Risk.READ_ONLY,
        why=f"Shows the aliases of the region. Without {ALIAS} the policy has to come off the "
        "subnet, or the registry needs data endpoints of its own.",
    )


CAUSE = Cause(
    id="storage-endpoint-policy-blocks-layers",
    title="A service endpoint policy on the subnet denies the layers' storage",
    stage=Stage.LAYER,
    owner=Owner.NETWORK,
    find=find,
)
