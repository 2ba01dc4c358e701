"""The first byte of the smallest layer, through the registry's real redirect.

Layers are a second network path: the registry answers 307 to a storage account or to its data
endpoint. The redirect is followed, never predicted, and without our Authorization: storage
refuses a foreign one.
"""

import re
from dataclasses import dataclass

from checks import answers, asks, layer_answer
from checks.contract import Check, Fact, Failed
from checks.manifest import Manifest
from checks.ports import World
from checks.replies import Failure, HttpReply, Trouble
from checks.target import Target

# A whole name of the public DNS. No address, in none of the spellings that a resolver takes for one
# (0xa9fea9fe), no name that means this machine, and no authority that two readers take apart
# differently: a user part, a backslash, another port.
_PLACE = re.compile(
    r"https://(?P<host>(?:[a-z0-9-]+\.)+(?!localhost)[a-z][a-z0-9-]*)(?::443)?(?:[/?#].*)?",
    re.IGNORECASE | re.DOTALL,
)


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
        return parse(reply, server, manifest.size)
    host = layer_host(location)
    if not host:
        return LayerRefused(
            host=server, status=reply.status, code="a redirect to where no layer can be"
        )
    return parse(world.http.get(location, only_first_byte=True), host, manifest.size)


def layer_host(location: str) -> str:
    """Give the host of a redirect that may be followed, else an empty string.

    Only HTTPS to a full name: a registry must not make this machine ask its metadata service, or
    itself. Such a name may still lead to any address; what holds there is the certificate.
    """
    found = _PLACE.fullmatch(location)
    return found["host"].lower() if found else ""


def parse(
    reply: HttpReply | Failure, host: str, size: int = 0
) -> Layer | LayerBlocked | LayerRefused:
    if isinstance(reply, Failure):
        return LayerBlocked(
            host=host,
            trouble=reply.trouble,
            connected=reply.connected,
            via_proxy=reply.via_proxy,
            proxy_status=reply.status,
        )
    page = layer_answer.is_page(reply, host)
    other = layer_answer.another(reply, size)
    if reply.status in (200, 206) and not page and not other:
        return Layer(host=host)
    code = other or layer_answer.storage_code(reply) or answers.registry_error(reply).code
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
