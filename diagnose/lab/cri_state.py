"""The state of a simulated containerd, and the set-ups that write it as a person would."""

from dataclasses import dataclass

from diagnose.lab.engine_state import Engine

CONFIG = "/etc/containerd/config.toml"
CERTS = "/etc/containerd/certs.d"
AZURE_JSON = "/etc/kubernetes/azure.json"
PROVIDERS = "/var/lib/kubelet/credential-provider-config.yaml"
PROGRAM = "/var/lib/kubelet/credential-provider/acr-credential-provider"
_DROP_IN = "/etc/systemd/system/containerd.service.d/http-proxy.conf"
_UNIT = "/usr/lib/systemd/system/containerd.service"
_CONFIG = f"""version = 3
[plugins."io.containerd.cri.v1.images".registry]
  config_path = "{CERTS}"
"""
PROVIDER_CONFIG = """apiVersion: kubelet.config.k8s.io/v1
kind: CredentialProviderConfig
providers:
  - name: acr-credential-provider
    matchImages:
      - "*.azurecr.io"
      - "*.azurecr.cn"
    defaultCacheDuration: "10m"
    apiVersion: credentialprovider.kubelet.k8s.io/v1
    args:
      - /etc/kubernetes/azure.json
"""


@dataclass
class Containerd(Engine):
    """A containerd that is installed on the machine; its hosts.toml counts for every pull."""

    version: str = "2.2.4"
    storage_driver: str = "overlayfs"
    root: str = "/var/lib/containerd"
    speaks_cri: bool = True  # False: the plugin is switched off, as docker's packages have it


def make_node(files: dict[str, str], azure_json: str) -> None:
    """Mutates: writes what AKS writes on a node, as far as a pull depends on it."""
    files |= {
        AZURE_JSON: azure_json,
        CONFIG: _CONFIG,
        PROVIDERS: PROVIDER_CONFIG,
        PROGRAM: "",
        _UNIT: "[Service]\nExecStart=containerd\n",
    }


def send_elsewhere(
    runtime: Containerd, files: dict[str, str], registry: str, *servers: str
) -> None:
    """Mutates: sends pulls of one registry to other servers, by containerd's hosts.toml."""
    runtime.hosts[registry] = list(servers)
    *hosts, last = servers
    rows = [f'[host."{host}"]\n  capabilities = ["pull", "resolve"]\n' for host in hosts]
    files[f"{CERTS}/{registry}/hosts.toml"] = "\n".join([f'server = "{last}"\n', *rows])


def give_proxy(runtime: Containerd, files: dict[str, str], url: str) -> None:
    """Mutates: gives containerd a proxy by a drop-in of its unit, and restarts it."""
    runtime.proxies = {"HTTP_PROXY": url, "HTTPS_PROXY": url}
    lines = [f'Environment="{name}={value}"' for name, value in runtime.proxies.items()]
    files[_DROP_IN] = "\n".join(["[Service]", *lines, ""])
