"""The image or registry that is asked for, taken apart."""

import re
from dataclasses import dataclass

from checks.contract import Check, Fact

SUFFIXES = {
    "azurecr.io": "AzurePublicCloud",
    "azurecr.us": "AzureUSGovernmentCloud",
    "azurecr.cn": "AzureChinaCloud",
    "azurecr.de": "AzureGermanCloud",
    "azurecr.sovcloud-azure.fr": "BleuCloud",
}

_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\Z")
_REPOSITORY = re.compile(r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*\Z")  # OCI distribution, one part
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}\Z")
_LOGIN = re.compile(r"(?:\w+://)?[^:/]*:(?!443(?:/|\Z))")  # a user, and then no registry's port
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}\Z")


class UsageError(Exception):
    """What the person gave cannot be used; the text says what would work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked(Fact):
    """The question as it was typed, with the ids that were given where none can be discovered."""

    text: str
    subnet_id: str = ""
    registry_id: str = ""
    client_id: str = ""
    probes: tuple[tuple[str, str], ...] = ()  # service tag, a host to try for it

    @property
    def summary(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True, kw_only=True)
class Target(Fact):
    """A login server and, where one was named, an image on it."""

    login_server: str  # contoso.azurecr.io
    registry: str  # contoso; the resource's name unless the login server carries a hash
    cloud: str  # as IMDS's azEnvironment
    repository: str = ""
    reference: str = ""  # a tag or "sha256:..."

    @property
    def image(self) -> str:
        """The full image reference, or the login server alone."""
        if not self.repository:
            return self.login_server
        mark = "@" if self.reference.startswith("sha256:") else ":"
        return f"{self.login_server}/{self.repository}{mark}{self.reference}"

    @property
    def summary(self) -> str:
        return self.image


def without_login(text: str) -> str:
    """Return ``text`` without the ``user:password@`` of a URL, which nobody may repeat."""
    head, mark, digest = text.partition("@sha256:")
    before, _, after = head.rpartition("@")
    return f"{after}{mark}{digest}" if _LOGIN.match(before) else text


def parse(text: str) -> Target:
    """Take ``myregistry``, ``myregistry.azurecr.io`` or a full image reference apart.

    Raises `UsageError` with one sentence on anything else.
    """
    if without_login(text) != text:
        raise UsageError("TARGET holds a password; leave it out, `docker login` keeps it")
    shown = repr(text[:80])
    if not text or not text.isascii() or any(c.isspace() or not c.isprintable() for c in text):
        raise UsageError(
            f"TARGET {shown} is not a registry or an image, such as myregistry or "
            "myregistry.azurecr.io/app:v1"
        )
    if "://" in text:
        bare = text.split("://", 1)[1].rstrip("/")[:80]
        raise UsageError(f"TARGET {shown} is a URL; leave the scheme out: {bare}")
    if text.startswith("["):
        raise UsageError(f"TARGET {shown} is an IP address; name the registry's login server")
    host, slash, rest = text.partition("/")
    login_server, suffix = _login_server(host, has_image=bool(slash))
    repository, reference = _image(rest, shown) if slash and rest else ("", "")
    return Target(
        login_server=login_server,
        registry=login_server.split(".")[0],
        cloud=SUFFIXES[suffix],
        repository=repository,
        reference=reference,
    )


def _login_server(host: str, *, has_image: bool) -> tuple[str, str]:
    """Give the login server in lower case and the cloud's suffix that it ends in."""
    name = host.lower().rstrip(".")
    if "." not in name and ":" not in name and not has_image:
        name += ".azurecr.io"
    elif name.endswith(":443"):
        name = name.removesuffix(":443")
    suffix = next((s for s in SUFFIXES if name.endswith("." + s)), "")
    labels = name.removesuffix("." + suffix).split(".") if suffix else []
    regional = len(labels) == 3 and labels[2] == "geo"
    if not suffix or not (len(labels) == 1 or regional) or not all(map(_NAME.match, labels)):
        raise UsageError(
            f"{host[:80]!r} is not the login server of an Azure Container Registry, such as "
            "myregistry.azurecr.io"
        )
    return name, suffix


def _image(rest: str, shown: str) -> tuple[str, str]:
    """Give repository and reference of what stands behind the login server."""
    path, at, digest = rest.partition("@")
    repository, colon, tag = path.partition(":")
    if len(repository) > 255 or not all(map(_REPOSITORY.match, repository.split("/"))):
        raise UsageError(
            f"TARGET {shown} has no valid repository name: lower-case letters, "
            "digits and . _ - between slashes, at most 255 characters"
        )
    if at and not _DIGEST.match(digest):
        raise UsageError(f"TARGET {shown} has no valid digest: sha256: and 64 hex digits")
    if colon and not _TAG.match(tag):  # docker refuses an empty one as well
        raise UsageError(f"TARGET {shown} has no valid tag: at most 128 letters, digits, . _ -")
    return repository, digest if at else tag or "latest"


def gather(asked: Asked) -> Target:
    return parse(asked.text)


CHECK = Check(id="target", title="the image reference is well formed", gather=gather)
