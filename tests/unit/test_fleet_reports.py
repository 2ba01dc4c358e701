"""The reports of a fleet: in every form its words, its bounds, and no word that acts."""

import json
import re
from dataclasses import replace

import pytest

from diagnose import causes
from diagnose.fleet import front, html, roster
from diagnose.fleet.fleet import Fleet
from diagnose.fleet.items import Item, Lost, Other, Told
from diagnose.grouping.digest import Digest, Unread
from diagnose.reports.style import Style
from tests.scenarios import fleets
from tests.unit.test_grouping import row

FORMS = ("text", "json", "short", "markdown", "html")
HOSTILE = '</b><script>alert(1)</script>"\x1b[2J\u202e|@all'


def fleet_of(*items: Item) -> Fleet:
    return roster.collected(items)


def small(seed: int = 3) -> Fleet:
    members = fleets.members(200, seed)
    return roster.collected(
        [Told(row=fleets.digest(one)) for one in members if one.truth != fleets.SILENT]
        + [
            Told(row=Unread(name=one.name, because="Evicted"))
            for one in members
            if one.truth == fleets.SILENT
        ]
    )


def hostile() -> Fleet:
    rows = [row("good")]
    for number in range(3):
        one = row(f"{HOSTILE}{number}", cause=f"cause-{number}")
        features = tuple(HOSTILE for _ in one.features)
        rows.append(replace(one, title=HOSTILE, features=features, version=HOSTILE))
    silent = Unread(name=f"n{HOSTILE}", because=HOSTILE)
    return fleet_of(
        *fleets.items(rows),
        Told(row=silent),
        Lost(name=HOSTILE, because=HOSTILE),
        Other(what="line", count=3),
    )


@pytest.mark.parametrize("form", FORMS)
def test_no_word_of_a_node_acts_on_its_reader(form: str) -> None:
    told = front.rendered(hostile(), form)

    assert "\x1b" not in told
    assert "\u202e" not in told
    if form == "html":
        assert told.count("<script>") == 1
        assert 'title="</b>' not in told
    if form == "markdown":
        assert "<script>" not in re.sub(r"`+[^`]*`+", "", told)


@pytest.mark.parametrize("form", FORMS)
def test_a_fleet_of_nobody_has_a_report(form: str) -> None:
    told = front.rendered(fleet_of(), form)

    assert "nothing to judge" in told


@pytest.mark.parametrize("form", FORMS)
def test_the_cause_and_its_subnet_are_in_every_form(form: str) -> None:
    told = front.rendered(small(), form)

    assert "subnet-not-allowed" in told
    assert "aks-vnet/build" in told or "subnets/build" in told
    assert "az acr network-rule add" in re.sub(r"</?i>", "", told)


def test_short_has_twelve_lines_however_much_there_is_to_say() -> None:
    rows = [row(f"n{n}", cause=f"c{n % 30}") for n in range(90)]
    silent = [Unread(name=f"u{n}", because=f"reason {n}") for n in range(40)]
    told = front.rendered(fleet_of(*fleets.items([*rows, *silent])), "short")

    assert len(told.splitlines()) == 12
    assert told.splitlines()[-1].startswith("acr-diagnose ")


def test_tables_keep_their_width_whatever_stands_in_them() -> None:
    wide = "p" * 400
    rows = [row(f"n{n}", cause="x" * 60, subnet=wide, scale_set=wide) for n in range(3)]
    told = front.rendered(fleet_of(*fleets.items([*rows, row("g")])), "text", Style(width=80))
    tables = told.split("\n\n")[2:4]

    assert all("verdict" in table for table in tables)
    assert max(len(line) for table in tables for line in table.splitlines()) <= 80


def test_each_verdict_has_a_mark_of_its_own_and_the_most_frequent_is_a() -> None:
    fleet = small()
    known = [one for one in fleet.marks.values() if one.isalpha()]

    assert fleet.marks["subnet-not-allowed"] == "A"
    assert len(set(known)) == len(known)
    assert fleet.marks["healthy"] == "\N{CHECK MARK}"


def test_more_verdicts_than_letters_are_still_told() -> None:
    ids = [*(cause.id for cause in causes.ALL), *(f"cause-{n}" for n in range(50))]
    fleet = fleet_of(*fleets.items(row(f"n-{cause}", cause=cause) for cause in ids))
    marks = [fleet.marks[cause] for cause in ids]

    assert marks.count("*") == len(ids) - 52
    assert len(set(marks)) == 53
    assert html.render(fleet).count(" data-g=") == len(ids)


def test_without_colour_or_unicode_a_terminal_sees_words() -> None:
    plain = front.rendered(small(), "text")
    rich = front.rendered(small(), "text", Style(unicode=True, colour=True))

    assert plain.isascii()
    assert "\N{CHECK MARK}" in rich
    assert "\x1b[1;31m" in rich


def test_every_node_is_one_cell_with_its_name_and_its_letter() -> None:
    fleet = small()
    page = html.render(fleet)
    cells = re.findall(r'<li class="k\w" data-g="\d+" title="([^":]+): [^"]+">(.)<span>', page)
    given = dict(cells)

    assert len(cells) == 200
    for node in fleet.sections[0].nodes:
        assert given[node.row.name] == fleet.marks[node.group]


def test_ids_of_the_page_are_there_once_and_every_link_leads_to_one() -> None:
    first = small()
    second = [
        replace(one.row, features=tuple(v.replace("contoso", "fabrikam") for v in one.row.features))
        for one in first.sections[0].nodes
        if isinstance(one.row, Digest)
    ]
    fleet = fleet_of(*fleets.items([*(one.row for one in first.sections[0].nodes), *second]))
    page = html.render(fleet)
    ids = re.findall(r' id="([^"]+)"', page)

    assert len(fleet.sections) == 3
    assert len(set(ids)) == len(ids)
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(ids)
    assert "Nodes: fabrikam.azurecr.io" in page


def test_json_says_of_each_node_what_it_is() -> None:
    document = json.loads(front.rendered(small(), "json"))
    (section,) = document["registries"]
    silent = [one for one in section["nodes"] if one["status"] == "silent"]

    assert section["registry"] == "contoso.azurecr.io"
    assert {one["because"] for one in silent} == {"Evicted"}
    assert document["nodes"]["silent"] == len(silent)
    assert list(document["timing"]) == ["seconds"]


def test_what_was_found_in_logs_is_told_with_its_group() -> None:
    found = Told(row=row("n", cause="x"), seen=('"no such host": the name is unknown',))

    for form in ("text", "markdown", "html"):
        assert "no such host" in front.rendered(fleet_of(found), form)
