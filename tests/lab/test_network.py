"""The path to the services: dropped SYNs, filters, interception, resolvers, missing egress."""

import socket
import ssl
import time
from email.utils import parsedate_to_datetime

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID

from diagnose.lab.certs import Pki
from diagnose.lab.cloud import Fault
from diagnose.lab.healthy import healthy_cloud
from diagnose.lab.servers import Lab

REGISTRY = "contoso.azurecr.io"
BLOB = "eusmanaged15.blob.core.windows.net"


def reaches(vm, host):
    try:
        vm.connect(vm.address_of(host), timeout=0.3).close()
    except TimeoutError:
        return False
    return True


def test_start_is_fast():
    begin = time.perf_counter()
    Lab.on_loopback(healthy_cloud()).close()
    assert time.perf_counter() - begin < 0.15


def test_certificate_is_like_the_real_one(vm):
    with vm.tls(REGISTRY) as sock:
        leaf = x509.load_der_x509_certificate(sock.getpeercert(binary_form=True))
    subject = {a.oid: a.value for a in leaf.subject}
    assert subject[NameOID.COMMON_NAME] == "*.azurecr.io"
    assert subject[NameOID.ORGANIZATION_NAME] == "Microsoft Corporation"
    issuer = leaf.issuer.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value
    assert issuer == "Microsoft Azure RSA TLS Issuing CA 03"


def test_interception_is_signed_by_another_ca(cloud, vm):
    cloud.faults[REGISTRY] = Fault.INTERCEPT
    with pytest.raises(ssl.SSLCertVerificationError):
        vm.tls(REGISTRY)
    with vm.tls(REGISTRY, ca=vm.lab.proxy_ca_file) as sock:
        assert "Corporate" in str(sock.getpeercert()["issuer"])


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault.DROP, TimeoutError),
        (Fault.SILENT, TimeoutError),
        (Fault.REFUSE, ConnectionRefusedError),
        (Fault.RESET, ConnectionResetError),
        (Fault.EOF, (ssl.SSLEOFError, ssl.SSLZeroReturnError)),
    ],
)
def test_faults_look_as_they_should(cloud, vm, fault, error):
    cloud.faults[REGISTRY] = fault
    with pytest.raises(error):
        vm.tls(REGISTRY)
    cloud.faults.clear()
    assert vm.probe().status == 401


def test_filter_by_name_lets_another_name_through(cloud, vm):
    cloud.faults[REGISTRY] = Fault.EOF
    with pytest.raises(ssl.SSLCertVerificationError):  # got as far as a certificate
        vm.tls(REGISTRY, sni="mcr.microsoft.com")


def test_nsg_blocks_by_tag(cloud, vm):
    cloud.vm_subnet.blocked = {"Storage"}
    assert reaches(vm, REGISTRY)
    assert not reaches(vm, BLOB)
    cloud.vm_subnet.blocked = {"AzureContainerRegistry"}
    assert not reaches(vm, REGISTRY)
    assert reaches(vm, "mcr.microsoft.com")
    cloud.vm_subnet.blocked, cloud.vm_subnet.allowed = {"Internet"}, {"AzureContainerRegistry"}
    assert reaches(vm, REGISTRY)
    assert not reaches(vm, "mcr.microsoft.com")


def test_no_outbound_leaves_imds_dns_and_what_has_an_endpoint(cloud, vm):
    cloud.vm_subnet.outbound = False
    assert reaches(vm, REGISTRY)
    assert reaches(vm, BLOB)  # by the subnet's Microsoft.Storage endpoint
    assert not reaches(vm, "mcr.microsoft.com")
    assert vm.imds("/instance?api-version=2021-02-01").status == 200
    assert vm.resolve(REGISTRY).answer
    cloud.vm_subnet.service_endpoints.clear()
    assert not reaches(vm, REGISTRY)
    assert not reaches(vm, BLOB)


def test_imds_down_drops(cloud, vm):
    cloud.imds_up = False
    with pytest.raises(TimeoutError):
        vm.connect("169.254.169.254", 80, timeout=0.3)


def test_unknown_addresses_drop_and_never_leave_loopback(vm):
    assert vm.lab.detours["10.9.9.9", 443][0] == "127.0.0.1"
    with pytest.raises(TimeoutError):
        vm.connect("10.9.9.9", timeout=0.3)


def test_clock_offset_shows_in_the_date(cloud, vm):

    cloud.clock_offset = 900
    date = parsedate_to_datetime(vm.probe().headers["date"]).timestamp()
    assert 890 < time.time() - date < 910


def test_close_frees_the_ports(cloud):
    lab = Lab.on_loopback(cloud)
    port = lab.detours["169.254.169.254", 80][1]
    lab.close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=0.3)


def test_a_client_that_comes_while_it_closes_leaves_no_file(tmp_path):
    pki = Pki(tmp_path)
    pki.context(REGISTRY)
    before = set(tmp_path.iterdir())
    pki.close()

    with pytest.raises(ConnectionAbortedError):
        pki.context(BLOB)
    assert set(tmp_path.iterdir()) == before
