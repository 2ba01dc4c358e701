"""The classes of address space that an alias never leaves, and what is never replaced.

An address is a text of ones and zeros here. Source of the classes:
https://www.iana.org/assignments/iana-ipv4-special-registry and iana-ipv6-special-registry.
"""

import ipaddress


def bits(number: int, version: int) -> str:
    return format(number, "0128b" if version == 6 else "032b")


def _prefixes(*networks: str) -> dict[int, tuple[str, ...]]:
    """Give the leading bits of each network, by IP version."""
    parsed = [ipaddress.ip_network(network) for network in networks]
    return {
        version: tuple(
            bits(int(one.network_address), version)[: one.prefixlen]
            for one in parsed
            if one.version == version
        )
        for version in (4, 6)
    }


# The same for everybody: an alias would say something else.
FIXED = _prefixes(
    *("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "168.63.129.16/32", "192.0.0.0/24"),
    *("192.88.99.0/24", "224.0.0.0/4", "240.0.0.0/4"),
    *("::/128", "::1/128", "fe80::/10", "fec0::/10", "ff00::/8", "2001::/23"),
)
# The last 32 bits are an IPv4 address; in a ULA, Azure's service endpoints put it there
# (`checks.addresses.private_ipv4`).
CARRIERS = _prefixes("fc00::/7", "64:ff9b::/96", "::ffff:0:0/96")[6]
# Each a class of its own: replaced, but by an address of the same one.
_CLASSES = _prefixes(
    *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"),
    *("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "198.18.0.0/15"),
    *("2000::/3", "fc00::/7", "fd00::/8", "2001:db8::/32", "2002::/16", "3fff::/20"),
    *("64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "::ffff:0:0/96", "::/8"),
)
_MIXED = {
    version: frozenset(
        prefix[:length]
        for prefix in (*FIXED[version], *_CLASSES[version])
        for length in range(len(prefix))
    )
    for version in (4, 6)
}


def mixed(version: int, prefix: str) -> bool:
    """Tell whether addresses that begin with these bits are of several classes."""
    return prefix in _MIXED[version]
