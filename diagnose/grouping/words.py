"""The sentences that the summaries share."""

from collections.abc import Iterator

from checks import arm_answer
from diagnose.grouping import contrast
from diagnose.grouping.contrast import Difference, Place
from diagnose.grouping.features import RANGE, SUBNET
from diagnose.grouping.summary import Fix, Group, Summary
from diagnose.grouping.tally import Count, Tally
from diagnose.judging.verdict import Status

_CAUSES = 5  # that the one line names


def closing(summary: Summary) -> str:
    """Give the outcome as one line: ``20 bundles: 14 subnet-not-allowed (proven), 6 healthy``."""
    groups = summary.ordered()
    causes = [group for group in groups if group.cause]
    others = [group for group in groups if not group.cause]
    parts = [f"{group.count} {_outcome(group)}" for group in causes[:_CAUSES]]
    if more := causes[_CAUSES:]:
        parts.append(f"{sum(group.count for group in more)} with {len(more)} other causes")
    parts += [f"{group.count} {group.id}" for group in others]
    if summary.unread:
        parts.append(f"{summary.unread} {summary.noun.lost}")
    return f"{counted(summary)}: {', '.join(parts) or 'nothing to judge'}"


def counted(summary: Summary) -> str:
    """Give ``20 bundles``, or what else is summed up."""
    return f"{summary.total} {summary.noun.one}{'s' * (summary.total != 1)}"


def _outcome(group: Group) -> str:
    rows = group.confidence.counts()
    lone = rows[0].value if len(rows) == 1 else ""
    return f"{group.id} ({lone or ', '.join(f'{row.times} {row.value}' for row in rows)})"


def tallied(tally: Tally[str]) -> str:
    """Give ``proven (12), likely (2)``."""
    return ", ".join(f"{row.value} ({row.times})" for row in tally.counts())


def headline(group: Group, summary: Summary) -> str:
    what = f"ROOT CAUSE: {group.cause}" if group.cause else str(group.status).upper()
    return f"{what}: {group.count} of {counted(summary)}"


def notes(summary: Summary) -> list[str]:
    """Give what is to be known of all that follows."""
    told = [_aliases(summary), _apart(summary), _lacks_healthy(summary)]
    return [note for note in told if note]


def _aliases(summary: Summary) -> str:
    if not summary.redacted:
        return ""
    which = "The" if summary.redacted == summary.read else f"In {summary.redacted} of them the"
    return (
        f"{which} names, ids and addresses are pseudonyms: put the real ones into a command first."
    )


def _apart(summary: Summary) -> str:
    """Say once that not all names can be compared; empty where they can."""
    if not summary.apart:
        return ""
    told = f"The {summary.noun.one}s do not all use the same names: they were redacted apart"
    largest = max(names.count for names in summary.names.values())
    if largest == 1:
        return f"{told}, each for itself, so subnets and other names cannot be compared."
    return (
        f"{told}. Subnets and other names are counted only among {summary.noun.one}s that use the "
        f"same ones, at most {largest} of {summary.read}."
    )


def where(summary: Summary, group: Group) -> str:
    """Say in which subnets the group's machines are; empty where none is known."""
    here = contrast.place(summary, group)
    if not _comparable(summary, here, group):
        return ""
    told = f"Subnets: {_places(here)}"
    there = contrast.healthy_place(summary, group) if group is not summary.healthy else None
    if there is None:
        return f"{told}."
    whole = here.machines == group.count
    every = "it is" if here.machines == 1 else f"all {here.machines} are"
    ones = "the healthy one is" if there.machines == 1 else f"the {there.machines} healthy are"
    every = every.capitalize() if whole else f"Where names can be compared, {every}"
    values = [row.value for row in (*here.subnets, *there.subnets)]
    labels = labelled(values)
    mine, theirs = labels[: len(here.subnets)], labels[len(here.subnets) :]
    return f"{every} in {', '.join(mine)}; {ones} in {', '.join(theirs)}."


def _comparable(summary: Summary, here: Place, group: Group) -> bool:
    """Tell whether a count of subnets says something: not of one among machines named apart."""
    return bool(here.subnets) and not (summary.apart and here.machines == 1 < group.count)


def _places(here: Place) -> str:
    labels = labelled([row.value for row in here.subnets])
    parts = [f"{told} ({row.times})" for told, row in zip(labels, here.subnets, strict=True)]
    if here.different > len(here.subnets):
        more = here.different - len(here.subnets)
        parts.append(f"and {more} {'more' if here.exact else 'or more others'}")
    if here.unknown:
        parts.append(f"not known ({here.unknown})")
    return ", ".join(parts)


def labelled(values: list[str]) -> list[str]:
    """Give the short names, or the whole ids where two of them would look the same."""
    short = [label(value) for value in values]
    return values if len(set(short)) < len(set(values)) else short


def label(value: str) -> str:
    """Give an ARM id's own name, with its network's before it; anything else as it is."""
    name, vnet = arm_answer.part(value, "subnets"), arm_answer.part(value, "virtualNetworks")
    if name and vnet:
        return f"{vnet}/{name}"
    return value.rpartition("/")[2] if value.startswith("/subscriptions/") else value


def differences(summary: Summary, group: Group) -> list[Difference]:
    """Give what tells the group from the healthy ones, without what `where` says already."""
    rows = contrast.differences(summary, group)
    said = contrast.healthy_place(summary, group)
    return [row for row in rows if not (said and row.feature in (SUBNET.name, RANGE.name))]


def sides(row: Difference) -> tuple[str, str]:
    """Give what the group has and what the healthy ones have, in words."""
    names = labelled([row.here.value, row.healthy.value])
    mine, theirs = (
        f"{name} in {share.times} of {share.of}" if name else f"not known of {share.of}"
        for name, share in zip(names, (row.here, row.healthy), strict=True)
    )
    return f"{mine} (and in {row.shared} healthy)" if row.shared else mine, theirs


def differs(row: Difference) -> str:
    mine, theirs = sides(row)
    return f"{mine}; {theirs} healthy"


def _lacks_healthy(summary: Summary) -> str:
    """Say why nothing is compared, where there is something to compare."""
    if summary.healthy or not summary.groups:
        return ""
    return f"No {summary.noun.one} is healthy, so there is nothing to compare the others with."


def fixes(summary: Summary, group: Group, most: int) -> Iterator[tuple[str, Count[Fix]]]:
    """Give the most frequent fixes, each with the words for whom it is.

    Where names cannot be compared, all would differ in them: then the first stands for all.
    """
    rows = group.fixes.counts()
    for row in rows[: 1 if summary.apart else most]:
        where = f" in {label(row.value.subnet)}" if row.value.subnet else ""
        same = f"the same for all {row.times}{where}" if row.times == group.count > 1 else ""
        yield same or f"for {row.times}{where}, such as {row.note}", row


def other_fixes(group: Group, shown: int) -> str:
    """Say that some have another fix than the ``shown`` ones; empty where none has."""
    left = group.count - shown
    return f"{left} more may need other commands: analyze one of them by itself." if left else ""


def examples(group: Group) -> str:
    more = group.count - len(group.examples)
    return ", ".join(group.examples) + (f" and {more} more" if more else "")


def unread(summary: Summary, most: int) -> list[str]:
    rows = [f"{row.name}: {row.because}" for row in summary.reasons[:most]]
    more = summary.unread - len(rows)
    return rows + ([f"and {more} more"] if more else [])


def code(summary: Summary) -> int:
    """Give the exit code: what could not be read may be anything, so it is not healthy."""
    if not summary.read:
        return 2
    statuses = {group.status for group in summary.groups.values()}
    if Status.CAUSE in statuses:
        return 1
    return 3 if Status.INCONCLUSIVE in statuses or summary.unread else 0
