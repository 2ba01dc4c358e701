"""Standard streams that are closed or full: one sentence, one exit code, and no number reused."""

import subprocess
import sys

import pytest

PROGRAM = f"{sys.executable} -m diagnose"


def sh(script: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        ["sh", "-c", script], capture_output=True, text=True, check=False, timeout=60
    )


@pytest.mark.parametrize("words", ["--help", "--version", "causes", "explain tag-not-found"])
@pytest.mark.parametrize(
    ("where", "why"),
    [(">&-", "Bad file descriptor"), (">/dev/full", "No space left on device")],
    ids=["closed", "full"],
)
def test_what_cannot_be_written_is_one_sentence(words: str, where: str, why: str) -> None:
    done = sh(f"{PROGRAM} {words} {where}")

    assert (done.returncode, done.stdout) == (5, "")
    assert done.stderr.startswith("acr-diagnose: ")
    assert done.stderr.endswith(f"{why}\n")
    assert done.stderr.count("\n") == 1


def test_without_stderr_all_else_is_as_usual() -> None:
    usual = sh(f"{PROGRAM} causes")

    assert sh(f"{PROGRAM} causes 2>&-").stdout == usual.stdout
    assert sh(f"{PROGRAM} run / 2>&-").returncode == 2
    assert sh(f"{PROGRAM} explain --text - <&-").returncode == 2


def test_no_number_below_three_is_left_for_a_connection() -> None:
    """What a child of the program takes for its stderr is nobody's socket."""
    source = "import os, sys; from diagnose import streams\n"
    source += "with streams.whole('x', 5): fd = os.open('/', os.O_RDONLY)\n"
    source += "os.write(int(sys.argv[1]), b'%d' % fd)"
    done = sh(f'exec 7>&1; {sys.executable} -c "{source}" 7 <&- >&- 2>&-')

    assert int(done.stdout) >= 3
