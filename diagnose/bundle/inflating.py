"""One gzip stream, inflated piece by piece: no more than is asked for, and no more than the cap."""

import zlib

from diagnose.bundle import limits
from diagnose.bundle.errors import BundleError

_FED = 16 << 10  # bytes given to zlib at once: it copies what it did not come to
_GIVEN = 256 << 10  # bytes taken from it at once
_GZIP = 16 + zlib.MAX_WBITS  # zlib reads gzip's header, and checks its sum and length


class Inflating:
    """What is in a gzip file; each method raises `BundleError` where it does not hold up."""

    def __init__(self, blob: bytes) -> None:
        if not blob:
            raise BundleError("the bundle is empty: its file has no bytes")
        if not blob.startswith(b"\x1f\x8b"):
            raise BundleError("the bundle is no gzip file: it must begin with 1f 8b")
        self._packed = memoryview(blob)
        self._fed = 0
        self._left = b""  # fed, and not yet used
        self._zlib = zlib.decompressobj(_GZIP)
        self._given = 0  # bytes inflated so far
        self._ready = bytearray()  # inflated, and not yet taken

    def take(self, size: int, what: str) -> bytes:
        """Give exactly so many bytes; ``what`` they are is for the message."""
        while len(self._ready) < size:
            piece = self._piece()
            if not piece:
                raise BundleError(f"the bundle is cut short: it ends inside {what}")
            self._ready += piece
        taken = bytes(memoryview(self._ready)[:size])
        del self._ready[:size]
        return taken

    def finish(self) -> None:
        """See that nothing but zeros, with which tar fills up, is left, and the sum is right."""
        rest: bytes | bytearray = self._ready
        while True:
            if rest.count(0) != len(rest):
                raise BundleError("the bundle goes on after the end of its archive")
            rest = self._piece()
            if not rest:
                break

    def _piece(self) -> bytes:
        """Inflate some more; give nothing at the whole and sound end."""
        while not self._zlib.eof:
            if not self._left and self._fed >= len(self._packed):
                raise BundleError("the bundle is cut short: its gzip data has no end")
            piece = self._inflated()
            if piece:
                return piece
        if self._zlib.unused_data or self._fed < len(self._packed):
            raise BundleError("the bundle goes on after the end of its gzip data")
        return b""

    def _inflated(self) -> bytes:
        if not self._left:
            self._left = bytes(self._packed[self._fed : self._fed + _FED])
            self._fed += len(self._left)
        try:
            piece = self._zlib.decompress(self._left, _GIVEN)
        except zlib.error as error:
            raise BundleError(f"the bundle's gzip data is damaged: {error}") from None
        self._left = self._zlib.unconsumed_tail
        self._given += len(piece)
        if self._given > limits.UNPACKED:
            raise BundleError(f"the bundle is larger than {limits.UNPACKED} bytes when unpacked")
        # Blocks that hold nothing cost far more time than their bytes; no compressor makes them.
        if self._fed - len(self._left) > self._given + limits.OVERHEAD:
            raise BundleError("the bundle's gzip data is larger than what is in it")
        return piece
