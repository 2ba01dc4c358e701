"""Machines with many interfaces, several ways out, or the other version of IP.

What the interfaces are is the kernel's business; the verdict is the one of the way that a pull
takes. What that is, is told by the registry that answers or does not.
"""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from tests.e2e import odd
from tests.e2e.azure import Azure, addresses
from tests.e2e.machine import GATEWAY, IMDS, PLATFORM, Machine
from tests.e2e.odd import RUN

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(180)]

OWN = "10.1.0.53"  # a name server of the VNet's
SIX = "2001:db8:1::4"
# Hands each question on to Azure's server. With AAAA, each name has an address of IPv6 as well, and
# that one leads nowhere. The addresses it listens on are its other arguments.
RELAY = """
import socket, sys, threading
import dns.message, dns.rrset
listening = []
for place in sys.argv[2:]:
    kind = socket.AF_INET6 if ":" in place else socket.AF_INET
    listening.append(socket.socket(kind, socket.SOCK_DGRAM))
    listening[-1].bind((place, 53))
def answer(sock, wire, peer):
    asked = dns.message.from_wire(wire)
    name, kind = asked.question[0].name, asked.question[0].rdtype
    if sys.argv[1] == "AAAA" and kind == 28:
        reply = dns.message.make_response(asked)
        reply.answer = [dns.rrset.from_text(name, 10, "IN", "AAAA", "2001:db8:99::1")]
        sock.sendto(reply.to_wire(), peer)
        return
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as onward:
        onward.settimeout(5)
        onward.sendto(wire, ("168.63.129.16", 53))
        sock.sendto(onward.recv(65535), peer)
def serve(sock):
    while True:
        threading.Thread(target=answer, args=(sock, *sock.recvfrom(4096))).start()
for sock in listening:
    threading.Thread(target=serve, args=(sock,)).start()
print("READY", flush=True)
"""

New = Callable[..., Machine]


@pytest.fixture(name="machine", scope="module")
def _machine() -> Iterator[Machine]:
    """A VM that pulls; each test takes back what it adds."""
    with closing(Machine(addresses())) as machine:
        Azure(machine)
        yield machine


def sh(machine: Machine, script: str) -> None:
    done = machine.vm.run(["sh", "-ec", script])
    assert done.returncode == 0, done.stderr


def pulls(machine: Machine) -> odd.Done:
    """See that the run says that the pull works, and nothing else."""
    told = odd.done(machine, "", *RUN)

    assert (told.code, told.err, odd.verdict(told)) == (0, "", "healthy"), told
    return told


def relay(machine: Machine, word: str, *places: str) -> None:
    """Have a name server at the addresses in the azure namespace."""
    words = [sys.executable, "-c", RELAY, word, *places]
    process = machine.azure.popen(words, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == "READY\n"


@pytest.fixture(name="fifty")
def _fifty(machine: Machine) -> Iterator[Machine]:
    """The machine with fifty interfaces more, in pairs."""
    every = "for i in $(seq 25); do {}; done"
    sh(machine, every.format("ip link add d$i up type veth peer name e$i; ip link set e$i up"))
    yield machine
    sh(machine, every.format("ip link delete d$i"))


def test_fifty_interfaces_without_an_address(fifty: Machine) -> None:
    pulls(fifty)


def test_fifty_interfaces_with_addresses(fifty: Machine) -> None:
    each = "ip address add 10.77.$i.1/24 dev d$i; ip address add 169.254.77.$i/32 dev e$i"
    sh(fifty, f"for i in $(seq 25); do {each}; ip address add fd00:77:$i::1/64 dev d$i; done")

    pulls(fifty)


def test_an_interface_that_takes_the_metadata_services_route(fifty: Machine) -> None:
    """169.254.0.0/16 on another link, as zeroconf has it: the service is really out of reach."""
    sh(fifty, "ip address add 169.254.77.1/16 dev d1")
    told = odd.done(fifty, "", *RUN)

    assert (told.code, odd.verdict(told)) == (1, "imds-unreachable (proven)"), told


def test_dockers_bridge_and_the_links_of_its_containers(machine: Machine) -> None:
    bridge = "ip link add docker0 up type bridge; ip address add 172.17.0.1/16 dev docker0"
    link = "ip link add veth$i up master docker0 type veth peer name c$i"
    sh(machine, f"{bridge}; for i in 1 2 3 4 5 6; do {link}; done")

    try:
        pulls(machine)
    finally:
        sh(machine, "for i in 1 2 3 4 5 6; do ip link delete veth$i; done; ip link delete docker0")


@pytest.fixture(name="second")
def _second(new_machine: New) -> Machine:
    """A VM with a second card, in the VNet's other subnet, which the registry has no rule for."""
    machine = new_machine(*addresses())
    Azure(machine)
    peer = ["type", "veth", "peer", "name", "eth1", "netns", str(machine.vm.pid)]
    machine.azure.ip("link", "add", "eth1", *peer)
    machine.azure.ip("address", "add", "10.1.1.1/24", "dev", "eth1")
    machine.azure.ip("link", "set", "eth1", "up")
    machine.vm.ip("address", "add", "10.1.1.5/24", "dev", "eth1")
    machine.vm.ip("link", "set", "eth1", "up")
    return machine


def test_a_second_card_that_nothing_leaves_by(second: Machine) -> None:
    pulls(second)


def test_a_second_card_with_the_default_route(second: Machine) -> None:
    """The rule for the first card's subnet is in order, and no help: that is not to be added."""
    second.vm.ip("route", "replace", "default", "via", "10.1.1.1", "dev", "eth1")
    second.vm.ip("route", "add", IMDS, "via", GATEWAY)
    told = odd.done(second, "", *RUN)
    flat = " ".join(told.out.split())

    assert (told.code, odd.verdict(told)) == (1, "subnet-not-allowed (likely)"), told
    assert "Find the subnet that holds 10.1.1.5" in flat
    assert "subnets/apps undo" not in flat
    assert (
        'add --name contoso --subscription 5f0c1d2e-0000-4000-8000-00000000b002 --subnet "$SUB'
        in flat
    )


@pytest.mark.parametrize(
    "way",
    ["", f"ip -6 address add {SIX}/64 dev eth0 nodad; ip -6 route add default via 2001:db8:1::1"],
    ids=["no address of IPv6", "a way to nowhere"],
)
def test_names_have_addresses_of_ipv6_that_lead_nowhere(new_machine: New, way: str) -> None:
    """The other address is tried after that, as docker does: it costs time and no verdict."""
    machine = new_machine(*addresses(), OWN, nameserver=OWN)
    Azure(machine)
    relay(machine, "AAAA", OWN)
    if way:
        sh(machine, way)

    pulls(machine)


def test_ipv6_is_switched_off(machine: Machine) -> None:
    off = "for f in /proc/sys/net/ipv6/conf/*/disable_ipv6; do echo {} > $f; done"
    sh(machine, off.format(1))
    try:
        pulls(machine)
    finally:
        sh(machine, off.format(0))


@pytest.fixture(name="six")
def _six(new_machine: New) -> Machine:
    """A VM whose one address of IPv4 reaches instance metadata alone; names come over IPv6."""
    machine = new_machine(*addresses(), nameserver="2001:db8:1::53")
    Azure(machine)
    machine.azure.ip("-6", "address", "add", "2001:db8:1::53/64", "dev", "eth0", "nodad")
    relay(machine, "A", "2001:db8:1::53")
    machine.azure.ip("address", "add", "169.254.10.1/24", "dev", "eth0")
    machine.vm.ip("address", "flush", "dev", "eth0", "scope", "global")
    machine.vm.ip("-6", "address", "add", f"{SIX}/64", "dev", "eth0", "nodad")
    machine.vm.ip("address", "add", "169.254.10.4/24", "dev", "eth0")
    machine.vm.ip("route", "add", IMDS, "via", "169.254.10.1")
    return machine


def test_ipv6_alone_is_no_way_to_a_registry_of_ipv4(six: Machine) -> None:
    assert six.vm.run(["ip", "-4", "route", "get", PLATFORM]).returncode
    told = odd.done(six, "", *RUN)

    assert told.code in (1, 3), told
    assert "no-outbound" in odd.verdict(told), told
