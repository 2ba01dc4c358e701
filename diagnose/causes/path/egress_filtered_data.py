"""A firewall ends the connection to the layers' host by its name.

What happened
The registry gives the manifest and names another host for the layers. The network lets packets
through to that host's address, but something on the way reads the name in the TLS greeting, finds
no rule that allows it, and ends the connection or answers with a page of its own.

How we know
The registry's own redirect for a layer was followed. The host took the TCP connection, and the
connection ended or hung after that; or a page came back that storage never sends. It is proven when
another name at the same address gets a certificate.

Fix
Allow the layers' hosts by name in the firewall's application rules, for TCP 443. The storage
accounts behind a registry change without notice, so allow *.blob.core.windows.net, or switch the
registry's dedicated data endpoints on and allow those names.

Still failing?
The rule for the login server does not cover these hosts, and the service endpoint
Microsoft.ContainerRegistry does not either.
"""

from checks.layer import LayerBlocked, LayerRefused
from checks.mtu import LargeLost
from checks.outbound_rules import OutboundRules
from checks.outside_tls import Elsewhere
from checks.replies import Trouble
from checks.target import Target
from checks.tls_session import genuine
from diagnose.causes.contract import Cause, Confidence, Evidence, Finding, Owner, Rejected, Stage
from diagnose.causes.path import _filter

_SETTLE = "Look in the firewall's log of application rules for the name of the layers' host."
_LOGIN = 407
_FIREWALL = 470  # a status of Azure Firewall alone


def find(
    *,
    target: Target,
    blocked: LayerBlocked | None,
    refused: LayerRefused | None,
    elsewhere: Elsewhere | None,
    large: LargeLost | None,
    rules: OutboundRules | None,
) -> Finding | Rejected | None:
    if refused and refused.page and refused.status == _LOGIN:
        return None  # a proxy's word alone
    if refused and refused.page and refused.host != target.login_server:
        sure = refused.status == _FIREWALL
        saw = f"{refused.summary}, a page and not storage's own answer"
        return Finding(
            confidence=Confidence.PROVEN if sure else Confidence.LIKELY,
            evidence=(Evidence(check="layer", saw=saw),),
            fix=_filter.steps(refused.host, rules),
            settle="" if sure else _SETTLE,
        )
    if not blocked or not blocked.connected or blocked.via_proxy:
        return None
    told = elsewhere if elsewhere and elsewhere.host == blocked.host else None
    confidence = _filter.sureness(blocked.trouble, told)
    if confidence is None or blocked.host == target.login_server:
        return None
    if large:
        return Rejected(because=large.summary)
    opened = bool(told and told.issuer and not genuine(told.issuer))
    if opened:
        confidence = Confidence.LIKELY  # whoever signs here sees the request, and may end it
    elif told and told.completes:
        return Rejected(because=f"TLS with {blocked.host} completes; what fails comes after it")
    if blocked.trouble is Trouble.TIMEOUT and not told:
        return None  # it need not have been in TLS that it hung
    evidence = [Evidence(check="layer", saw=blocked.summary)]
    if told:
        evidence.append(Evidence(check="outside-tls", saw=told.summary))
    return Finding(
        confidence=confidence,
        evidence=tuple(evidence),
        fix=_filter.steps(blocked.host, rules),
        settle="" if confidence is Confidence.PROVEN else _SETTLE,
    )


CAUSE = Cause(
    id="egress-filtered-data",
    title="A firewall ends the connection to the layers' host by its name",
    stage=Stage.LAYER,
    owner=Owner.NETWORK,
    find=find,
    beats=("registry-unavailable", "throttled"),
    hides=(
        "egress-blocked-data",
        "mtu-black-hole",
        "storage-endpoint-policy-blocks-layers",
        "tls-intercepted",
    ),
)
