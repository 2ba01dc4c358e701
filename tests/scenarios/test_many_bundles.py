"""Twenty machines' bundles at once, made from the simulated Azure: fourteen fail, six do not."""

import json
from pathlib import Path
from typing import Any

import pytest

from diagnose.bundle import archive, making
from diagnose.bundle.pseudonyms import Pseudonyms
from diagnose.grouping import front
from diagnose.lab.cloud import Cloud
from diagnose.lab.healthy import SIBLING_ID
from tests.matrix import runs
from tests.scenarios.recorded import recorded

FAILING, HEALTHY = 14, 6
SALT = bytes(16)


def machine(number: int) -> Cloud:
    """Give the cloud as machine ``number`` sees it: from 6 on it is in another subnet."""
    cloud = runs.cloud_of()
    cloud.vm.name, cloud.vm.private_ip = f"vm-{number}", f"10.1.0.{number + 4}"
    if number >= HEALTHY:
        cloud.vm.subnet_id, cloud.vm.private_ip = SIBLING_ID, f"10.1.1.{number + 4}"
    return cloud


def bundle(path: Path, cloud: Cloud, salt: bytes = b"") -> None:
    told = recorded(cloud, runs.USUAL)
    names = Pseudonyms(salt) if salt else None
    made = making.made(told.recording, told.result, lambda _: ("bundle",), names)
    path.write_bytes(archive.pack(made))


def fleet(folder: Path, salts: tuple[bytes, ...] = (b"",)) -> Path:
    folder.mkdir()
    for number in range(HEALTHY + FAILING):
        place = folder / f"node-{number:02}.tar.gz"
        bundle(place, machine(number), salts[number % len(salts)])
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fleet(tmp_path_factory.mktemp("many") / "plain")


def document(*sources: Path, workers: int = 0) -> dict[str, Any]:
    told = front.rendered(front.summed(sources, workers), "json")
    found: dict[str, Any] = json.loads(told)
    return found


def text(folder: Path) -> str:
    """Give the report for a person, as one line."""
    return " ".join(front.rendered(front.summed([folder]), "text").split())


def test_the_sum_names_the_cause_and_the_one_subnet_that_fails(folder: Path) -> None:
    told = front.rendered(front.summed([folder]), "text")
    closing = "20 bundles: 14 subnet-not-allowed (proven), 6 healthy"

    assert told.splitlines()[1] == closing
    assert told.splitlines()[-1] == closing
    assert "All 14 are in app-vnet/build; the 6 healthy are in app-vnet/apps." in told
    assert "Fix (the same for all 14 in app-vnet/build)" in told
    assert told.count("az acr network-rule add ") == 1
    assert "service endpoint" not in told  # both subnets have it


def test_a_service_endpoint_that_only_the_healthy_have_is_what_differs(tmp_path: Path) -> None:
    for number in (0, 1, 6, 7):
        cloud = machine(number)
        for subnet in cloud.vnets[0].subnets:
            if subnet.id == SIBLING_ID:
                subnet.service_endpoints = []
        bundle(tmp_path / f"{number}.tar.gz", cloud)
    (group, _) = document(tmp_path)["groups"]

    assert group["cause"] == "service-endpoint-missing"
    assert [row["feature"] for row in group["differs"]] == [
        "subnet",
        "address range",
        "service endpoint",
    ]
    assert group["differs"][2]["here"] == {"value": "none", "times": 2, "of": 2}


def test_processes_and_their_number_change_nothing(folder: Path) -> None:
    alone = document(folder)

    assert document(folder, workers=2) == alone
    assert document(*sorted(folder.iterdir(), reverse=True), workers=3) == alone


def test_bundles_that_share_their_names_are_summed_up_as_if_they_were_not_redacted(
    folder: Path, tmp_path: Path
) -> None:
    plain, redacted = document(folder), document(fleet(tmp_path / "same", (SALT,)))
    mine, theirs = redacted["groups"][0], plain["groups"][0]

    assert [one["count"] for one in mine["subnets"]["known"]] == [FAILING]
    assert [row["feature"] for row in mine["differs"]] == [
        row["feature"] for row in theirs["differs"]
    ]
    assert len(mine["fixes"]) == 1
    assert not any("redacted apart" in note for note in redacted["limits"])
    assert "app-vnet" not in json.dumps(redacted)


def test_names_of_bundles_that_were_redacted_apart_are_not_compared(tmp_path: Path) -> None:
    salts = tuple(bytes([number]) * 16 for number in range(1, 21))
    told = text(fleet(tmp_path / "apart", salts))

    assert "14 subnet-not-allowed (proven), 6 healthy" in told
    assert told.count("subnets and other names cannot") == 1
    assert "Subnets:" not in told
    assert "differs" not in told  # each subnet has a name of its own; that tells nothing
    assert told.count("az acr network-rule add ") == 1


def test_where_some_share_their_names_subnets_are_counted_among_them_alone(tmp_path: Path) -> None:
    salts = tuple(SALT if n % 2 else bytes([n + 1]) * 16 for n in range(HEALTHY + FAILING))
    found = document(fleet(tmp_path / "mixed", salts))
    group = found["groups"][0]

    assert group["count"] == FAILING
    assert (group["subnets"]["of"], group["subnets"]["different"]) == (7, 1)
    assert any("at most 10 of 20" in note for note in found["limits"])


def test_different_subnets_of_one_cause_have_a_fix_each(tmp_path: Path) -> None:
    for number in range(4):
        cloud = machine(number if number < 2 else number + HEALTHY)
        cloud.registry.vnet_rules = []
        bundle(tmp_path / f"{number}.tar.gz", cloud)
    told = text(tmp_path)

    assert "Subnets: app-vnet/apps (2), app-vnet/build (2)." in told
    assert "Fix (for 2 in app-vnet/apps, such as " in told
    assert "Fix (for 2 in app-vnet/build, such as " in told
    assert "No bundle is healthy" in told


@pytest.mark.parametrize(
    ("numbers", "code"), [((0, 1), 0), ((0, 6), 1), ((), 2)], ids=["healthy", "cause", "none"]
)
def test_exit_codes(numbers: tuple[int, ...], code: int, tmp_path: Path) -> None:
    for number in numbers:
        bundle(tmp_path / f"{number}.tar.gz", machine(number))

    assert front.run([tmp_path], "text", quiet=True) == code


def test_healthy_bundles_beside_one_that_cannot_be_read_are_not_all_healthy(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bundle(tmp_path / "good.tar.gz", machine(0))
    (tmp_path / "bad.tar.gz").write_bytes(b"no bundle")
    code = front.run([tmp_path, tmp_path / "missing.tar.gz"], "short")
    told = capsys.readouterr().out

    assert code == 3
    assert told.splitlines()[0] == "3 bundles: 1 healthy, 2 unreadable"


def test_the_short_form_has_at_most_twelve_lines_whatever_there_is(tmp_path: Path) -> None:
    for number, name in enumerate(list(runs.BY_NAME)[::6]):
        told = runs.BY_NAME[name]
        one = recorded(runs.cloud_of(told), told.image)
        made = making.made(one.recording, one.result, lambda _: ("bundle",), None)
        (tmp_path / f"{number:02}.tar.gz").write_bytes(archive.pack(made))
    summary = front.summed([tmp_path])
    lines = front.rendered(summary, "short").splitlines()

    assert len(summary.groups) > 8
    assert len(lines) <= 12
    assert len("\n".join(lines).encode()) < 6000


def test_markdown_has_the_differences_as_a_table(folder: Path) -> None:
    told = front.rendered(front.summed([folder]), "markdown")

    assert told.startswith("## 20 bundles: 14 subnet-not-allowed (proven), 6 healthy\n")
    assert "```sh\n   az acr network-rule add " in told
