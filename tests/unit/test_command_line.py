"""The command line: its words, its exit codes, and one JSON document whatever happens."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from diagnose import __version__, front
from diagnose.cli import app, main


def called(*words: str) -> Any:
    return CliRunner().invoke(app, list(words))


def test_without_a_word_it_tells_its_commands(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["acr-diagnose"])
    with pytest.raises(SystemExit) as ended:
        main()
    told = capsys.readouterr()

    assert ended.value.code == 2  # as click has it
    assert "  run " in told.out + told.err
    assert "Traceback" not in told.err


def test_it_tells_its_version() -> None:
    assert called("--version").stdout == f"acr-diagnose {__version__}\n"


def test_a_list_that_cannot_be_written_is_one_sentence() -> None:
    words = [sys.executable, "-m", "diagnose", "causes"]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            words, stdout=full, stderr=subprocess.PIPE, text=True, check=False, timeout=60
        )

    assert (done.returncode, done.stderr) == (5, "acr-diagnose: No space left on device\n")


def test_a_target_that_is_a_url_is_a_usage_error_in_one_sentence() -> None:
    result = called("run", "https://contoso.azurecr.io/app")

    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1


def test_json_is_one_document_for_a_usage_error_too() -> None:
    result = called("run", "contoso.azurecr.io/App", "-o", "json")

    document = json.loads(result.stdout)
    assert (result.exit_code, document["schema"]) == (2, 1)
    assert "lower-case" in document["error"]


def test_json_is_one_document_when_the_tool_itself_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object, **_options: object) -> None:
        raise RuntimeError("ours")

    monkeypatch.setattr(front, "result_of", broken)

    result = called("run", "contoso", "-o", "json")

    assert result.exit_code == 5
    assert json.loads(result.stdout)["error"]


@pytest.mark.parametrize(
    "words",
    [
        ("run",),
        ("run", "contoso", "--subnet", "apps"),
        ("run", "contoso", "--registry-id", "contoso"),
        ("run", "contoso", "--resolve", "contoso.azurecr.io:443"),
        ("run", "contoso", "--resolve", "contoso.azurecr.io:99999:10.0.0.1"),
        ("run", "contoso", "--timeout", "0"),
        ("run", "contoso", "-o", "yaml"),
        ("demo", "nothing-like-this"),
        ("explain", "nothing-like-this"),
    ],
)
def test_slips_are_usage_errors(words: tuple[str, ...]) -> None:
    result = called(*words)

    assert result.exit_code == 2, result.output
    assert "Traceback" not in result.output


def test_a_report_that_stdout_cannot_encode_is_escaped(capsys: pytest.CaptureFixture[str]) -> None:
    front.printed("caf\N{LATIN SMALL LETTER E WITH ACUTE} \ud800\n")

    assert capsys.readouterr().out == "caf\N{LATIN SMALL LETTER E WITH ACUTE} \\ud800\n"


def test_every_cause_and_check_has_its_page() -> None:
    for listing in ("causes", "checks"):
        for line in called(listing).stdout.splitlines():
            page = called("explain", line.split()[0])
            assert page.exit_code == 0
            assert len(page.stdout.splitlines()) >= 3
