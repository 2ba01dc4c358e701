"""Knows how to leave docker's images as they were before a trial pull."""

from typing import Any


def present(client: Any, image: str) -> str:
    """Return the id of the image that ``image`` names now, or nothing."""
    import docker

    try:
        return str(client.inspect_image(image)["Id"])
    except docker.errors.ImageNotFound:
        return ""


def all_ids(client: Any) -> frozenset[str]:
    """Return the ids of all images, also of those without a name."""
    return frozenset(str(row) for row in client.images(quiet=True, all=True))


def restore(client: Any, image: str, before: str, owned: frozenset[str]) -> bool:
    """Undo what the pull did to ``image``; say whether an image was removed."""
    now = present(client, image)
    if not now or now == before:
        return False
    if before and "@" not in image:
        client.tag(before, *_split(image), force=True)
    elif now in owned:
        # It was here under another name, or under none: taking its last name would delete it.
        if len(client.inspect_image(now).get("RepoTags") or []) < 2:
            return False
        client.remove_image(image, noprune=True)
        return False
    if now in owned:
        return False
    client.remove_image(now if before else image, noprune=False)
    return True


def _split(image: str) -> tuple[str, str]:
    head, slash, last = image.rpartition("/")
    name, _, tag = last.partition(":")
    return f"{head}{slash}{name}", tag or "latest"
