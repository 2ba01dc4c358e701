"""Knows which authorities this machine trusts: the system's store, not certifi's."""

import ssl
from collections.abc import Mapping
from pathlib import Path
from zipimport import zipimporter

VARIABLES = ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE")  # the first one that is set counts


def named(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the variable that names other authorities than the system's, with what it names."""
    return next(({name: environ[name]} for name in VARIABLES if environ.get(name)), {})


def chosen(environ: Mapping[str, str], root: str, ca_file: str) -> str:
    """Return the file or folder of authorities that counts; empty for the system's own store.

    The variables go before ``ca_file``, which stands in for the store of a simulated machine.
    """
    told = next(iter(named(environ).values()), "")
    return str(Path(root) / told.lstrip("/")) if told.startswith("/") else told or ca_file


def context(environ: Mapping[str, str], ca_file: str = "") -> ssl.SSLContext:
    """Return a verifying context; the variables mean what requests and OpenSSL take them for.

    Authorities that cannot be read are none: then no certificate verifies, but the way to it is
    still gone, so that what stands before TLS is met first.
    """
    told = ca_file or next(iter(named(environ).values()), "")
    if not told:
        return ssl.create_default_context()
    try:
        if Path(told).is_dir():
            return ssl.create_default_context(capath=told)
        return ssl.create_default_context(cafile=told)
    except OSError:
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def spare_certifi() -> None:
    """Keep certifi's authorities, which nobody here asks for, where they are: in the zip.

    requests asks certifi for their file when it is imported, and out of a zip that means a
    temporary file, which there may be no room or no right for.
    """
    if isinstance(getattr(__spec__, "loader", None), zipimporter):
        import certifi

        certifi.where = lambda: "certifi/cacert.pem"
