"""An address for an address: its class, and what lies inside what, stay true.

Two addresses share as many leading bits after as before (Crypto-PAn's property: Xu et al.,
"Prefix-Preserving IP Address Anonymization", 2002), as each bit is turned over or not by what
stands before it. Where the addresses with that beginning are of several classes the bit stays, so
nothing leaves the class that it is in.
"""

import ipaddress
import re

from diagnose.bundle.pseudonyms import address_classes as classes
from diagnose.bundle.pseudonyms.keyed import Keyed
from diagnose.bundle.pseudonyms.names import Names

_ZONE = re.compile(r"(?:eth|ens|enp|lo|docker|azv|cali|veth)[0-9a-z]{0,12}|\d{1,4}")
_WITH_PORT = re.compile(r"(\[[^\]]*\]|[\d.]+)(:\d{1,5})")
_LENGTH = re.compile(r"/(\d{1,3})")


def address(names: Names, text: str) -> str:
    """Give the alias of an address or CIDR, in brackets or with a port; '' for anything else."""
    if ported := _WITH_PORT.fullmatch(text):
        inner = address(names, ported[1])
        return inner + ported[2] if inner else ""
    if text.startswith("[") and text.endswith("]"):
        inner = address(names, text[1:-1])
        return f"[{inner}]" if inner else ""
    head, slash, length = text.partition("/")
    bare, _, zone = head.partition("%")
    try:
        given = ipaddress.ip_address(bare)
        network = ipaddress.ip_network(f"{bare}/{length}", strict=False) if slash else None
    except ValueError:
        return ""
    if slash and not _LENGTH.fullmatch(slash + length):
        return ""
    # An address with its network's length is an address: only host bits that are zero stay zero.
    whole = network is None or network.network_address != given
    kept = given.max_prefixlen if network is None or whole else network.prefixlen
    alias = _written(names.keyed, given, kept)
    alias += f"%{zone}" if _ZONE.fullmatch(zone) else ""
    return names.whole(text, alias + slash + length)


def _written(keyed: Keyed, given: ipaddress.IPv4Address | ipaddress.IPv6Address, kept: int) -> str:
    version = given.version
    number = int(_alias(keyed, version, classes.bits(int(given), version), kept), 2)
    if version == 4:
        return str(ipaddress.IPv4Address(number))
    alias = ipaddress.IPv6Address(number)
    return f"::ffff:{alias.ipv4_mapped}" if alias.ipv4_mapped else str(alias)


def _alias(keyed: Keyed, version: int, given: str, length: int) -> str:
    """Replace the first ``length`` bits of ``given``; those after them stay."""
    if given[:length].startswith(classes.FIXED[version]):
        return given
    if version == 6 and given.startswith(classes.CARRIERS):
        carried = _alias(keyed, 4, given[96:], max(0, length - 96))
        return _turned(keyed, version, given[:96], length) + carried
    return _turned(keyed, version, given, length)


def _turned(keyed: Keyed, version: int, given: str, length: int) -> str:
    found, mixed = [], True
    for at, bit in enumerate(given[:length]):
        prefix = given[:at]
        mixed = mixed and classes.mixed(version, prefix)
        turn = not mixed and keyed.flips(version, prefix)
        found.append(("1" if bit == "0" else "0") if turn else bit)
    return "".join(found) + given[length:]
