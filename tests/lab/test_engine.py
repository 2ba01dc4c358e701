"""The simulated docker engine goes the way that its own settings and the cloud allow."""

import base64
import json

import pytest

from diagnose.lab import engine
from diagnose.lab.cloud import Fault, Proxy
from diagnose.lab.engine_state import Engine, set_hosts, set_proxy
from diagnose.lab.healthy import PRINCIPAL, SIBLING_ID, TENANT, healthy_cloud
from diagnose.lab.http import Request
from diagnose.lab.tokens import refresh

NAME = "contoso.azurecr.io"
GUID = "00000000-0000-0000-0000-000000000000"


@pytest.fixture
def machine():
    """Give a healthy cloud with docker, and a pull by it: the error, or nothing."""
    cloud = healthy_cloud()
    docker = cloud.machine.engine = Engine()

    def pull(image=f"{NAME}/app", tag="v1", *, signed_in=True):
        secret = refresh(cloud, PRINCIPAL, TENANT, ["read"]) if signed_in else ""
        auth = json.dumps({"username": GUID, "password": secret}).encode()
        request = Request(
            method="POST",
            host="docker",
            path="/v1.44/images/create",
            query={"fromImage": image, "tag": tag},
            headers={"x-registry-auth": base64.urlsafe_b64encode(auth).decode()},
        )
        reply = engine.answer(cloud, docker, request)
        if reply.status == 200:
            return ""
        return json.loads(reply.body)["message"]

    return cloud, docker, pull


def test_a_pull_leaves_the_image_and_its_digest(machine):
    cloud, docker, pull = machine

    assert pull() == ""
    digest = cloud.registry.repositories["app"]["v1"].digest
    assert docker.images == {f"{NAME}/app:v1": digest}
    assert pull(tag="multi") == ""
    assert pull(tag=digest) == ""
    assert f"{NAME}/app@{digest}" in docker.images


def deny(cloud, _docker):
    cloud.registry.vnet_rules = [SIBLING_ID]


def drop_layers(cloud, _docker):
    cloud.faults["layers"] = Fault.DROP


def drop_registry(cloud, _docker):
    cloud.vm_subnet.blocked = {"AzureContainerRegistry"}


def intercept(cloud, _docker):
    cloud.faults["registry"] = Fault.INTERCEPT


def delete(cloud, _docker):
    cloud.registry.deleted = True


def policy(cloud, _docker):
    cloud.vm_subnet.storage_policy = True


def proxy(cloud, docker):
    set_proxy(docker, cloud.machine.files, f"http://{Proxy.address}:{Proxy.port}")


def exempt(cloud, docker):
    set_proxy(docker, cloud.machine.files, "http://p:1", ".azurecr.io,.windows.net")


def live_proxy(cloud, docker):
    proxy(cloud, docker)
    cloud.proxy = Proxy()


def open_to_proxy(cloud, docker):
    live_proxy(cloud, docker)
    cloud.registry.ip_rules = [Proxy.public_ip]


def refusing_proxy(cloud, docker):
    open_to_proxy(cloud, docker)
    cloud.proxy.denied = {NAME}


def proxy_with_a_login(cloud, docker):
    open_to_proxy(cloud, docker)
    cloud.proxy.login = "u:p"


def proxy_that_knows_us(cloud, docker):
    proxy_with_a_login(cloud, docker)
    set_proxy(docker, {}, f"http://u:p@{Proxy.address}:{Proxy.port}")


def inspecting_proxy(cloud, docker):
    open_to_proxy(cloud, docker)
    cloud.proxy.inspects = True


def trusted_inspection(cloud, docker):
    inspecting_proxy(cloud, docker)
    docker.trusts.add("inspecting")


def proxy_without_a_name(cloud, docker):
    set_proxy(docker, cloud.machine.files, "http://old.contoso.example:3128")


def hosts(cloud, docker):
    set_hosts(docker, cloud.machine.files, NAME, "https://gone.internal")


def fallback(cloud, docker):
    hosts(cloud, docker)
    docker.hosts[NAME].append(f"https://{NAME}")


def first(cloud, docker):
    hosts(cloud, docker)
    docker.hosts[NAME].insert(0, f"https://{NAME}")


def hub(_cloud, docker):
    docker.mirrors = ["https://gone.internal"]


def old_store(cloud, docker):
    hosts(cloud, docker)
    docker.storage_driver = "overlay2"


def full(_cloud, docker):
    docker.free = 10


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (deny, "denied: client with IP '10.1.0.4' is not allowed access"),
        (drop_layers, "blob.core.windows.net"),
        (drop_registry, "dial tcp 20.62.128.10:443: i/o timeout"),
        (intercept, "x509: certificate signed by unknown authority"),
        (delete, "lookup contoso.azurecr.io on 168.63.129.16:53: no such host"),
        (policy, "invalid character"),
        (proxy, "proxyconnect tcp: dial tcp 10.9.0.20:3128: i/o timeout"),
        (proxy_without_a_name, "proxyconnect tcp: dial tcp: lookup old.contoso.example"),
        (exempt, ""),
        (live_proxy, f"client with IP '{Proxy.public_ip}' is not allowed access"),
        (open_to_proxy, ""),
        (refusing_proxy, "Forbidden"),
        (proxy_with_a_login, "Proxy Authentication Required"),
        (proxy_that_knows_us, ""),
        (inspecting_proxy, "x509: certificate signed by unknown authority"),
        (trusted_inspection, ""),
        (hosts, "lookup gone.internal"),
        (fallback, ""),
        (first, ""),
        (hub, ""),
        (old_store, ""),
        (full, "no space left on device"),
    ],
)
def test_the_engine_fails_in_dockers_words_where_its_way_is_closed(machine, change, words):
    cloud, docker, pull = machine
    change(cloud, docker)
    said = pull()

    assert words in said
    assert bool(said) == bool(words)
    assert bool(docker.images) != bool(words)


@pytest.mark.parametrize(
    ("image", "tag", "words"),
    [
        (f"{NAME}/nothere", "v1", "name_unknown"),
        (f"{NAME}/app", "v9", "manifest_unknown"),
    ],
)
def test_what_is_not_there_is_not_found(machine, image, tag, words):
    assert words in machine[2](image, tag)


def test_nobody_is_asked_for_a_login(machine):
    assert "unauthorized: authentication required" in machine[2](signed_in=False)
