"""The path's own state: a proxy, a narrow path, SNAT ports, the machine's trusted authorities."""

import socket
import ssl

import pytest

from diagnose.lab.cloud import Fault, Proxy
from diagnose.lab.healthy import healthy_cloud
from diagnose.lab.http import Request
from diagnose.lab.machine import SYSTEM_BUNDLE
from diagnose.lab.proxy import connect
from diagnose.lab.reach import fate, greeted, starved
from diagnose.lab.servers import Lab

REGISTRY, MCR = "contoso.azurecr.io", "mcr.microsoft.com"
LOGGED_IN = {"proxy-authorization": "Basic YXBwOnNlY3JldA=="}  # app:secret


@pytest.mark.parametrize(
    ("proxy", "host", "headers", "status"),
    [
        (Proxy(), REGISTRY, {}, 0),
        (Proxy(denied={REGISTRY}), REGISTRY, {}, 403),
        (Proxy(denied={REGISTRY}), MCR, {}, 0),
        (Proxy(denied={"*"}), MCR, {}, 403),
        (Proxy(denied={REGISTRY}, inspects=True), REGISTRY, {}, 0),  # it answers inside TLS
        (Proxy(login="app:secret"), REGISTRY, {}, 407),
        (Proxy(login="app:secret"), REGISTRY, LOGGED_IN, 0),
        (Proxy(), "nobody.example", {}, 503),
    ],
)
def test_a_proxy_takes_connect_by_its_own_rules(proxy, host, headers, status):
    request = Request(method="CONNECT", host=host, path="", headers=headers)
    refusal = connect(healthy_cloud(), proxy, request)

    assert (refusal.status if refusal else 0) == status


def test_the_proxys_port_exists_only_where_there_is_one():
    cloud = healthy_cloud()
    assert fate(cloud, "10.9.0.20", 3128) is Fault.DROP

    cloud.proxy = Proxy()
    assert fate(cloud, "10.9.0.20", 3128) is None
    assert fate(cloud, "10.9.0.20", 443) is Fault.DROP


@pytest.mark.parametrize(("segment", "stalls"), [(1460, True), (1360, False), (536, False)])
def test_only_what_is_too_large_for_the_path_is_lost(segment, stalls):
    cloud = healthy_cloud()
    address = cloud.addresses["registry"]
    cloud.segments["registry"] = 1360

    assert (greeted(cloud, REGISTRY, address, segment)[1] is Fault.SILENT) is stalls
    assert greeted(cloud, MCR, cloud.controls[MCR][0], segment)[1] is None


def test_a_real_socket_that_asks_for_small_segments_gets_its_certificate():
    cloud = healthy_cloud()
    cloud.segments["*"] = 1360
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE

    def handshake(size):
        with socket.socket() as plain:
            if size:
                plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, size)
            plain.settimeout(0.5)
            plain.connect(lab.detours[(cloud.addresses["registry"], 443)])
            with context.wrap_socket(plain, server_hostname=REGISTRY) as secure:
                return secure.version()

    with Lab.on_loopback(cloud) as lab:
        assert handshake(536)
        with pytest.raises(TimeoutError):
            handshake(0)


def test_ports_run_out_for_traffic_that_takes_the_public_way_alone():
    cloud = healthy_cloud()
    cloud.vm_subnet.snat_every = 4
    registry, mcr = cloud.addresses["registry"], cloud.controls[MCR][0]

    assert [starved(cloud, mcr, 443, flow) for flow in range(1, 6)] == [True] * 3 + [False, True]
    assert not any(starved(cloud, registry, 443, flow) for flow in range(1, 9))  # the endpoint

    cloud.vm_subnet.service_endpoints.clear()
    assert starved(cloud, registry, 443, 1)


def test_the_machine_trusts_what_its_bundle_holds():
    cloud = healthy_cloud()
    cloud.machine.bundles = {SYSTEM_BUNDLE: {"public", "inspecting"}, "/etc/own.pem": {"public"}}
    with Lab.on_loopback(cloud) as lab:
        whole = (lab.root / SYSTEM_BUNDLE.lstrip("/")).read_text()
        own = (lab.root / "etc/own.pem").read_text()

    assert whole.count("BEGIN CERTIFICATE") == 2
    assert own.count("BEGIN CERTIFICATE") == 1
    assert own in whole


@pytest.mark.parametrize("days", [-365, 365])
def test_certificates_are_valid_by_azures_clock(days):
    cloud = healthy_cloud()
    cloud.clock_offset = days * 86400.0
    with Lab.on_loopback(cloud) as lab:
        place = lab.detours[(cloud.addresses["registry"], 443)]
        context = ssl.create_default_context(cafile=lab.store)
        with (
            socket.create_connection(place, 2) as plain,
            pytest.raises(ssl.SSLCertVerificationError, match=r"expired|not yet valid"),
        ):
            context.wrap_socket(plain, server_hostname=REGISTRY)
