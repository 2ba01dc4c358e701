"""Knows how to pull an image by CRI for a trial, and to leave the runtime's images as they were."""

import contextlib
import time
from dataclasses import dataclass

from diagnose.live.cri.client import Cri
from diagnose.live.cri.grpc import Code, StatusError
from diagnose.live.cri.messages import Image, Login

_QUICK = 3.0  # seconds for a question about what is there
_AFTER = 2.0  # and for what is undone, which has to be tried when the run's time is up as well


class ImportedError(Exception):
    """An image of that name is here that no registry gave: a pull would take the name from it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    error: str = ""  # the runtime's own words; empty where it pulled
    digest: str = ""
    was_present: bool = False
    removed: bool = False


def pull(cri: Cri, image: str, login: Login | None, seconds: float) -> Tried:
    """Pull ``image`` within ``seconds`` in all; raise what the calls raise, `ImportedError` too.

    Where the image is here already, its own digest is asked for, so that the name stays with it.
    """
    end = time.monotonic() + seconds
    before = cri.image(image, min(_QUICK, seconds))
    if before:
        digest = next((one for one in before.digests if one.startswith(f"{_name(image)}@")), "")
        if not digest:
            raise ImportedError
        error, _ = _pulled(cri, digest, login, end)
        return Tried(error=error, digest=digest.partition("@")[2], was_present=True)
    owned = cri.ids(min(_QUICK, seconds))
    removed = False
    try:
        error, digest = _pulled(cri, image, login, end)
    finally:  # a call that was given up may have brought the image all the same
        with contextlib.suppress(Exception):
            removed = _restored(cri, image, owned)
    return Tried(error=error, digest=digest, removed=removed)


def _pulled(cri: Cri, image: str, login: Login | None, end: float) -> tuple[str, str]:
    """Give the runtime's words for a failure, or nothing and the digest."""
    left = end - time.monotonic()
    if left <= 0:
        raise TimeoutError
    try:
        return "", cri.pull(image, login, left).partition("@")[2]
    except StatusError as refused:
        if refused.code == Code.UNIMPLEMENTED:
            raise
        if refused.code == Code.DEADLINE_EXCEEDED:
            raise TimeoutError from None
        return refused.message or f"gRPC status {refused.code}", ""


def _restored(cri: Cri, image: str, owned: frozenset[str]) -> bool:
    """Undo what the pull did; say whether what it brought is gone again."""
    now = cri.image(image, _AFTER)
    if now is None:
        return False
    if now.id in owned:
        # It was here under another name. CRI takes all names of an image away, containerd one.
        for name in _ours(now, image):
            cri.untag(name, _AFTER)
    else:
        cri.remove(image, _AFTER)
    return cri.image(image, _AFTER) is None


def _ours(now: Image, image: str) -> tuple[str, ...]:
    """Give the name that the pull brought: a digest may have been here before, a tag was not."""
    return tuple(tag for tag in now.tags if tag == image)


def _name(image: str) -> str:
    bare = image.partition("@")[0]
    head, slash, last = bare.rpartition("/")
    return f"{head}{slash}{last.partition(':')[0]}"
