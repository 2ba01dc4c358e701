"""Knows which questions a trial pull puts to a runtime, each with a limit of its own."""

from pathlib import Path

from diagnose.live.cri import grpc, messages
from diagnose.live.cri.messages import IMAGES, NAMES, NAMESPACE, RUNTIME, Image, Login, Version


class Cri:
    """One runtime's socket; every call is a connection of its own. Raises what `grpc.call` does."""

    def __init__(self, socket: Path) -> None:
        self._socket = socket

    def version(self, seconds: float) -> Version:
        said = self.call(f"{RUNTIME}Version", messages.version_request(), seconds)
        return messages.version(said)

    def not_ready(self, seconds: float) -> tuple[str, ...]:
        said = self.call(f"{RUNTIME}Status", messages.status_request(), seconds)
        return messages.not_ready(said)

    def image(self, image: str, seconds: float) -> Image | None:
        said = self.call(f"{IMAGES}ImageStatus", messages.image_request(image), seconds)
        return next(reversed(messages.images(said)), None)

    def ids(self, seconds: float) -> frozenset[str]:
        """Give the ids of all images, whatever their names."""
        said = self.call(f"{IMAGES}ListImages", b"", seconds)
        return frozenset(one.id for one in messages.images(said))

    def pull(self, image: str, login: Login | None, seconds: float) -> str:
        """Give what the runtime names the image; raise `grpc.StatusError` with its words."""
        said = self.call(f"{IMAGES}PullImage", messages.pull_request(image, login), seconds)
        return messages.pulled(said)

    def remove(self, image: str, seconds: float) -> None:
        """Take the image away, with every name that it has."""
        self.call(f"{IMAGES}RemoveImage", messages.image_request(image), seconds)

    def untag(self, name: str, seconds: float) -> None:
        """Take one name away; containerd alone can do that."""
        self.call(f"{NAMES}Delete", messages.untag_request(name), seconds, NAMESPACE)

    def call(
        self, method: str, message: bytes, seconds: float, *metadata: tuple[str, str]
    ) -> bytes:
        return grpc.call(self._socket, method, message, seconds, *metadata)
