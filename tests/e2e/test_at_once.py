"""Several of the program at the same time on one machine: each is as if it were alone."""

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from tests.e2e import odd
from tests.e2e.azure import Azure, addresses
from tests.e2e.machine import Machine
from tests.e2e.namespace import child_of
from tests.e2e.odd import IMAGE, PROGRAM, REFUSED, RUN

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(240)]

LISTEN = "127.0.0.1:9846"
BUNDLE = ("bundle", IMAGE, "--no-pull", "--runtime", "none", "-q", "-o")


@pytest.fixture(name="machine", scope="module")
def _machine() -> Iterator[Machine]:
    """A VM whose subnet the registry has no rule for."""
    with closing(Machine(addresses())) as machine:
        Azure(machine, REFUSED)
        yield machine


def begun(machine: Machine, *words: str) -> "subprocess.Popen[str]":
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return machine.vm.popen([PROGRAM, *words], **pipes)


def ended(process: "subprocess.Popen[str]") -> tuple[int, str, str]:
    out, err = process.communicate(timeout=2 * odd.IN_TIME)
    assert "Traceback" not in out + err
    return process.returncode, out, err


def without_timing(report: str) -> object:
    document = json.loads(report)
    del document["timing"]
    return document


def test_runs_at_the_same_time_say_the_same(machine: Machine) -> None:
    words = (*RUN, "--output", "json")
    alone = odd.done(machine, "", *words)
    together = [ended(one) for one in [begun(machine, *words) for _ in range(3)]]

    assert [code for code, _, _ in together] == [1, 1, 1]
    assert [without_timing(out) for _, out, _ in together] == [without_timing(alone.out)] * 3


def test_bundles_to_one_file_leave_one_whole_bundle(machine: Machine) -> None:
    """Whoever is last is there; no half of one, and nothing beside it."""
    folder = machine.vm.folder / "bundles"
    folder.mkdir()
    file = folder / "bundle.tar.gz"
    codes = [ended(one)[0] for one in [begun(machine, *BUNDLE, str(file)) for _ in range(3)]]
    read = odd.done(machine, "", "analyze", str(file))

    assert codes == [1, 1, 1]
    assert [path.name for path in folder.iterdir()] == [file.name]
    assert (read.code, odd.verdict(read)) == (1, f"{REFUSED} (proven)")


def test_bundles_that_share_a_map_are_whole(machine: Machine) -> None:
    """At worst, one of them says that it was not written."""
    folder = machine.vm.folder / "mapped"
    folder.mkdir()
    names = ("--map", str(folder / "names.json"))
    files = [folder / f"{number}.tar.gz" for number in range(2)]
    told = [ended(one) for one in [begun(machine, *BUNDLE, str(f), *names) for f in files]]
    codes = [code for code, _, _ in told]

    assert set(codes) <= {1, 5}, told
    assert 1 in codes
    assert not [path for path in folder.iterdir() if path.name.endswith(".part")]
    for file, code in zip(files, codes, strict=True):
        assert file.exists() == (code == 1)


@pytest.fixture(name="agent")
def _agent(machine: Machine) -> Iterator["subprocess.Popen[str]"]:
    """An agent that is up."""
    words = (IMAGE, "--interval", "30s", "--runtime", "none", "--listen", LISTEN)
    process = begun(machine, "agent", *words)
    assert process.stderr is not None
    assert json.loads(process.stderr.readline())["event"] == "start"
    yield process
    with suppress(LookupError, ProcessLookupError):
        os.kill(child_of(process.pid), signal.SIGTERM)
    process.communicate(timeout=20)


def test_a_run_beside_the_agent_disturbs_neither(
    machine: Machine, agent: "subprocess.Popen[str]"
) -> None:
    os.kill(child_of(agent.pid), signal.SIGHUP)
    odd.refused(machine, "")
    os.kill(child_of(agent.pid), signal.SIGTERM)
    out, err = agent.communicate(timeout=20)
    events = [json.loads(line) for line in err.splitlines()]

    assert (agent.returncode, out) == (0, "")
    assert [event.get("code") for event in events] == [REFUSED, 0]


def test_a_second_agent_on_the_same_port_says_so(
    machine: Machine, agent: "subprocess.Popen[str]"
) -> None:
    told = odd.done(machine, "", "agent", IMAGE, "--listen", LISTEN)

    assert (told.code, told.out, agent.poll()) == (2, "", None)
    assert told.err == f"acr-diagnose: --listen {LISTEN} is not to be had: Address already in use\n"


def test_two_agents_that_write_one_file_leave_a_whole_one(machine: Machine) -> None:
    folder = machine.vm.folder / "textfiles"
    folder.mkdir()
    words = ("agent", IMAGE, "--once", "--runtime", "none", "--textfile", str(folder))
    codes = [ended(one)[0] for one in [begun(machine, *words) for _ in range(3)]]
    (file,) = folder.iterdir()

    assert codes == [0, 0, 0]
    assert f'acr_diagnose_verdict_info{{code="{REFUSED}"' in Path(file).read_text()
