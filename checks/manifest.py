"""The image's manifest, down from an index to this machine's platform.

GET, not HEAD: only a body tells a missing repository from a missing tag.
"""

from dataclasses import dataclass

from checks import answers, asks, bearer, manifest_body
from checks.anonymous import Anonymous
from checks.contract import Check, Fact, Failed, Unseen
from checks.host import Host
from checks.ports import World
from checks.replies import Failure, HttpReply, Json, Trouble
from checks.stored import StoredLogins
from checks.target import Target
from checks.token import PullToken
from checks.token_replies import Token


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest(Fact):
    digest: str
    layer: str  # digest of the smallest layer, or of the config of an image without layers
    layers: int
    token: Token
    size: int = 0  # of that layer, in bytes

    @property
    def summary(self) -> str:
        return f"{self.digest[:19]} with {self.layers} layer(s)"


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestMissing(Failed):
    """ACR says that there is no such repository, or no such tag or digest in it."""

    repository: bool  # the repository is missing, not only the tag
    message: str

    @property
    def summary(self) -> str:
        what = "repository" if self.repository else "tag or digest"
        return f"no such {what}: {self.message}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestOtherPlatform(Failed):
    """The index has nothing for this machine."""

    wanted: str
    offered: tuple[str, ...]

    @property
    def summary(self) -> str:
        return f"no {self.wanted} in the index, which has {', '.join(self.offered) or 'nothing'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestRefused(Failed):
    """Another answer than the manifest. ``status`` is 0 where there was none."""

    status: int
    code: str
    message: str
    from_acr: bool
    trouble: Trouble | None = None

    @property
    def summary(self) -> str:
        if self.trouble:
            return f"no manifest: {self.trouble}"
        said = f": {self.message}" if self.message else ""
        return f"HTTP {self.status} for the manifest{said}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestUnasked(Unseen):
    why: str

    @property
    def summary(self) -> str:
        return f"not asked for: {self.why}"


def gather(
    world: World,
    target: Target,
    host: Host,
    token: PullToken | None,
    stored: StoredLogins | None,
    anonymous: Anonymous | None,
) -> Manifest | ManifestMissing | ManifestOtherPlatform | ManifestRefused | ManifestUnasked:
    if not target.repository:
        return ManifestUnasked(why="no image was named")
    chosen = bearer.chosen(token, stored, anonymous)
    if chosen is None:
        return ManifestUnasked(why="there is no token to ask with")
    answer = _fetch(world, target, target.reference, chosen)
    if isinstance(answer, dict) and isinstance(answer.get("manifests"), list):
        digest, offered = manifest_body.choose(answer, host)
        if not digest:
            return ManifestOtherPlatform(wanted=f"{host.os}/{host.architecture}", offered=offered)
        answer = _fetch(world, target, digest, chosen)
    return answer if isinstance(answer, Fact) else parse(answer, chosen)


def _fetch(
    world: World, target: Target, reference: str, token: Token
) -> dict[str, Json] | ManifestMissing | ManifestRefused:
    url = f"https://{target.login_server}/v2/{target.repository}/manifests/{reference}"
    reply = world.http.get(url, bearer=token, accept=manifest_body.ACCEPT)
    if isinstance(reply, Failure):
        return ManifestRefused(status=0, code="", message="", from_acr=False, trouble=reply.trouble)
    body = answers.json_of(reply)
    if reply.status == 200 and isinstance(body, dict):
        return body | {"": reply.headers.get("docker-content-digest", "")}
    return refused(reply)


def refused(reply: HttpReply) -> ManifestMissing | ManifestRefused:
    error = answers.registry_error(reply)
    if reply.status == 404 and error.code in ("NAME_UNKNOWN", "MANIFEST_UNKNOWN"):
        return ManifestMissing(repository=error.code == "NAME_UNKNOWN", message=error.message)
    return ManifestRefused(
        status=reply.status,
        code=error.code,
        message=error.message,
        from_acr=answers.from_acr(reply),
    )


def parse(body: dict[str, Json], token: Token) -> Manifest | ManifestRefused:
    found = manifest_body.smallest(body)
    if not found:
        why = "the answer is not an image manifest"
        return ManifestRefused(status=200, code="", message=why, from_acr=False)
    (layer, size, count), digest = found, answers.text(body, "")
    return Manifest(digest=digest, layer=layer, layers=count, token=token, size=size)


CHECK = Check(
    id="manifest",
    title="the image's manifest can be fetched",
    gather=gather,
    asks=(
        asks.registry(
            "GET", "/v2/{repository}/manifests/{tag_or_digest}", "the image's layers", "image"
        ),
    ),
)
