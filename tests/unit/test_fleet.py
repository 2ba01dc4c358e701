"""Fleets: what is taken for a verdict, whose it is, which one counts, and what nodes share."""

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from diagnose.bundle.errors import BundleError
from diagnose.causes.contract import FixStep, Risk
from diagnose.fleet import (
    chunks,
    foreign,
    lines,
    lists,
    nodes,
    pods,
    roster,
    sources,
    words,
)
from diagnose.fleet.fleet import Fleet, places
from diagnose.fleet.items import Item, Lost, Machine, Other, Told
from diagnose.grouping import compact
from diagnose.grouping import words as grouped
from diagnose.grouping.digest import Digest, Unread
from diagnose.judging.verdict import Status
from diagnose.reports import json as report
from tests.scenarios import fleets
from tests.scenarios.fleets import SILENT, Member
from tests.scenarios.recorded import told
from tests.unit.test_grouping import row

NODE = "aks-build-24681357-vmss00000a"
REFUSED = Member(
    name=NODE, pool="build", subnet="build", image=fleets.NEW, truth="subnet-not-allowed"
)
FINE = replace(REFUSED, name="aks-apps-24681357-vmss000001", pool="apps", subnet="nodes", truth="")


def said(text: str, where: str = "stdin") -> list[Item]:
    return list(lines.read(text.split("\n"), where))


def told_of(items: list[Item]) -> list[tuple[str, str]]:
    """Give each node with its cause, or why there is none."""
    rows = [item.row for item in items if isinstance(item, Told)]
    return [(r.name, r.because if isinstance(r, Unread) else r.cause) for r in rows]


def fleet_of(*items: Item) -> Fleet:
    return roster.collected(items)


@pytest.mark.parametrize(
    "before",
    ["", "[pod/acr-diagnose-x7k2p/diagnose] ", "2026-08-01T10:00:00Z stdout F ", "noise { [ "],
)
def test_a_verdict_is_found_behind_a_prefix(before: str) -> None:
    items = said(f"starting\n{before}{fleets.line(REFUSED)}\r\n\ndone")

    assert told_of(items) == [(NODE, "subnet-not-allowed")]
    assert [item for item in items if isinstance(item, Other)] == [Other(what="line", count=2)]


def test_ansible_names_the_machine_and_one_without_a_verdict_is_told() -> None:
    items = said(
        f"web-1 | CHANGED | rc=0 >>\n{fleets.line(FINE)}\n"
        f"web-2 | FAILED | rc=1 >>\n{fleets.line(REFUSED)}\n"
        "web-3 | FAILED | rc=127 >>\nacr-diagnose: command not found\n"
        'web-4 | UNREACHABLE! => {\n    "changed": false,\n    "unreachable": true\n}'
    )

    assert told_of(items) == [
        ("web-1", ""),
        ("web-2", "subnet-not-allowed"),
        ("web-3", "Ansible says FAILED, and no verdict came"),
        ("web-4", "Ansible says UNREACHABLE, and no verdict came"),
    ]


def test_run_command_wraps_its_output_in_json() -> None:
    message = f"Enable succeeded: \n[stdout]\n{fleets.line(REFUSED)}\n\n[stderr]\n"
    answer = {"value": [{"code": "ProvisioningState/succeeded", "message": message}]}

    assert told_of(said(json.dumps(answer, indent=2))) == [(NODE, "subnet-not-allowed")]
    assert told_of(said(json.dumps(answer))) == [(NODE, "subnet-not-allowed")]


def test_a_whole_report_among_other_output_is_a_verdict() -> None:
    result = told("a_sibling_subnet_is_allowed").result
    items = said(f"web-1 | FAILED | rc=1 >>\n{report.render(result)}\nend")
    (found,) = [item.row for item in items if isinstance(item, Told)]
    whole = compact.read(compact.line("web-1", result))

    assert isinstance(found, Digest)
    assert (found.name, found.cause, found.fix) == ("web-1", "subnet-not-allowed", whole.fix)
    assert roster.registry_of(found) == "contoso.azurecr.io"
    assert found.features[0] == whole.features[0]  # the subnet
    assert set(found.rivals) == set(whole.rivals)


def test_a_report_that_is_cut_short_is_told_and_the_next_one_is_read() -> None:
    text = report.render(told("a_sibling_subnet_is_allowed").result)
    half = text[: text.index('  "verdict"')]
    items = said(f"web-1 | FAILED | rc=1 >>\n{half}\nweb-2 | FAILED | rc=1 >>\n{text}")

    assert told_of(items) == [
        ("web-1", "its report is cut short"),
        ("web-2", "subnet-not-allowed"),
    ]


@pytest.mark.parametrize("cut", [40, 400, -1])
def test_a_half_written_line_is_no_verdict_and_hurts_no_other(cut: int) -> None:
    items = said(f"{fleets.line(REFUSED)[:cut]}\n{fleets.line(FINE)}")
    lost = [item for item in items if isinstance(item, Lost)]
    cuts = [because for _, because in told_of(items) if because]

    assert (FINE.name, "") in told_of(items)
    assert len(lost) + len(cuts) == 1
    assert all(one.name == "stdin, line 1" for one in lost)


def test_a_line_of_a_later_schema_says_so() -> None:
    line = fleets.line(REFUSED).replace('"schema":1', '"schema":7')

    assert told_of(said(line)) == [(NODE, "its verdict is of schema 7, made by a later one")]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"status": "healthy"}, "contradicts itself"),
        ({"cause": ""}, "contradicts itself"),
        ({"cause": "<script>"}, "no cause is"),
        ({"cause": "x" * 65}, "no cause is"),
        ({"status": "fine"}, "no verdict"),
        ({"features": []}, "no verdict"),
        ({"name": 7}, "no verdict"),
    ],
)
def test_what_contradicts_itself_is_refused(change: dict[str, Any], why: str) -> None:
    document = json.loads(fleets.line(REFUSED))
    document["verdict"].update(change)
    found = fleet_of(*said(json.dumps(document)))

    assert found.whole.read == 0
    assert why in (*found.whole.reasons, *found.lost)[0].because


def test_a_hostile_line_is_short_and_printable_and_says_nothing_of_a_known_cause() -> None:
    step = FixStep(command="az \x1b[2J" + "x" * 30_000, needs="", risk=Risk.READ_ONLY, why="")
    found = foreign.bounded(
        replace(
            fleets.digest(REFUSED),
            name="n\x1b[31m\u202e" + "m" * 5000,
            title="call 555-0100",
            owner="mallory",
            reached="the moon",
            also=("<b>",),
            version="9" * 5000,
            fix=(step,),
            features=("v" * 5000,) * len(fleets.digest(REFUSED).features),
        )
    )

    assert found.name.isprintable()
    assert len(found.name) <= 253 * 10
    assert found.title == "The registry has no rule for this subnet"
    assert (found.owner, found.reached, found.also, found.fix) == ("registry", "", (), ())
    assert max(map(len, found.features)) <= 400
    assert len(found.version) <= 40


def test_a_cause_of_another_version_is_kept_under_its_id() -> None:
    found = foreign.bounded(replace(fleets.digest(REFUSED), cause="moon-phase", title="T"))

    assert (found.cause, found.title) == ("moon-phase", "T")


def test_deep_json_is_told_and_no_crash() -> None:
    deep = '{"schema":1,"verdict":' + '{"a":' * 100_000
    items = said(f"{deep}\n{fleets.line(FINE)}")

    assert told_of(items)[-1] == (FINE.name, "")


def test_the_later_of_two_verdicts_counts_and_that_is_said() -> None:
    healed = replace(REFUSED, truth="")
    found = fleet_of(*said(f"{fleets.line(REFUSED)}\n{fleets.line(healed)}"))

    assert found.code == 0
    assert found.whole.total == 1
    assert words.notes(found)[0] == (
        f"One node sent more than one verdict, and the last one counts: {NODE}."
    )


def test_the_newer_counts_where_both_say_when() -> None:
    old = Told(row=fleets.digest(REFUSED), at="2026-08-01T10:00:00Z")
    new = Told(row=fleets.digest(replace(REFUSED, truth="")), at="2026-08-01T11:00:00Z")

    assert fleet_of(old, new).code == fleet_of(new, old).code == 0


def test_that_nothing_came_counts_only_while_no_verdict_did() -> None:
    silent = Told(row=Unread(name=NODE, because="Evicted"))
    verdict = Told(row=fleets.digest(REFUSED))

    assert fleet_of(silent, verdict).whole.unread == fleet_of(verdict, silent).whole.unread == 0
    assert fleet_of(silent).whole.reasons == [Unread(name=NODE, because="Evicted")]
    assert fleet_of(verdict, silent).twice == ()


def test_verdicts_on_two_registries_are_two_sections() -> None:
    other = replace(REFUSED, truth="")
    features = tuple(
        one.replace("contoso", "fabrikam") if "azurecr" in one else one
        for one in fleets.digest(other).features
    )
    second = replace(fleets.digest(other), features=features)
    found = fleet_of(*fleets.items([fleets.digest(REFUSED), second, Unread(name="z", because="w")]))

    assert [(one.registry, len(one.nodes)) for one in found.sections] == [
        ("contoso.azurecr.io", 1),
        ("fabrikam.azurecr.io", 1),
        ("", 1),
    ]
    assert found.twice == ()
    assert found.code == 1
    assert words.title(found) == "3 nodes, 2 registries"


def test_silent_nodes_stand_with_the_only_registry() -> None:
    found = fleet_of(*fleets.items([fleets.digest(REFUSED), Unread(name="z", because="w")]))

    assert [(one.registry, len(one.nodes)) for one in found.sections] == [("contoso.azurecr.io", 2)]


def test_redacted_apart_no_registry_can_be_told_from_another() -> None:
    found = fleet_of(
        *fleets.items(row(f"b{n}", names=f"s{n}", image=f"r{n}/a:v1") for n in range(3))
    )

    assert [one.registry for one in found.sections] == [""]


def test_a_bundle_is_its_nodes_whose_name_it_has() -> None:
    machine = Machine(name="n1", features=((nodes.POOL, "apps"),))
    bundle = Told(row=row("some/where/n1.tar.gz"))
    other = Told(row=row("some/where/n2.tar.gz"))
    found = fleet_of(bundle, other, machine)

    assert [(node.row.name, node.pool) for node in found.sections[0].nodes] == [
        ("n1", "apps"),
        ("some/where/n2.tar.gz", ""),
    ]


def test_nodes_without_a_verdict_are_listed_with_what_their_cluster_says() -> None:
    quiet, windows = replace(FINE, name="n1"), fleets.node(replace(FINE, name="n2"))
    windows["metadata"]["labels"]["kubernetes.io/os"] = "windows"
    gone = fleets.node(replace(FINE, name="n3"))
    gone["status"]["conditions"][0] |= {"status": "Unknown", "message": "Kubelet stopped posting"}
    found = fleet_of(nodes.read(fleets.node(quiet)), nodes.read(windows), nodes.read(gone))

    assert {one.name: one.because for one in found.whole.reasons} == {
        "n1": "nothing came of it",
        "n2": "it runs Windows, which acr-diagnose does not look at",
        "n3": "the node is not ready: Kubelet stopped posting",
    }
    assert found.code == 2


def test_what_a_cluster_says_of_its_nodes_tells_groups_apart() -> None:
    aged = [replace(REFUSED, name=f"a{n}", image=fleets.OLD, truth="disk-full") for n in range(4)]
    fresh = [replace(REFUSED, name=f"b{n}", truth="") for n in range(4)]
    items = [Told(row=fleets.digest(one)) for one in (*aged, *fresh)]
    items += [nodes.read(fleets.node(one)) for one in (*aged, *fresh)]  # type: ignore[misc]
    summary = fleet_of(*items).whole
    rows = {row.feature: row for row in grouped.differences(summary, summary.groups["disk-full"])}

    assert rows[nodes.IMAGE].here.value == fleets.OLD
    assert rows[nodes.IMAGE].shared == 0
    assert nodes.POOL not in rows


def test_a_silent_node_is_counted_in_its_pools_only_subnet() -> None:
    silent = Member(name="n", pool="build", subnet="build", image=fleets.NEW, truth=SILENT)
    found = fleet_of(
        Told(row=fleets.digest(REFUSED)), *map(nodes.read, map(fleets.node, [REFUSED, silent]))
    )
    (place,) = places(found.sections[0])

    assert (place.pool, len(place.nodes), place.failing) == ("build", 2, 1)


@pytest.mark.parametrize(
    ("name", "pool"),
    [
        (NODE, "build"),
        ("aks-build-24681357-vmss00000", ""),
        ("aks-b-uild-24681357-vmss00000a", ""),
        ("vm-1", ""),
    ],
)
def test_a_pool_is_read_from_the_name_that_aks_gives(name: str, pool: str) -> None:
    assert nodes.pool_in(name) == pool


def of_pod(**status: Any) -> list[tuple[str, str]]:
    document = fleets.pod(replace(REFUSED, truth=SILENT))
    document["status"] = status
    return told_of(list(pods.read(document)))


def container(**state: Any) -> list[dict[str, Any]]:
    return [{"name": "diagnose", "state": state}]


def test_why_a_pod_sent_nothing_is_said_in_kubernetes_words() -> None:
    pull = {"reason": "ImagePullBackOff", "message": "Back-off pulling image"}
    full = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable"}
    full |= {"message": "0/3 nodes are available:\n3 Insufficient cpu."}

    assert of_pod(reason="Evicted", message="low on disk") == [(NODE, "Evicted: low on disk")]
    assert of_pod(containerStatuses=container(waiting=pull)) == [
        (NODE, "ImagePullBackOff: Back-off pulling image")
    ]
    assert of_pod(conditions=[full]) == [
        (NODE, "Unschedulable: 0/3 nodes are available: 3 Insufficient cpu.")
    ]
    assert of_pod(containerStatuses=container(terminated={"reason": "OOMKilled", "exitCode": 137}))[
        0
    ][1].endswith("OOMKilled with exit code 137")
    assert "still running" in of_pod(containerStatuses=container(running={"startedAt": ""}))[0][1]
    assert "Pending" in of_pod(phase="Pending")[0][1]


def test_a_pod_speaks_for_the_node_that_the_api_names() -> None:
    document = fleets.pod(replace(REFUSED, name="somebody-else"))
    document["spec"]["nodeName"] = NODE

    assert told_of(list(pods.read(document))) == [(NODE, "subnet-not-allowed")]


def test_a_pod_that_ran_again_tells_by_its_last_end() -> None:
    document = fleets.pod(REFUSED)
    (status,) = document["status"]["containerStatuses"]
    status["lastState"] = status.pop("state")
    status["state"] = {"running": {"startedAt": "2026-08-01T10:00:01Z"}}

    assert told_of(list(pods.read(document))) == [(NODE, "subnet-not-allowed")]


def test_a_daemonsets_pod_that_was_never_scheduled_has_its_node() -> None:
    document = fleets.pod(replace(REFUSED, truth=SILENT))
    fields = [{"key": "metadata.name", "operator": "In", "values": [NODE]}]
    terms = {"nodeSelectorTerms": [{"matchFields": fields}]}
    affinity = {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": terms}}
    document["spec"] = {"containers": [], "affinity": affinity}

    assert told_of(list(pods.read(document)))[0][0] == NODE


def test_other_peoples_pods_are_left_aside() -> None:
    document = fleets.pod(replace(REFUSED, truth=SILENT))
    document["metadata"] = {"name": "web-1", "labels": {}}

    assert list(pods.read(document)) == [Other(what="pod")]


def pieces(text: str, size: int) -> Iterator[str]:
    return (text[place : place + size] for place in range(0, len(text), size))


@pytest.mark.parametrize("size", [1, 7, 1000, 10**6])
def test_a_list_is_read_whatever_the_pieces_it_comes_in(size: int) -> None:
    objects = [fleets.node(FINE), fleets.pod(REFUSED)]
    api = json.dumps({"kind": "PodList", "apiVersion": "v1", "metadata": {}, "items": objects})

    assert list(lists.objects(pieces(fleets.listed(objects), size))) == objects
    assert list(lists.objects(pieces(api, size))) == objects
    assert list(lists.objects(pieces(json.dumps(objects[0]), size))) == objects[:1]
    assert list(lists.objects(pieces(fleets.listed([]), size))) == []


def test_a_list_that_breaks_off_gives_what_came_before() -> None:
    text = fleets.listed([fleets.pod(REFUSED), fleets.pod(FINE)])
    found = lists.objects(pieces(text[: len(text) * 3 // 4], 100))

    assert next(found) == fleets.pod(REFUSED)
    with pytest.raises(lists.CutShortError):
        next(found)


def test_the_kind_of_a_source_is_found_by_its_content(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(fleets.listed([fleets.node(FINE), fleets.node(REFUSED)]))
    (tmp_path / "b.json").write_text(fleets.listed([fleets.pod(FINE)]))
    (tmp_path / "c.jsonl").write_text(fleets.line(REFUSED))
    (tmp_path / "d.json").write_text("")
    (tmp_path / "e.tar.gz").write_bytes(b"\x1f\x8bnot")
    (tmp_path / "f.txt").write_text("left alone")
    found = roster.collected(sources.read([str(tmp_path), "/nowhere"], lambda _a, _b: None))

    assert {n.row.name: n.pool for n in found.sections[0].nodes} == {
        FINE.name: "apps",
        NODE: "build",
        f"{tmp_path}/e.tar.gz": "",
    }
    assert [(one.name, one.because) for one in found.lost] == [
        (f"{tmp_path}/d.json", "it is empty"),
        ("/nowhere", "it cannot be read: No such file or directory"),
    ]


def test_powershells_utf16_is_read() -> None:
    stream = io.BytesIO(f"{fleets.line(REFUSED)}\r\n".encode("utf-16"))
    items = list(lines.read(chunks.lines(chunks.of(stream)), "stdin"))

    assert told_of(items) == [(NODE, "subnet-not-allowed")]


def test_a_line_without_an_end_takes_no_more_than_its_piece() -> None:
    endless = ("x" * chunks.BLOCK for _ in range(100))

    assert max(map(len, chunks.lines(endless))) <= chunks.LONGEST + chunks.BLOCK


def test_too_many_nodes_are_counted_and_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roster, "MOST", 3)
    found = fleet_of(*fleets.items(row(f"n{n}") for n in range(5)))

    assert (found.whole.total, found.too_many) == (3, 2)
    assert "2 verdicts are left out" in words.notes(found)[-1]


def test_several_versions_are_told() -> None:
    rows = [replace(row(f"n{n}"), version=f"0.{n % 2}.0") for n in range(5)]
    notes = words.notes(fleet_of(*fleets.items(rows)))

    assert notes == ["The verdicts were made by several versions: 0.0.0 (3), 0.1.0 (2)."]


@pytest.mark.parametrize(
    ("part", "whole", "told"),
    [(0, 5, "0 %"), (5, 5, "100 %"), (1, 5000, "0.1 %"), (4999, 5000, "99.9 %"), (1, 3, "33.3 %")],
)
def test_a_share_is_never_rounded_to_all_or_nothing(part: int, whole: int, told: str) -> None:
    assert words.percent(part, whole) == told


@pytest.mark.parametrize(
    ("statuses", "code"),
    [("h", 0), ("hc", 1), ("cu", 1), ("hi", 3), ("hu", 3), ("u", 2), ("", 2), ("hl", 3), ("cl", 1)],
)
def test_the_exit_code_is_that_of_the_worst(statuses: str, code: int) -> None:
    items: dict[str, Item] = {
        "h": Told(row=row("h")),
        "c": Told(row=row("c", cause="x")),
        "i": Told(row=replace(row("i"), status=Status.INCONCLUSIVE)),
        "u": Told(row=Unread(name="u", because="cut short")),
        "l": Lost(name="l", because="cut short"),
    }

    assert fleet_of(*(items[one] for one in statuses)).code == code


def test_a_verdict_at_odds_is_a_bundle_error() -> None:
    with pytest.raises(BundleError):
        foreign.bounded(replace(row("n"), cause="x"))


def test_a_flood_of_causes_and_registries_is_bounded() -> None:
    rows = [row(f"n{n}", cause=f"cause-{n}", image=f"r{n}.azurecr.io/a:v1") for n in range(90)]
    found = fleet_of(*fleets.items(rows))

    assert len(found.whole.groups) == 50
    assert found.whole.unread == 40
    assert len(found.sections) <= 22
    assert sum(len(one.nodes) for one in found.sections) == 90


def test_what_is_no_host_is_no_registry() -> None:
    found = fleet_of(*fleets.items([row("n", image="</b><script>/x")]))

    assert [one.registry for one in found.sections] == [""]
