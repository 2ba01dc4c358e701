"""`bundle`, `redact` and `analyze` by the real adapters against the simulated Azure on loopback."""

import io
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from checks.target import Asked, UsageError
from diagnose.bundle import judging, outline, reading, unpack
from diagnose.cli import app
from diagnose.lab.cloud import Cloud, Fault
from diagnose.lab.healthy import healthy_cloud
from diagnose.live.deadline import Limits
from diagnose.live.options import Options
from diagnose.runs import bundling, demonstration
from diagnose.runs.bundling import Place
from tests.matrix import runs

IMAGE = "contoso.azurecr.io/app:v1"
STORY = "a_sibling_subnet_is_allowed"


@contextmanager
def options_for(story: str, **changed: Any) -> Iterator[Options]:
    cloud = healthy_cloud()
    runs.BY_NAME[story].change(cloud)
    with demonstration.laboratory(cloud) as options:
        yield replace(options, **changed)


def bundled(place: Place, *, story: str = STORY, quiet: bool = False) -> int:
    with options_for(story) as options:
        return bundling.bundle(Asked(text=IMAGE), options, place, quiet=quiet, verbose=False)


def analysed(*words: str) -> dict[str, Any]:
    result = CliRunner().invoke(app, ["analyze", *words, "-o", "json"])
    document: dict[str, Any] = json.loads(result.stdout)
    return document | {"exit_code": result.exit_code, "stderr": result.stderr}


def test_a_bundle_is_one_private_file_and_the_report_goes_to_stdout(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = bundled(Place(file=str(tmp_path / "b.tar.gz")))

    assert code == 1
    assert [path.name for path in tmp_path.iterdir()] == ["b.tar.gz"]
    assert (tmp_path / "b.tar.gz").stat().st_mode & 0o777 == 0o600
    assert "ROOT CAUSE: subnet-not-allowed (proven)" in capsys.readouterr().out
    assert set(unpack.members(tmp_path / "b.tar.gz")) == {
        "manifest.json",
        "run.json",
        "replies.jsonl",
        "facts.json",
        "host.json",
        "log.txt",
        "report.txt",
        "report.json",
        "report.html",
    }


def test_the_analysis_of_a_bundle_gives_the_verdict_and_its_exit_code(tmp_path: Path) -> None:
    bundled(Place(file=str(tmp_path / "b.tar.gz")), quiet=True)
    document = analysed(str(tmp_path / "b.tar.gz"))

    assert document["exit_code"] == 1
    assert document["verdict"]["cause"] == "subnet-not-allowed"
    assert document["verdict"]["confidence"] == "proven"
    assert "pseudonyms" in document["stderr"]
    assert "contoso" not in json.dumps(document)


def test_a_bundle_to_stdout_is_all_that_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.TextIOWrapper(io.BytesIO())
    monkeypatch.setattr(sys, "stdout", out)
    bundled(Place(file="-"))
    blob = out.buffer.getvalue()  # type: ignore[attr-defined]

    assert "manifest.json" in unpack.members(blob)


def test_a_bundle_with_names_says_so_and_can_be_redacted_later(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole, sent = str(tmp_path / "whole.tar.gz"), str(tmp_path / "sent.tar.gz")
    bundled(Place(file=whole, redacted=False), quiet=True)
    told = capsys.readouterr().err
    bundling.redact(whole, Place(file=sent))
    before, after = reading.read(whole), reading.read(sent)

    assert "not redacted: it holds the names" in told
    assert (before.redacted, after.redacted) == (False, True)
    assert b"contoso" in unpack.members(Path(whole))["report.txt"]
    assert not any(b"contoso" in data for data in unpack.members(Path(sent)).values())
    first, second = (judging.judged(one.recording, one.facts).verdict for one in (before, after))
    assert outline.of(first) == outline.of(second)


def test_the_map_leads_back_to_the_names_and_two_bundles_may_share_it(tmp_path: Path) -> None:
    map_ = tmp_path / "names.json"
    for name in ("one.tar.gz", "two.tar.gz"):
        bundled(Place(file=str(tmp_path / name), names=str(map_)), quiet=True)
    one, two = (reading.read(tmp_path / name) for name in ("one.tar.gz", "two.tar.gz"))
    known = json.loads(map_.read_text())["names"]

    assert map_.stat().st_mode & 0o777 == 0o600
    assert one.salt_id == two.salt_id != ""
    assert one.recording.asked == two.recording.asked
    alias = one.recording.asked.text.partition(".")[0]
    assert known[alias] == "contoso"
    assert not any(
        b"names.json" in data for data in unpack.members(tmp_path / "one.tar.gz").values()
    )


def test_a_place_that_cannot_be_written_is_told_before_the_run(tmp_path: Path) -> None:
    place = Place(file=str(tmp_path / "no-such-folder" / "b.tar.gz"))

    with pytest.raises(UsageError, match="folder does not exist"):
        bundling.bundle(Asked(text=IMAGE), Options(), place, quiet=True, verbose=False)


def slow(cloud: Cloud) -> None:
    cloud.faults["contoso.azurecr.io"] = Fault.SILENT


def test_a_run_that_was_cut_off_gives_a_bundle_that_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Limits, "within", lambda _: Limits())  # each call may outlast the run
    cloud = healthy_cloud()
    slow(cloud)
    with demonstration.laboratory(cloud) as options:
        hurried = replace(options, timeout=1.0)
        run = bundling.recorded(Asked(text=IMAGE), hurried)
    result, bundle = run.result, reading.bundle(bundling.members(run, hurried, None))
    again = judging.judged(bundle.recording, bundle.facts)

    unfinished = [step.check.id for step in result.steps if step.outcome == "unfinished"]
    assert unfinished
    assert sorted(bundle.manifest["unfinished"]) == sorted(unfinished)
    assert bundle.manifest["verdict"]["holds"] is True
    assert again.verdict == result.verdict
    assert again.limits == result.limits


def test_what_cannot_be_read_is_a_usage_error(tmp_path: Path) -> None:
    (tmp_path / "b.tar.gz").write_text("no bundle")
    result = CliRunner().invoke(app, ["analyze", str(tmp_path / "b.tar.gz")])

    assert result.exit_code == 2
    assert result.stdout == ""
    assert len(result.stderr.splitlines()) == 1


def test_a_bundle_with_a_secret_in_it_is_not_written_and_the_report_still_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    real = bundling.recorded

    def leaking(*args: Any, **options: Any) -> bundling.Run:
        run = real(*args, **options)
        return replace(run, secrets=(*run.secrets, "subnet-not-allowed"))

    monkeypatch.setattr(bundling, "recorded", leaking)
    code = bundled(Place(file=str(tmp_path / "b.tar.gz")))
    told = capsys.readouterr()

    assert code == 5
    assert list(tmp_path.iterdir()) == []
    assert "ROOT CAUSE: subnet-not-allowed" in told.out
    assert told.err.splitlines()[-1].startswith("acr-diagnose: no bundle was written: ")
    assert "subnet-not-allowed" not in told.err
