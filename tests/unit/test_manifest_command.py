"""``acr-diagnose k8s manifest`` and the hidden ``node``, as they are typed."""

import json
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from diagnose.commands import k8s
from tests.unit.test_manifest_nodes import cluster

IMAGE = "contoso.azurecr.io/app:v1"


def run(*words: str, text: str = "") -> tuple[int, str, str]:
    done = CliRunner().invoke(k8s.app, list(words), input=text)
    return done.exit_code, done.stdout, done.stderr


def test_the_manifest_is_all_that_stdout_carries() -> None:
    code, out, err = run("manifest", IMAGE)

    assert (code, err) == (0, "")
    assert [one["kind"] for one in yaml.safe_load_all(out)] == [
        "Namespace",
        "ServiceAccount",
        "DaemonSet",
    ]


def test_a_report_on_the_node_is_asked_for_by_name() -> None:
    folder = "/var/log/azure/acr-diagnose"
    code, out, _ = run("manifest", IMAGE, "--node-log")

    assert code == 0
    assert f"path: {folder}\n" in out
    assert folder not in run("manifest", IMAGE)[1]


def test_the_help_of_a_run_says_what_outlives_it() -> None:
    told = " ".join(run("run", "--help")[1].split())

    assert "Events are not deleted with the run" in told
    assert "report.json" in told


def test_nodes_come_from_stdin_and_those_left_out_are_named(tmp_path: Path) -> None:
    place = tmp_path / "z.yaml"
    words = ("manifest", IMAGE, "--zero-pull", "--nodes", "-", "-o", str(place))
    code, out, err = run(*words, text=json.dumps(cluster()))
    kinds = [one["kind"] for one in yaml.safe_load_all(place.read_text())]

    assert (code, out) == (0, "")
    assert kinds.count("DaemonSet") == 3
    assert kinds.count("ConfigMap") > 1
    assert "f1: flatcar" in err
    assert "# Left out: f1: flatcar" in place.read_text()


@pytest.mark.parametrize(
    "words",
    [
        ("manifest", "not a target"),
        ("manifest", IMAGE, "--zero-pull"),
        ("manifest", IMAGE, "--image", "x:latest"),
        ("manifest", IMAGE, "--profile", "everything"),
        ("manifest", IMAGE, "-o", "/no/such/folder/file"),
        ("manifest", IMAGE, "--zero-pull", "--nodes", "/no/such/file"),
        ("node", ""),
    ],
)
def test_a_slip_is_exit_code_2_and_a_sentence(words: tuple[str, ...]) -> None:
    code, out, err = run(*words)

    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 1 or "Usage:" in err


def test_a_probe_gets_its_answer_without_a_run() -> None:
    assert run("node", "--health") == (0, "", "")


def test_what_runs_in_the_pods_is_not_in_the_help() -> None:
    assert "  node " not in run("--help")[1]
