"""The lab's own certificate authorities, and a server-side TLS context for each host."""

import datetime as dt
import ssl
import threading
import time
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

MICROSOFT = "Microsoft Corporation"


class Authority(NamedTuple):
    """A CA that can sign."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate


def _name(common: str, organization: str) -> x509.Name:
    parts = [(NameOID.COUNTRY_NAME, "US"), (NameOID.ORGANIZATION_NAME, organization)]
    if organization == MICROSOFT and "*" in common:  # as the real leaf (S28)
        parts[1:1] = [(NameOID.STATE_OR_PROVINCE_NAME, "WA"), (NameOID.LOCALITY_NAME, "Redmond")]
    return x509.Name([x509.NameAttribute(k, v) for k, v in (*parts, (NameOID.COMMON_NAME, common))])


def _sign(
    subject: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    issuer: Authority | None,
    hosts: tuple[str, ...] = (),
    *,
    now: dt.datetime,
) -> x509.Certificate:
    """One certificate: a CA's when ``hosts`` is empty. The extensions satisfy VERIFY_X509_STRICT,
    which Python turns on from 3.13.
    """
    signer = issuer.key if issuer else key
    is_ca = not hosts
    usage = {
        "digital_signature": True,
        "key_cert_sign": is_ca,
        "crl_sign": is_ca,
        "content_commitment": False,
        "key_encipherment": False,
        "data_encipherment": False,
        "key_agreement": False,
        "encipher_only": False,
        "decipher_only": False,
    }
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=30))
        .not_valid_after(now + dt.timedelta(days=180))
        .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(**usage), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
        )
    )
    if hosts:
        names = x509.SubjectAlternativeName([x509.DNSName(h) for h in hosts])
        server = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
        builder = builder.add_extension(names, critical=False).add_extension(server, critical=False)
    return builder.sign(signer, hashes.SHA256())


def _authority(
    common: str, organization: str, now: dt.datetime, parent: Authority | None = None
) -> Authority:
    key = ec.generate_private_key(ec.SECP256R1())
    return Authority(key, _sign(_name(common, organization), key, parent, now=now))


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


class Pki:
    """A root with the real issuing CA's name under it, and a corporate proxy's own root.

    ``now`` is Azure's time in seconds since the epoch, around which everything is valid.
    """

    def __init__(self, folder: Path, now: float | None = None) -> None:
        self._folder = folder
        self._now = dt.datetime.fromtimestamp(time.time() if now is None else now, dt.timezone.utc)
        self._root = _authority("Lab Global Root G2", "acr-diagnose lab", self._now)
        self._issuing = _authority(
            "Microsoft Azure RSA TLS Issuing CA 03", MICROSOFT, self._now, parent=self._root
        )
        self._proxy = _authority("Contoso Web Proxy CA", "Contoso Corporate IT", self._now)
        self._leaf_key = ec.generate_private_key(ec.SECP256R1())
        self._contexts: dict[tuple[str, bool], ssl.SSLContext] = {}
        self._lock = threading.Lock()
        self._is_closed = False
        self.ca_file = self._write("root.pem", _pem(self._root.certificate))
        self.proxy_ca_file = self._write("proxy-root.pem", _pem(self._proxy.certificate))

    def _write(self, name: str, data: bytes) -> str:
        path = self._folder / name
        path.write_bytes(data)
        return str(path)

    @property
    def authorities(self) -> dict[str, str]:
        """The roots as PEM texts, by the words of `machine.Machine.bundles`."""
        held = {"public": self._root, "inspecting": self._proxy}
        return {whose: _pem(one.certificate).decode() for whose, one in held.items()}

    def close(self) -> None:
        """Write no file any more: the folder may be removed, though clients may still come."""
        with self._lock:
            self._is_closed = True

    def context(self, host: str, *, intercepted: bool = False) -> ssl.SSLContext:
        """Give what a server for ``host`` needs; raises `ConnectionAbortedError` once closed."""
        with self._lock:
            if self._is_closed:
                raise ConnectionAbortedError("the lab is closed")
            wanted = (host, intercepted)
            if wanted not in self._contexts:
                self._contexts[wanted] = self._make(host, intercepted)
            return self._contexts[wanted]

    def _make(self, host: str, intercepted: bool) -> ssl.SSLContext:
        wildcard = "*." + host.split(".", 1)[1] if host.count(".") > 1 else host
        if intercepted:
            subject, issuer = _name(host, "Contoso Corporate IT"), self._proxy
            chain = b""
        else:
            subject, issuer = _name(wildcard, MICROSOFT), self._issuing
            chain = _pem(self._issuing.certificate)
        hosts = tuple(dict.fromkeys((wildcard, host)))
        leaf = _sign(subject, self._leaf_key, issuer, hosts, now=self._now)
        key = self._leaf_key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        name = f"{'proxy' if intercepted else 'azure'}-{len(self._contexts)}.pem"
        path = self._write(name, key + _pem(leaf) + chain)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        context.set_alpn_protocols(["http/1.1"])  # S28
        return context
