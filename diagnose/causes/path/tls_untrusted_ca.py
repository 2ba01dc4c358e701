"""This machine does not trust the registry's genuine certificate.

What happened
The registry showed its real certificate, and this machine could not verify it: its own store of
trusted authorities is empty, old, or has been replaced by one that lacks the public authorities.

How we know
The certificate bears the registry's name and its issuer is one that signs for Microsoft. The
certificate of another Microsoft host fails here in the same way. A middlebox that signs by itself
shows an issuer of its own, which is another cause.

Fix
Where a variable such as SSL_CERT_FILE or REQUESTS_CA_BUNDLE names a file, that file replaces the
system's store: add the public authorities to it, or unset the variable. Otherwise install or
refresh the package ca-certificates.

Still failing?
Docker, containerd and the kubelet read the system's store when they start, and not these variables:
restart them after a change. A container image has a store of its own.
"""

from shlex import quote

from checks.host import Host
from checks.outside_tls import Elsewhere
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

_DEBIAN = "sudo apt-get install --reinstall -y ca-certificates && sudo update-ca-certificates"
_RHEL = "sudo yum reinstall -y ca-certificates && sudo update-ca-trust"
_SHELL = "a shell on this machine"


def find(
    tls: TlsUntrusted, elsewhere: Elsewhere | None, host: Host | None
) -> Finding | Rejected | None:
    if not tls.genuine_issuer or not tls.names_match:
        return None
    if tls.out_of_date:
        return Rejected(because=f"the certificate's dates are what fails: {tls.problem}")
    evidence = [Evidence(check="tls", saw=tls.summary)]
    if elsewhere and elsewhere.control_trusted:
        return Rejected(because=f"{elsewhere.control} verifies here by the same store")
    if elsewhere:
        evidence.append(Evidence(check="outside-tls", saw=elsewhere.summary))
    named = host.authorities[:1] if host else ()
    for variable, path in named:
        evidence.append(Evidence(check="host", saw=f"{variable} names {path} as the store"))
    sure = bool(elsewhere and elsewhere.control_genuine)
    return Finding(
        confidence=Confidence.PROVEN if sure else Confidence.LIKELY,
        evidence=tuple(evidence),
        fix=tuple(_unset(*one) for one in named) or (_again("Debian, Ubuntu", _DEBIAN), _rhel()),
        settle=""
        if sure
        else "Compare the certificate's fingerprint with what another network sees.",
    )


def _unset(variable: str, path: str) -> FixStep:
    return FixStep(
        command=f"unset {variable}",
        needs=f"{_SHELL}; to keep it, the file that sets {variable}",
        risk=Risk.CHANGES_ACCESS,
        why=f"Goes back to the system's store. Where {path} is needed for a company's own hosts, "
        "add the public authorities to it instead.",
        undo=f"export {variable}={quote(path)}",
    )


def _rhel() -> FixStep:
    return _again("RHEL, Azure Linux", _RHEL)


def _again(systems: str, command: str) -> FixStep:
    return FixStep(
        command=command,
        needs="root on this machine, and a way to its package source",
        risk=Risk.CHANGES_ACCESS,
        why=f"On {systems}: puts the public authorities back. Restart docker and containerd after.",
    )


CAUSE = Cause(
    id="tls-untrusted-ca",
    title="This machine does not trust the registry's genuine certificate",
    stage=Stage.TLS,
    owner=Owner.HOST,
    find=find,
)
