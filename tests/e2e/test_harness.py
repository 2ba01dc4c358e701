"""The harness itself: what it simulates is as on Azure, and nothing gets out of it."""

import os
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from tests.e2e.dockerd import Dockerd
from tests.e2e.machine import ASSET_TAG, Machine
from tests.e2e.namespace import ROOT
from tests.e2e.registry import Registry

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]

SERVICE = "20.62.128.10"  # looks like Azure's; exists in the namespace alone
NOWHERE = "20.1.1.1"

SERVER = f"""
import socket
with socket.create_server(({SERVICE!r}, 443)) as server:
    print("READY", flush=True)
    while True:
        sock, peer = server.accept()
        sock.sendall(peer[0].encode())
        sock.close()
"""
CLIENT = """
import socket
try:
    with socket.create_connection(({!r}, 443), timeout=2) as sock:
        print(sock.recv(100).decode() or "nothing")
except OSError as error:
    print(type(error).__name__)
"""

New = Callable[..., Machine]


def _serve(machine: Machine) -> None:
    process = machine.azure.popen(["python3", "-u", "-c", SERVER], stdout=-1)
    assert process.stdout is not None
    with process.stdout as out:
        assert out.readline() == "READY\n"


def _ask(machine: Machine, address: str) -> str:
    return machine.vm.python(CLIENT.format(address)).stdout.strip()


def test_a_service_sees_the_private_address_of_the_vm(new_machine: New) -> None:
    machine = new_machine(SERVICE)
    _serve(machine)

    assert _ask(machine, SERVICE) == "10.1.0.4"


def test_there_is_no_way_out(new_machine: New) -> None:
    machine = new_machine(SERVICE)

    assert _ask(machine, NOWHERE) == "TimeoutError"
    routes = (
        machine.vm.run(["ip", "-br", "link"]).stdout
        + machine.azure.run(["ip", "route", "show"]).stdout
    )
    assert "default" not in machine.azure.run(["ip", "route", "show"]).stdout
    assert sorted(line.split("@")[0].split()[0] for line in routes.splitlines()[:2]) == [
        "eth0",
        "lo",
    ]


def test_dropping_refusing_and_healing(new_machine: New) -> None:
    machine = new_machine(SERVICE)
    _serve(machine)

    machine.azure.drop(SERVICE, 443)
    dropped = _ask(machine, SERVICE)
    machine.azure.heal()
    machine.azure.reject(SERVICE)
    refused = _ask(machine, SERVICE)
    machine.azure.heal()

    assert (dropped, refused) == ("TimeoutError", "ConnectionRefusedError")
    assert _ask(machine, SERVICE) == "10.1.0.4"


def test_the_vm_is_dressed_as_azure_dresses_it(new_machine: New) -> None:
    vm = new_machine().vm

    tag = vm.run(["cat", "/sys/class/dmi/id/chassis_asset_tag"]).stdout.strip()
    resolv = vm.run(["cat", "/etc/resolv.conf"]).stdout

    assert tag == ASSET_TAG
    assert resolv == "nameserver 168.63.129.16\n"
    assert not vm.run(["ls", "/run/docker.sock"]).stdout


@pytest.mark.slow
def test_a_real_engine_pulls_through_the_wire(new_machine: New, stack: ExitStack) -> None:
    machine = new_machine(SERVICE)
    Registry(machine.azure, f"{SERVICE}:5000")
    words = ["python3", "-m", "tests.e2e.registry", f"http://{SERVICE}:5000", "app", "v1"]
    machine.azure.run(words, check=True)
    engine = stack.enter_context(closing(Dockerd(machine.vm, insecure=(f"{SERVICE}:5000",))))

    said = engine.pull(f"{SERVICE}:5000/app:v1")

    assert "Downloaded newer image" in said, said
    assert engine.images() == [f"{SERVICE}:5000/app:v1"]


def test_everything_is_gone_after_close() -> None:
    machine = Machine([SERVICE])
    inside = {os.readlink(f"/proc/{n.pid}/ns/net") for n in (machine.vm, machine.azure)}
    _serve(machine)
    folders = [machine.vm.folder, machine.azure.folder]

    machine.close()

    assert not any(folder.exists() for folder in folders)
    until = time.monotonic() + 5
    while time.monotonic() < until and _living_in(inside):
        time.sleep(0.1)
    assert not _living_in(inside)
    assert ROOT.is_dir()


def _living_in(namespaces: set[str]) -> list[str]:
    found = []
    for link in Path("/proc").glob("[0-9]*/ns/net"):
        try:
            if os.readlink(link) in namespaces:
                found.append(link.parts[2])
        except OSError:
            continue
    return found
