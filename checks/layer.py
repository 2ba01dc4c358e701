"""The first byte of the smallest layer, through the registry's real redirect.

Layers are a second network path: the registry answers 307 to a storage account or to its data
endpoint. The redirect is followed, never predicted, and without our Authorization: storage
refuses a foreign one.
"""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from checks import answers, asks
from checks.contract import Check, Fact, Failed
from checks.manifest import Manifest
from checks.ports import World
from checks.replies import Failure, HttpReply, Trouble
from checks.target import Target

_STORAGE_CODE = re.compile(rb"<Code>([A-Za-z]{1,60})</Code>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer(Fact):
    host: str

    @property
    def summary(self) -> str:
        return f"first byte came from {self.host}"


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerBlocked(Failed):
    """The layer's host gave no answer."""

    host: str
    trouble: Trouble
    connected: bool = False  # it took the TCP connection, and failed after that
    via_proxy: str = ""
    proxy_status: int = 0  # with which that proxy refused, where it did

    @property
    def summary(self) -> str:
        if self.proxy_status:
            return f"{self.via_proxy} answered HTTP {self.proxy_status} to CONNECT to {self.host}"
        after = " after the connection stood" if self.connected else ""
        return f"{self.host}: {self.trouble}{after}"


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerRefused(Failed):
    """The layer's host (or the registry, for the redirect) answered with something else."""

    host: str
    status: int
    code: str
    page: bool = False  # of somebody else: neither storage nor the registry answers like this
    via: str = ""  # the Via header: whoever carried the answer
    via_proxy: str = ""
    from_acr: bool = False  # it bears a mark of the registry itself

    @property
    def summary(self) -> str:
        return f"{self.host} answered HTTP {self.status}" + (f" {self.code}" if self.code else "")


def gather(world: World, target: Target, manifest: Manifest) -> Layer | LayerBlocked | LayerRefused:
    server = target.login_server
    url = f"https://{server}/v2/{target.repository}/blobs/{manifest.layer}"
    reply = world.http.get(url, bearer=manifest.token, only_first_byte=True)
    location = reply.headers.get("location", "") if isinstance(reply, HttpReply) else ""
    if isinstance(reply, Failure) or reply.status not in (301, 302, 303, 307, 308):
        return parse(reply, server)
    host = layer_host(location)
    if not host:
        return LayerRefused(host=server, status=reply.status, code="a redirect that is not HTTPS")
    return parse(world.http.get(location, only_first_byte=True), host)


def layer_host(location: str) -> str:
    """Give the host of a redirect that may be followed, else an empty string.

    Only HTTPS to a named host: a registry must not make this machine ask its metadata service.
    """
    try:
        parts = urlsplit(location)
        named = parts.hostname is not None and re.search(r"[a-z]", parts.hostname.split(".")[-1])
        allowed = parts.scheme == "https" and named and parts.port in (None, 443)
    except ValueError:
        return ""
    return (parts.hostname or "") if allowed else ""


def _stands_in(reply: HttpReply, host: str) -> bool:
    """Tell whether something else refused, or led elsewhere, in the place of a storage account.

    Storage sends x-ms-request-id with every answer, and a code with every refusal. What a
    registry's own data endpoint sends with a refusal is not documented, so it is left alone.
    """
    own = answers.from_acr(reply) or ".data.azurecr." in host
    headers = reply.headers
    storage = "x-ms-request-id" in headers or "windows-azure" in headers.get("server", "").lower()
    refused = 300 <= reply.status < 500 and reply.status != 429
    return refused and not own and not storage and not _STORAGE_CODE.search(reply.body[:4096])


def parse(reply: HttpReply | Failure, host: str) -> Layer | LayerBlocked | LayerRefused:
    if isinstance(reply, Failure):
        return LayerBlocked(
            host=host,
            trouble=reply.trouble,
            connected=reply.connected,
            via_proxy=reply.via_proxy,
            proxy_status=reply.status,
        )
    page = answers.is_page(reply) or _stands_in(reply, host)  # 470 is Azure Firewall's own
    if reply.status in (200, 206) and not page:
        return Layer(host=host)
    storage = _STORAGE_CODE.search(reply.body[:4096])
    code = storage[1].decode() if storage else answers.registry_error(reply).code
    return LayerRefused(
        host=host,
        status=reply.status,
        code=code,
        page=page,
        via=answers.clean(reply.headers.get("via", ""), 100),
        via_proxy=reply.via_proxy,
        from_acr=answers.from_acr(reply),
    )


CHECK = Check(
    id="layer",
    title="a layer's first byte can be fetched",
    gather=gather,
    asks=(
        asks.registry("GET", "/v2/{repository}/blobs/{digest}", "where its layers lie", "image"),
        asks.Ask(
            method="GET",
            host="{layer_host}",
            path="{layer_path}",
            why="a layer's first byte",
            when=("image",),
        ),
    ),
)
