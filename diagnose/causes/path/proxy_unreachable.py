"""The proxy that is set here does not answer.

What happened
The environment names a proxy for requests to the registry, and nothing answers there. Its name may
not resolve, its address may be wrong, its port closed, or the way to it blocked. No request goes
past it, whatever else is open.

How we know
The connection to the proxy itself failed, before anything was asked for. Where it took the
connection and then said nothing, it is likely and not proven: it may be waiting for a host behind
it that drops its packets.

Fix
Correct the variable, or take it away where this machine does not need a proxy. Where it does, mend
the way to the proxy.

Still failing?
The variables exist in two spellings, https_proxy and HTTPS_PROXY; programs prefer one or the
other. Docker, containerd and the kubelet have settings of their own.
"""

from shlex import quote
from urllib.parse import urlsplit

from checks.proxy import ProxyFailed
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

_SILENT = (Trouble.PROXY, Trouble.TIMEOUT)


def find(failed: ProxyFailed, target: Target, subnet: Subnet | None) -> Finding | None:
    if failed.status or failed.trouble not in _SILENT:
        return None
    sure = failed.trouble is Trouble.PROXY and not failed.connected
    variable = failed.variable or "HTTPS_PROXY"
    where = urlsplit(failed.url)
    listed = FixStep(
        command="env | grep -i _proxy= | sed 's#//.*@#//#'",
        needs=_proxy.SHELL,
        risk=Risk.READ_ONLY,
        why="Shows the proxies that are set here, without their passwords.",
    )
    knock = FixStep(
        command=f"curl -sS -m 5 -o /dev/null {quote(f'http://{where.netloc}/')}",
        needs=_proxy.SHELL,
        risk=Risk.READ_ONLY,
        why="Shows whether anything answers at the proxy's place.",
    )
    unset = FixStep(
        command=f"unset {variable}",
        needs=f"{_proxy.SHELL}; to keep it, the file that sets {variable}",
        risk=Risk.CHANGES_ACCESS,
        why="Instead, where this machine has a way out of its own: goes without the proxy.",
        undo=f"export {variable}={quote(failed.url)}",
    )
    server = target.login_server
    return Finding(
        confidence=Confidence.PROVEN if sure else Confidence.LIKELY,
        evidence=(Evidence(check="proxy", saw=failed.summary),),
        fix=(
            listed,
            knock,
            _proxy.bypass(server, failed.variable, subnet),
            unset,
            _proxy.daemons(),
        ),
        note=f"It is set by {failed.variable}." if failed.variable else "",
        settle=""
        if sure
        else f"Ask the proxy for another host: where that works, it cannot reach {server} itself.",
    )


CAUSE = Cause(
    id="proxy-unreachable",
    title="The proxy that is set here does not answer",
    stage=Stage.TCP,
    owner=Owner.NETWORK,
    find=find,
)
