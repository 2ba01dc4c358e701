"""The map from pseudonyms to what they stand for: a file of its own, for its owner alone.

Bundles that are made with the same file use the same names, so that they can be compared.
"""

import json
import secrets
from dataclasses import dataclass
from pathlib import Path

from diagnose.bundle import codec, writing
from diagnose.bundle.codec import CodecError
from diagnose.bundle.errors import BundleError, quoted
from diagnose.bundle.pseudonyms import Pseudonyms
from diagnose.bundle.strict_json import json_of

_SALT = 32  # bytes


@dataclass(frozen=True, slots=True)
class Names:
    """The pseudonyms of a bundle, and the salt that they are made with."""

    salt: bytes
    pseudonyms: Pseudonyms


def opened(path: Path | None) -> Names:
    """Give the names of the map at ``path``; new ones where there is no map yet.

    Raises `BundleError` on a file that is no map.
    """
    salt = _read(path)[0] if path and path.exists() else secrets.token_bytes(_SALT)
    return Names(salt, Pseudonyms(salt))


def save(path: Path, names: Names) -> None:
    """Write the map, with what stood in it before; raise `diagnose.bundle.errors.WriteError`."""
    known = _read(path)[1] if path.exists() else {}
    document = {"salt": names.salt.hex(), "names": known | names.pseudonyms.known()}
    writing.write(path, (json.dumps(document, indent=1, sort_keys=True) + "\n").encode())


def _read(path: Path) -> tuple[bytes, dict[str, str]]:
    try:
        document = json_of(path.name, path.read_bytes())
    except OSError as error:
        raise BundleError(f"{quoted(path.name)} cannot be read: {error.strerror}") from None
    given = document if isinstance(document, dict) else {}
    try:
        salt = bytes.fromhex(codec.decoded(given.get("salt"), str))
        known: dict[str, str] = codec.decoded(given.get("names"), dict[str, str])
    except (CodecError, ValueError):
        salt, known = b"", {}
    if len(salt) != _SALT:
        raise BundleError(f"{quoted(path.name)} is no map of a bundle's names")
    return salt, known
