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

from dataclasses import replace

from checks.layer import LayerBlocked
from checks.outside_tls import Elsewhere
from checks.proxy import ProxyFailed
from checks.replies import Trouble
from checks.target import Target
from checks.tls_session import TlsUntrusted, genuine
from diagnose.causes.contract import (
    Cause,
    Confidence,
    Evidence,
    Finding,
    Owner,
    Rejected,
    Stage,
)
from diagnose.causes.path import _trust


def find(
    target: Target,
    tls: TlsUntrusted | None,
    elsewhere: Elsewhere | None,
    proxy: ProxyFailed | None,
    layer: LayerBlocked | None,
) -> Finding | Rejected | None:
    if proxy and proxy.trouble is Trouble.UNTRUSTED:
        saw = Evidence(check="proxy", saw=proxy.summary)
        return _unseen(saw, target.login_server, Stage.TLS)
    if not tls:
        return _layer(layer, elsewhere) if layer and layer.trouble is Trouble.UNTRUSTED else None
    seen = Evidence(check="tls", saw=tls.summary)
    if tls.unread:
        found = _unseen(seen, target.login_server, Stage.TLS)
        return replace(found, confidence=Confidence.POSSIBLE)
    if tls.genuine_issuer and tls.out_of_date:
        return Rejected(because=f"the certificate's dates are what fails: {tls.problem}")
    if tls.genuine_issuer and not (elsewhere and elsewhere.control_trusted and tls.names_match):
        why = f"the issuer is genuine ({tls.issuer}); what fails is this machine's own verification"
        return Rejected(because=why)
    show, exempt = _trust.look_and_exempt(target.login_server)
    if tls.genuine_issuer and elsewhere:
        return Finding(
            confidence=Confidence.LIKELY,
            evidence=(seen, Evidence(check="outside-tls", saw=elsewhere.summary)),
            fix=(show, exempt),
            note="The issuer bears a genuine name, but only this certificate fails to verify.",
            settle="Compare the certificate's fingerprint with what another network sees.",
        )
    if not tls.names_match:
        return Finding(
            confidence=Confidence.LIKELY,
            evidence=(seen,),
            fix=(show, exempt),
            note=f"Another host answers: its names are {', '.join(tls.names) or 'none'}.",
            settle="Compare the address with what a machine outside gets for this name.",
        )
    return Finding(
        confidence=Confidence.PROVEN,
        evidence=(seen,),
        fix=(show, exempt, *_trust.trusting()),
    )


def _layer(layer: LayerBlocked, elsewhere: Elsewhere | None) -> Finding | Rejected:
    """Judge the certificate of the layers' host, which has an inspection of its own at times."""
    found = _unseen(Evidence(check="layer", saw=layer.summary), layer.host, Stage.LAYER)
    issuer = elsewhere.issuer if elsewhere and elsewhere.host == layer.host else ""
    if elsewhere and elsewhere.out_of_date and genuine(issuer):
        return Rejected(because=f"the certificate's dates are what fails; its issuer is {issuer}")
    if not issuer or genuine(issuer):
        return found
    saw = f"{layer.host} shows a certificate of {issuer}"
    evidence = (*found.evidence, Evidence(check="outside-tls", saw=saw))
    return replace(found, confidence=Confidence.PROVEN, evidence=evidence, settle="")


def _unseen(saw: Evidence, host: str, stage: Stage) -> Finding:
    """Judge a certificate that a request met and that was not looked at more closely."""
    show, exempt = _trust.look_and_exempt(host)
    return Finding(
        confidence=Confidence.LIKELY,
        evidence=(saw,),
        fix=(show, exempt, *_trust.trusting()),
        settle="Look at the certificate's issuer with openssl, by the way that requests take.",
        stage=stage,
    )


CAUSE = Cause(
    id="tls-intercepted",
    title="Something on the way signs in the registry's place",
    stage=Stage.TLS,
    owner=Owner.NETWORK,
    find=find,
    hides=("mtu-black-hole", "tls-untrusted-ca"),
)
