"""The way out to the layers' host is blocked.

What happened
The registry lets this machine log in and gives the manifest, but sends it to another host for the
layers, and packets to that host are dropped. The service endpoint Microsoft.ContainerRegistry
does not cover those hosts.

How we know
The registry's own redirect for a layer was followed. A connection to the host that it names timed
out or had no route. The manifest came from the registry in the same run. A refused connection is
weaker: something answered, perhaps a firewall and perhaps a wrong address.

Fix
Allow TCP 443 to the layers' host. Layers come from Azure Storage accounts that change without
notice, so allow the service tag Storage, or *.blob.core.windows.net in a firewall. A registry with
dedicated data endpoints uses its own names instead, which can be allowed one by one.

Still failing?
A service endpoint for Microsoft.Storage is another way, with cautions: storage accounts then see
this subnet's private addresses, rules of theirs for public addresses no longer fit, and a service
endpoint policy on the subnet must allow the registry's accounts.
"""

from checks.layer import LayerBlocked
from checks.outbound_rules import OutboundRules
from checks.outside import Outside
from checks.repeats import Repeats, Share
from checks.replies import Trouble
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
from diagnose.causes.path import _groups, _steps

_DROPPED = (Trouble.TIMEOUT, Trouble.UNREACHABLE)
_REJECTED = (Trouble.REFUSED, Trouble.FORBIDDEN)  # somebody's answer, often this machine's own
_REFUSED = "Check that the address is storage's: something there, or on this machine, refuses."
_STORAGE = (
    "Instead: a service endpoint for Storage. Cautions: storage accounts then see this subnet's "
    "private addresses, so their rules for public ones stop to fit; open connections may drop."
)


def find(
    layer: LayerBlocked,
    target: Target,
    outside: Outside | None,
    place: _steps.Place,
    rules: OutboundRules | None,
    repeats: Repeats | None,
) -> Finding | Rejected | None:
    if (
        layer.trouble not in (*_DROPPED, *_REJECTED)
        or layer.host == target.login_server
        or layer.connected
    ):
        return None  # a host that took the connection is not blocked, whatever it does then
    if repeats and repeats.lost is not Share.ALL:
        return Rejected(because=repeats.summary)
    own = ".data.azurecr." in layer.host
    tag = _groups.Tag(name="AzureContainerRegistry" if own else "Storage")
    evidence = [Evidence(check="layer", saw=layer.summary)]
    if outside:
        evidence.append(Evidence(check="outside", saw=outside.summary))
    evidence += _groups.denied(rules, place.subnet, tag)
    fix = [_steps.look("list-effective-nsg", place, "Shows which rule denies, if one does.")]
    if own:
        fix.append(
            FixStep(
                command="",
                needs="rights on the firewall between this subnet and the internet",
                risk=Risk.CHANGES_ACCESS,
                why=f"If a firewall drops it: allow {layer.host} on 443 by name.",
            )
        )
    fix += _groups.allow_tag(place, tag, rules)
    services = place.subnet.services if place.subnet else ()
    if not own and "microsoft.storage" not in map(str.lower, services):
        fix.append(_steps.add_endpoint(place, _STORAGE, "Microsoft.Storage"))
    if outside and outside.silent and not outside.reached:
        fix.append(
            _steps.look(
                "show-effective-route-table",
                place,
                "Nothing else outside answers either: look whether the subnet has any way out.",
            )
        )
    return Finding(
        confidence=Confidence.PROVEN if layer.trouble in _DROPPED else Confidence.LIKELY,
        evidence=tuple(evidence),
        fix=_steps.ready(place, *fix),
        note="The endpoint Microsoft.ContainerRegistry does not cover the layers' blob hosts.",
        settle="" if layer.trouble in _DROPPED else _REFUSED,
    )


CAUSE = Cause(
    id="egress-blocked-data",
    title="The way out to the layers' host is blocked",
    stage=Stage.LAYER,
    owner=Owner.NETWORK,
    find=find,
    hides=(
        "egress-filtered-data",
        "mtu-black-hole",
        "storage-endpoint-policy-blocks-layers",
        "tls-intercepted",
    ),
)
