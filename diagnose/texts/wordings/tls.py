"""Certificates and handshakes."""

from diagnose.texts.meaning import Meaning
from diagnose.texts.wordings import sources as s

_NOT_TRUSTED = ("tls-intercepted", "tls-untrusted-ca", "runtime-untrusted-ca")

ROWS = (
    Meaning(
        name="certificate-before-its-time",
        says="by this machine's clock the certificate is not valid yet",
        likely=("clock-skewed",),
        possible=("tls-intercepted",),
        heard={
            s.GO_TLS: ("not yet valid: current time ... is before",),
            s.OPENSSL: ("certificate is not yet valid",),
        },
    ),
    Meaning(
        name="certificate-out-of-time",
        says="by this machine's clock the certificate is out of its time",
        possible=("clock-skewed", "tls-intercepted", "tls-untrusted-ca"),
        heard={
            s.GO_TLS: ("certificate has expired or is not yet valid",),
            s.OPENSSL: ("certificate has expired", "certificate is expired"),
        },
    ),
    Meaning(
        name="certificate-not-trusted",
        says="the certificate was signed by someone whom the client does not trust: a box on the "
        "way that re-signs, or a trust store that lacks the genuine root",
        likely=_NOT_TRUSTED[:1],
        possible=_NOT_TRUSTED[1:],
        heard={
            s.GO_TLS: (
                "certificate signed by unknown authority",
                "certificate is not trusted",
                "certificate relies on legacy common name",
                "certificate is not standards compliant",
            ),
            s.OPENSSL: (
                "certificate verify failed",
                "unable to get local issuer certificate",
                "unable to get issuer cert",
                "self signed certificate",
                "self-signed certificate",
                "unable to verify the first certificate",
            ),
            s.PYTHON: ("certificate_verify_failed", "sslcertverificationerror"),
            s.CURL: ("ssl certificate problem", "peer certificate cannot be authenticated"),
            s.WINDOWS: (
                "remote certificate is invalid",
                "could not establish trust relationship",
                "the ssl connection could not be established",
            ),
            s.RESOLVER: ("pkix path building failed",),
            s.AZ_ACR: ("connectivity_ssl_error", "unable to establish a secure connection"),
        },
    ),
    Meaning(
        name="certificate-of-another",
        says="the certificate that was shown belongs to another name than the one asked for",
        possible=("tls-intercepted", "dns-override-stale", "registry-unavailable", "proxy-denied"),
        heard={
            s.GO_TLS: (
                "certificate is valid for ... not",
                "cannot validate certificate for",
                "certificate is not valid for any names",
            ),
            s.CURL: ("no alternative certificate subject name matches",),
            s.PYTHON: ("doesn't match either of", "hostname mismatch", "doesn't match '"),
            s.RESOLVER: ("err_tls_cert_altname_invalid",),
        },
    ),
    Meaning(
        name="other-certificate-fault",
        says="the client does not accept the certificate",
        possible=_NOT_TRUSTED,
        heard={s.GO_TLS: ("x509:", "failed to verify certificate")},
    ),
    Meaning(
        name="handshake-silent",
        says="the connection opens but the TLS handshake is not answered",
        possible=(
            "egress-filtered-registry",
            "mtu-black-hole",
            "runtime-proxy-misconfigured",
            "egress-blocked-registry",
            "tls-intercepted",
        ),
        heard={
            s.GO_NET: ("tls handshake timeout",),
            s.CURL: ("ssl connection timeout",),
            s.PYTHON: ("handshake operation timed out",),
        },
    ),
    Meaning(
        name="handshake-refused",
        says="what answers refuses the TLS handshake for this name",
        possible=("egress-filtered-registry", "tls-intercepted", "proxy-denied"),
        heard={
            s.GO_TLS: (
                "remote error: tls:",
                "tls: handshake failure",
                "tls: protocol version not supported",
                "tls: server selected unsupported",
            ),
            s.OPENSSL: (
                "alert handshake failure",
                "alert protocol version",
                "unrecognized name",
                "unexpected eof while reading",
                "ssl_error_syscall",
                "unexpected_eof_while_reading",
            ),
            s.WINDOWS: ("could not create ssl/tls secure channel",),
        },
    ),
)
