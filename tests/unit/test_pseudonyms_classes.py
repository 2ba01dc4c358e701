"""What stays and what goes, class by class: one thing changed at a time."""

import re

import pytest

from checks.privacy import Sensitivity
from checks.tls_session import genuine
from diagnose.bundle.pseudonyms import Pseudonyms

NAMES = Pseudonyms(b"a salt of bytes!")
GUID = "c11e47ed-0000-4000-8000-00000000e005"
_ALIAS = re.compile(r"[a-z]+\d[a-z2-7]{13}")


def alias(kind: str, text: str) -> str:
    return NAMES.of(Sensitivity[kind], text)


def shown(kind: str, text: str) -> str:
    """Give the alias with an X for each pseudonym."""
    return _ALIAS.sub("X", alias(kind, text))


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("HOST", "management.azure.com", "management.azure.com"),
        ("HOST", "management.azure.zz", "X.X.X"),
        ("HOST", "mcr.microsoft.com:443", "mcr.microsoft.com:443"),
        ("HOST", "registry-1.docker.io", "registry-1.docker.io"),
        ("HOST", "registry-2.docker.io", "X.docker.io"),
        ("HOST", "privatelink.azurecr.io", "privatelink.azurecr.io"),
        ("HOST", "eastus.azurecr.io", "X.azurecr.io"),
        ("HOST", "contoso.eastus.data.azurecr.io", "X.eastus.data.azurecr.io"),
        ("HOST", "contoso.mars.data.azurecr.io", "X.X.data.azurecr.io"),
        ("HOST", "a1.blob.core.usgovcloudapi.net", "X.blob.core.usgovcloudapi.net"),
        ("HOST", "r0.eastus.cloudapp.azure.com", "X.eastus.cloudapp.azure.com"),
        ("HOST", "eus.trafficmanager.net", "X.trafficmanager.net"),
        ("HOST", "dc01.contoso.local", "X.X.local"),
        ("HOST", "dc01.contoso.zz", "X.X.X"),
        ("HOST", "*.azurecr.io", "*.azurecr.io"),
        ("HOST", "*.azurecr.io/team/app", "*.azurecr.io/X/X"),
        ("HOST", "contoso-*.azurecr.io", "X-*.azurecr.io"),
        ("HOST", "system", "system"),
        ("HOST", "_default", "_default"),
        ("HOST", "localhost", "localhost"),
        ("HOST", "app-vm", "X"),
        ("URL", "http://user:secret@proxy.corp:3128/?a=b#c", "http://X.corp:3128/"),
        ("URL", "user:secret@proxy:3128", "X:3128"),
        ("URL", "https://sts.windows.net/common/oauth2/v2.0/token", None),
        ("URL", "https://aka.ms/acr/firewall#x", "https://aka.ms/acr/firewall#x"),
        ("URL", "https://management.azure.com/", "https://management.azure.com/"),
        ("URL", "unix:///var/run/docker.sock", "unix:///var/run/docker.sock"),
        ("URL", "https://x.zz/v2/a/b/tags/list", "https://X.X/v2/X/X/tags/list"),
        ("URL", "https://x.zz/v2/a/blobs/uploads/1-2?s=3", "https://X.X/v2/X/blobs/uploads/"),
        ("URL", "https://a.zz/customer//data", "https://X.X/X//data"),
        ("IMAGE", "*", "*"),
        ("IMAGE", "library/nginx:latest", "X/X:latest"),
        ("IMAGE", "library/nginx:v1", "X/X:X"),
        ("IMAGE", "localhost:5000/a", "localhost:5000/X"),
        ("REFERENCE", "latest", "latest"),
        ("REFERENCE", "Latest", "X"),
        ("FILE", "/etc/containerd/certs.d/_default/hosts.toml", None),
        ("FILE", "/etc/containerd/certs.d/c.azurecr.io/hosts.toml",
         "/etc/containerd/certs.d/X.azurecr.io/hosts.toml"),
        ("FILE", "/etc/systemd/system/docker.service.d/http-proxy.conf", None),
        ("FILE", "/etc/systemd/system/docker.service.d/9-alice.conf",
         "/etc/systemd/system/docker.service.d/X.conf"),
        ("FILE", "/home/alice/.docker/config.json", "/home/X/.docker/config.json"),
        ("FILE", "/home/docker/.docker/config.json", "/home/X/.docker/config.json"),
        ("FILE", "/root/.docker/config.json", None),
        ("FILE", "/proc/4711/alice", "/proc/4711/X"),
        ("FILE", "/usr/local/share/ca-certificates/corp-root.crt",
         "/usr/local/share/ca-certificates/X.crt"),
        ("FILE", "docker-credential-ecr-login", None),
        ("FILE", "docker-credential-alice", "docker-credential-X"),
        ("NAME", "acr-credential-provider", None),
        ("NAME", "our-credential-provider", "X"),
        ("NAME", "alice@contoso.com", "X@X.com"),
        ("SUBJECT", "CN=*.azurecr.io,O=Microsoft Corporation,L=Redmond,ST=WA,C=US", None),
        ("SUBJECT", "CN=Microsoft Azure RSA TLS Issuing CA 03,O=Microsoft Corporation,C=US", None),
        ("SUBJECT", "CN=DigiCert Global Root G2,OU=www.digicert.com,O=DigiCert Inc,C=US", None),
        ("SUBJECT", "CN=R11,O=Let's Encrypt,C=US", None),
        ("SUBJECT", "CN=Contoso Root CA,O=Contoso\\, Inc,DC=corp+L=Bonn,C=DE",
         "CN=X,O=X,DC=X+L=X,C=DE"),
        ("SUBJECT", "CN=Microsoft Fabrikam Corporation", "CN=X"),
        ("SUBJECT", "O=GlobalSign nv-sa,CN=GlobalSign Fabrikam", "O=GlobalSign nv-sa,CN=X"),
        ("IDENTITY", "00000000-0000-0000-0000-000000000000", None),
        ("IDENTITY", "7F951DDA-4ed3-4680-a7ca-43fe172d538d",
         "7f951dda-4ed3-4680-a7ca-43fe172d538d"),
        ("IDENTITY", "not a guid", "X"),
        ("PUBLIC", "Succeeded", None),
        ("PUBLIC", "x" * 300, "x" * 200),
    ],
)  # fmt: skip
def test_what_stays(kind: str, text: str, expected: str | None) -> None:
    assert shown(kind, text) == (text if expected is None else expected)


def test_an_id_keeps_the_form_of_one() -> None:
    changed = alias("IDENTITY", GUID)

    assert re.fullmatch(
        r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", changed
    )
    assert changed != GUID
    assert alias("NAME", GUID.upper()) == changed
    assert alias("RESOURCE", f"/subscriptions/{GUID}") == f"/subscriptions/{changed}"
    assert alias("URL", f"https://sts.windows.net/{GUID}/") == f"https://sts.windows.net/{changed}/"


def test_a_digest_keeps_the_form_of_one_wherever_it_stands() -> None:
    digest = "sha256:" + "3e1ea19a635484b3" * 4
    changed = alias("REFERENCE", digest)
    path = f"/docker/registry/v2/blobs/sha256/3e/{digest[7:]}/data"

    assert re.fullmatch(r"sha256:[0-9a-f]{64}", changed)
    assert changed != digest
    assert alias("IMAGE", f"app@{digest}").endswith(f"@{changed}")
    assert alias("URL", f"https://a1.blob.core.windows.net{path}").endswith(
        f"/sha256/{changed[7:9]}/{changed[7:]}/data"
    )


def test_an_address_of_hardware_is_one_in_each_spelling() -> None:
    plain, dashed = alias("NAME", "000D3AF806EC"), alias("NAME", "00-0D-3A-F8-06-EC")

    assert re.fullmatch(r"[0-9A-F]{12}", plain)
    assert dashed.replace("-", "") == plain != "000D3AF806EC"


def test_a_genuine_issuer_stays_one_and_no_other_becomes_one() -> None:
    assert genuine(alias("SUBJECT", "CN=Microsoft TLS,O=Microsoft Corporation"))
    assert not genuine(alias("SUBJECT", "CN=x,O=Contoso Corporation"))


def test_a_public_text_loses_the_names_that_are_known() -> None:
    names = Pseudonyms(b"a salt of bytes!")
    text = "held by fabrikam-prod"

    assert names.of(Sensitivity.PUBLIC, text) == text
    changed = names.of(Sensitivity.NAME, "Fabrikam-Prod")
    assert names.of(Sensitivity.PUBLIC, text) == f"held by {changed}"
