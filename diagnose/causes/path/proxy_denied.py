"""The proxy does not let the registry through.

What happened
A proxy carries this machine's requests, and it refused the connection to the registry or to the
layers' host, or answered with a page of its own in their place. The request never got there.

How we know
The proxy answered CONNECT with a refusal, or an answer came that bears none of the registry's
marks: no correlation id, no error list, no Docker header. A refusal by the registry or by storage
has a form of its own and is told apart by it. A status of 500 or more may also mean that the proxy
itself cannot resolve or reach the host, which its log shows; a redirect in the place of a tunnel
may lead to a page to sign in at. Both make it likely only.

Fix
Let the proxy's owners allow the login server and the layers' hosts. Or exempt them from the proxy
with NO_PROXY, where this machine has another way out.

Still failing?
Docker, containerd and the kubelet have proxy settings of their own. A proxy that opens TLS also
needs its authority trusted here. By way of a proxy the registry sees the proxy's address: its rule
for this subnet does not fit then.
"""

from checks.layer import LayerBlocked, LayerRefused
from checks.proxy import ProxyFailed, ProxyInPlace
from checks.replies import Trouble
from checks.subnet import Subnet
from checks.target import Target
from diagnose.causes.contract import (
    Cause,
    Confidence,
    Evidence,
    Finding,
    FixStep,
    Owner,
    Risk,
    Stage,
)
from diagnose.causes.path import _proxy

_ENDED = (Trouble.EOF, Trouble.RESET)
_LOG = "Look in the proxy's log: it may be unable to resolve or to reach the host itself."


def find(
    *,
    target: Target,
    failed: ProxyFailed | None,
    instead: ProxyInPlace | None,
    blocked: LayerBlocked | None,
    refused: LayerRefused | None,
    subnet: Subnet | None,
) -> Finding | None:
    server = target.login_server
    if failed and (_refuses(failed.status) or (not failed.status and failed.trouble in _ENDED)):
        saw = Evidence(check="proxy", saw=failed.summary)
        status, url, variable = failed.status, failed.url, failed.variable
        return _finding(server, status, (saw, url, variable), subnet, Stage.TCP)
    if instead and instead.status >= 200 and instead.status != 407:
        saw = Evidence(check="proxy", saw=instead.summary)
        status, url, variable = instead.status, instead.url, instead.variable
        return _finding(server, status, (saw, url, variable), subnet, Stage.CHALLENGE)
    if blocked and _refuses(blocked.proxy_status):
        saw = Evidence(check="layer", saw=blocked.summary)
        how = (saw, blocked.via_proxy, "")
        return _finding(blocked.host, blocked.proxy_status, how, subnet, Stage.LAYER)
    if refused and refused.page and (refused.via or refused.via_proxy) and refused.status != 407:
        saw = Evidence(check="layer", saw=f"{refused.summary}, a page and not storage's own answer")
        how = (saw, refused.via_proxy, "")
        return _finding(refused.host, refused.status, how, subnet, Stage.LAYER)
    return None


def _refuses(status: int) -> bool:
    """Say whether CONNECT was refused; 2xx is a yes (RFC 9110, 9.3.6), 407 wants a login."""
    return status >= 300 and status != 407


def _finding(
    host: str, status: int, how: tuple[Evidence, str, str], subnet: Subnet | None, stage: Stage
) -> Finding:
    saw, url, variable = how
    page = stage is Stage.CHALLENGE or status < 300  # in the place of an answer, not of a tunnel
    sure = (200 if page else 400) <= status < 500
    allow = FixStep(
        command="",
        needs="rights on the proxy",
        risk=Risk.CHANGES_ACCESS,
        why=f"Allow CONNECT to {host} on 443; the layers' hosts (*.blob.core.windows.net, or the "
        "registry's data endpoints) are needed as well.",
    )
    ask = (_proxy.ask(url, host),) if url else ()
    return Finding(
        confidence=Confidence.PROVEN if sure else Confidence.LIKELY,
        evidence=(saw,),
        fix=(*ask, allow, _proxy.bypass(host, variable, subnet), _proxy.daemons()),
        settle="" if sure else _LOG,
        stage=stage,
    )


CAUSE = Cause(
    id="proxy-denied",
    title="The proxy does not let the registry through",
    stage=Stage.TCP,
    owner=Owner.NETWORK,
    find=find,
    beats=("registry-unavailable", "egress-filtered-data", *_proxy.NAMES_ELSEWHERE),
)
