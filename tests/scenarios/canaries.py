"""Secrets of a machine, each one of a kind, planted wherever a run may come across one."""

import base64
import html
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from docker import auth

from checks.replies import HttpReply
from diagnose.bundle.secrets import Scan
from diagnose.lab.cloud import Cloud
from diagnose.lab.engine_state import Engine
from diagnose.lab.http import Response
from tests.world import Wire
from tests.world.engine import EngineClient, InsideDocker

LOGIN = "contoso.azurecr.io"
PROXY = "127.0.0.1:9"  # where nothing listens, which is found out at once
NULL = "00000000-0000-0000-0000-000000000000"
HOME = "/root/.docker/config.json"


def canary(where: str) -> str:
    """Give a secret that stands nowhere by chance, with signs that every escape changes."""
    return f'Canary-{where}~%41/+"<&>é;{where[::-1]}'


def in_url(where: str) -> str:
    """Give a secret that can stand in a URL as it is."""
    return f"Canary-{where}-{where[::-1]}-4711"


def basic(user: str, secret: str) -> str:
    return base64.b64encode(f"{user}:{secret}".encode()).decode()


def _jwt(where: str) -> str:
    claims = base64.urlsafe_b64encode(json.dumps({"aud": where}).encode()).decode().rstrip("=")
    return f"eyJhbGciOiJub25lIn0.{claims}.{in_url(where)}"


DOCKER_CONFIG = {
    "auths": {
        LOGIN: {"auth": basic("robot", canary("docker-auth"))},
        "https://other.azurecr.io/v1/": {
            "auth": basic("robot", canary("docker-email")),
            "email": "me@example.com",
        },
        "third.azurecr.io": {"auth": basic(NULL, ""), "identitytoken": canary("identitytoken")},
        "fourth.azurecr.io": {"registrytoken": canary("registrytoken")},
        "fifth.azurecr.io": {"username": "robot", "password": canary("docker-password")},
    },
    "HttpHeaders": {"X-Meta-Token": canary("docker-header")},
    "proxies": {"default": {"httpsProxy": f"http://me:{in_url('docker-proxy')}@{PROXY}"}},
}
AZURE_JSON = {
    "tenantId": "t",
    "aadClientId": "app",
    "aadClientSecret": canary("aadClientSecret"),
    "aadClientCertPassword": canary("aadClientCertPassword"),
    "useManagedIdentityExtension": True,
}
DAEMON = {
    "proxies": {"https-proxy": f"http://me:{in_url('daemon-proxy')}@{PROXY}"},
    "registry-mirrors": [f"https://me:{in_url('daemon-mirror')}@mirror.example"],
}
HOSTS = f"""server = "https://{LOGIN}"
[host."https://me:{in_url("hosts-url")}@{LOGIN}"]
  capabilities = ["pull", "resolve"]
  [host."https://me:{in_url("hosts-url")}@{LOGIN}".header]
    Authorization = ["Basic {basic("me", in_url("hosts-header"))}"]
    X-Token = "{in_url("hosts-token")}"
"""
PROVIDERS = f"""apiVersion: kubelet.config.k8s.io/v1
kind: CredentialProviderConfig
providers:
  - name: acr-credential-provider
    matchImages: ["*.azurecr.io"]
    args:
      - /etc/kubernetes/azure.json
      - --client-secret={in_url("provider-arg")}
    env:
      - name: AZURE_CLIENT_SECRET
        value: {in_url("provider-env")}
"""
UNIT = f"""[Service]
Environment="HTTPS_PROXY=http://me:{in_url("unit-proxy")}@{PROXY}"
Environment="HTTP_PROXY=http://me:{in_url("unit-escaped").replace("-", "%%2D")}@{PROXY}"
EnvironmentFile=/etc/default/docker
"""
LOGGED = (
    f"error: Authorization: Bearer {_jwt('log-jwt')}",
    f"error: map[Authorization:[Bearer {in_url('log-bearer')}]]",
    f"error: header Basic {basic('me', in_url('log-basic'))}",
    f"failed: https://x.blob.core.windows.net/d?se=1&sig={in_url('log-sas')}%3D&sp=r",
    f"failed via http://me:{in_url('log-proxy')}@{PROXY}",
    f"failed via http://me:pa@{in_url('log-odd')}@{PROXY}",
)
SYSLOG = "".join(
    f"Nov 23 {unit}[1]: {line} for {LOGIN}\n" for unit in ("dockerd", "kubelet") for line in LOGGED
)
ENVIRON = {
    "HTTP_PROXY": f"http://me:{in_url('http-proxy')}@{PROXY}",
    "AZURE_CLIENT_SECRET": canary("client-secret"),
    "AZURE_PASSWORD": canary("azure-password"),
    "GITHUB_TOKEN": in_url("github-token"),
}
PLANTED = (
    *(canary(f"docker-{one}") for one in ("auth", "email", "password", "header")),
    *(canary(f"aadClient{one}") for one in ("Secret", "CertPassword")),
    *(canary(one) for one in ("identitytoken", "registrytoken", "client-secret", "azure-password")),
    *(in_url(f"docker-{one}") for one in ("proxy",)),
    *(in_url(f"daemon-{one}") for one in ("proxy", "mirror")),
    *(in_url(f"hosts-{one}") for one in ("url", "header", "token")),
    *(in_url(f"provider-{one}") for one in ("arg", "env")),
    *(in_url(f"unit-{one}") for one in ("proxy", "escaped", "file")),
    *(in_url(f"log-{one}") for one in ("jwt", "bearer", "basic", "sas", "proxy", "odd")),
    *(in_url(one) for one in ("http-proxy", "github-token")),
)


def plant(cloud: Cloud) -> None:
    """Mutates: puts a secret into every file and variable that a run may read."""
    cloud.machine.files |= {
        HOME: json.dumps(DOCKER_CONFIG),
        "/etc/docker/daemon.json": json.dumps(DAEMON),
        "/etc/docker/certs.d/contoso.azurecr.io/hosts.toml": HOSTS,
        "/etc/containerd/config.toml": 'version = 2\n[plugins."io.containerd.grpc.v1.cri".registry]'
        '\n  config_path = "/etc/docker/certs.d"\n',
        "/var/lib/kubelet/credential-provider-config.yaml": PROVIDERS,
        "/etc/systemd/system/docker.service": "[Service]\n",
        "/etc/systemd/system/docker.service.d/proxy.conf": UNIT,
        "/etc/systemd/system/containerd.service": "[Service]\n"
        "EnvironmentFile=-/etc/default/docker\n",
        "/etc/default/docker": f"ALL_PROXY=http://me:{in_url('unit-file')}@{PROXY}\n",
        "/var/log/syslog": SYSLOG,
    }
    cloud.machine.environ |= ENVIRON
    cloud.machine.engine = Engine(mirrors=list(DAEMON["registry-mirrors"]))


class Watched(Wire):
    """Remembers every token and signature that crosses it; ``echoes`` picks who says it back."""

    def __init__(self, cloud: Cloud, echoes: Callable[[str, str], bool] = lambda *_: False) -> None:
        super().__init__(cloud)
        self.echoes = echoes
        self.met: set[str] = set()

    def exchange(
        self, method: str, url: str, headers: Any, body: bytes | None, address: str
    ) -> HttpReply:
        return self._heard(
            url, headers, body, super().exchange(method, url, headers, body, address)
        )

    def tunnel(
        self, method: str, url: str, headers: Any, body: bytes | None, *told: str
    ) -> HttpReply:
        return self._heard(url, headers, body, super().tunnel(method, url, headers, body, *told))

    def _heard(self, url: str, headers: Any, body: bytes | None, reply: HttpReply) -> HttpReply:
        self.met |= secrets_in(headers, reply)
        parts = urlsplit(url)
        if not self.echoes(parts.hostname or "", parts.path):
            return reply
        return replace(
            reply, status=401, body=echo(url, headers, body), headers=_loud(headers, reply)
        )


def secrets_in(headers: Any, reply: HttpReply) -> set[str]:
    """Give the tokens of a request and its answer, and what signs the redirect in it."""
    told = dict(headers).get("Authorization", "").split(" ")[1:]
    query = parse_qs(urlsplit(reply.headers.get("location", "")).query)
    told += query.get("sig", [])
    try:
        document = json.loads(reply.body)
    except ValueError:
        document = {}
    if isinstance(document, dict):
        told += [v for k, v in document.items() if k.endswith("_token") and isinstance(v, str)]
    signatures = [one.rpartition(".")[2] for one in told if one.count(".") == 2]
    return {one for one in (*told, *signatures) if one}


def echo(url: str, headers: Any, body: bytes | None) -> bytes:
    """Say everything back that was sent, in as many forms as a server may think of."""
    sent = "\n".join((url, *map(str, dict(headers).values()), (body or b"").decode()))
    words = {key: value for key, values in parse_qs(body or b"").items() for value in values}
    decoded = " ".join(value.decode() for value in words.values())
    forms = [sent, decoded, quote(sent, safe=""), html.escape(sent)]
    forms += [base64.b64encode(one.encode()).decode() for one in (sent, decoded, f"x{decoded}")]
    error = {"code": "UNAUTHORIZED", "message": " | ".join(forms), "detail": forms}
    return json.dumps({"errors": [error], "error": error, "error_description": sent}).encode()


def _loud(headers: Any, reply: HttpReply) -> dict[str, str]:
    said = " ".join(map(str, dict(headers).values()))
    more = {"x-echo": said, "server": said, "www-authenticate": f'Bearer realm="{said}"'}
    return {**reply.headers, **more}


class EchoingClient(EngineClient):
    """An engine that prints the login it was given: in its errors, its digest and its version."""

    def pull(self, image: str, *, auth_config: dict[str, str], **_how: bool) -> Any:
        del image
        header = auth.encode_header(auth_config).decode()
        login = json.dumps(auth_config)
        yield {"status": f"Digest: sha256:{header}"}
        yield {"error": f"denied: X-Registry-Auth: {header} {login} {quote(login)}"}

    def _sent(self, method: str, path: str, *told: Any) -> Response:
        said = super()._sent(method, path, *told)
        if path != "/info":
            return said
        info = json.loads(said.body)
        info["HttpsProxy"] = f"http://me:{in_url('unit-proxy')}@{PROXY}"
        info["RegistryConfig"] = {"Mirrors": DAEMON["registry-mirrors"]}
        return replace(said, body=json.dumps(info).encode())


class EchoingDocker(InsideDocker):
    def _client(self, seconds: float) -> EngineClient:
        del seconds
        docker = self.wire.cloud.machine.engine
        assert docker is not None
        return EchoingClient(self.wire.cloud, docker)


def found(outputs: dict[str, bytes], secrets: set[str]) -> list[str]:
    """Name each output in which one of ``secrets`` stands, in whatever form."""
    scan = Scan(secrets)
    hits = [str(hit) for name, data in outputs.items() if (hit := scan.found_in(name, data))]
    plain = [
        f"{name} {one[:14]}"
        for name, data in outputs.items()
        for one in secrets
        if one.encode() in data
    ]
    return hits + plain
