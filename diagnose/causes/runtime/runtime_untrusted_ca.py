"""The runtime does not trust the certificate that this machine trusts.

What happened
Docker or containerd ends the connection to the registry or to its layers' host, as it cannot verify
who signed the certificate. It reads the system's authorities when it starts: one that was added
later is not known to it until it is restarted. Files of its own count as well, under
/etc/docker/certs.d and /etc/containerd/certs.d.

How we know
The same hosts were reached and verified without a runtime in the same run, and the runtime's own
words are that an unknown authority signed. Where it goes by a proxy of its own, that proxy may be
what signs, and the cause is likely only.

Fix
Restart the runtime, so that it reads the system's authorities again. If that does not help, bring
the system's store up to date, and look at what stands under certs.d for this host. On AKS, give the
cluster the authority as a custom one: nodes are written anew.

Still failing?
A docker that was installed as a snap has a store of its own. So have containerd on another root,
and machines that are built from an image without the package ca-certificates.
"""

from shlex import quote

from checks.runtime_words import Said
from checks.tls_session import TlsTrusted
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
from diagnose.causes.runtime import _daemon
from diagnose.causes.runtime._daemon import Daemon

_UPDATE = "sudo update-ca-certificates || sudo update-ca-trust"


def find(daemon: Daemon, tls: TlsTrusted | None) -> Finding | Rejected | None:
    if daemon.layer is None:
        return daemon.cleared
    if not daemon.failed or daemon.reading.said is not Said.UNTRUSTED:
        return None
    unit = daemon.unit
    if not daemon.asked_us:
        return Rejected(because=f"{unit} asked {daemon.reading.host}, which is not the registry's")
    evidence = list(daemon.evidence)
    if tls:
        evidence.append(Evidence(check="tls", saw=tls.summary))
    folder = quote(f"/etc/{unit}/certs.d/{daemon.target.login_server}")
    proxied = daemon.own_proxy
    return Finding(
        confidence=Confidence.LIKELY if proxied else Confidence.PROVEN,
        evidence=tuple(evidence),
        fix=(
            FixStep(
                command=f"ls -l {folder}",
                needs="a shell on this machine",
                risk=Risk.READ_ONLY,
                why=f"Shows authorities that {unit} is given for this registry; mostly there is "
                "no such folder.",
            ),
            _daemon.restart("It reads the system's authorities when it starts.", unit),
            FixStep(
                command=f"{{ {_UPDATE}; }} && sudo systemctl restart {unit}",
                needs=_daemon.ROOT,
                risk=Risk.DISRUPTIVE,
                why="If that does not help: brings the system's store up to date first.",
            ),
        ),
        settle=f"Look who signs by way of {unit}'s proxy {daemon.proxy}." if proxied else "",
    )


CAUSE = Cause(
    id="runtime-untrusted-ca",
    title="The runtime does not trust the certificate that this machine trusts",
    stage=Stage.RUNTIME,
    owner=Owner.HOST,
    find=find,
)
