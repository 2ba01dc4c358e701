"""The container runtime: docker, containerd, disk."""

from diagnose.lab.cloud import Cloud, Fault, Proxy
from diagnose.lab.engine_state import Engine, set_hosts, set_proxy
from diagnose.lab.machine import SYSTEM_BUNDLE
from tests.scenarios.stories.story import story

REGISTRY = "contoso.azurecr.io"
PROXY = f"http://{Proxy.address}:{Proxy.port}"
MIRROR = "https://mirror.contoso.internal"


def docker(cloud: Cloud) -> Engine:
    cloud.machine.engine = Engine()
    return cloud.machine.engine


@story("runtime-down", "runtime-down", unsure="proven")
def docker_is_installed_and_does_not_run(cloud: Cloud) -> None:
    docker(cloud).running = False


@story("runtime-proxy-misconfigured", "runtime-proxy-misconfigured", unsure="proven")
def dockers_own_proxy_is_dead(cloud: Cloud) -> None:
    set_proxy(docker(cloud), cloud.machine.files, PROXY)


@story("runtime-proxy-misconfigured", "runtime-proxy-misconfigured", unsure="proven")
def dockers_own_proxy_hides_the_subnet_from_the_registry(cloud: Cloud) -> None:
    cloud.proxy = Proxy()
    set_proxy(docker(cloud), cloud.machine.files, PROXY)


@story("runtime-proxy-misconfigured", "runtime-proxy-misconfigured", unsure="proven")
def dockers_own_proxy_refuses_it(cloud: Cloud) -> None:
    cloud.proxy = Proxy(denied={REGISTRY})
    set_proxy(docker(cloud), cloud.machine.files, PROXY)


@story("runtime-proxy-misconfigured", "runtime-proxy-misconfigured", unsure="proven")
def docker_lacks_the_proxy_that_is_the_only_way_out(cloud: Cloud) -> None:
    cloud.proxy = Proxy()
    cloud.registry.ip_rules = [cloud.proxy.public_ip]
    cloud.machine.environ["HTTPS_PROXY"] = PROXY
    cloud.vm_subnet.service_endpoints.clear()
    cloud.vm_subnet.outbound = False
    docker(cloud)


@story("runtime-mirror-misconfigured", "runtime-mirror-misconfigured", unsure="proven")
def docker_is_sent_to_a_mirror_that_is_gone(cloud: Cloud) -> None:
    set_hosts(docker(cloud), cloud.machine.files, REGISTRY, MIRROR)


# Where nobody asks a runtime to pull, its files, the silence at the place that they name, and its
# own log have to agree.
@story("runtime-mirror-misconfigured", "runtime-mirror-misconfigured", unsure="proven")
def containerd_is_sent_to_a_mirror_that_is_gone(cloud: Cloud) -> None:
    folder = "/etc/containerd/certs.d"
    said = f'msg="PullImage \\"{REGISTRY}/app:v1\\" failed" error="lookup {MIRROR}: no such host"'
    cloud.machine.files |= {
        "/etc/containerd/config.toml": "version = 2\n"
        f'[plugins."io.containerd.grpc.v1.cri".registry]\nconfig_path = "{folder}"\n',
        f"{folder}/{REGISTRY}/hosts.toml": f'server = "{MIRROR}"\n',
        "/var/log/syslog": f"Nov 23 13:00:00 app-vm containerd[7]: level=error {said}\n",
    }


@story("runtime-proxy-misconfigured", "runtime-proxy-misconfigured", unsure="proven")
def containerds_own_proxy_is_gone(cloud: Cloud) -> None:
    told = f'[Service]\nEnvironment="HTTPS_PROXY={PROXY}"\n'
    said = f'error="{REGISTRY}/app:v1: proxyconnect tcp: dial tcp: i/o timeout"'
    cloud.machine.files |= {
        "/usr/lib/systemd/system/containerd.service": "[Service]\nExecStart=containerd\n",
        "/etc/systemd/system/containerd.service.d/http-proxy.conf": told,
        "/var/log/syslog": f"Nov 23 13:00:00 app-vm containerd[7]: level=error {said}\n",
    }


@story("runtime-untrusted-ca", "runtime-untrusted-ca", unsure="proven")
def docker_alone_does_not_trust_the_registry(cloud: Cloud) -> None:
    docker(cloud).trusts = set()


@story("runtime-untrusted-ca", "runtime-untrusted-ca", unsure="proven")
def docker_was_not_restarted_since_the_companys_authority_is_trusted(cloud: Cloud) -> None:
    cloud.faults["registry"] = Fault.INTERCEPT
    cloud.machine.bundles[SYSTEM_BUNDLE].add("inspecting")
    docker(cloud)


@story("disk-full", "disk-full", unsure="proven")
def dockers_disk_is_full(cloud: Cloud) -> None:
    docker(cloud).free = 0


@story("disk-full", "disk-full", unsure="proven")
def dockers_disk_has_no_inodes_left(cloud: Cloud) -> None:
    docker(cloud).free_inodes = 0


# Leftovers on machines where the pull works.


@story("", "")
def docker_pulls(cloud: Cloud) -> None:
    docker(cloud)


@story("", "")
def dockers_mirror_is_for_docker_hub(cloud: Cloud) -> None:
    docker(cloud).mirrors = [MIRROR]
    cloud.machine.files["/etc/docker/daemon.json"] = f'{{"registry-mirrors": ["{MIRROR}"]}}'


@story("", "")
def dockers_dead_proxy_does_not_hold_for_azure(cloud: Cloud) -> None:
    exempt = ".azurecr.io,.blob.core.windows.net"
    set_proxy(docker(cloud), cloud.machine.files, PROXY, no_proxy=exempt)


@story("", "")
def the_old_image_store_does_not_read_hosts_toml(cloud: Cloud) -> None:
    engine = docker(cloud)
    set_hosts(engine, cloud.machine.files, REGISTRY, MIRROR)
    engine.storage_driver = "overlay2"
