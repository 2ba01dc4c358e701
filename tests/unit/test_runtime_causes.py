"""The causes in the runtime: docker fails and the same machine without docker does not."""

import shlex
from dataclasses import replace

import pytest

from checks.challenge import Challenge
from checks.disk import DiskFull, DiskRoom
from checks.docker_pull import DockerPulled, DockerPullFailed
from checks.docker_runtime import DockerDown, DockerRuntime
from checks.layer import Layer, LayerBlocked
from checks.mirrors import Mirror, Mirrors
from checks.replies import Trouble
from checks.runtime_log import RuntimeLog
from checks.target import Target
from checks.tls_session import TlsTrusted
from checks.units import Unit, Units
from diagnose import causes
from diagnose.causes.contract import Confidence, Finding, Rejected
from diagnose.facts import Facts
from diagnose.judging import verdict
from tests.unit import judging

NAME = "contoso.azurecr.io"
BLOB = "eus.blob.core.windows.net"
TARGET = Target(
    login_server=NAME,
    registry="contoso",
    cloud="AzurePublicCloud",
    repository="app",
    reference="v1",
)
HOST = replace(judging.HOST, addresses=("10.1.0.4",))
LAYER = Layer(host=BLOB)
DOCKER = DockerRuntime(version="28.2.2", storage_driver="overlay2")
PROXY = "http://10.1.0.250:3128"
PROXIED = replace(DOCKER, proxies=(("HTTPS_PROXY", PROXY),))
STORE = replace(DOCKER, storage_driver="overlayfs")
DOWN = DockerDown(trouble=Trouble.REFUSED, detail="")
CHALLENGE = Challenge(
    status=401,
    realm=f"https://{NAME}/oauth2/token",
    own_realm=True,
    from_acr=True,
    code="UNAUTHORIZED",
    message="",
    refused_ip="",
    via_proxy="",
    minutes_off=0,
)
VIA = replace(CHALLENGE, via_proxy=PROXY)
TLS = TlsTrusted(issuer="O=Microsoft Corporation", version="TLSv1.3")
DROP_IN = "/etc/systemd/system/docker.service.d/http-proxy.conf"
UNITS = Units(
    units=(Unit(name="docker", proxies=(("HTTPS_PROXY", PROXY),), source=DROP_IN),),
)
GET = f'Get "https://{NAME}/v2/": '
TIMED_OUT = f"{GET}dial tcp 20.62.128.10:443: i/o timeout"
DEAD = f"{GET}proxyconnect tcp: dial tcp 10.1.0.250:3128: i/o timeout"
X509 = f"{GET}tls: failed to verify certificate: x509: certificate signed by unknown authority"
DENIED = f"Head \"https://{NAME}/v2/app\": denied: client with IP '20.9.9.9' is not allowed access."
NO_SPACE = "write /var/lib/docker/tmp/GetImageBlob1: no space left on device"
AWAY = 'Head "https://mirror.contoso.internal/v2/app/manifests/v1": dial tcp: no route to host'
PROVEN, LIKELY, POSSIBLE = Confidence.PROVEN, Confidence.LIKELY, Confidence.POSSIBLE

DOCKERS = Mirror(
    runtime="docker",
    registry=NAME,
    hosts=("mirror.contoso.internal",),
    silent=("mirror.contoso.internal",),
    source=f"/etc/docker/certs.d/{NAME}/hosts.toml",
)
CONTAINERDS = replace(
    DOCKERS, runtime="containerd", source=f"/etc/containerd/certs.d/{NAME}/hosts.toml"
)
FALLS_BACK = replace(CONTAINERDS, hosts=("mirror.contoso.internal", NAME))
HUB = replace(DOCKERS, registry="docker.io", silent=(), source="/etc/docker/daemon.json")


def mirrors(*told):
    return Mirrors(login_server=NAME, mirrors=told)


def failed(words):
    return DockerPullFailed(error=words)


def answer(id_, *facts):
    """Give one cause's answer; None also where it lacks a fact that it needs."""
    cause = next(cause for cause in causes.ALL if cause.id == id_)
    known = Facts([TARGET, HOST, *facts])
    return None if known.missing(cause.needs) else known.call(cause.find)


def outcome(id_, *facts):
    found = answer(id_, *facts)
    return found.confidence if isinstance(found, Finding) else type(found)


NONE = type(None)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ((LAYER, PROXIED, failed(DEAD), UNITS), PROVEN),
        ((LAYER, DOCKER, failed(DEAD)), PROVEN),  # only a proxy fails in these words
        ((LAYER, PROXIED, failed(f"{GET}Forbidden")), PROVEN),
        ((LAYER, PROXIED, failed(f"{GET}Proxy Authentication Required")), PROVEN),
        ((LAYER, DOCKER, failed(f"{GET}Forbidden")), Rejected),
        ((LAYER, PROXIED, failed(DENIED)), PROVEN),
        ((LAYER, DOCKER, failed(DENIED)), Rejected),
        ((LAYER, PROXIED, failed(f"{GET}context deadline exceeded")), LIKELY),
        ((LAYER, PROXIED, failed(X509)), POSSIBLE),
        # The network itself fails: no runtime is blamed.
        ((LayerBlocked(host=BLOB, trouble=Trouble.TIMEOUT), PROXIED, failed(DEAD)), NONE),
        ((PROXIED, failed(DEAD)), NONE),
        # Docker has no proxy where this program needed one.
        ((LAYER, DOCKER, failed(TIMED_OUT), VIA), PROVEN),
        ((LAYER, DOCKER, failed(TIMED_OUT), CHALLENGE), Rejected),
        # It goes the same way as this program.
        (
            (
                LAYER,
                PROXIED,
                failed(f"{GET}context deadline exceeded"),
                replace(HOST, proxies=(("https_proxy", f"{PROXY}/"),)),
            ),
            NONE,
        ),
        # The proxy does not hold for the registry.
        (
            (
                LAYER,
                replace(PROXIED, proxies=(*PROXIED.proxies, ("NO_PROXY", ".azurecr.io"))),
                failed(f"{GET}context deadline exceeded"),
            ),
            Rejected,
        ),
        ((LAYER, PROXIED, failed(NO_SPACE)), NONE),
        ((LAYER, PROXIED, failed(AWAY.replace("no route to host", "i/o timeout"))), NONE),
        ((LAYER, PROXIED, DockerPulled(kept=False)), NONE),
    ],
)
def test_dockers_own_proxy(facts, expected):
    assert outcome("runtime-proxy-misconfigured", *facts) is expected


def test_the_fix_keeps_what_docker_was_told_and_names_only_suffixes():
    told = replace(PROXIED, proxies=(*PROXIED.proxies, ("NO_PROXY", "a'b,10.0.0.0/8")))
    found = answer("runtime-proxy-misconfigured", LAYER, told, failed(DENIED), UNITS)
    words = shlex.split(found.fix[1].command)

    exempt = "a'b,10.0.0.0/8,.azurecr.io,.blob.core.windows.net"
    assert f'Environment="NO_PROXY={exempt}"' in words
    assert found.fix[1].undo.startswith("sudo rm /etc/systemd/system/docker.service.d/zz-")
    assert DROP_IN not in words  # what a person wrote is not written over


CONTAINERD = Unit(
    name="containerd",
    proxies=(("HTTPS_PROXY", PROXY), ("NO_PROXY", "10.0.0.0/8")),
    source="/etc/systemd/system/containerd.service.d/p.conf",
    other_proxy=PROXY,
    silent=True,
)
SAID = RuntimeLog(lines=(("containerd", f"PullImage {DEAD}"),))


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ((LAYER, Units(units=(CONTAINERD,)), SAID), PROVEN),
        ((LAYER, Units(units=(CONTAINERD,))), LIKELY),
        ((LAYER, Units(units=(replace(CONTAINERD, silent=False),)), SAID), NONE),
        ((LAYER, SAID), NONE),  # a line may be old: alone it is nothing
        ((LAYER, Units(units=(replace(CONTAINERD, name="kubelet"),)), SAID), NONE),
        ((Units(units=(CONTAINERD,)), SAID), NONE),
        ((LAYER, Units(units=(CONTAINERD,)), SAID, DOCKER), NONE),  # docker is what pulls here
    ],
)
def test_containerds_own_proxy(facts, expected):
    assert outcome("runtime-proxy-misconfigured", *facts) is expected


def test_what_systemd_would_read_otherwise_is_escaped():
    told = replace(CONTAINERD, proxies=(("https_proxy", PROXY), ("no_proxy", 'a%i"\\')))
    found = answer("runtime-proxy-misconfigured", LAYER, Units(units=(told,)))

    assert 'NO_PROXY=a%%i\\"\\\\,.azurecr.io' in found.fix[1].command


def test_containerds_fix_is_for_containerd_and_never_for_a_node_of_aks():
    found = answer("runtime-proxy-misconfigured", LAYER, Units(units=(CONTAINERD,)))
    node = replace(HOST, aks_node=True)
    theirs = answer("runtime-proxy-misconfigured", LAYER, Units(units=(CONTAINERD,)), node)

    exempt = "NO_PROXY=10.0.0.0/8,.azurecr.io,.blob.core.windows.net"
    assert f'Environment="{exempt}"' in shlex.split(found.fix[1].command)
    assert "restart containerd" in found.fix[1].command
    assert [step.command for step in theirs.fix[1:]] == [""]


def test_settings_in_daemon_json_are_mended_by_hand():
    units = Units(units=(replace(UNITS.units[0], source="/etc/docker/daemon.json"),))
    found = answer("runtime-proxy-misconfigured", LAYER, PROXIED, failed(DEAD), units)

    assert [step.command for step in found.fix[1:]] == [""]
    assert "/etc/docker/daemon.json" in found.fix[1].why


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ((LAYER, DOCKER, failed(X509), TLS), PROVEN),
        ((LAYER, DOCKER, failed(X509.replace(NAME, BLOB))), PROVEN),
        ((LAYER, PROXIED, failed(X509), TLS), LIKELY),  # the proxy may be what signs
        ((LAYER, DOCKER, failed(X509.replace(NAME, "mirror.contoso.internal"))), Rejected),
        ((LAYER, DOCKER, failed(f"{GET}x509: certificate has expired")), NONE),
        ((LAYER, DOCKER, failed(TIMED_OUT)), NONE),
        ((DOCKER, failed(X509)), NONE),
    ],
)
def test_docker_alone_does_not_trust(facts, expected):
    assert outcome("runtime-untrusted-ca", *facts) is expected


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ((LAYER, STORE, failed(AWAY), mirrors(DOCKERS)), PROVEN),
        ((LAYER, STORE, failed(TIMED_OUT), mirrors(DOCKERS)), NONE),  # it asked the registry
        ((LAYER, STORE, failed(AWAY), mirrors()), NONE),
        ((LAYER, STORE, failed("pull access denied"), mirrors(DOCKERS)), LIKELY),
        ((LAYER, DOCKER, failed("pull access denied"), mirrors(DOCKERS)), NONE),
        (
            (
                LAYER,
                STORE,
                failed("pull access denied"),
                mirrors(replace(DOCKERS, hosts=(*DOCKERS.hosts, NAME))),
            ),
            NONE,
        ),
        ((STORE, failed(AWAY), mirrors(DOCKERS)), NONE),
        # docker's registry-mirrors are for Docker Hub
        (
            (LAYER, replace(DOCKER, mirrors=("https://m",)), failed(TIMED_OUT), mirrors(HUB)),
            Rejected,
        ),
        ((LAYER, DOCKER, mirrors(CONTAINERDS)), NONE),  # docker is what pulls here
        # containerd, which nobody asked to pull
        ((LAYER, mirrors(CONTAINERDS)), LIKELY),
        ((LAYER, mirrors(replace(CONTAINERDS, registry="_default"))), LIKELY),
        ((LAYER, mirrors(FALLS_BACK)), NONE),
        ((LAYER, mirrors(replace(CONTAINERDS, silent=()))), POSSIBLE),
        ((mirrors(CONTAINERDS),), NONE),
    ],
)
def test_mirrors(facts, expected):
    assert outcome("runtime-mirror-misconfigured", *facts) is expected


def test_a_log_supports_what_the_files_and_the_probe_say_and_proves_nothing_alone():
    about = RuntimeLog(lines=(("containerd", f"PullImage {AWAY}"),))

    assert outcome("runtime-mirror-misconfigured", LAYER, mirrors(CONTAINERDS), about) is PROVEN
    other = RuntimeLog(lines=(("containerd", "PullImage x509"),))
    assert outcome("runtime-mirror-misconfigured", LAYER, mirrors(CONTAINERDS), other) is LIKELY
    assert outcome("runtime-mirror-misconfigured", LAYER, mirrors(), about) is NONE


STREAMING = replace(CONTAINERDS, hosts=("localhost",), silent=("localhost",), service="stopped")


def test_the_state_of_artifact_streamings_service_is_evidence_and_proves_nothing():
    log = RuntimeLog(lines=(("acr-mirror", "panic: listen on localhost failed"),))
    found = answer("runtime-mirror-misconfigured", LAYER, mirrors(STREAMING), log)
    other = answer("runtime-mirror-misconfigured", LAYER, mirrors(CONTAINERDS), log)

    assert found.confidence is other.confidence is LIKELY
    told = [evidence.saw for evidence in found.evidence]
    assert any("the unit acr-mirror, artifact streaming's, does not run" in saw for saw in told)
    assert told[-1] == "acr-mirror: panic: listen on localhost failed"
    assert not any("acr-mirror" in evidence.saw for evidence in other.evidence)


@pytest.mark.parametrize("state", ["", "running", "absent", "stopped"])
def test_what_is_not_known_of_the_service_is_not_said(state):
    told = replace(STREAMING, service=state).told

    assert ("acr-mirror" in told) is bool(state)
    assert ("does not run" in told) is (state == "stopped")


def test_an_aks_nodes_files_are_not_edited():
    found = answer(
        "runtime-mirror-misconfigured",
        LAYER,
        mirrors(CONTAINERDS),
        replace(HOST, aks_node=True),
    )

    assert [step.command for step in found.fix[1:]] == [""]


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ((DOCKER, failed(NO_SPACE)), PROVEN),
        ((DOCKER, failed(NO_SPACE), DiskFull(path="/data", inodes=True)), PROVEN),
        ((DiskFull(path="/data", inodes=False),), LIKELY),
        ((DiskFull(path="/data", inodes=False), DockerPulled(kept=False)), Rejected),
        ((DiskRoom(paths=("/data",)), DOCKER, failed(TIMED_OUT)), NONE),
        ((), NONE),
    ],
)
def test_disk(facts, expected):
    assert outcome("disk-full", *facts) is expected


def test_the_directory_that_docker_writes_to_is_looked_at():
    full = DiskFull(path="/var/lib/containerd", inodes=False)
    docker = replace(DOCKER, root="/data/my docker")

    told = answer("disk-full", docker, failed(NO_SPACE), full)
    assert told.fix[0].command == "df -h '/data/my docker'; df -i '/data/my docker'"
    assert "/var/lib/containerd" in answer("disk-full", full).fix[0].command


@pytest.mark.parametrize(
    ("facts", "primary"),
    [
        ((LAYER, PROXIED, failed(DEAD), CHALLENGE), "runtime-proxy-misconfigured"),
        ((LAYER, PROXIED, failed(X509), CHALLENGE, TLS), "runtime-untrusted-ca"),
        (
            (LAYER, STORE, failed(AWAY), mirrors(DOCKERS), CHALLENGE),
            "runtime-mirror-misconfigured",
        ),
        ((LAYER, CHALLENGE, DiskFull(path="/d", inodes=False), DOWN), "runtime-down"),
        ((LAYER, CHALLENGE, mirrors(CONTAINERDS)), "runtime-mirror-misconfigured"),
        ((LAYER, CHALLENGE, Units(units=(CONTAINERD,))), "runtime-proxy-misconfigured"),
        ((LAYER, CHALLENGE, DiskFull(path="/d", inodes=False)), "disk-full"),
    ],
)
def test_the_whole_list_of_causes_names_the_one(facts, primary):
    found = verdict.decide(causes.ALL, Facts([TARGET, HOST, *facts]))

    assert found.primary
    assert found.primary.cause.id == primary
    assert not verdict.ties(found)


@pytest.mark.parametrize(
    "leftover",
    [mirrors(CONTAINERDS), DiskFull(path="/d", inodes=False), Units(units=(CONTAINERD,))],
    ids=lambda fact: type(fact).__name__,
)
def test_a_leftover_is_no_cause_where_docker_pulls(leftover):
    facts = Facts([TARGET, HOST, LAYER, CHALLENGE, DOCKER, DockerPulled(kept=False), leftover])

    assert verdict.decide(causes.ALL, facts).status is verdict.Status.HEALTHY
