"""Whether anything listens at a place that a runtime is told to go to."""

from urllib.parse import urlsplit

from checks.ports import World
from checks.replies import Failure, Trouble

_SILENT = (Trouble.TIMEOUT, Trouble.REFUSED, Trouble.UNREACHABLE)
_PORTS = {"http": 80, "https": 443}


def place(url: str, scheme: str = "https") -> tuple[str, int]:
    """Give host and port of a URL or of a bare host name; an unreadable one has no host."""
    try:
        parts = urlsplit(url if "://" in url else f"{scheme}://{url}")
        return (parts.hostname or "").lower(), parts.port or _PORTS.get(parts.scheme, 443)
    except ValueError:
        return "", 443


def silent(world: World, host: str, port: int) -> bool:
    """Tell whether there is certainly nothing: no such name, or no address takes a connection."""
    return bool(silence(world, host, port))


def silence(world: World, host: str, port: int) -> str:
    """Say why there is certainly nothing; an empty string where there may be something."""
    found = world.dns.system(host)
    if isinstance(found, Failure):
        unknown = found.trouble in (Trouble.NAME_UNKNOWN, Trouble.NAME_EMPTY)
        return "no such name" if unknown else ""
    tried = [world.net.connect(a, port, retry=False) for a in found.addresses[:2]]
    mute = [one.trouble for one in tried if isinstance(one, Failure) and one.trouble in _SILENT]
    if len(mute) < len(tried):
        return ""
    return f"no connection: {mute[0]}" if mute else "no address"
