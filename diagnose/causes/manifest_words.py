"""What a refused manifest says of itself; no cause of its own."""

from checks.manifest import ManifestRefused

_EXPLAINED = ("client with ip", "requested access to the resource")


def disallowed(refused: ManifestRefused) -> bool:
    """Tell whether the image is withheld from everybody: quarantine, a lock or a quota."""
    return refused.from_acr and "operation is disallowed" in refused.message.lower()


def unexplained(refused: ManifestRefused) -> bool:
    """Tell whether the registry denies the manifest to somebody who was given a token, in words
    that name neither an address nor a missing right.
    """
    words = refused.message.lower()
    explained = disallowed(refused) or any(known in words for known in _EXPLAINED)
    denied = refused.from_acr and refused.status == 403 and refused.code == "DENIED"
    return denied and not explained
