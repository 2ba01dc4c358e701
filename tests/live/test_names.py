"""Proves how names are looked up on the simulated machine: its files first, as getaddrinfo does."""

import threading

import dns.message
import dns.rcode
import dns.rrset
import pytest

from checks.replies import Trouble
from diagnose.live import name_files
from diagnose.live.host import LiveHost
from diagnose.live.options import Options

FIRST, SECOND = "10.1.0.53", "168.63.129.16"
NAME = "contoso.azurecr.io"


@pytest.fixture
def machine(tmp_path):
    """Give a function that writes /etc/hosts and /etc/resolv.conf."""
    (tmp_path / "etc").mkdir()

    def write(hosts="", servers=(FIRST,)):
        told = "".join(f"nameserver {server}\n" for server in servers)
        (tmp_path / "etc/resolv.conf").write_text(f"search x.internal\n{told}")
        (tmp_path / "etc/hosts").write_text(hosts)
        return tmp_path

    return write


def answering(world, root, answers):
    """Make a world whose name servers answer from a table: an address, an rcode, or None."""
    made = world(detours={}, root=str(root))
    asked = []

    def query(name, server, kind):
        asked.append((server, kind))
        told = answers[server]
        if told is None:
            raise TimeoutError("dns")
        reply = dns.message.make_response(dns.message.make_query(name, kind))
        if told.isupper():
            reply.set_rcode(dns.rcode.from_text(told))
        elif kind == "A":
            reply.answer = [dns.rrset.from_text(f"{name}.", 5, "IN", "A", told)]
        return reply

    made.dialer.query = query
    return made.dns, asked


def test_the_hosts_file_wins_and_no_server_is_asked(world, machine):
    root = machine(f"# old\n10.1.0.99 {NAME.upper()}. other # a note\n10.1.0.98 else.example\n")
    dns_, asked = answering(world, root, {FIRST: "10.1.0.7"})

    assert dns_.system(NAME).addresses == ("10.1.0.99",)
    assert not asked


def test_a_name_that_is_commented_out_is_asked_for(world, machine):
    dns_, asked = answering(world, machine(f"#10.1.0.99 {NAME}\n"), {FIRST: "10.1.0.7"})

    assert dns_.system(NAME).addresses == ("10.1.0.7",)
    assert sorted(asked) == [(FIRST, "A"), (FIRST, "AAAA")]


@pytest.mark.parametrize("first", [None, "SERVFAIL", "REFUSED"])
def test_a_server_without_an_answer_is_passed_over_once_and_for_all(world, machine, first):
    root = machine(servers=(FIRST, SECOND))
    dns_, asked = answering(world, root, {FIRST: first, SECOND: "10.1.0.7"})

    assert dns_.system(NAME).addresses == ("10.1.0.7",)
    assert sorted(asked[:2]) == [(FIRST, "A"), (FIRST, "AAAA")]
    assert sorted(asked[2:]) == [(SECOND, "A"), (SECOND, "AAAA")]


def test_both_kinds_of_address_are_asked_for_at_once(world, machine):
    dns_, _ = answering(world, machine(), {FIRST: "10.1.0.7"})
    both, query = threading.Barrier(2, timeout=10), dns_._dialer.query

    def one_that_waits_for_the_other(name, server, kind):
        both.wait()
        return query(name, server, kind)

    dns_._dialer.query = one_that_waits_for_the_other

    assert dns_.system(NAME).addresses == ("10.1.0.7",)


def test_a_server_that_says_no_ends_the_search(world, machine):
    root = machine(servers=(FIRST, SECOND))
    dns_, asked = answering(world, root, {FIRST: "NXDOMAIN", SECOND: "10.1.0.7"})

    assert dns_.system(NAME).trouble is Trouble.NAME_UNKNOWN
    assert sorted(asked) == [(FIRST, "A"), (FIRST, "AAAA")]


def test_without_any_server_the_lookup_fails(world, machine):
    dns_, _ = answering(world, machine(servers=()), {})

    assert dns_.system(NAME).trouble is Trouble.DNS_FAILING


def test_behind_the_fence_this_machines_own_files_do_not_count(world):
    assert world(detours={}).dns.system("localhost").trouble is Trouble.DNS_FAILING


def test_files_that_are_not_there_say_nothing(tmp_path):
    assert name_files.hosts(tmp_path, NAME) == ()
    assert name_files.servers(tmp_path) == ()


def test_of_a_huge_file_the_beginning_counts(machine):
    root = machine()
    with (root / "etc/resolv.conf").open("a") as opened:
        opened.write("# nothing\n" * 2_000_000 + "nameserver 10.9.9.9\n")

    assert name_files.servers(root) == (FIRST,)


@pytest.mark.parametrize("servers", [(), (FIRST,)])
def test_where_no_server_is_named_this_machine_is_asked(monkeypatch, servers):
    """The library's rule, which counts for the files that it reads itself: not for a node's."""
    monkeypatch.setattr(name_files, "servers", lambda _root: servers)
    own = LiveHost(Options(), {}).look().resolvers
    of_a_node = LiveHost(Options(root="/host"), {}).look().resolvers

    assert own == (servers or ("127.0.0.1",))
    assert of_a_node == servers
