"""What the checks of the runtimes and of the storage policy make of each answer."""

import json
from dataclasses import replace
from types import SimpleNamespace

import pytest

from checks import disk, listening, mirrors, runtime_log, storage_policy, units
from checks.machine_replies import LogReply, MirrorReply, SpaceReply, UnitReply
from checks.replies import DnsReply, Failure, HttpReply, TcpReply, Trouble
from checks.subnet import ServiceEndpoint, Subnet
from checks.target import Target
from tests.unit import judging

NAME = "contoso.azurecr.io"
TARGET = Target(
    login_server=NAME, registry="contoso", cloud="AzurePublicCloud", repository="a", reference="v1"
)
HOST = replace(judging.HOST, proxies=(("https_proxy", "http://ours:3128/"),))
FOUND = DnsReply(name="m", server="system", addresses=("10.0.0.9",))
STOOD = TcpReply(peer="10.0.0.9", local="10.0.0.4")


def failure(trouble):
    return Failure(trouble=trouble)


def world(lookup=FOUND, connect=STOOD, **node):
    """Give a world in which every name and every address answers the same; it counts."""
    asked = []

    def system(name):
        asked.append(name)
        return lookup

    return SimpleNamespace(
        dns=SimpleNamespace(system=system),
        net=SimpleNamespace(connect=lambda *_a, **_k: connect),
        http=SimpleNamespace(get=lambda *_a, **_k: failure(Trouble.EOF)),
        node=SimpleNamespace(
            **{key: lambda *_a, reply=reply: reply for key, reply in node.items()}
        ),
        asked=asked,
    )


@pytest.mark.parametrize(
    ("lookup", "connect", "silent"),
    [
        (FOUND, STOOD, False),
        (FOUND, failure(Trouble.TIMEOUT), True),
        (FOUND, failure(Trouble.REFUSED), True),
        (FOUND, failure(Trouble.UNREACHABLE), True),
        (failure(Trouble.NAME_UNKNOWN), STOOD, True),
        # A look that was cut short or not allowed is unknown, not silence.
        (FOUND, failure(Trouble.DEADLINE), False),
        (FOUND, failure(Trouble.FORBIDDEN), False),
        (failure(Trouble.DNS_FAILING), STOOD, False),
        (failure(Trouble.TIMEOUT), STOOD, False),
    ],
)
def test_silence_is_certain_or_it_is_none(lookup, connect, silent):
    assert listening.silent(world(lookup, connect), "m", 443) is silent


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("https://m", ("m", 443)),
        ("http://m", ("m", 80)),
        ("m:5000", ("m", 5000)),
        ("M", ("m", 443)),
        ("https://[", ("", 443)),
        ("https://m:port", ("", 443)),
    ],
)
def test_where_a_url_leads(url, place):
    assert listening.place(url) == place


def mirror(hosts, registry=NAME, runtime="containerd"):
    return MirrorReply(runtime=runtime, registry=registry, hosts=hosts, source="f")


GONE = failure(Trouble.NAME_UNKNOWN)


def test_the_registry_itself_and_docker_hubs_mirrors_are_not_asked():
    here = world(
        GONE,
        mirrors=(mirror(("https://hub",), "docker.io", "docker"), mirror((f"https://{NAME}",))),
    )
    found = mirrors.gather(here, TARGET)

    assert here.asked == []
    assert not found.dead


@pytest.mark.parametrize(
    ("lookup", "hosts", "dead"),
    [
        (GONE, ("https://m",), True),
        (GONE, ("https://m", f"https://{NAME}"), False),
        (FOUND, ("https://m",), False),
        (failure(Trouble.DNS_FAILING), ("https://m",), False),
    ],
)
def test_a_runtime_is_stuck_where_nothing_answers_at_any_host(lookup, hosts, dead):
    found = mirrors.gather(world(lookup, mirrors=(mirror(hosts),)), TARGET)

    assert bool(found.dead) is dead


def test_a_registrys_own_entry_goes_before_the_one_for_all():
    both = (mirror(("https://all",), "_default"), mirror(("https://own",)))
    found = mirrors.gather(world(mirrors=both), TARGET)

    assert found.for_registry("containerd").hosts == ("own",)
    assert found.for_registry("docker") is None


def test_files_that_were_not_understood_are_a_limit():
    why = Failure(trouble=Trouble.PROTOCOL, detail="f is not TOML")
    found = mirrors.gather(world(mirrors=why), TARGET)

    assert "f is not TOML" in found.limit


def unit(proxies, name="containerd"):
    return UnitReply(name=name, proxies=proxies, source="f")


@pytest.mark.parametrize(
    ("proxies", "other", "asked"),
    [
        ({}, "", []),  # it lacks ours: nothing to try
        ({"HTTPS_PROXY": "http://ours:3128"}, "", []),
        ({"HTTPS_PROXY": "http://theirs:1"}, "http://theirs:1", ["theirs"]),
        ({"HTTPS_PROXY": "http://theirs:1", "NO_PROXY": ".azurecr.io"}, "", []),
    ],
)
def test_a_units_proxy_is_tried_where_it_is_another_one(proxies, other, asked):
    here = world(units=(unit(proxies),))
    found = units.gather(here, TARGET, HOST)

    assert (found.units[0].other_proxy, here.asked) == (other, asked)


def test_only_containerds_silent_proxy_leaves_it_stuck():
    told = {"HTTPS_PROXY": "http://theirs:1"}
    stuck = world(GONE, units=(unit(told),))
    docker = world(GONE, units=(unit(told, "docker"),))

    assert units.gather(stuck, TARGET, HOST).dead
    assert not units.gather(docker, TARGET, HOST).dead
    assert not units.gather(world(units=(unit(told),)), TARGET, HOST).dead


def room(free=1 << 30, inodes=100, free_inodes=9):
    return SpaceReply(path="/d", free=free, size=1 << 40, free_inodes=free_inodes, inodes=inodes)


@pytest.mark.parametrize(
    ("replies", "kind"),
    [
        ((room(),), disk.DiskRoom),
        ((room(free=1000),), disk.DiskFull),
        ((room(free_inodes=0),), disk.DiskFull),
        ((room(inodes=0, free_inodes=0),), disk.DiskRoom),  # it does not count them
        ((room(), room(free=0)), disk.DiskFull),
        ((), disk.DiskUnknown),
    ],
)
def test_room(replies, kind):
    assert isinstance(disk.parse(replies), kind)


def test_the_free_bytes_are_no_part_of_a_fact():
    assert disk.parse((room(free=1 << 30),)) == disk.parse((room(free=1 << 31),))


def test_a_logs_last_lines_are_kept_each_once():
    lines = [LogReply(unit="kubelet", line=f"failed {n % 7}") for n in range(50)]
    found = runtime_log.parse((*lines, LogReply(unit="docker", line="x\x1b[31m")))

    assert len(found.lines) == 6
    assert found.lines[0] == ("docker", "x [31m")
    assert found.naming("failed 6") == "kubelet: failed 6"
    assert found.naming("nothing") == ""
    assert runtime_log.parse(failure(Trouble.ABSENT)).why == "absent"


POLICY = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/serviceEndpointPolicies/p"


def subnet(*policies, service="Microsoft.Storage", state="Succeeded"):
    return Subnet(
        id="/subnets/s",
        prefixes=(),
        endpoints=(ServiceEndpoint(service=service, state=state, locations=()),),
        endpoint_policies=policies,
        nat_gateway="",
        route_table="",
        security_group="",
        default_outbound=True,
    )


def arm(resources, status=200):
    entry = {"properties": {"service": "x", "serviceResources": resources}}
    body = {"properties": {"serviceEndpointPolicyDefinitions": [entry, {"properties": None}]}}
    reply = HttpReply(status=status, body=json.dumps(body).encode())
    return SimpleNamespace(arm=SimpleNamespace(get=lambda *_a: reply))


@pytest.mark.parametrize(
    ("resources", "where", "denies"),
    [
        (["/subscriptions/s"], subnet(POLICY), True),
        ([], subnet(POLICY), True),
        (["/services/azure/containerregistry"], subnet(POLICY), False),
        (["/services/Azure"], subnet(POLICY), False),  # whether it holds them is not known
        (["/subscriptions/s"], subnet(POLICY, service="Microsoft.Storage.Global"), True),
        (["/subscriptions/s"], subnet(POLICY, service="Microsoft.KeyVault"), False),
        (["/subscriptions/s"], subnet(POLICY, state="Failed"), False),
        (["/subscriptions/s"], subnet(), False),
    ],
)
def test_a_policy_denies_what_it_does_not_list(resources, where, denies):
    found = storage_policy.gather(arm(resources), where)

    assert isinstance(found, storage_policy.StoragePolicies)
    assert found.denies_layers is denies


def test_a_policy_that_may_not_be_read_denies_nothing_and_is_a_limit():
    found = storage_policy.gather(arm([], 403), subnet(POLICY))

    assert isinstance(found, storage_policy.StoragePoliciesHidden)
    assert "serviceEndpointPolicies/read" in found.limit
