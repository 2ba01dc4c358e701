"""What ships beside the agent names the metrics, options and causes that there are."""

import inspect
import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from checks.target import UsageError, parse
from diagnose import causes
from diagnose.agent import metrics
from diagnose.agent.board import Board
from diagnose.agent.seen import Status
from diagnose.commands import quick
from diagnose.commands.agent import agent
from diagnose.reports import npd
from tests.unit.agents import REFUSED

PACKAGING = Path(__file__).resolve().parents[2] / "packaging"
MONITORING, SYSTEMD = PACKAGING / "monitoring", PACKAGING / "systemd"
PLUGIN = PACKAGING / "kubectl" / "kubectl-acr_diagnose"
OURS = "/usr/bin/acr-diagnose"


def served() -> dict[str, set[str]]:
    """Give each metric that the agent serves, with its labels."""
    board = Board(["contoso.azurecr.io"])
    board.put("contoso.azurecr.io", REFUSED)
    return {
        sample.name: set(sample.labels)
        for family in metrics.of(board).collect()
        for sample in family.samples
    }


def named(text: str) -> set[str]:
    return set(re.findall(r"acr_diagnose_[a-z_]*[a-z]", text)) - {"acr_diagnose"}


def dashboard() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((MONITORING / "grafana-dashboard.json").read_text())
    return found


def expressions() -> list[str]:
    """Give every expression of the dashboard and of the alert rules."""
    targets = [target for panel in dashboard()["panels"] for target in panel["targets"]]
    groups = yaml.safe_load((MONITORING / "alerts.yaml").read_text())["groups"]
    rules = [rule for group in groups for rule in group["rules"]]
    return [one["expr"] for one in (*targets, *rules)]


def test_the_dashboard_shows_every_metric_and_no_other() -> None:
    assert named(json.dumps(dashboard())) == set(served())


@pytest.mark.parametrize("name", ["alerts.yaml", "alerts-test.yaml", "README.md"])
def test_no_file_names_a_metric_that_there_is_not(name: str) -> None:
    found = named((MONITORING / name).read_text()) - {"acr_diagnose_prom"}

    assert found
    assert found <= set(served())


def test_labels_are_those_of_the_metrics_or_what_prometheus_adds() -> None:
    known = {label for labels in served().values() for label in labels} | {"instance"}
    texts = [*expressions(), json.dumps(dashboard())]
    grouped = [word for text in texts for word in re.findall(r"(?:by|on) \(([\w, ]*)\)", text)]
    legends = [word for text in texts for word in re.findall(r"\{\{(\w+)\}\}", text)]
    matched = [word for text in texts for word in re.findall(r"[{,](\w+)(?:=~|!~|!=|=)", text)]

    assert grouped
    assert legends
    assert matched
    words = {word.strip() for one in grouped for word in one.split(",")}
    assert words | set(legends) | set(matched) <= known


def test_codes_are_causes_or_words_of_the_agent() -> None:
    codes = {cause.id for cause in causes.ALL} | {status.value for status in Status} - {"cause"}
    tests = (MONITORING / "alerts-test.yaml").read_text()
    matched = re.findall(r'code[!=~]+\\?"([^"\\]+)', " ".join([*expressions(), tests]))

    assert {code for one in matched for code in one.split("|")} <= codes
    assert {"healthy", "inconclusive", "error", "subnet-not-allowed"} <= {
        code for one in matched for code in one.split("|")
    }


def test_panels_have_a_place_each_and_do_not_overlap() -> None:
    panels = dashboard()["panels"]
    taken = [
        (x, y)
        for place in (panel["gridPos"] for panel in panels)
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]

    assert len({panel["id"] for panel in panels}) == len(panels)
    assert len(taken) == len(set(taken))
    assert max(x for x, _ in taken) < 24


def test_the_detectors_config_is_one_that_it_takes() -> None:
    """What node-problem-detector's config.go checks, and that our line has its room and time."""
    config = json.loads((MONITORING / "npd-plugin.json").read_text())
    plugin, rules = config["pluginConfig"], config["rules"]
    conditions = {condition["type"] for condition in config["conditions"]}

    assert config["plugin"] == "custom"
    assert plugin["max_output_length"] == npd.BYTES == 80
    assert {rule["type"] for rule in rules} == {"permanent", "temporary"}
    for rule in rules:
        assert rule["path"] == OURS
        assert quick.left(0.0) < int(rule["timeout"][:-1]) < int(plugin["timeout"][:-1])
        assert rule["type"] == "temporary" or rule["condition"] in conditions
        assert rule["args"] == ["run", "<registry>", "--output", "npd"]


def test_what_is_to_be_filled_in_is_nobodys_registry() -> None:
    with pytest.raises(UsageError):
        parse("<registry>")

    assert "\nTARGETS=\n" in (SYSTEMD / "acr-diagnose.env").read_text()


@pytest.mark.parametrize("name", ["acr-diagnose.service", "acr-diagnose-agent.service"])
def test_a_service_is_shut_in_and_calls_what_there_is(name: str) -> None:
    text = (SYSTEMD / name).read_text()
    settings = dict(
        line.split("=", 1) for line in text.splitlines() if re.match(r"[A-Z]\w+=", line)
    )
    program, command, *options = settings["ExecStart"].split()
    known = {f"--{name.replace('_', '-')}" for name in inspect.signature(agent).parameters}

    assert (program, command) == (OURS, "agent")
    assert {word for word in options if word.startswith("--")} <= known
    assert settings["Type"] == ("oneshot" if "--once" in options else "simple")
    assert settings["ProtectSystem"] == "strict"
    assert settings["NoNewPrivileges"] == "yes"
    assert settings["CapabilityBoundingSet"] == ""


def test_the_timer_spreads_machines() -> None:
    text = (SYSTEMD / "acr-diagnose.timer").read_text()

    assert "RandomizedDelaySec=3min" in text
    assert (SYSTEMD / "acr-diagnose.service").is_file(), "a timer starts what bears its name"


# -- kubectl acr-diagnose ---------------------------------------------------------------------


def stub(path: Path, says: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'#!/bin/sh\necho {says} "$#" "$@"\nexit 3\n')
    path.chmod(0o755)


def test_the_plug_in_can_be_called_as_it_is() -> None:
    assert os.access(PLUGIN, os.X_OK)


def called(plugin: Path, path: str) -> tuple[int, str, str]:
    done = subprocess.run(
        [str(plugin), "run", "my registry"],
        env={"PATH": path},
        capture_output=True,
        text=True,
        check=False,
        timeout=20,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def plugin(tmp_path: Path) -> Path:
    """The plug-in in a folder of its own, whose /usr/bin is below the test's folder."""
    copy = tmp_path / "plugin" / PLUGIN.name
    copy.parent.mkdir()
    copy.write_text(PLUGIN.read_text().replace("installed=/usr", f"installed={tmp_path}/usr"))
    copy.chmod(0o755)
    return copy


def test_the_program_on_path_is_called_first(plugin: Path, tmp_path: Path) -> None:
    stub(tmp_path / "bin" / "acr-diagnose", "path")
    stub(tmp_path / "usr/bin/acr-diagnose", "usr")

    assert called(plugin, f"{tmp_path}/bin:/usr/bin:/bin")[:2] == (
        3,
        "path 3 k8s run my registry\n",
    )


def test_then_the_one_of_the_package(plugin: Path, tmp_path: Path) -> None:
    stub(tmp_path / "usr/bin/acr-diagnose", "usr")
    (plugin.parent / "acr-diagnose.pyz").write_text("raise AssertionError\n")

    assert called(plugin, "/usr/bin:/bin")[:2] == (3, "usr 3 k8s run my registry\n")


def test_then_the_archive_beside_it_also_through_a_link(plugin: Path, tmp_path: Path) -> None:
    (plugin.parent / "acr-diagnose.pyz").write_text("import sys; print(sys.argv[1:])\n")
    link = tmp_path / "linked" / PLUGIN.name
    link.parent.mkdir()
    link.symlink_to(plugin)

    for way in (plugin, link):
        assert called(way, "/usr/local/bin:/usr/bin:/bin") == (
            0,
            "['k8s', 'run', 'my registry']\n",
            "",
        )


def test_without_a_program_it_says_where_it_looked(plugin: Path) -> None:
    code, out, err = called(plugin, "/usr/bin:/bin")

    assert (code, out, err.count("\n")) == (127, "", 1)
    assert "acr-diagnose.pyz is not there" in err


def test_an_old_python_is_not_given_the_archive(plugin: Path, tmp_path: Path) -> None:
    (plugin.parent / "acr-diagnose.pyz").write_text("raise AssertionError\n")
    stub(tmp_path / "old" / "python3", "old >&2")
    for tool in ("dirname", "readlink"):
        (tmp_path / "old" / tool).symlink_to(f"/usr/bin/{tool}")
    code, out, err = called(plugin, f"{tmp_path}/old")

    assert (code, out) == (127, "")
    assert "needs Python 3.10 or newer" in err
