"""What kind of address this is, as Azure's networks use them.

Python's ``is_private`` also covers the documentation, benchmark and shared ranges; the question
here is narrower, so the ranges are spelt out.
"""

import ipaddress

from checks.words import Word

_RFC1918 = tuple(map(ipaddress.ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")))
_SHARED = ipaddress.ip_network("100.64.0.0/10")  # RFC 6598, carrier-grade NAT
_ULA = ipaddress.ip_network("fc00::/7")  # RFC 4193


class Kind(Word):
    PRIVATE = "private"  # RFC 1918, or a ULA that carries such an address
    PUBLIC = "public"
    OTHER = "other"  # shared, link-local, loopback, or no address at all


def private_ipv4(text: str) -> str:
    """Give the RFC 1918 address that ``text`` is or, as a ULA, carries; else an empty string.

    Service-endpoint traffic is carried in IPv6 whose low 32 bits are the client's private IPv4:
    ``fde4:8dba:1200:98db:6a12:300:a02:126`` is 10.2.1.38.
    """
    carried = carried_ipv4(text)
    address = _parse(carried)
    if address is None or not any(address in network for network in _RFC1918):
        return ""
    return carried


def carried_ipv4(text: str) -> str:
    """Give the IPv4 address that ``text`` is or, as a ULA, carries, of whatever range; or ''."""
    address = _parse(text)
    if isinstance(address, ipaddress.IPv6Address):
        if address not in _ULA:
            return ""
        address = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return "" if address is None else str(address)


def plain(text: str) -> str:
    """Give the address in its usual spelling, an IPv4-mapped one as IPv4; else ``text``."""
    return str(_parse(text) or text)


def kind(text: str) -> Kind:
    address = _parse(text)
    if address is None:
        return Kind.OTHER
    if private_ipv4(text):
        return Kind.PRIVATE
    if address.version == 4 and address in _SHARED:
        return Kind.OTHER
    if address.is_loopback or address.is_link_local or address.is_unspecified:
        return Kind.OTHER
    if address.is_multicast or (address.version == 6 and address in _ULA):
        return Kind.OTHER
    return Kind.PUBLIC


def inside(text: str, prefixes: tuple[str, ...]) -> str:
    """Give the first of ``prefixes`` (CIDR or single addresses) that holds ``text``, or ''."""
    address = _parse(text)
    for prefix in prefixes:
        try:
            network = ipaddress.ip_network(prefix, strict=False)
        except ValueError:
            continue
        if address is not None and address.version == network.version and address in network:
            return prefix
    return ""


def _parse(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        address = ipaddress.ip_address(text.strip("[]"))  # as it stands in URLs and headers
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        return address.ipv4_mapped
    return address
