"""Knows how to read a leaf certificate: by Python's own OpenSSL, or else by `cryptography`."""

import importlib
import os
import ssl
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from diagnose.live import loading

_SHORT = {
    "commonName": "CN",
    "organizationName": "O",
    "organizationalUnitName": "OU",
    "countryName": "C",
    "stateOrProvinceName": "ST",
    "localityName": "L",
    "domainComponent": "DC",
    "streetAddress": "STREET",
    "userId": "UID",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """What is shown of a certificate."""

    subject: str = ""
    issuer: str = ""
    names: tuple[str, ...] = ()
    not_before: str = ""
    not_after: str = ""


def read(der: bytes) -> Leaf | None:
    """Return the certificate's words, or None for bytes that are not one."""
    # OpenSSL is loaded anyway; loading the other takes 50 ms of the processor, and 9 MB.
    for reader in (_with_openssl, _with_cryptography):
        try:
            return reader(der)
        except Exception:  # noqa: PERF203, S112  # foreign bytes: either may raise anything
            continue
    return None


def _with_cryptography(der: bytes) -> Leaf:
    with loading.alone:
        from cryptography import x509  # optional: a compiled wheel that a node may lack

    found = x509.load_der_x509_certificate(der)
    try:
        extension = found.extensions.get_extension_for_class(x509.SubjectAlternativeName)
        names = tuple(extension.value.get_values_for_type(x509.DNSName))
    except x509.ExtensionNotFound:
        names = ()
    return Leaf(
        subject=found.subject.rfc4514_string(),
        issuer=found.issuer.rfc4514_string(),
        names=names,
        not_before=_iso(found.not_valid_before_utc),
        not_after=_iso(found.not_valid_after_utc),
    )


def _with_openssl(der: bytes) -> Leaf:
    """Use the decoder behind ``getpeercert``: it gives no dict for a certificate not verified.

    It reads a file, which is one in memory: no folder has to be writable for it.
    """
    with os.fdopen(os.memfd_create("certificate"), "w") as file:
        file.write(ssl.DER_cert_to_PEM_cert(der))
        file.flush()
        found: dict[str, Any] = _decode(f"/proc/self/fd/{file.fileno()}")
    return Leaf(
        subject=_rfc4514(found.get("subject", ())),
        issuer=_rfc4514(found.get("issuer", ())),
        names=tuple(v for kind, v in found.get("subjectAltName", ()) if kind == "DNS"),
        not_before=_iso(_moment(found["notBefore"])),
        not_after=_iso(_moment(found["notAfter"])),
    )


def _decode(path: str) -> dict[str, Any]:
    decode = getattr(importlib.import_module("_ssl"), "_test_decode_cert")  # noqa: B009
    found: dict[str, Any] = decode(path)
    return found


def _moment(text: str) -> datetime:
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(text), timezone.utc)


def _iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _rfc4514(name: Any) -> str:
    parts = ["+".join(f"{_SHORT.get(k, k)}={_escaped(v)}" for k, v in rdn) for rdn in name]
    return ",".join(reversed(parts))


def _escaped(value: str) -> str:
    text = "".join("\\" + c if c in '\\,+"<>;' else c for c in value)
    return "\\" + text if text.startswith(("#", " ")) else text
