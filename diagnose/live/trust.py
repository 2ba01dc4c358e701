"""Knows which authorities this machine trusts: the system's store, not certifi's."""

import ssl
from collections.abc import Mapping
from pathlib import Path


def context(environ: Mapping[str, str], ca_file: str = "") -> ssl.SSLContext:
    """Return a verifying context; the variables mean what requests and OpenSSL take them for."""
    told = ca_file or environ.get("REQUESTS_CA_BUNDLE", "") or environ.get("SSL_CERT_FILE", "")
    if not told:
        return ssl.create_default_context()
    if Path(told).is_dir():
        return ssl.create_default_context(capath=told)
    return ssl.create_default_context(cafile=told)
