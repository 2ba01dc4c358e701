"""The proxy wants credentials.

What happened
A proxy carries this machine's requests, and it asks who is there before it lets anything through.
No user was given to it, or not the right one.

How we know
It answered the request for a connection with HTTP 407. The registry and Azure's storage never
answer with that status.

Fix
Exempt the registry and its layers' hosts from the proxy, where this machine has another way out.
Otherwise give the proxy's variable a user that it knows, in the form http://user:password@host:port
with special characters percent-encoded, for each program that pulls.

Still failing?
Proxies that ask for Kerberos or NTLM cannot be used by docker and containerd: an exemption, or a
proxy without sign-in for this machine's address, is what remains.
"""

from checks.layer import LayerBlocked, LayerRefused
from checks.proxy import ProxyFailed, ProxyInPlace
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

_WANTED = 407  # RFC 9110, 15.5.8: a proxy's word alone


def find(
    *,
    target: Target,
    failed: ProxyFailed | None,
    instead: ProxyInPlace | None,
    blocked: LayerBlocked | None,
    refused: LayerRefused | None,
    subnet: Subnet | None,
) -> Finding | None:
    host, variable, stage = target.login_server, "", Stage.TCP
    if failed and failed.status == _WANTED:
        saw, url, variable = failed.summary, failed.url, failed.variable
    elif instead and instead.status == _WANTED:
        saw, url, variable, stage = instead.summary, instead.url, instead.variable, Stage.CHALLENGE
    elif blocked and blocked.proxy_status == _WANTED:
        saw, url, host, stage = blocked.summary, blocked.via_proxy, blocked.host, Stage.LAYER
    elif refused and refused.status == _WANTED:
        saw, url, host, stage = refused.summary, refused.via_proxy, refused.host, Stage.LAYER
    else:
        return None
    name = variable or "the proxy's variable"
    give = FixStep(
        command="",
        needs="a user of the proxy, and the right to change this machine's settings",
        risk=Risk.CHANGES_ACCESS,
        why=f"Give {name} a user and password that the proxy knows. Keep the file that holds them "
        "readable for root alone.",
    )
    ask = (_proxy.ask(url, host),) if url else ()
    check = "layer" if stage is Stage.LAYER else "proxy"
    return Finding(
        confidence=Confidence.PROVEN,
        evidence=(Evidence(check=check, saw=saw),),
        fix=(*ask, _proxy.bypass(host, variable, subnet), give, _proxy.daemons()),
        stage=stage,
    )


CAUSE = Cause(
    id="proxy-auth-required",
    title="The proxy wants credentials",
    stage=Stage.TCP,
    owner=Owner.NETWORK,
    find=find,
    beats=_proxy.NAMES_ELSEWHERE,
)
