"""What a run does to its machine, seen by strace: it writes, starts and signals what is asked for.

The network is `test_nowhere_else`'s; here it is files, programs, signals and rights. Compiled code,
which Python keeps beside sources and pip makes when it installs, is left out.
"""

import json
import sys
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from diagnose.lab.healthy import CLIENT_ID
from tests.e2e import containerd
from tests.e2e.azure import Azure, addresses
from tests.e2e.containerd import Containerd
from tests.e2e.dockerd import SOCKET, Dockerd
from tests.e2e.machine import Machine
from tests.e2e.traced import Trace

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(240)]

PROGRAM = str(Path(sys.executable).with_name("acr-diagnose"))
IMAGE = "contoso.azurecr.io/app:v1"
NONE = ("--runtime", "none")
JOURNAL = "/usr/bin/journalctl"
NAMES = "/var/run/nscd/socket"  # the C library's, for a cache of names that may be there
# Files of a person's, and of the machine's, that are nobody's business here.
PRIVATE = (".ssh/id_ed25519", ".netrc", ".kube/config", ".aws/credentials", ".azure/msal.json")
SHADOW = ("/etc/shadow", "/etc/gshadow", "/etc/sudoers")
New = Callable[..., Machine]


def traced(machine: Machine, *words: str, codes: tuple[int, ...] = (0,)) -> Trace:
    """Run under strace on a machine where private files lie about."""
    home = machine.vm.folder
    for name in PRIVATE:
        (home / name).parent.mkdir(exist_ok=True)
        (home / name).write_text("{}")
    trace = Trace(machine.vm, [PROGRAM, *words])
    assert trace.done.returncode in codes, trace.done.stdout + trace.done.stderr
    assert len(trace.calls) > 1000, "strace saw too little"
    return trace


def judged(trace: Trace, home: Path) -> None:
    """Hold what must hold of every run."""
    assert trace.signalled() == []
    assert trace.became() == []
    assert not trace.read() & {*SHADOW, *(str(home / name) for name in PRIVATE)}
    assert [
        call for call in trace.calls if "RLIMIT_CORE" in call.told and "rlim_cur=1" in call.told
    ]


@pytest.mark.parametrize(
    "words",
    [
        ("run", IMAGE, *NONE),
        ("run", IMAGE, *NONE, "-vv", "-o", "html"),
        ("run", IMAGE, *NONE, "--no-arm", "--no-pull", "--auth", "none"),
        ("k8s", "node", IMAGE, *NONE, "--once"),
    ],
    ids=["run", "verbose", "no-token", "k8s-node"],
)
def test_a_run_writes_nothing_at_all(new_machine: New, words: tuple[str, ...]) -> None:
    machine = new_machine(*addresses())
    Azure(machine)

    trace = traced(machine, *words, codes=(0, 1, 3))

    judged(trace, machine.vm.folder)
    assert trace.written() == []
    assert {one.path for one in trace.started} <= {JOURNAL}
    assert trace.sockets() <= {NAMES}


def test_a_bundle_writes_one_file_and_its_own_name_until_then(new_machine: New) -> None:
    machine = new_machine(*addresses())
    Azure(machine)
    place = machine.vm.folder / "sent"
    place.mkdir()

    trace = traced(machine, "bundle", IMAGE, *NONE, "-o", str(place / "b.tar.gz"))

    judged(trace, machine.vm.folder)
    assert [one.name for one in place.iterdir()] == ["b.tar.gz"]
    own, name = f"{place}/.acr-diagnose-", f"rename {place}/b.tar.gz"
    assert name in trace.written()
    others = [one for one in trace.written() if one.partition(" ")[2].startswith(own) is False]
    assert others == [name]


def test_an_agent_writes_its_text_file_alone(new_machine: New) -> None:
    machine = new_machine(*addresses())
    Azure(machine)
    place = machine.vm.folder / "textfile"
    place.mkdir()

    trace = traced(machine, "agent", IMAGE, *NONE, "--once", "--textfile", str(place))

    judged(trace, machine.vm.folder)
    assert trace.written()
    assert not [one for one in trace.written() if f" {place}/acr_diagnose.prom" not in one]


def test_a_demonstration_leaves_nothing(new_machine: New) -> None:
    machine = new_machine()
    place = machine.vm.folder / "temporary"
    place.mkdir()
    machine.vm.environ["TMPDIR"] = str(place)

    trace = traced(machine, "demo", "subnet-not-allowed", codes=(1,))

    judged(trace, machine.vm.folder)
    assert list(place.iterdir()) == []
    assert trace.written()
    assert not [one for one in trace.written() if f" {place}/" not in one]


@pytest.mark.parametrize("pulls", [True, False], ids=["pull", "no-pull"])
def test_docker_is_asked_and_nothing_is_written_beside_it(
    new_machine: New, stack: ExitStack, pulls: bool
) -> None:
    machine = new_machine(*addresses())
    Azure(machine)
    stack.enter_context(closing(Dockerd(machine.vm)))

    trace = traced(machine, "run", IMAGE, "--timeout", "60", *(() if pulls else ("--no-pull",)))

    judged(trace, machine.vm.folder)
    assert trace.written() == []
    assert {one.path for one in trace.started} <= {JOURNAL}
    assert {one.removeprefix("/var") for one in trace.sockets()} - {"/run/nscd/socket"} == {SOCKET}


@pytest.mark.skipif(bool(containerd.why_not()), reason=containerd.why_not())
def test_on_a_node_the_kubelets_own_plug_in_is_started_and_nothing_else(
    new_machine: New, stack: ExitStack
) -> None:
    machine = new_machine(*addresses())
    told = {"useManagedIdentityExtension": True, "userAssignedIdentityID": CLIENT_ID}
    containerd.dress(machine, json.dumps(told))
    Azure(machine)
    stack.enter_context(closing(Containerd(machine)))

    trace = traced(machine, "run", IMAGE, "--timeout", "60", codes=(0, 1))  # strace takes time

    judged(trace, machine.vm.folder)
    assert trace.written() == []
    assert {one.path for one in trace.started} - {JOURNAL} == {containerd.PROGRAM}
    assert trace.sockets() - {NAMES} == {containerd.SOCKET}


CALLED_KUBELET = (  # the words that make a shell look like one in /proc
    "exec -a kubelet sh -c 'sleep 99; :' x --image-credential-provider-bin-dir=\"$0\""
)


@pytest.mark.parametrize(
    ("before", "is_obeyed"),
    [
        (["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"], False),
        (["unshare", "--mount"], False),
        ([], True),
    ],
    ids=["a-persons", "in-a-container", "the-machines"],
)
def test_what_only_calls_itself_kubelet_names_no_program(
    new_machine: New, before: list[str], is_obeyed: bool
) -> None:
    """On any node a pod's root may do so, and its files are to be reached through /proc."""
    machine = new_machine(*addresses())
    containerd.dress(machine, json.dumps({"useManagedIdentityExtension": True}))
    Azure(machine)
    folder = "/etc/of-somebody"
    containerd.write(machine.vm, f"{folder}/acr-credential-provider", "#!/bin/sh\n", "755")
    machine.vm.popen([*before, "bash", "-c", CALLED_KUBELET, folder])

    trace = Trace(machine.vm, [PROGRAM, "run", IMAGE, "--runtime", "containerd", "--no-arm"])

    plugins = {one.path for one in trace.started} - {JOURNAL}
    own = f"{folder}/acr-credential-provider"
    assert plugins == {own if is_obeyed else containerd.PROGRAM}


# Each of these has to be found.
DEEDS = {
    "open('{home}/x', 'w')": "written",
    "open('{home}/x', 'ab')": "written",
    "open('/etc/x', 'r+')": "written",
    "os.open('{home}', os.O_TMPFILE | os.O_RDWR)": "written",
    "os.mkdir('{home}/y')": "written",
    "os.unlink('{home}/x')": "written",
    "os.rename('{home}/y', '{home}/z')": "written",
    "os.chmod('{home}/z', 0o777)": "written",
    "os.fchmod(os.open('{home}', os.O_RDONLY), 0o700)": "written",
    "os.utime('{home}/z')": "written",
    "os.symlink('a', '{home}/l')": "written",
    "os.kill(os.getppid(), 0)": "signalled",
    "signal.pthread_kill(threading.get_ident(), 0)": "signalled",
    "os.setuid(0)": "became",
    "os.setgroups([])": "became",
    "subprocess.run(['true'])": "started",
    "os.posix_spawn('/usr/bin/true', ['true'], {{}})": "started",
    "socket.socket(socket.AF_UNIX).connect('{home}/s')": "sockets",
    "open('/etc/shadow')": "shadow",
}


def test_whatever_is_done_besides_is_found(new_machine: New) -> None:
    vm = new_machine().vm
    head = "import contextlib, os, signal, socket, subprocess, threading\n"
    for deed, kind in DEEDS.items():
        source = f"{head}with contextlib.suppress(OSError):\n  {deed.format(home=vm.folder)}\n"

        trace = Trace(vm, [sys.executable, "-c", source])

        found = {
            "written": trace.written(),
            "signalled": trace.signalled(),
            "became": trace.became(),
            "started": trace.started,
            "sockets": trace.sockets(),
            "shadow": trace.read() & {*SHADOW},
        }
        assert [name for name, seen in found.items() if seen] == [kind], f"{deed}: {found}"
