"""Proves what sockets, resolvers and the machine's own files are turned into."""

import socket
import threading

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest
from live_servers import AUTHORITY, REGISTRY, answer, silent

from checks.replies import DnsReply, Failure, TcpReply, TlsReply, Trouble
from diagnose.live import certificates
from diagnose.live.host import LiveHost
from diagnose.live.options import Options

VNET_DNS = "168.63.129.16"


def pair():
    """Bind UDP and TCP to one port number; somebody else may hold its TCP half."""
    while True:
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        udp.bind(("127.0.0.1", 0))
        try:
            return udp, socket.create_server(udp.getsockname())
        except OSError:
            udp.close()


@pytest.fixture
def resolver():  # noqa: C901
    """Answer DNS over UDP and TCP on one loopback port, by the given function."""
    udp, tcp = pair()
    state = {"answer": None, "asked": 0}

    def reply(wire, over_tcp):
        state["asked"] += 1
        return state["answer"](dns.message.from_wire(wire), over_tcp)

    def serve_udp():
        while True:
            try:
                wire, peer = udp.recvfrom(4096)
                if not wire:
                    return
                if (out := reply(wire, False)) is not None:
                    udp.sendto(out, peer)
            except OSError:
                return

    def serve_tcp():
        while True:
            try:
                sock, _ = tcp.accept()
            except OSError:
                return
            with sock:
                out = reply(sock.recv(4096)[2:], True)
                sock.sendall(len(out).to_bytes(2, "big") + out)

    threads = [threading.Thread(target=t, daemon=True) for t in (serve_udp, serve_tcp)]
    for thread in threads:
        thread.start()
    state["place"] = udp.getsockname()
    yield state
    tcp.shutdown(socket.SHUT_RDWR)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
        last.sendto(b"", state["place"])
    for thread in threads:
        thread.join(1)
    udp.close()
    tcp.close()


def records(*rows, rcode="NOERROR", authority=(), cut=False):
    def make(question, over_tcp):
        message = dns.message.make_response(question)
        message.set_rcode(dns.rcode.from_text(rcode))
        if cut and not over_tcp:
            message.flags |= dns.flags.TC
            return message.to_wire()
        message.answer = [dns.rrset.from_text(o, 5, "IN", k, v) for o, k, v in rows]
        message.authority = [dns.rrset.from_text(o, 5, "IN", k, v) for o, k, v in authority]
        return message.to_wire()

    return make


def asking(world, server, **kw):
    return world(detours={(VNET_DNS, 53): server["place"]}, **kw).dns


def test_the_chain_is_followed_by_names_not_by_order(world, resolver):
    resolver["answer"] = records(
        ("c.example.", "A", "10.0.0.9"),
        ("b.example.", "CNAME", "c.example."),
        (f"{REGISTRY}.", "CNAME", "b.example."),
        cut=True,
    )
    reply = asking(world, resolver).ask(REGISTRY, VNET_DNS)

    assert isinstance(reply, DnsReply), reply
    assert reply.chain == ("b.example", "c.example")
    assert reply.addresses == ("10.0.0.9",)
    assert resolver["asked"] == 2


def test_a_loop_of_names_ends(world, resolver):
    resolver["answer"] = records(
        ("a.example.", "CNAME", "b.example."), ("b.example.", "CNAME", "a.example.")
    )
    reply = asking(world, resolver).ask("a.example", VNET_DNS)

    assert len(reply.chain) <= 2
    assert reply.addresses == ()


def test_nxdomain_keeps_its_chain_and_authority(world, resolver):
    soa = "azureprivatedns.net. azureprivatedns-host.microsoft.com. 1 2 3 4 5"
    resolver["answer"] = records(
        (f"{REGISTRY}.", "CNAME", "reg.privatelink.azurecr.io."),
        rcode="NXDOMAIN",
        authority=[("privatelink.azurecr.io.", "SOA", soa)],
    )
    reply = asking(world, resolver).ask(REGISTRY, VNET_DNS)

    assert reply.rcode == "NXDOMAIN"
    assert reply.chain == ("reg.privatelink.azurecr.io",)
    assert reply.authority == "azureprivatedns.net"


@pytest.mark.parametrize(
    ("given", "trouble"),
    [
        (records(rcode="SERVFAIL"), Trouble.DNS_FAILING),
        (lambda *_: None, Trouble.TIMEOUT),
        (lambda *_: b"\0garbage", Trouble.PROTOCOL),
    ],
)
def test_no_answer_is_a_failure(world, resolver, given, trouble):
    resolver["answer"] = given
    reply = asking(world, resolver).ask(REGISTRY, VNET_DNS)

    assert isinstance(reply, Failure)
    assert reply.trouble is trouble


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (records(rcode="NXDOMAIN"), Trouble.NAME_UNKNOWN),
        (records(), Trouble.NAME_EMPTY),
        (records(rcode="SERVFAIL"), Trouble.DNS_FAILING),
        (records(("x.example.", "A", "10.0.0.7")), None),
    ],
)
def test_the_simulated_system_resolver_speaks_as_getaddrinfo(world, resolver, given, wanted):
    resolver["answer"] = given
    reply = asking(world, resolver, resolver=VNET_DNS).system("x.example")

    assert getattr(reply, "trouble", None) == wanted
    assert wanted or reply.addresses == ("10.0.0.7",)


def test_the_fence_holds_for_every_adapter(world):
    here = world()

    assert here.dns.ask("a.example", "168.63.129.16").trouble is Trouble.UNREACHABLE
    assert here.net.connect("10.0.0.4").trouble is Trouble.UNREACHABLE
    assert here.net.handshake("a.example", "10.0.0.4").trouble is Trouble.UNREACHABLE
    assert here.imds.instance().trouble is Trouble.UNREACHABLE
    assert here.docker.version().trouble is Trouble.ABSENT


def test_handshakes_trusted_and_not(start, world):
    here = world(start(answer(), tls_names=("other.example", REGISTRY)))
    good = here.net.handshake(REGISTRY, "10.0.0.4")
    bad = here.net.handshake("third.example", "10.0.0.4")

    assert isinstance(good, TlsReply), good
    assert (good.problem, good.version) == ("", "TLSv1.3")
    assert good.names == ("other.example", REGISTRY)
    assert "mismatch" in bad.problem.lower()
    assert bad.subject == good.subject
    assert isinstance(here.net.connect("10.0.0.4"), TcpReply)


def test_handshakes_that_cannot_be(start, world):
    quiet = world(start(silent)).net.handshake(REGISTRY, "10.0.0.4")
    plain = start(lambda sock: sock.sendall(b"HTTP/1.1 400 Bad\r\n\r\n"))

    assert quiet.trouble is Trouble.TIMEOUT
    assert isinstance(world(plain).net.handshake(REGISTRY, "10.0.0.4"), Failure)


def test_both_readers_of_certificates_agree():
    import ssl

    pem = AUTHORITY.issue_cert(REGISTRY, organization_name="A, B").cert_chain_pems[0].bytes()
    der = ssl.PEM_cert_to_DER_cert(pem.decode())

    assert certificates._with_openssl(der) == certificates._with_cryptography(der)
    assert certificates.read(b"garbage") is None


def test_the_machines_own_files(tmp_path):
    def write(path, text):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)

    write(
        "proc/net/fib_trie", "  |-- 10.0.0.4\n   /32 host LOCAL\n |-- 127.0.0.1\n  /32 host LOCAL\n"
    )
    write("proc/net/if_inet6", "fd000000000000000000000000000001 02 40 00 80 eth0\n")
    write("etc/resolv.conf", "# x\nnameserver 168.63.129.16\nnameserver\noptions edns0\n")
    write("sys/class/dmi/id/chassis_asset_tag", "7783\n")
    reply = LiveHost(Options(), {"http_proxy": "http://u:hush@p:1"}, tmp_path).look()

    assert reply.addresses == ("10.0.0.4", "fd00::1")
    assert reply.resolvers == ("168.63.129.16",)
    assert reply.asset_tag == "7783"
    assert reply.proxies == {"http_proxy": "http://p:1"}
    assert LiveHost(Options(), {}, tmp_path / "nothing").look().addresses == ()
