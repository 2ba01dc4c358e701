"""`explain --text` as it is called: arguments in, one document and an exit code out."""

import io
import json
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from diagnose.cli import app
from diagnose.texts.front import blocks

DENIED = "denied: client with IP '10.0.0.4' is not allowed access, c.azurecr.io/app:v1"
HEAVY = {"azure", "cryptography", "dns", "docker", "requests", "urllib3", "diagnose.causes"}


def run(*arguments: str, stdin: str | bytes | None = None):
    return CliRunner().invoke(app, ["explain", *arguments], input=stdin)


def test_json_is_one_document_of_the_agreed_form() -> None:
    done = run("--text", DENIED, "-o", "json")
    document = json.loads(done.stdout)

    assert done.exit_code == 0
    assert document["schema"] == 1
    assert set(document) == {"schema", "candidates"}
    assert {frozenset(row) for row in document["candidates"]} == {
        frozenset({"cause", "confidence", "because", "next"})
    }
    assert document["candidates"][0]["cause"] == "subnet-not-allowed"
    assert document["candidates"][0]["confidence"] == "likely"
    assert "client with IP '10.0.0.4'" in document["candidates"][0]["because"]
    assert document["candidates"][0]["next"].startswith("acr-diagnose run c.azurecr.io/app:v1; ")


def test_the_page_names_cause_reason_and_next_look() -> None:
    page = run("--text", DENIED).stdout

    assert "1. subnet-not-allowed (likely): no rule of the registry allows this subnet" in page
    assert "client with IP '10.0.0.4'" in page
    assert '"$(az acr show --name c --query id -o tsv)?api-version=2021-08-01-preview"' in page
    assert page.endswith("acr-diagnose run c.azurecr.io/app:v1\n")


@pytest.mark.parametrize("arguments", [("--text", "-"), ()])
def test_the_text_may_come_by_pipe(arguments: tuple[str, ...]) -> None:
    done = run(*arguments, stdin=DENIED)

    assert done.exit_code == 0
    assert "subnet-not-allowed" in done.stdout


def test_no_idea_is_an_answer_of_its_own() -> None:
    done = run("--text", "hello", "-o", "json")

    assert done.exit_code == 3
    assert json.loads(done.stdout) == {"schema": 1, "candidates": []}
    assert "no cause that this tool knows" in run("--text", "hello").stdout


def test_an_id_and_a_text_are_one_too_many() -> None:
    done = run("disk-full", "--text", "x", "-o", "json")

    assert done.exit_code == 2
    assert json.loads(done.stdout)["candidates"] == []


@pytest.mark.parametrize("arguments", [(), ("--text", "-"), ("--text", " \n ")])
def test_nothing_to_explain_is_a_slip(arguments: tuple[str, ...]) -> None:
    done = run(*arguments, "-o", "json", stdin="\n")

    assert done.exit_code == 2
    assert json.loads(done.stdout)["error"] == "nothing to explain: the text is empty"


def test_the_page_of_an_id_is_as_before() -> None:
    assert run("tag-not-found").stdout.startswith("tag-not-found\n\n")


def test_a_text_of_powershell_is_read() -> None:
    assert "".join(blocks(io.BytesIO(DENIED.encode("utf-16")))) == DENIED


def test_bytes_that_are_no_text_are_no_crash() -> None:
    assert run("--text", "-", stdin=bytes(range(256)) * 50).exit_code == 3


def test_blocks_end_with_a_line_and_lose_nothing() -> None:
    text = "".join(f"line {number} \u00e9\n" for number in range(20_000)) + "no end"
    parts = list(blocks(io.BytesIO(text.encode())))

    assert "".join(parts) == text
    assert all(part.endswith("\n") for part in parts[:-1])


def test_nothing_heavy_is_loaded() -> None:
    source = (
        "import sys; from diagnose.texts import front; front.read(['x509: bad']);"
        "print(*sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", source], capture_output=True, text=True, check=True
    )

    assert not HEAVY & {*done.stdout.split(), *(m.partition(".")[0] for m in done.stdout.split())}
