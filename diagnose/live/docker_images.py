"""Knows how to pull by docker for a trial, and how to leave its images as they were."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_NOTHING = "the engine ended the pull without an error, and has no such image"


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """``named`` is the id of the image that the name led to, or nothing."""

    named: str
    ids: frozenset[str]


def pulled(client: Any, image: str, auth: Mapping[str, str]) -> tuple[str, str]:
    """Give docker's words for a failure, or nothing, and the digest; raise what is no answer."""
    import docker

    error = digest = ""
    try:
        # An empty auth_config, not None: None sends docker to the person's own logins.
        for line in client.pull(image, stream=True, decode=True, auth_config=auth):
            told = line if isinstance(line, dict) else {}
            error = str(told.get("error") or error)
            digest = _digest(str(told.get("status", ""))) or digest
    except docker.errors.APIError as refused:
        return str(refused.explanation or type(refused).__name__), ""
    if not error and not present(client, image):
        error = _NOTHING
    return error, digest


def present(client: Any, image: str) -> str:
    """Return the id of the image that ``image`` names now, or nothing."""
    import docker

    try:
        return str(client.inspect_image(image)["Id"])
    except docker.errors.ImageNotFound:
        return ""


def look(client: Any, image: str) -> Before:
    """Note what there is, also of images without a name."""
    rows = client.images(quiet=True, all=True)
    return Before(named=present(client, image), ids=frozenset(map(str, rows)))


def restore(client: Any, image: str, before: Before) -> bool:
    """Undo what the pull did to ``image``; say whether an image was removed."""
    now = present(client, image)
    if not now or now == before.named:
        return False
    if before.named and "@" not in image:
        client.tag(before.named, *_split(image), force=True)
    elif now in before.ids:
        # It was here under another name, or under none: taking its last name would delete it.
        if len(client.inspect_image(now).get("RepoTags") or []) < 2:
            return False
        client.remove_image(image, noprune=True)
        return False
    if now in before.ids:
        return False
    client.remove_image(now if before.named else image, noprune=False)
    return True


def _split(image: str) -> tuple[str, str]:
    head, slash, last = image.rpartition("/")
    name, _, tag = last.partition(":")
    return f"{head}{slash}{name}", tag or "latest"


def _digest(status: str) -> str:
    head, _, value = status.partition("Digest: ")
    return value.strip() if not head else ""
