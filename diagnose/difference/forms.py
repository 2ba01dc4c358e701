"""The form in which a field is compared and shown: its meaning, without what varies by chance.

Each takes the field's value and the side that it is of. Texts in a result still hold names, which
`Side` makes roles of before they are compared.
"""

from typing import Any

from checks import arm_answer, runtime_words
from checks.addresses import Kind, kind
from checks.dns_answer import Resolver
from checks.instance import Nic
from checks.mirrors import Mirror
from checks.outbound_rules import Rule
from checks.private_endpoint import Endpoint
from checks.registry import Connection
from checks.role_list import BUILT_IN
from checks.stored import Login
from checks.subnet import ServiceEndpoint
from checks.units import Unit
from diagnose.difference.side import Ordered, Side

Strings = tuple[str, ...]
_STEP = 5  # minutes; a clock that is less off troubles nothing


def same(value: object, _side: Side) -> object:
    return value


def present(value: object, _side: Side) -> object:
    return bool(value)


def count(value: tuple[Any, ...], _side: Side) -> object:
    return len([one for one in value if one])


def ordered(value: tuple[Any, ...], _side: Side) -> object:
    return Ordered(value)


def name(value: str, side: Side) -> object:
    """A name that people chose; without names to compare, only that there is one."""
    return value if side.named else bool(value)


def settings(value: tuple[tuple[str, str], ...], _side: Side) -> object:
    return tuple(f"{variable}={text}" for variable, text in value)


def files(value: tuple[tuple[str, str], ...], side: Side) -> object:
    return settings(value, side) if side.named else tuple(variable for variable, _ in value)


def last_names(value: Strings, side: Side) -> object:
    """Resources by what the plain form can tell them apart: their ids, or how many they are."""
    return value if side.named else len(value)


def address(value: str, _side: Side) -> str:
    """A private address is what it is; a service's public ones come and go."""
    return "a public address" if kind(value) is Kind.PUBLIC else value


def addresses(value: Strings, side: Side) -> object:
    return tuple(sorted({address(one, side) for one in value}))


def caller(value: str, side: Side) -> object:
    """The address that a refusal names: whose it is, or of what kind."""
    if not value:
        return ""
    return "its own private address" if side.is_own(value) else f"a {kind(value)} address"


def answers(value: tuple[Resolver, ...], side: Side) -> object:
    """What each name server says, and whether the name leads by a private link's zone."""
    return Ordered(
        f"{one.server}: {_found(one, side)}"
        + ", by privatelink" * any(".privatelink." in link for link in one.chain)
        for one in value
    )


def _found(one: Resolver, side: Side) -> str:
    return ", ".join(sorted({address(ip, side) for ip in one.addresses})) or one.result


def ranges(value: tuple[Nic, ...], side: Side) -> object:
    known = tuple(sorted({nic.prefix for nic in value if nic.prefix}))
    return known if side.named else len(known)


def endpoints(value: tuple[ServiceEndpoint, ...], _side: Side) -> object:
    return tuple(f"{one.service} ({one.state})" for one in value)


def rules(value: tuple[Rule, ...], _side: Side) -> object:
    """What the rules do, in the order in which they are asked; their names do nothing."""
    return Ordered(
        f"{'allow' if one.allows else 'deny'} {', '.join(one.destinations)}"
        + f" on {', '.join(one.ports)}" * (one.ports != ("*",))
        + f" from {', '.join(one.sources)}" * (one.sources != ("*",))
        for one in value
    )


def connections(value: tuple[Connection, ...], side: Side) -> object:
    return tuple(f"{one.name} ({one.status})" if side.named else one.status for one in value)


def private_endpoints(value: tuple[Endpoint, ...], side: Side) -> object:
    if side.named:
        return tuple(one.summary for one in value)
    return tuple(f"{one.connection.status} with {len(one.addresses)} addresses" for one in value)


def roles(value: Strings, side: Side) -> object:
    if side.named:
        return value
    known = {role.name for role in BUILT_IN.values()}
    return tuple(sorted({one if one in known else "another role" for one in value}))


def minutes(value: int, _side: Side) -> object:
    return 0 if abs(value) < _STEP else round(value / _STEP) * _STEP


def logins(value: tuple[Login, ...], side: Side) -> object:
    return tuple(f"{one.user if side.named else 'a user'}, {one.state}" for one in value)


def layer_host(value: str, _side: Side) -> object:
    """The kind of host; which of Microsoft's storage accounts it is, is chance."""
    return value.partition(".")[2]


def units(value: tuple[Unit, ...], _side: Side) -> object:
    return tuple(
        f"{one.name}: {one.other_proxy or 'as this program'}" + ", silent" * one.silent
        for one in value
    )


def mirrors(value: tuple[Mirror, ...], _side: Side) -> object:
    return tuple(
        f"{one.runtime} asks {', '.join(one.hosts)} for {one.registry}"
        + f"; silent: {', '.join(one.silent)}" * bool(one.silent)
        for one in value
    )


def version(value: str, _side: Side) -> object:
    """Major and minor; a patch is no difference of kind."""
    return ".".join(value.split(".")[:2])


def said(value: str, _side: Side) -> object:
    return str(runtime_words.read(value).said)


def resource_name(resource_id: str) -> str:
    """Give an ARM id's last name, a subnet's with its VNet."""
    vnet = arm_answer.part(resource_id, "virtualNetworks")
    subnet = arm_answer.part(resource_id, "subnets")
    return f"{vnet}/{subnet}" if subnet else resource_id.rstrip("/").rpartition("/")[2]
