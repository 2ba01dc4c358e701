"""A fact as a comparison sees it: by field, with relations that no field holds by itself."""

from collections.abc import Iterator
from dataclasses import dataclass

from checks import arm_answer
from checks.addresses import inside
from checks.contract import Fact
from checks.egress import Egress
from checks.interface import Interface
from checks.network_rules import NetworkRules
from checks.registry import Registry
from checks.tenant import Tenants
from diagnose.difference.contract import Aspect
from diagnose.difference.fields import FIELDS, Field
from diagnose.difference.noise import NOISE
from diagnose.difference.side import Side

OWN_RULE, OWN_RANGE = "its subnet has a rule", "its public address has a rule"
OWN_TENANT = "identity and registry are in one tenant"
RELATIONS = frozenset({OWN_RULE, OWN_RANGE, OWN_TENANT})  # what a setting means for this machine


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One field: ``value`` as it is, ``form`` as it is compared and said."""

    field: str
    label: str
    aspect: Aspect
    value: object
    form: object
    plain: object
    by_role: object

    def differs(self, other: "Reading", *, named: bool) -> bool:
        """Tell whether neither the values nor their roles agree."""
        if named and self.plain == other.plain:
            return False
        return self.by_role != other.by_role


def readings(fact: Fact, aspect: Aspect, side: Side) -> dict[str, Reading]:
    """Read ``fact``; ``aspect`` is its check's."""
    return {one.field: one for one in (*_fields(fact, aspect, side), *_relations(fact, side))}


def _fields(fact: Fact, aspect: Aspect, side: Side) -> Iterator[Reading]:
    for field in _names(fact):
        key = f"{type(fact).__name__}.{field}"
        row = FIELDS.get(key, Field(label=field.replace("_", " ")))
        if key in NOISE or (row.literal and not side.named):
            continue
        value = getattr(fact, field)
        form = row.form(value, side)
        plain = side.plain(form)
        yield Reading(
            field=field,
            label=row.label,
            aspect=row.aspect or aspect,
            value=value,
            form=form,
            plain=plain,
            by_role=plain if row.literal else side.by_role(form),
        )


def _names(fact: Fact) -> tuple[str, ...]:
    """Give a fact's fields; every fact is a dataclass, which the base class cannot say."""
    names: dict[str, object] = getattr(fact, "__dataclass_fields__", {})
    return tuple(names)


def _relations(fact: Fact, side: Side) -> Iterator[Reading]:
    interface, egress = side.facts.get(Interface), side.facts.get(Egress)
    if isinstance(fact, NetworkRules) and interface:
        own = (arm_answer.same_id(one, interface.subnet_id) for one in fact.subnet_ids)
        yield _relation(OWN_RULE, Aspect.RULE, holds=any(own))
    if isinstance(fact, Registry) and egress:
        ours = (inside(address, fact.ip_ranges) for address in egress.addresses)
        yield _relation(OWN_RANGE, Aspect.RULE, holds=any(ours))
    if isinstance(fact, Tenants):
        yield _relation(OWN_TENANT, Aspect.IDENTITY, holds=fact.own.lower() == fact.home.lower())


def _relation(label: str, aspect: Aspect, *, holds: bool) -> Reading:
    return Reading(
        field=label,
        label=label,
        aspect=aspect,
        value=holds,
        form=holds,
        plain=holds,
        by_role=holds,
    )
