"""Many bundles: counting in bounded memory, telling groups apart, and processes that misbehave."""

import os
import signal
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.contract import Needs
from checks.target import UsageError
from diagnose.causes.contract import FixStep, Risk
from diagnose.facts import Facts
from diagnose.grouping import contrast, digest, features, front, paths, pool, text, words
from diagnose.grouping.digest import Digest, Row, Unread
from diagnose.grouping.features import FEATURES
from diagnose.grouping.summary import EXAMPLES, Summary
from diagnose.grouping.tally import Tally
from diagnose.judging.verdict import Status
from tests.unit import judging

VNET = "/subscriptions/s/resourcegroups/g/providers/microsoft.network/virtualnetworks/v/subnets"


def row(name: str, *, cause: str = "", names: str = "", **values: str) -> Digest:
    """Give a digest; ``values`` are features, with _ for a blank."""
    given = {key.replace("_", " "): value for key, value in values.items()}
    if "subnet" in given:
        given["subnet"] = f"{VNET}/{given['subnet']}"
    assert given.keys() <= {feature.name for feature in FEATURES}
    step = FixStep(command=f"mend {given.get('subnet', '')}", needs="", risk=Risk.READ_ONLY, why="")
    return Digest(
        name=name,
        names=names,
        status=Status.CAUSE if cause else Status.HEALTHY,
        cause=cause,
        title="It is broken" if cause else "",
        owner="network" if cause else "",
        confidence="proven" if cause else "",
        reached="token" if cause else "manifest",
        also=(),
        rivals=(),
        looks=(),
        fix=(step,) if cause else (),
        version="1",
        features=tuple(given.get(feature.name, "") for feature in FEATURES),
    )


def summed(*rows: Row) -> Summary:
    summary = Summary()
    for one in rows:
        summary.add(one)
    return summary


def told(summary: Summary) -> str:
    return " ".join(text.render(summary).split())


@given(st.lists(st.integers(0, 30)), st.integers(1, 8))
def test_what_a_tally_says_of_a_value_holds_however_little_room_it_has(values, room) -> None:
    tally: Tally[int] = Tally(room)
    for value in values:
        tally.add(value)
    true = Counter(values)
    least = {row.value: row.times for row in tally.counts()}

    assert all(least.get(v, 0) <= true[v] <= tally.at_most(v) for v in range(31))
    assert len(tally.counts()) <= room
    assert tally.exact == (len(true) <= room)
    assert tally.total == len(values)


def test_a_frequent_value_is_found_although_it_comes_last() -> None:
    tally: Tally[str] = Tally(10)
    for number in range(100):
        tally.add(f"rare-{number}")
    for _ in range(900):
        tally.add("frequent")
    first = tally.counts()[0]

    assert (first.value, first.times) == ("frequent", 900)


def test_each_feature_is_a_function_over_facts_with_a_name_of_its_own() -> None:
    names = [feature.name for feature in FEATURES]

    assert len(set(names)) == len(names)
    assert all(Needs.of(feature.look).parameters for feature in FEATURES)
    assert features.of(Facts()) == ("",) * len(FEATURES)


def test_a_feature_that_is_not_known_is_empty_and_one_that_is_absent_says_so() -> None:
    host = replace(judging.HOST, resolvers=("10.0.0.4",))
    found = dict(zip([f.name for f in FEATURES], features.of(Facts([host])), strict=True))

    assert found["resolvers"] == "10.0.0.4"
    assert found["proxy variables"] == "none"
    assert found["service endpoint"] == found["proxy"] == found["machine"] == ""


def test_a_value_that_the_healthy_may_have_as_well_tells_nothing() -> None:
    bad = [row(f"b{n}", cause="x", service_endpoint="none") for n in range(4)]
    good = [row(f"g{n}", service_endpoint="Succeeded") for n in range(4)]
    unknown = [*good[:3], row("g3")]
    summary, unsure = summed(*bad, *good), summed(*bad, *unknown)
    shared = summed(*bad, *good[:3], row("g3", service_endpoint="none"))

    assert [d.feature for d in contrast.differences(summary, summary.groups["x"])] == [
        "service endpoint"
    ]
    assert contrast.differences(unsure, unsure.groups["x"]) == []
    assert contrast.differences(shared, shared.groups["x"]) == []


def test_what_the_healthy_share_tells_too() -> None:
    bad = [row(f"b{n}", cause="x", docker=f"2{n}.0") for n in range(4)]
    good = [row(f"g{n}", docker="28.1") for n in range(4)]
    summary = summed(*bad, *good)
    (found,) = contrast.differences(summary, summary.groups["x"])

    assert (found.feature, found.healthy.value, found.healthy.times) == ("docker", "28.1", 4)


def test_one_in_ten_may_be_otherwise_and_two_may_not() -> None:
    good = [row(f"g{n}", clock="right") for n in range(3)]
    bad = [row(f"b{n}", cause="x", clock="off" if n else "right") for n in range(10)]
    worse = [*bad[:9], row("b9", cause="x", clock="right")]

    assert "clock off in 9 of 10; right in 3 of 3 healthy" in told(summed(*bad, *good))
    assert "clock" not in told(summed(*worse, *good))


def test_one_subnet_with_both_healthy_and_failing_machines_is_no_line_between_them() -> None:
    bad = [row(f"b{n}", cause="x", subnet="b") for n in range(3)]
    apart = told(summed(*bad, row("g", subnet="a")))
    mixed = told(summed(*bad, row("g", subnet="a"), row("h", subnet="b")))

    assert "All 3 are in v/b; the healthy one is in v/a." in apart
    assert "Subnets: v/b (3)." in mixed
    assert "All 3 are" not in mixed
    assert "subnet b in 3 of 3" not in apart  # that is said once


def test_a_machine_whose_subnet_is_hidden_is_counted_as_that() -> None:
    bad = [row("b0", cause="x", subnet="b"), row("b1", cause="x", address_range="10.0.0.0/24")]
    found = told(summed(*bad, row("g", subnet="a")))

    assert "Subnets: v/b (1), not known (1)." in found
    assert "All 2" not in found


def test_where_no_id_is_known_address_ranges_stand_for_subnets() -> None:
    bad = [row(f"b{n}", cause="x", address_range="10.0.1.0/24") for n in range(2)]
    found = told(summed(*bad, row("g", address_range="10.0.0.0/24")))
    mixed = told(summed(*bad, row("g", subnet="a", address_range="10.0.0.0/24")))

    assert "All 2 are in 10.0.1.0/24; the healthy one is in 10.0.0.0/24." in found
    assert "All 2" not in mixed  # an id and a range may be the same subnet


def test_subnets_of_one_name_in_two_networks_are_spelt_out() -> None:
    one = row("b0", cause="x", subnet="b")
    other = replace(one, name="b1", features=tuple(v.replace("/g/", "/h/") for v in one.features))
    found = told(summed(one, other))

    assert f"{VNET}/b (1)" in found


def test_two_subnets_that_look_the_same_are_told_apart_across_the_line() -> None:
    good = row("g", subnet="b")
    bad = row("x", cause="x", subnet="b")
    bad = replace(bad, features=tuple(v.replace("/g/", "/h/") for v in bad.features))

    assert f"the healthy one is in {VNET}/b." in told(summed(bad, good))


def test_the_closing_line_names_five_causes_and_counts_the_others() -> None:
    rows = [row(f"{n}-{i}", cause=f"c{n}") for n in range(8) for i in range(n + 1)]
    closing = words.closing(summed(*rows, row("g"), Unread(name="u", because="cut short")))

    assert closing == (
        "38 bundles: 8 c7 (proven), 7 c6 (proven), 6 c5 (proven), 5 c4 (proven), 4 c3 (proven), "
        "6 with 3 other causes, 1 healthy, 1 unreadable"
    )


@pytest.mark.parametrize(
    ("statuses", "code"),
    [("h", 0), ("hc", 1), ("cu", 1), ("hi", 3), ("hu", 3), ("u", 2), ("", 2)],
)
def test_the_exit_code_is_that_of_the_worst(statuses: str, code: int) -> None:
    rows: dict[str, Row] = {
        "h": row("h"),
        "c": row("c", cause="x"),
        "i": replace(row("i"), status=Status.INCONCLUSIVE),
        "u": Unread(name="u", because="cut short"),
    }

    assert words.code(summed(*(rows[one] for one in statuses))) == code


def test_what_is_kept_does_not_grow_with_the_bundles() -> None:
    summary = Summary()
    for number in range(3000):
        values = {"subnet": f"s{number}", "client_id": f"c{number}", "docker": f"v{number}"}
        summary.add(row(f"b{number}", cause="x", names=f"salt-{number}", **values))
        summary.add(Unread(name=f"u{number}", because="cut short"))
    group = summary.groups["x"]

    assert len(summary.names) <= 8
    assert len(group.examples) == EXAMPLES
    assert len(group.fixes.counts()) <= 20
    assert len(summary.reasons) <= 50
    assert all(len(tally.counts()) <= 50 for tally in group.machines.values.values())
    assert summary.unread == group.count == 3000


def test_a_bundle_cannot_make_its_digest_large_or_obey_a_terminal() -> None:
    assert len(digest._cut("x" * 10**6)) == 400
    assert "\x1b" not in digest.named("a\x1b[2Jb\udcff.tar.gz")
    assert (
        digest._bounded([FixStep(command="x" * 30_000, needs="", risk=Risk.READ_ONLY, why="")])
        == ()
    )


def test_a_folder_is_searched_without_circles_and_each_file_counts_once(tmp_path: Path) -> None:
    (tmp_path / "b" / "c").mkdir(parents=True)
    (tmp_path / "b" / "c" / "loop").symlink_to(tmp_path)
    for name in ("b/2.tar.gz", "b/c/1.tar.gz", "a.tar.gz", "note.txt"):
        (tmp_path / name).write_text("")
    (tmp_path / "z.tar.gz").symlink_to(tmp_path / "a.tar.gz")
    found, empty = paths.found([tmp_path / "b", tmp_path, tmp_path / "a.tar.gz"])

    assert [Path(one).name for one in found] == ["a.tar.gz", "2.tar.gz", "1.tar.gz"]
    assert empty == []


def test_a_folder_without_bundles_is_told(tmp_path: Path) -> None:
    found, empty = paths.found([tmp_path])

    assert found == []
    assert [one.because for one in empty] == ["no *.tar.gz is in this folder"]


def misbehaving(path: str) -> Row:
    """Judge by the name: die, hang, or answer."""
    if "die" in path:
        os.kill(os.getpid(), signal.SIGKILL)
    if "leave" in path:
        os._exit(7)
    if "hang" in path:
        time.sleep(60)
    if "late" in path:
        time.sleep(0.05)
    return row(path)


def test_a_process_that_dies_or_hangs_costs_its_own_bundle_alone() -> None:
    names = ["late-0", "die-1", "2", "3", "hang-4", "5", "leave-6", *map(str, range(7, 40))]
    begun = time.monotonic()
    rows = list(pool.each(names, 2, seconds=1.0, judge=misbehaving))
    bad = {one.name: one.because for one in rows if isinstance(one, Unread)}

    assert [one.name for one in rows] == names
    assert bad == {
        "die-1": "the process that judged it was killed, as happens when memory runs out",
        "hang-4": "it was not judged within 1 s",
        "leave-6": "the process that judged it ended with exit code 7",
    }
    assert time.monotonic() - begun < 30


def test_a_bundle_that_hangs_this_process_is_given_up_as_well() -> None:
    rows = list(pool.each(["0", "hang-1", "2"], 0, seconds=0.2, judge=misbehaving))

    assert [type(one) for one in rows] == [Digest, Unread, Digest]


def test_no_process_is_left_when_the_reader_goes_away() -> None:
    rows = pool.each([str(n) for n in range(100)], 2, judge=misbehaving)
    next(rows)
    kept = rows.gi_frame.f_locals["self"].workers
    pids = [worker.process.pid for worker in kept]
    rows.close()

    assert len(pids) == 2
    assert not any(Path(f"/proc/{pid}").exists() for pid in pids)


def test_few_bundles_are_judged_in_this_process() -> None:
    assert pool.workers_for(pool.FEW - 1) == 0
    assert pool.workers_for(10_000) >= 1


def test_another_format_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not as junit"):
        front.run([tmp_path], "junit")
