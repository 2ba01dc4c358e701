"""One side of a comparison: what is this machine's own, and how a value reads without it.

A value is brought into two forms. In the plain one it is itself, but for case and the order of
lists. In the other what is the machine's own stands as its role ("its subnet"), so that two
machines that have the same in the same role read alike.
"""

import dataclasses
import re
from collections.abc import Callable
from enum import Enum

from checks import addresses
from checks.addresses import Kind
from checks.egress import Egress
from checks.identity import Identity
from checks.instance import Instance
from checks.interface import Interface
from checks.ports import AZURE_DNS
from checks.registry import Registry
from checks.subnet import Subnet
from checks.target import Target
from checks.vnet import Vnet
from diagnose.facts import Facts

_GUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_ARM_NAME = re.compile(r"(?<=/)([a-z]+s)/([^/]+)(?=/|\Z)", re.IGNORECASE)
_ADDRESS = re.compile(
    r"(?<![\w.:])(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f]*:[0-9a-f:]*:[0-9a-f]*)(?:/\d{1,3})?(?![\w.])",
    re.IGNORECASE,
)
_HOST = re.compile(r"(?<![\w.-])(?!microsoft\.)[\w-]+(?:\.[\w-]+)*\.[a-z][\w-]+", re.IGNORECASE)
# A pseudonym's kind is the word that it was first met as, which need not be the same in two bundles
# of one salt (diagnose/bundle/pseudonyms/names.py); the rest is.
_ALIAS_KIND = re.compile(r"\b[a-z]+(?=\d[a-z2-7]{13}(?![a-z0-9]))")
_LONGEST = 4000  # characters; checks keep fewer, a bundle from anybody may hold more
_KEPT = (AZURE_DNS, "169.254.169.254")  # the same everywhere, and never redacted


class Ordered(tuple[object, ...]):
    """Values whose order says something, such as name servers."""

    __slots__ = ()


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """The facts of one run, with its own names by their roles, the longest first.

    ``named`` is False where the other side's names mean nothing here.
    """

    facts: Facts
    roles: tuple[tuple[str, str], ...]
    named: bool

    @staticmethod
    def of(facts: Facts, *, named: bool) -> "Side":
        pairs = {_plain(name): role for name, role in _own(facts) if name}
        longest_first = sorted(pairs.items(), key=lambda pair: (-len(pair[0]), pair))
        return Side(facts=facts, roles=tuple(longest_first), named=named)

    def plain(self, value: object) -> object:
        """Give ``value`` without the case of letters and the order of lists."""
        return _formed(value, _plain)

    def by_role(self, value: object) -> object:
        """Give ``value`` with roles in the place of this machine's own names."""
        return _formed(value, self.masked)

    def masked(self, text: str) -> str:
        lowered = _plain(text)
        for name, role in self.roles:
            if name in lowered:
                lowered = re.sub(rf"(?<![\w-]){re.escape(name)}(?![\w-])", role, lowered)
        return lowered if self.named else without_names(lowered)

    def is_own(self, address: str) -> bool:
        """Tell whether ``address`` is, or carries, one of the machine's private addresses."""
        instance = self.facts.get(Instance)
        own = instance.private_ips if instance else ()
        return addresses.carried_ipv4(address) in own or address in own


def _plain(text: str) -> str:
    return _ALIAS_KIND.sub("", text.lower())


def without_names(text: str) -> str:
    """Leave of a text what its names, ids and addresses are, and not which ones."""
    text = _GUID.sub("<id>", text[:_LONGEST])
    text = _ADDRESS.sub(lambda found: kind_of(found[0]), text)
    if text.startswith(("/subscriptions/", "/providers/")):
        return _ARM_NAME.sub(r"\1/<name>", text)
    return _HOST.sub("<host>", text)


def kind_of(address: str) -> str:
    """Give the kind of an address or range, such as "a private address"."""
    if address in _KEPT:
        return address
    kind = addresses.kind(address.partition("/")[0])
    what = "range" if "/" in address else "address"
    return f"an {what}" if kind is Kind.OTHER else f"a {kind} {what}"


def _own(facts: Facts) -> list[tuple[str, str]]:
    """Give what belongs to this machine and to what it asks for, each with its role."""
    found: list[tuple[str, str]] = []
    if target := facts.get(Target):
        found += [(target.login_server, "the registry"), (target.registry, "the registry")]
    if registry := facts.get(Registry):
        found.append((registry.id, "the registry's id"))
    if instance := facts.get(Instance):
        found += [(instance.name, "this machine"), (instance.resource_id, "this machine's id")]
        found += [(ip, "its address") for ip in instance.private_ips]
        found += [(ip, "its public address") for ip in instance.outbound_ips]
    if interface := facts.get(Interface):
        found += [(interface.subnet_id, "its subnet"), (interface.nic_id, "its nic")]
        found.append((interface.private_ip, "its address"))
    if subnet := facts.get(Subnet):
        found += [(subnet.id, "its subnet"), (subnet.nat_gateway, "its gateway")]
    if vnet := facts.get(Vnet):
        found.append((vnet.id, "its vnet"))
    if egress := facts.get(Egress):
        found += [(ip, "its public address") for ip in egress.addresses]
    if identity := facts.get(Identity):
        found += [(identity.client_id, "its identity"), (identity.object_id, "its identity")]
    return found


def _formed(value: object, word: Callable[[str], str]) -> object:
    """Give a value that compares: tuples in a fixed order, words through ``word``."""
    if isinstance(value, Enum):
        return str(value)
    if isinstance(value, str):
        return word(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        names = (field.name for field in dataclasses.fields(value))
        return tuple((name, _formed(getattr(value, name), word)) for name in names)
    if isinstance(value, Ordered):
        return tuple(_formed(one, word) for one in value)
    if isinstance(value, tuple):
        return tuple(sorted((_formed(one, word) for one in value), key=repr))
    return value
