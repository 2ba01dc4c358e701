"""Host names that belong to nobody who runs this program, and stay as they are.

``ZONES`` are those under which customers have names of their own: these are replaced, the zone is
kept. ``HOSTS`` are whole names. ``ENDINGS`` are the ends of names that companies choose; one that
is not listed is replaced as well.
"""

from checks.outside import controls
from checks.pool_services import NEEDED, candidates
from checks.target import SUFFIXES, Target

_BLOBS = ("blob", "queue", "table", "file", "dfs")
_CORES = (
    "core.windows.net",
    "storage.azure.net",
    "core.usgovcloudapi.net",
    "core.chinacloudapi.cn",
    "core.cloudapi.de",
    "core.sovcloud-api.fr",
)
# Suffixes and services: https://learn.microsoft.com/azure/private-link/private-endpoint-dns
_SERVICES = (
    "vault.azure.net",
    "vault.usgovcloudapi.net",
    "vault.azure.cn",
    "servicebus.windows.net",
    "servicebus.usgovcloudapi.net",
    "servicebus.chinacloudapi.cn",
    "azurewebsites.net",
    "azmk8s.io",
    "database.windows.net",
)
ZONES = (
    *SUFFIXES,
    *(f"{part}.{suffix}" for suffix in SUFFIXES for part in ("privatelink", "data", "geo")),
    *(f"data.privatelink.{suffix}" for suffix in SUFFIXES),
    *(f"{twice}.azurecr.io" for twice in SUFFIXES),  # a slip that messages are known by
    *(f"{kind}.{core}" for core in _CORES for kind in _BLOBS),
    *(f"privatelink.{kind}.{core}" for core in _CORES for kind in _BLOBS),
    *_SERVICES,
    *(f"privatelink.{service}" for service in _SERVICES),
    *("azcr.io", "fe.azcr.io", "data.azcr.io", "cdn.mscr.io", "data.mcr.microsoft.com"),
    *("trafficmanager.net", "cloudapp.azure.com", "cloudapp.net", "internal.cloudapp.net"),
    *("usgovtrafficmanager.net", "trafficmanager.cn", "cloudapp.usgovcloudapi.net"),
    *("cloudapp.chinacloudapi.cn", "azurefd.net", "azureedge.net", "onmicrosoft.com"),
    *("azure-dns.com", "azure-dns.net", "azure-dns.org", "azure-dns.info"),
    *("svc.cluster.local", "pod.cluster.local"),
)
_CONTROLS = {
    host
    for cloud in (*SUFFIXES.values(),)
    for host in (
        *controls(cloud),
        *(
            one
            for need in NEEDED
            if need.tag == "AzureMonitor"
            for one in candidates(need, Target(login_server="", registry="", cloud=cloud))
        ),
    )
}
HOSTS = (
    *_CONTROLS,
    *("management.azure.com", "management.core.windows.net", "management.usgovcloudapi.net"),
    *("management.core.usgovcloudapi.net", "management.chinacloudapi.cn"),
    *("management.core.chinacloudapi.cn", "management.microsoftazure.de"),
    *("management.sovcloud-api.fr", "login.microsoftonline.de", "login.windows.net"),
    *("login.microsoft.com", "login.partner.microsoftonline.cn", "sts.windows.net"),
    *("sts.chinacloudapi.cn", "graph.microsoft.com", "graph.windows.net", "identity.azure.net"),
    *("containerregistry.azure.net", "containerregistry.azure.us", "containerregistry.azure.cn"),
    *("storage.azure.com", "vault.azure.net", "azureprivatedns.net"),
    *("azureprivatedns-host.microsoft.com", "azuredns-hostmaster.microsoft.com"),
    *("azuredns-cloud.net", "ns1-38.azure-dns.com", "packages.microsoft.com", "mcr.azk8s.cn"),
    *("metadata.azure.internal", "registry-1.docker.io", "auth.docker.io", "index.docker.io"),
    *("notary.docker.io", "production.cloudflare.docker.com", "hub.docker.com", "www.docker.com"),
    *("ghcr.io", "quay.io", "gcr.io", "registry.k8s.io", "public.ecr.aws", "lscr.io"),
    *(
        "docker.elastic.co",
        "nvcr.io",
        "github.com",
        "www.digicert.com",
        "digicert.com",
        "letsencrypt.org",
    ),
    *("aka.ms", "go.microsoft.com", "learn.microsoft.com", "docs.microsoft.com"),
    *("docs.docker.com", "kubernetes.io", "portal.azure.com", "www.microsoft.com"),
    *("_default", "localhost", "localhost.localdomain", "system"),
)
# Pages for people: what follows the host is public as well.
DOCUMENTS = frozenset(
    (
        *("aka.ms", "go.microsoft.com", "learn.microsoft.com", "docs.microsoft.com"),
        *("docs.docker.com", "www.docker.com", "kubernetes.io"),
    )
)
ENDINGS = (
    *("com", "net", "org", "io", "local", "localdomain", "internal", "intranet", "corp", "lan"),
    *("example", "invalid", "home.arpa"),
)


def _closed(names: tuple[str, ...]) -> frozenset[str]:
    """Give the names with all that they end in: ``docker.io`` and ``io`` for ``auth.docker.io``."""
    parts = (name.split(".") for name in names)
    return frozenset(".".join(p[at:]) for p in parts for at in range(len(p)))


KEPT = _closed((*ZONES, *HOSTS, *ENDINGS))
# A region stands before one of these.
REGIONAL = frozenset(
    (
        *(f"{part}.{s}" for s in SUFFIXES for part in ("data", "geo", "data.privatelink")),
        *("cloudapp.azure.com", "cloudapp.usgovcloudapi.net", "cloudapp.chinacloudapi.cn"),
        *("azmk8s.io", "data.mcr.microsoft.com"),
    )
)
REGISTRIES = frozenset((*SUFFIXES, *(f"privatelink.{suffix}" for suffix in SUFFIXES)))
