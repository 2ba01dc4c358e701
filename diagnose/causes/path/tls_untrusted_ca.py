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

from checks.host import Host
from checks.outside_tls import Elsewhere
from checks.proxy import ProxyFailed
from checks.replies import Trouble
from checks.tls_session import TlsUntrusted, names_dates
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

_SETTLE = "Compare the certificate's fingerprint with what another network sees."


def find(
    tls: TlsUntrusted | None,
    elsewhere: Elsewhere | None,
    host: Host | None,
    proxy: ProxyFailed | None,
) -> Finding | Rejected | None:
    if not tls:
        return _by_proxy(proxy, host)
    if not tls.unread and not (tls.genuine_issuer and tls.names_match):
        return None
    if tls.out_of_date:
        return Rejected(because=f"the certificate's dates are what fails: {tls.problem}")
    evidence = [Evidence(check="tls", saw=tls.summary)]
    if elsewhere and elsewhere.control_trusted:
        return Rejected(because=f"{elsewhere.control} verifies here by the same store")
    if elsewhere:
        evidence.append(Evidence(check="outside-tls", saw=elsewhere.summary))
    evidence += _store(host)
    sure = bool(elsewhere and elsewhere.control_genuine and not tls.unread)
    unsure = Confidence.POSSIBLE if tls.unread else Confidence.LIKELY
    return Finding(
        confidence=Confidence.PROVEN if sure else unsure,
        evidence=tuple(evidence),
        fix=_trust.own_store(host.authorities if host else ()),
        settle="" if sure else _SETTLE,
    )


def _by_proxy(proxy: ProxyFailed | None, host: Host | None) -> Finding | None:
    """Judge what a request met behind a proxy, where nobody saw who had signed."""
    if not proxy or proxy.trouble is not Trouble.UNTRUSTED or names_dates(proxy.detail):
        return None
    store = _store(host)
    return Finding(
        confidence=Confidence.LIKELY if store else Confidence.POSSIBLE,
        evidence=(Evidence(check="proxy", saw=f"{proxy.summary}: {proxy.detail}"), *store),
        fix=_trust.own_store(host.authorities if host else ()),
        settle="Look at the certificate's issuer with openssl, by the way that requests take.",
    )


def _store(host: Host | None) -> tuple[Evidence, ...]:
    named = host.authorities[:1] if host else ()
    return tuple(
        Evidence(check="host", saw=f"{variable} names {path} as the store")
        for variable, path in named
    )


CAUSE = Cause(
    id="tls-untrusted-ca",
    title="This machine does not trust the registry's genuine certificate",
    stage=Stage.TLS,
    owner=Owner.HOST,
    find=find,
)
