"""What others on the machine can see of a run's processes: arguments, environments, core dumps.

strace shows what each program is started with; the credential helper looks at the process that
started it, as any program of the same user's could.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from diagnose.lab.cri_state import PROVIDERS
from diagnose.lab.healthy import CLIENT_ID
from tests.e2e import containerd
from tests.e2e.azure import Azure, addresses
from tests.e2e.machine import Machine
from tests.e2e.namespace import Namespace, child_of
from tests.e2e.traced import Trace
from tests.scenarios.canaries import LOGIN, basic, in_url

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(240)]

PROGRAM = str(Path(sys.executable).with_name("acr-diagnose"))
IMAGE = f"{LOGIN}/app:v1"
GIVEN = {"AZURE_CLIENT_SECRET": in_url("given"), "HTTP_PROXY": f"http://me:{in_url('proxy')}@h:1"}
PLUGINS = f"""apiVersion: kubelet.config.k8s.io/v1
kind: CredentialProviderConfig
providers:
  - name: acr-credential-provider
    apiVersion: credentialprovider.kubelet.k8s.io/v1
    matchImages: ["*.azurecr.io"]
    defaultCacheDuration: 10m
    args: ["/etc/kubernetes/azure.json", "--secret={in_url("plugin-arg")}"]
    env:
      - name: PLUGIN_SECRET
        value: {in_url("plugin-env")}
"""
HELPER = f"""#!/bin/sh
cat /proc/$PPID/cmdline /proc/$PPID/environ > {{folder}}/seen
echo '{{{{"Username": "robot", "Secret": "{in_url("helper")}"}}}}'
"""
CONFIG = {
    "auths": {"other.azurecr.io": {"auth": basic("robot", in_url("stored"))}},
    "credHelpers": {LOGIN: "canary"},
}
NAMES = ("given", "proxy", "plugin-arg", "plugin-env", "helper", "stored")
New = Callable[..., Machine]


@pytest.fixture(name="machine")
def _machine(new_machine: New) -> Machine:
    """A machine whose people told secrets to the shell and to docker."""
    machine = new_machine(*addresses())
    vm = machine.vm
    helper = vm.folder / "docker-credential-canary"
    helper.write_text(HELPER.format(folder=vm.folder))
    helper.chmod(0o755)
    vm.environ["PATH"] += f":{vm.folder}"
    (vm.folder / ".docker").mkdir()
    (vm.folder / ".docker/config.json").write_text(json.dumps(CONFIG))
    return machine


def secrets_in(text: str) -> set[str]:
    """Name the secrets, and the tokens, that stand in a text."""
    planted = {name: in_url(name) for name in NAMES} | {"a token": "eyJ"}
    return {name for name, secret in planted.items() if secret in text}


def traced(machine: Machine, runtime: str) -> Trace:
    words = [PROGRAM, "run", IMAGE, "--runtime", runtime, "-vv", "--timeout", "60"]
    trace = Trace(machine.vm, words, environ=GIVEN)
    assert not secrets_in(trace.done.stdout + trace.done.stderr)
    assert trace.written() == [], "no temporary file"
    return trace


def test_a_credential_helper_and_the_journal_are_told_no_more_than_the_program(
    machine: Machine,
) -> None:
    Azure(machine)

    trace = traced(machine, "none")

    assert {Path(one.path).name for one in trace.started} - {"journalctl"} == {
        "docker-credential-canary"
    }
    for one in trace.started:
        assert not secrets_in(" ".join(one.words)), one.words
        assert {*one.environ} <= {*trace.itself.environ}
    seen = (machine.vm.folder / "seen").read_text()
    assert IMAGE in seen
    assert secrets_in(seen) == {"given", "proxy"}, "what this very process was given, no more"


def test_the_kubelets_plug_in_is_told_what_the_kubelet_tells_it(machine: Machine) -> None:
    azure = {"useManagedIdentityExtension": True, "userAssignedIdentityID": CLIENT_ID}
    containerd.dress(machine, json.dumps(azure))
    containerd.write(machine.vm, PROVIDERS, PLUGINS)
    Azure(machine)

    trace = traced(machine, "containerd")

    (plugin,) = (one for one in trace.started if one.path == containerd.PROGRAM)
    assert secrets_in(" ".join(plugin.words)) == {"plugin-arg"}
    assert secrets_in(" ".join(plugin.environ)) == {"plugin-env"}


def crashed(vm: Namespace, words: list[str], ready: Callable[[subprocess.Popen], None]) -> str:
    """Start ``words`` where core dumps are welcome, end them by SIGABRT; give their limit."""
    script = 'ulimit -c unlimited; cd "$TMPDIR"; exec "$@"'
    started = vm.popen(["sh", "-c", script, "sh", *words], stderr=subprocess.PIPE)
    ready(started)
    child = child_of(started.pid)
    limits = Path(f"/proc/{child}/limits").read_text()
    os.kill(child, signal.SIGABRT)
    started.wait(20)
    assert started.stderr
    started.stderr.close()
    return next(line for line in limits.splitlines() if line.startswith("Max core file size"))


def cores(vm: Namespace) -> list[str]:
    return [one.name for one in vm.folder.iterdir() if one.name.startswith("core")]


def test_a_crash_leaves_no_memory_behind(machine: Machine) -> None:
    Azure(machine)
    pattern = Path("/proc/sys/kernel/core_pattern").read_text()
    is_seen = pattern.startswith("core")  # else this kernel's dumps go elsewhere: limits tell

    def has_slept(_process: subprocess.Popen) -> None:
        time.sleep(0.5)

    def knows_tokens(process: subprocess.Popen) -> None:
        assert process.stderr
        for line in process.stderr:
            if json.loads(line)["event"] == "verdict":
                return

    words = [PROGRAM, "agent", IMAGE, "--runtime", "none", "--listen", "127.0.0.1:9846"]
    limit = crashed(machine.vm, words, knows_tokens)

    assert limit.split()[4:6] == ["1", "1"]
    assert cores(machine.vm) == []

    limit = crashed(machine.vm, ["sleep", "60"], has_slept)

    assert limit.split()[4:6] == ["unlimited", "unlimited"]
    assert bool(cores(machine.vm)) is is_seen, "the same end of another program leaves one"
