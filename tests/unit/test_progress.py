"""The line on stderr while a run is under way: on a terminal only, and gone afterwards."""

import contextlib
import fcntl
import io
import json
import os
import re
import struct
import subprocess
import sys
import termios
import threading
import time

import pytest

import checks
from checks.contract import Check
from checks.target import UsageError
from diagnose import engine, progress, terminal
from diagnose.engine import Outcome, Step

ORDER = engine.order(checks.ALL)
SAID = "acr-diagnose: "


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Gone(Terminal):
    """A terminal whose other end was closed."""

    def write(self, _text: str) -> int:
        raise OSError(5, "Input/output error")


def ended(check: Check) -> Step:
    return Step(check=check, outcome=Outcome.SKIPPED)


def called(id_: str) -> Check:
    return next(check for check in checks.ALL if check.id == id_)


@pytest.fixture(autouse=True)
def able(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")


def test_it_names_what_is_under_way_and_nothing_that_waits() -> None:
    none = progress.told(ORDER, set(), 0.0, 200)
    asked = progress.told(ORDER, {called("target")}, 0.0, 200)

    assert none.startswith(f"{SAID}0 of {len(checks.ALL)} checks, waiting for: target")
    assert "challenge" not in none
    assert re.search(r"1 of \d+ checks, waiting for: (?!target)", asked)
    assert "challenge" in asked
    assert progress.told(ORDER, set(checks.ALL), 0.0, 200) == (
        f"{SAID}{len(checks.ALL)} of {len(checks.ALL)} checks"
    )


@pytest.mark.parametrize("width", [1, 20, 40, 60, 80, 100, 200])
def test_it_stays_on_one_line(width: int) -> None:
    for done in (set(), {called("target")}, {called("target"), called("host")}):
        line = progress.told(ORDER, done, 0.0, width)
        named = line.partition("waiting for: ")[2].partition(" and ")
        under_way = [c for c in ORDER if c not in done and ORDER[c] <= done]

        assert len(line) <= width
        if named[0]:
            assert len(named[0].split(", ")) + int((named[2] or "0").split()[0]) == len(under_way)


def test_a_long_wait_is_counted_in_seconds() -> None:
    assert ", 7 s, waiting for: " in progress.told(ORDER, set(), 7.2, 200)
    assert " s, " not in progress.told(ORDER, set(), 1.0, 200)


def test_it_is_written_at_once_and_wiped_at_the_end() -> None:
    terminal = Terminal()
    with progress.shown(checks.ALL, stream=terminal):
        first = terminal.getvalue()
    *_, last, rest = terminal.getvalue().split("\r")

    assert first.startswith(f"\r{SAID}0 of ")
    assert rest == ""
    assert last == " " * len(first.strip("\r"))
    assert "\n" not in terminal.getvalue()


def test_it_goes_on_while_no_check_ends() -> None:
    terminal = Terminal()
    with progress.shown(checks.ALL, stream=terminal):
        time.sleep(0.7)
        written = terminal.getvalue().count(SAID)

    assert 2 <= written <= 5


def test_a_burst_of_steps_does_not_flicker() -> None:
    terminal = Terminal()
    with progress.shown(checks.ALL, stream=terminal) as on_step:
        for check in checks.ALL:
            on_step(ended(check))

    assert terminal.getvalue().count(SAID) < 10


def test_a_line_stands_while_the_program_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    with terminal.opening():
        before = stream.getvalue()
    with pytest.raises(UsageError), terminal.opening():
        raise UsageError("a slip")

    assert screen(before) == [f"{SAID}starting"]
    assert screen(stream.getvalue()) == [""]


@pytest.mark.parametrize("why", ["no terminal", "quiet", "dumb"])
def test_not_a_byte_where_nobody_looks(why: str, monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO() if why == "no terminal" else Terminal()
    if why == "dumb":
        monkeypatch.setenv("TERM", "dumb")
    before = threading.active_count()
    monkeypatch.setattr(sys, "stderr", stream)
    with (
        terminal.opening(quiet=why == "quiet"),
        progress.shown(checks.ALL, quiet=why == "quiet") as on_step,
    ):
        on_step(ended(checks.ALL[0]))
        assert threading.active_count() == before

    assert stream.getvalue() == ""


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_no_thread_and_no_line_stay_behind_after_an_exception(
    error: type[BaseException],
) -> None:
    terminal = Terminal()
    with pytest.raises(error), progress.shown(checks.ALL, stream=terminal):
        raise error

    assert not [one for one in threading.enumerate() if one.name == "progress"]
    assert terminal.getvalue().endswith(" \r")


def test_a_terminal_that_went_away_does_not_end_the_run() -> None:
    with progress.shown(checks.ALL, stream=Gone()) as on_step:
        on_step(ended(checks.ALL[0]))


def on_a_terminal(
    *words: str, columns: int = 80, environ: dict[str, str] | None = None
) -> tuple[int, list[tuple[float, str]]]:
    """Run the program with a terminal on all three streams: exit code, what came and when."""
    ours, theirs = os.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    known = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    known |= {"TERM": "xterm", "PYTHONUTF8": "1"} | (environ or {})
    came: list[tuple[float, str]] = []
    start = time.monotonic()
    with subprocess.Popen(
        [sys.executable, "-m", "diagnose", *words],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=known,
    ) as run:
        os.close(theirs)
        with contextlib.suppress(OSError):  # Linux's way to say that the other end is closed
            while block := os.read(ours, 65536):
                came.append((time.monotonic() - start, block.decode()))
    os.close(ours)
    return run.returncode, came


def screen(text: str) -> list[str]:
    """Give the lines that a terminal shows: what follows a return is written over the line."""
    lines = []
    for line in text.split("\r\n"):
        shown = ""
        for part in line.split("\r"):
            shown = part + shown[len(part) :]
        lines.append(shown.rstrip())
    return lines


def test_demo_on_a_terminal_shows_the_line_and_leaves_the_report_alone() -> None:
    code, came = on_a_terminal("demo", "subnet-not-allowed", "--no-color")
    whole = "".join(text for _, text in came)
    shown = screen(whole)

    assert code == 1
    assert whole.count(f"\r{SAID}") >= 2
    assert not [line for line in shown if "waiting for" in line]
    assert shown[2].startswith("acr-diagnose 0")
    assert shown[4] == "\N{MULTIPLICATION SIGN} ROOT CAUSE: subnet-not-allowed (proven)"
    assert shown[-2].startswith("Verdict: subnet-not-allowed")
    assert "\x1b" not in whole


def test_a_slip_on_a_terminal_is_one_clean_line() -> None:
    code, came = on_a_terminal("demo", "no-such-case")
    shown = screen("".join(text for _, text in came))

    assert code == 2
    assert shown[0].startswith("acr-diagnose: 'no-such-case' is no case")
    assert shown[1:] == [""]


def test_the_first_line_does_not_wait_for_the_catalogue() -> None:
    """The checks alone take a tenth of a second to load."""
    source = (
        "import sys, diagnose.commands.run, diagnose.terminal\n"
        "with diagnose.terminal.opening(): print('checks' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", source], capture_output=True, text=True, check=True
    )

    assert done.stdout == "False\n"


def test_demo_in_colour_says_the_same() -> None:
    _, came = on_a_terminal("demo", "healthy", columns=100)
    whole = "".join(text for _, text in came)
    plain = re.sub(r"\x1b\[[0-9;]*m", "", whole)

    assert "\x1b[32m\N{SQUARE ROOT} HEALTHY: " in whole
    assert "\N{SQUARE ROOT} HEALTHY: " in plain
    assert "\x1b" not in plain


@pytest.mark.parametrize(
    ("words", "environ"), [(["-q"], {}), (["-v"], {}), ([], {"TERM": "dumb"})], ids=str
)
def test_demo_writes_no_line_where_it_is_not_wanted(
    words: list[str], environ: dict[str, str]
) -> None:
    code, came = on_a_terminal("demo", "healthy", *words, environ=environ)
    whole = "".join(text for _, text in came)

    assert code == 0
    assert "waiting for" not in whole
    assert ("HEALTHY" in whole) == (words != ["-q"])
    assert bool(re.search(r"s ok +target: ", whole)) == (words == ["-v"])


def test_the_line_goes_to_stderr_while_stdout_is_piped() -> None:
    ours, theirs = os.openpty()
    words = [sys.executable, "-m", "diagnose", "demo", "healthy", "-o", "json"]
    known = os.environ | {"TERM": "xterm"}
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=theirs, env=known) as run:
        os.close(theirs)
        report, _ = run.communicate()
    told = b""
    with contextlib.suppress(OSError):
        while block := os.read(ours, 65536):
            told += block
    os.close(ours)

    assert json.loads(report)["verdict"]["status"] == "healthy"
    assert b"waiting for" in told
    assert told.endswith(b" \r")
