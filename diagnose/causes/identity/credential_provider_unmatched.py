"""The kubelet's credential provider does not speak for this registry.

What happened
On a Kubernetes node the kubelet gets the registry's credentials from a provider, a program that it
starts for images that match a pattern. No pattern of this node fits the image, so the kubelet never
asks, shows the registry nothing, and the pull is refused as an anonymous one. The node's identity
and its roles do not come into it.

How we know
The patterns in the kubelet's configuration were compared with the image by the kubelet's own rules:
a star stands for one label of the host's name, so that *.azurecr.io is not the regional endpoint
name.region.geo.azurecr.io; a port must be the same; a path must begin alike. The registry wants
credentials, as its answer to a caller without any shows.
That this program itself could pull from here with the machine's identity does not speak against it:
the kubelet is what pulls on a node, and it goes another way.

Fix
Name the image by a login server that a pattern fits, mostly name.azurecr.io. Regional endpoints
need a newer node image of AKS. On nodes of your own, add the pattern and restart the kubelet.

Still failing?
A pod that names a pull secret is not affected, as that goes to the registry by itself. The kubelet
reads its configuration when it starts. AKS overwrites changes by hand on its nodes.
"""

import shlex

from checks.host import Host
from checks.provider_config import ProviderUnmatched
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
from diagnose.causes.identity import _provider
from diagnose.causes.identity._pull import Pull


def find(provider: ProviderUnmatched, pull: Pull, host: Host | None) -> Finding | Rejected | None:
    asked = pull.anonymous
    if asked and asked.lets_pull:
        return _provider.NEEDLESS
    if not asked or not pull.wanted:
        return None  # the pull stops before anybody's credentials count
    return Finding(
        confidence=Confidence.PROVEN,
        evidence=(
            Evidence(check="credential-provider", saw=provider.summary),
            Evidence(check="anonymous-token", saw=asked.summary),
        ),
        fix=_fix(provider, pull.target.login_server, managed=bool(host and host.aks_node)),
        note="A pod that names a pull secret of its own is not affected.",
    )


def _fix(provider: ProviderUnmatched, server: str, *, managed: bool) -> tuple[FixStep, ...]:
    look = FixStep(
        command=f"sudo cat {shlex.quote(provider.source)}",
        needs="root on this machine",
        risk=Risk.READ_ONLY,
        why=f"Shows the patterns under matchImages; none fits {server}.",
    )
    if managed:
        why = "Name the image by a login server that fits. If it has to be this one, upgrade the "
        why += "node image (az aks nodepool upgrade --node-image-only): AKS writes this file."
        needs = "whoever keeps the workload, or the cluster"
    else:
        why = f"Add {server} to matchImages and restart the kubelet, or name the image by a login "
        why += "server that fits."
        needs = "root on this machine"
    return look, FixStep(command="", needs=needs, risk=Risk.DISRUPTIVE, why=why)


CAUSE = Cause(
    id="credential-provider-unmatched",
    title="The kubelet's credential provider does not speak for this registry",
    stage=Stage.TOKEN,
    owner=Owner.HOST,
    find=find,
    beats=("credentials-missing", "credentials-rejected"),
    before=_provider.BEFORE,
)
