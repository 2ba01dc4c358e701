"""What is derived from a salt: words, digits, and one bit for each place in an address.

Everything is HMAC-SHA256 under the salt, so that nobody without it can try names out.
"""

import base64
import hmac

_SHORTEST = 16  # bytes of salt
_LENGTH = 13  # characters of base32 in a word: 65 bits


class Keyed:
    """Pure functions of one salt."""

    __slots__ = ("_salt",)

    def __init__(self, salt: bytes) -> None:
        """Raise ValueError for a salt that could be guessed."""
        if len(salt) < _SHORTEST:
            raise ValueError(f"a salt has {_SHORTEST} bytes or more, this one has {len(salt)}")
        self._salt = salt

    def digest(self, purpose: str, text: str) -> bytes:
        """Give 32 bytes; what is derived for one purpose says nothing of another."""
        told = f"{purpose}\0{text}".encode("utf-8", "surrogatepass")
        return hmac.digest(self._salt, told, "sha256")

    def word(self, text: str) -> str:
        """Give a digit and 13 letters or digits of lower-case base32.

        The digit in front ends the word that is put before it: ``subnet7k3...``.
        """
        raw = self.digest("word", text)
        return str(raw[-1] % 10) + base64.b32encode(raw)[:_LENGTH].decode().lower()

    def hexes(self, text: str, length: int) -> str:
        """Give ``length`` hexadecimal digits, 64 at most."""
        return self.digest("hexes", text).hex()[:length]

    def guid(self, text: str) -> str:
        """Give the text of a GUID of version 4."""
        raw = self.digest("guid", text).hex()
        variant = "89ab"[int(raw[16], 16) % 4]
        return f"{raw[:8]}-{raw[8:12]}-4{raw[13:16]}-{variant}{raw[17:20]}-{raw[20:32]}"

    def flips(self, version: int, prefix: str) -> bool:
        """Tell whether the bit that follows ``prefix``, in ones and zeros, is turned over."""
        return bool(self.digest(f"ipv{version}", prefix)[0] & 1)

    @property
    def fingerprint(self) -> str:
        """Twelve hexadecimal digits, the same for the same salt, and no way back to it."""
        return self.digest("fingerprint", "").hex()[:12]
