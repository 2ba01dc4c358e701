"""A run beside every broken DNS server: nothing hangs, nothing lies, and what works is used."""

from dataclasses import replace

import pytest

from checks.ports import AZURE_DNS
from checks.target import Asked
from diagnose import front
from diagnose.lab import dns as lab_dns
from diagnose.lab.cloud import Resolver
from diagnose.lab.healthy import healthy_cloud
from diagnose.runs import demonstration
from diagnose.session import Result
from tests.faults import dns, judging, memory
from tests.faults.judging import HEALTHY, INCONCLUSIVE, Says
from tests.faults.world import Instead

SECONDS = 3.0
OWN, SECOND = "10.1.0.53", "10.1.0.54"  # the VNet's own servers

SILENT = Says(may=("dns-server-unreachable",), proven=("dns-server-unreachable",))
# Something answers, and nothing of it can be used: no cause is shown, and none proven.
USELESS = Says(may=(INCONCLUSIVE,))
ERROR = Says(may=("dns-server-failing",), proven=("dns-server-failing",))
WORKS = Says(may=(HEALTHY,))
# Nothing answers where it sends everything: that may be the way as well, so nothing is proven.
LYING = Says(may=("no-outbound",))

# What may truly be said where this is the only server. A datagram with another id, for another
# question or from another place is none of its answers: it is silent, as far as can be known.
ALONE = {
    "drop": SILENT,
    "refuse": SILENT,
    "wrong-id": SILENT,
    "flood-of-wrong-ids": SILENT,
    "another-question": SILENT,
    "from-elsewhere": SILENT,
    "noise": USELESS,
    "pointer-loops": USELESS,
    "another-class": USELESS,
    # No address, from a server that spoke: nothing says that the name does not exist.
    "cname-loop": USELESS,
    "long-cname-chain": WORKS,
    "control-characters": WORKS,
    "many-addresses": WORKS + USELESS,  # they are tried in turn, and time may be up before
    "too-many-addresses": USELESS,  # nobody asks hundreds, and the right one may be the last
    "one-address-for-all": LYING,
    "late": WORKS,
    "servfail": ERROR,
    "refused": ERROR,
    "formerr": ERROR,
    "code-13": ERROR + USELESS,
    "cut": WORKS,
    # It answered over UDP, so it is neither gone nor out of reach.
    "cut-no-tcp": USELESS,
    "cut-tcp-silent": USELESS,
    "cut-tcp-drips": USELESS,
    "cut-tcp-half": USELESS,
    "cut-tcp-long": USELESS,
    "cut-tcp-reset": USELESS,
}
BESIDE = ("drop", "refuse", "noise", "wrong-id", "servfail", "cut-no-tcp")


def run(row: dns.Row | None, broken: str, *servers: str) -> Result:
    """Run where ``broken`` does as ``row`` says, of the ``servers`` that DHCP tells the VM."""
    cloud = healthy_cloud()
    cloud.vm_vnet.dns_servers = list(servers)
    cloud.dns.servers |= {server: Resolver() for server in servers}

    def honest(question: dns.Wire) -> dns.Wire:
        return lab_dns.answer(cloud, question, broken) or b""

    with dns.serving(row, honest) as port, demonstration.laboratory(cloud) as options:
        there = replace(
            options,
            timeout=SECONDS,
            detours=Instead(options.detours or {}, {(broken, 53): port}),
        )
        with memory.bounded():
            return front.result_of(Asked(text=demonstration.IMAGE), there, quiet=True)


def judged(result: Result, says: Says) -> None:
    judging.hold(judging.seen(result, deadline=SECONDS), says)


def test_every_row_has_its_cell() -> None:
    assert set(ALONE) == {*dns.ROWS, "refuse"}


@pytest.mark.parametrize("name", ALONE)
def test_the_only_server_is_broken(name: str) -> None:
    judged(run(dns.ROWS.get(name), AZURE_DNS), ALONE[name])


@pytest.mark.parametrize("broken", [OWN, SECOND], ids=["first", "second"])
@pytest.mark.parametrize("name", BESIDE)
def test_one_of_two_servers_is_broken_and_the_pull_works(name: str, broken: str) -> None:
    judged(run(dns.ROWS.get(name), broken, OWN, SECOND), WORKS)


def test_an_empty_answer_of_the_first_server_is_its_own_fault() -> None:
    """A server that speaks is believed: no other one is asked."""
    says = Says(may=("custom-dns-not-forwarding", INCONCLUSIVE))
    judged(run(dns.ROWS["another-class"], OWN, OWN, SECOND), says)
