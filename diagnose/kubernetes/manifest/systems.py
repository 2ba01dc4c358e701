"""What is known of the systems of AKS nodes: which have a Python that runs us, where CAs stand.

Python: release notes of the node images (https://github.com/Azure/AgentBaker, vhdbuilder/
release-notes) list python3 3.10 for Ubuntu 22.04, 3.12 for 24.04 and for Azure Linux 3; Flatcar's
list none. Authorities: Debian's update-ca-certificates writes one file; Azure Linux keeps Fedora's
layout (https://github.com/microsoft/azurelinux, SPECS/ca-certificates/ca-certificates.spec), where
the bundle's usual path is a link to the file named here.

The loader needs no row: the node's /usr, /lib and /lib64 stand in the pod under their own names, so
that the interpreter finds what its ELF header and its own links ask for
(https://github.com/microsoft/azurelinux, SPECS/filesystem/filesystem.spec: /lib and /lib64 lead to
usr/lib). A node of 64-bit ARM has its loader in /lib and, on Ubuntu, no /lib64.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

_DEBIAN = "/etc/ssl/certs/ca-certificates.crt"
_FEDORA = "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem"
# The bundles' places below a node's root, in the order in which they are looked for.
AUTHORITIES = (_DEBIAN, _FEDORA, "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem")


@dataclass(frozen=True, slots=True)
class System:
    """``sku`` is what AKS labels its nodes with; empty where there is no label."""

    sku: str
    authorities: str


FIT = {
    sku: System(sku, authorities)
    for sku, authorities in (
        ("Ubuntu", _DEBIAN),
        ("Ubuntu2204", _DEBIAN),
        ("Ubuntu2404", _DEBIAN),
        ("AzureLinux", _FEDORA),
        ("AzureLinux3", _FEDORA),
        ("AzureLinuxOSGuard", _FEDORA),
    )
}
UNFIT = {
    "azurecontainerlinux": "no Python is known to be on it",
    "flatcar": "it has no Python",
    "cblmariner": "its Python is older than 3.10",
    "mariner": "its Python is older than 3.10",
}
# The libraries that the node's Python is linked against, by architecture.
LIBRARIES: Mapping[str, tuple[str, ...]] = {"amd64": ("/lib", "/lib64"), "arm64": ("/lib",)}
# Nodes that AKS did not label, by what their kubelet says of them: the first release that fits.
_UNLABELLED = (
    (re.compile(r"\AUbuntu (\d+)\."), 22, _DEBIAN),
    (re.compile(r"\ADebian GNU/Linux (\d+)"), 12, _DEBIAN),
    (re.compile(r"\A(?:Microsoft )?Azure Linux (\d+)"), 3, _FEDORA),
)


def labelled(sku: str) -> System | None:
    """Give the system of a label, whose case is not fixed; None where it is not known to fit."""
    found = next((name for name in FIT if name.lower() == sku.lower()), "")
    return System(sku, FIT[found].authorities) if found else None


def unlabelled(image: str) -> System | None:
    """Give the system of what a kubelet names ("Ubuntu 22.04.5 LTS")."""
    for pattern, least, authorities in _UNLABELLED:
        match = pattern.match(image)
        if match and int(match[1]) >= least:
            return System("", authorities)
    return None
