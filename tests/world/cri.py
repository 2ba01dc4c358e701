"""The containerd adapter, talking to the simulated containerd without its socket."""

from pathlib import Path

from checks.machine_replies import PullReply
from checks.replies import Failure
from checks.token_replies import Token
from diagnose.lab import cri
from diagnose.live.containerd import LiveContainerd
from diagnose.live.cri.client import Cri
from diagnose.live.cri.grpc import StatusError
from tests.world.wire import Wire


class InsideCri(Cri):
    """Every call goes straight to the simulated runtime."""

    def __init__(self, wire: Wire) -> None:
        super().__init__(Path("/dev/null"))
        self._wire = wire

    def call(
        self, method: str, message: bytes, seconds: float, *metadata: tuple[str, str]
    ) -> bytes:
        del seconds, metadata
        runtime = self._wire.cloud.machine.containerd
        if runtime is None or not runtime.running:
            raise ConnectionRefusedError(111, "refused")
        try:
            return cri.answer(self._wire.cloud, runtime, method, message)
        except cri.RefusedError as refused:
            raise StatusError(refused.code, refused.words) from None


class InsideContainerd(LiveContainerd):
    wire: Wire
    is_root: bool

    def _cri(self) -> Cri:
        return InsideCri(self.wire)

    def _is_there(self) -> bool:
        return bool(self._options.cri_socket)

    def _is_root(self) -> bool:
        return self.is_root

    def pull(self, image: str, credential: Token | None) -> PullReply | Failure:
        """What one pull said is said again."""
        if refusal := self._refusal():
            return refusal
        key = ("cri-pull", image, credential)
        if key not in self.wire.memo:
            self.wire.memo[key] = super().pull(image, credential)
        reply = self.wire.memo[key]
        assert isinstance(reply, (PullReply, Failure))
        return reply
