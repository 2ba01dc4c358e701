"""Something on the way signs in the registry's place.

What happened
A firewall or proxy opens the encrypted connection and shows a certificate of its own. This machine
does not trust the authority that signed it, so the connection ends there.

How we know
The certificate does not verify, and its issuer is not one that signs for Azure registries. When it
bears the registry's name, somebody re-signs for that name. When it bears other names, another
host answers: a portal, a wrong address or a default page.

Fix
Best, exempt the login server and the layers' hosts from inspection: a re-signed path can also fail
on large layers and changes the address that the registry sees. Otherwise let this machine trust
the inspecting authority, whose certificate the network's owners have.

Still failing?
Docker reads the trusted authorities when it starts, so restart it after the change. Other runtimes
and pods have stores of their own.
"""

import shlex

from checks.target import Target
from checks.tls_session import TlsUntrusted
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

_DEBIAN, _RHEL = "/usr/local/share/ca-certificates", "/etc/pki/ca-trust/source/anchors"


def find(tls: TlsUntrusted, target: Target) -> Finding | Rejected:
    if tls.genuine_issuer:
        why = f"the issuer is genuine ({tls.issuer}); what fails is this machine's own verification"
        return Rejected(because=why)
    server = shlex.quote(target.login_server)
    show = FixStep(
        command=f"openssl s_client -connect {server}:443 -servername {server} </dev/null",
        needs="a shell on this machine",
        risk=Risk.READ_ONLY,
        why="Shows who signed the certificate that arrives here.",
    )
    exempt = FixStep(
        command="",
        needs="rights on the firewall or proxy that inspects",
        risk=Risk.CHANGES_ACCESS,
        why=f"Exempt {target.login_server}, *.blob.core.windows.net and the registry's data "
        "endpoints from TLS inspection.",
    )
    if not tls.names_match:
        return Finding(
            confidence=Confidence.LIKELY,
            evidence=(Evidence(check="tls", saw=tls.summary),),
            fix=(show, exempt),
            note=f"Another host answers: its names are {', '.join(tls.names) or 'none'}.",
            settle="Compare the address with what a machine outside gets for this name.",
        )
    return Finding(
        confidence=Confidence.PROVEN,
        evidence=(Evidence(check="tls", saw=tls.summary),),
        fix=(
            show,
            exempt,
            _trust("Debian, Ubuntu", _DEBIAN, "update-ca-certificates", " --fresh"),
            _trust("RHEL, Azure Linux", _RHEL, "update-ca-trust", ""),
        ),
    )


def _trust(systems: str, folder: str, update: str, fresh: str) -> FixStep:
    restart = "sudo systemctl restart docker"
    return FixStep(
        command=f"sudo cp CA.crt {folder}/ && sudo {update} && {restart}",
        needs="root on this machine, and the authority's certificate as CA.crt",
        risk=Risk.DISRUPTIVE,
        why=f"Instead, on {systems}: trust the inspecting authority. Restarts containers.",
        undo=f"sudo rm {folder}/CA.crt && sudo {update}{fresh} && {restart}",
    )


CAUSE = Cause(
    id="tls-intercepted",
    title="Something on the way signs in the registry's place",
    stage=Stage.TLS,
    owner=Owner.NETWORK,
    find=find,
)
