"""The firewall causes against tables of facts: who speaks up, how sure, and who is rejected."""

import shlex
from dataclasses import replace

import pytest

from checks import egress
from checks.addresses import private_ipv4
from checks.challenge import Challenge
from checks.egress import EgressHidden
from checks.host import Host
from checks.instance import Instance, Nic
from checks.interface import Interface
from checks.network_rules import NetworkRules
from checks.provider import Provider
from checks.refusal import Refused
from checks.registry import Registry
from checks.subnet import ServiceEndpoint, Subnet
from checks.target import parse
from diagnose.causes import ALL as EVERY
from diagnose.causes.contract import Confidence, Finding, Rejected, Stage
from diagnose.facts import Facts

VNET = "/subscriptions/net-sub/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/v"
APP, DB = f"{VNET}/subnets/app", f"{VNET}/subnets/db"
REG = "/subscriptions/reg-sub/resourceGroups/rg/providers/Microsoft.ContainerRegistry/registries/c"
OWN, OTHER, PRIVATE = "20.1.2.3", "52.9.9.9", "10.0.1.4"


ALL = tuple(cause for cause in EVERY if ".firewall." in cause.find.__module__)


def refused(ip, check="anonymous-token"):
    return Refused(check=check, ip=ip, private_ip=private_ipv4(ip))


def target(text="c.azurecr.io/app:v1"):
    return parse(text)


def host(on_azure=True, proxies=()):
    return Host(
        os="linux",
        architecture="amd64",
        on_azure=on_azure,
        aks_node=False,
        is_root=False,
        addresses=(),
        resolvers=(),
        proxies=proxies,
    )


def vm(outbound=(OWN,), cloud="AzurePublicCloud", private_ip=PRIVATE):
    nic = Nic(mac="00", private_ip=private_ip, public_ip="", prefix="10.0.1.0/24")
    machine = "/subscriptions/net-sub/resourceGroups/rg/providers/Microsoft.Compute/virtualMachines"
    return Instance(
        name="vm",
        resource_id=f"{machine}/vm",
        subscription="net-sub",
        resource_group="rg",
        location="westeurope",
        environment=cloud,
        scale_set="",
        flexible=False,
        nics=(nic,),
        outbound_ips=outbound,
    )


def subnet(state="", others=(), nat=""):
    mine = ("Microsoft.ContainerRegistry",) if state else ()
    points = [ServiceEndpoint(service=s, state=state, locations=("*",)) for s in (*others, *mine)]
    return Subnet(
        id=APP,
        prefixes=("10.0.1.0/24",),
        endpoints=tuple(points),
        endpoint_policies=(),
        nat_gateway=nat,
        route_table="",
        security_group="",
        default_outbound=True,
    )


def registry(sku="Premium", public=True, action="Deny", ranges=()):
    return Registry(
        id=REG,
        name="c",
        sku=sku,
        location="westeurope",
        public_access=public,
        default_action=action,
        ip_ranges=ranges,
        data_endpoint=False,
        private_endpoints=(),
        abac=False,
    )


def rules(*ids):
    return NetworkRules(subnet_ids=ids)


def provider(state="Registered"):
    return Provider(subscription="net-sub", state=state)


def through(proxy):
    return Challenge(
        status=401,
        realm="",
        own_realm=True,
        from_acr=True,
        code="",
        message="",
        refused_ip="",
        via_proxy=proxy,
        minutes_off=None,
    )


NIC = Interface(nic_id=f"{VNET}-nic", subnet_id=APP, private_ip=PRIVATE)
ON, OFF = subnet("Succeeded"), subnet(others=("Microsoft.Storage",))


def leaving(facts):
    """Add what the egress check would say; a NAT gateway's addresses are hidden here."""
    here = facts.get(Subnet)
    if here and here.nat_gateway:
        return facts.plus(EgressHidden(why="denied"))
    return facts.plus(egress.gather(None, facts.get(Instance), here))


def full(ip, *facts):
    base = [target(), host(), vm(), NIC, provider(), registry(), rules(), refused(ip)]
    return leaving(Facts([*base, *facts]))


def blind(ip, *facts):
    return leaving(Facts([target(), host(), vm(), refused(ip), *facts]))


def judge(facts):
    """Give each cause's answer, those that say nothing left out."""
    able = [c for c in ALL if not facts.missing(c.needs)]
    answers = {c.id: facts.call(c.find) for c in able}
    return {cause: answer for cause, answer in answers.items() if answer is not None}


def found(facts):
    return {c: a.confidence.word for c, a in judge(facts).items() if isinstance(a, Finding)}


def front(facts):
    """Give the proven causes that no other one explains away or comes before."""
    sure = {
        c
        for c, a in judge(facts).items()
        if isinstance(a, Finding) and a.confidence is Confidence.PROVEN
    }
    rows = [c for c in ALL if c.id in sure]
    left = sure - {loser for row in rows for loser in row.beats}
    return left - {later for row in rows if row.id in left for later in row.before}


ULA = "fde4:8dba:1200:98db:6a12:300:a00:104"  # carries 10.0.1.4
CHINA = (target("c.azurecr.cn/app:v1"), vm(cloud="AzureChinaCloud"))
GONE = provider("NotRegistered")
FULL = {
    "endpoint off": (full(OWN, OFF), "service-endpoint-missing"),
    "endpoint off, rule there": (full(OWN, OFF, rules(APP)), "service-endpoint-missing"),
    "endpoint off, other address": (full(OTHER, OFF, rules(DB)), "service-endpoint-missing"),
    "endpoint off, provider too": (full(OWN, OFF, GONE), "service-endpoint-missing"),
    "endpoint failed": (full(OWN, subnet("Failed"), rules(APP)), "service-endpoint-not-ready"),
    "endpoint failed, no rule": (full(OWN, subnet("Failed")), "service-endpoint-not-ready"),
    "rule missing": (full(PRIVATE, ON), "subnet-not-allowed"),
    "rule for a sibling": (full(PRIVATE, ON, rules(DB)), "subnet-not-allowed"),
    "rule missing, ULA": (full(ULA, ON, rules(DB)), "subnet-not-allowed"),
    "IP rule": (full(PRIVATE, ON, registry(ranges=(OWN,))), "ip-rule-defeated-by-endpoint"),
    "provider, rule there": (full(PRIVATE, ON, GONE, rules(APP)), "provider-not-registered"),
    "provider, no rule": (full(PRIVATE, ON, GONE), "provider-not-registered"),
    "provider, IP rule": (
        full(PRIVATE, ON, GONE, registry(ranges=(OWN,))),
        "provider-not-registered",
    ),
    "public access off": (full(OWN, OFF, registry(public=False)), "public-access-disabled"),
    "public off, private": (full(PRIVATE, ON, registry(public=False)), "public-access-disabled"),
    "public off, Allow": (
        full(OWN, ON, registry(public=False, action="Allow")),
        "public-access-disabled",
    ),
    "Standard": (full(OWN, OFF, registry(sku="Standard", action="")), "registry-not-premium"),
    "Basic, private": (full(PRIVATE, ON, registry(sku="Basic", action="")), "registry-not-premium"),
    "Basic, China": (
        full(OWN, OFF, registry(sku="Basic", action=""), *CHINA),
        "registry-not-premium",
    ),
    "China": (full(OWN, OFF, *CHINA), "unsupported-cloud"),
    "China, private": (full(PRIVATE, ON, *CHINA), "unsupported-cloud"),
    "China, by IP": (full(OWN, OFF, registry(ranges=(OTHER,)), *CHINA), "ip-not-allowed"),
    "US Gov": (full(OTHER, ON, GONE, target("c.azurecr.us")), "unsupported-cloud"),
    "firewall": (full(OTHER, ON, rules(APP)), "egress-path-bypasses-endpoint"),
    "proxy": (full(OWN, ON, rules(APP), through("http://p:3128")), "egress-path-bypasses-endpoint"),
    "by IP": (full(OWN, OFF, registry(ranges=(OTHER,))), "ip-not-allowed"),
    "by IP, endpoint on": (full(OTHER, ON, registry(ranges=("8.0.0.0/8",))), "ip-not-allowed"),
    "outside Azure": (
        Facts([target(), host(on_azure=False), registry(), rules(DB), refused(OTHER)]),
        "ip-not-allowed",
    ),
}


@pytest.mark.parametrize("name", FULL)
def test_with_arm_one_proven_cause_stands_at_the_front(name):
    facts, expected = FULL[name]
    assert front(facts) == {expected}


BLIND = {
    "public, own": (
        blind(OWN),
        {
            "service-endpoint-not-ready": "possible",
            "public-access-disabled": "possible",
            "ip-not-allowed": "possible",
            "service-endpoint-missing": "likely",
        },
    ),
    "public, other": (
        blind(OTHER),
        {
            "service-endpoint-not-ready": "possible",
            "public-access-disabled": "possible",
            "ip-not-allowed": "possible",
            "service-endpoint-missing": "likely",
            "egress-path-bypasses-endpoint": "possible",
        },
    ),
    "proxy": (
        blind(OTHER, through("http://p:3128")),
        {
            "service-endpoint-not-ready": "possible",
            "public-access-disabled": "possible",
            "ip-not-allowed": "possible",
            "service-endpoint-missing": "possible",
            "egress-path-bypasses-endpoint": "likely",
        },
    ),
    "private": (
        blind(PRIVATE),
        {
            "public-access-disabled": "possible",
            "subnet-not-allowed": "likely",
            "ip-rule-defeated-by-endpoint": "possible",
            "provider-not-registered": "possible",
            "rule-quota-reached": "possible",
            "rule-subnet-deleted": "possible",
        },
    ),
    "no address": (
        blind(""),
        {
            "public-access-disabled": "possible",
            "service-endpoint-missing": "possible",
            "subnet-not-allowed": "possible",
        },
    ),
    "no address, off": (
        blind("", NIC, OFF),
        {
            "public-access-disabled": "possible",
            "service-endpoint-missing": "likely",
            "subnet-not-allowed": "possible",
        },
    ),
    "outside": (
        Facts([target(), host(on_azure=False), refused(OTHER)]),
        {"public-access-disabled": "possible", "ip-not-allowed": "likely"},
    ),
    "China": (
        blind(OWN, *CHINA),
        {
            "service-endpoint-not-ready": "possible",
            "public-access-disabled": "possible",
            "ip-not-allowed": "possible",
            "unsupported-cloud": "likely",
            "service-endpoint-missing": "likely",
        },
    ),
    "rule there": (full(PRIVATE, ON, rules(APP)), {"rule-subnet-deleted": "possible"}),
    "just turned on": (full(OWN, ON, rules(APP)), {"egress-path-bypasses-endpoint": "likely"}),
    "NAT gateway": (
        full(OTHER, subnet("Succeeded", nat="n"), rules(APP)),
        {"egress-path-bypasses-endpoint": "likely"},
    ),
    "default Allow": (full(OWN, OFF, registry(action="Allow")), {}),
    "IP rules, ways out unknown": (
        full(PRIVATE, ON, vm(outbound=()), registry(ranges=(OTHER,))),
        {"subnet-not-allowed": "likely", "ip-rule-defeated-by-endpoint": "possible"},
    ),
    "another subnet": (full("10.0.7.7", ON, rules(APP)), {"subnet-not-allowed": "likely"}),
}


@pytest.mark.parametrize("name", BLIND)
def test_what_is_found(name):
    facts, expected = BLIND[name]
    assert found(facts) == expected


REJECTED = [
    (full(OWN, ON), "service-endpoint-missing", "Succeeded"),
    (full(PRIVATE, ON), "service-endpoint-missing", PRIVATE),
    (full(PRIVATE, subnet("Updating")), "service-endpoint-not-ready", PRIVATE),
    (full(OWN, OFF, registry(ranges=(OTHER,))), "service-endpoint-missing", "IP ranges"),
    (full(PRIVATE, ON, rules(APP.upper())), "subnet-not-allowed", "exists"),
    (full(OWN, OFF, registry(action="Allow")), "subnet-not-allowed", "Allow"),
    (full(OWN, OFF), "public-access-disabled", "enabled"),
    (full(PRIVATE, ON), "provider-not-registered", "registered"),
    (full(OTHER, OFF), "egress-path-bypasses-endpoint", "not on"),
    (full(OTHER, ON, rules(DB)), "ip-not-allowed", "VNet rule"),
    (full(PRIVATE, ON, registry(ranges=(OTHER,))), "ip-rule-defeated-by-endpoint", OWN),
]


@pytest.mark.parametrize(("facts", "cause", "word"), REJECTED)
def test_rejected_with_the_observation(facts, cause, word):
    answer = judge(facts)[cause]
    assert isinstance(answer, Rejected)
    assert word in answer.because


def test_evidence_shows_the_whole_chain_and_the_sibling():
    answer = judge(full(PRIVATE, ON, rules(DB)))["subnet-not-allowed"]
    checks = {e.check for e in answer.evidence}
    assert {"anonymous-token", "instance", "interface", "subnet", "network-rules"} <= checks
    assert "db" in answer.note
    assert answer.fix[0].command == (
        f"az acr network-rule add --name c --subscription reg-sub --subnet {APP}"
    )


@pytest.mark.parametrize(("action", "back"), [("Allow", " --default-action Allow"), ("Deny", "")])
def test_the_undo_of_opening_the_public_side_keeps_the_default_action(action, back):
    facts = full(OWN, ON, registry(public=False, action=action))
    undo = judge(facts)["public-access-disabled"].fix[-1].undo
    assert undo.endswith(f"--public-network-enabled false{back}")


def test_adding_the_endpoint_keeps_the_others():
    first, then = judge(full(OWN, OFF))["service-endpoint-missing"].fix
    assert "--service-endpoints" not in first.command
    assert first.command.endswith("--add serviceEndpoints service=Microsoft.ContainerRegistry")
    assert first.undo.endswith("--remove serviceEndpoints 1")
    assert "keeps Microsoft.Storage" in first.why
    assert "network-rule add" in then.command


@pytest.mark.parametrize(
    "vnet",
    [
        VNET.replace("/rg/", "/MC_rg_c_westeurope/"),
        VNET.replace("/virtualNetworks/v", "/virtualNetworks/aks-vnet-12345678"),
    ],
)
def test_a_subnet_that_aks_keeps_is_not_to_be_edited(vnet):
    kept = replace(OFF, id=f"{vnet}/subnets/aks-subnet")
    nic = replace(NIC, subnet_id=kept.id)

    (step,) = judge(full(OWN, kept, nic))["service-endpoint-missing"].fix

    assert step.command == ""
    assert "do not edit" in step.why


def test_on_a_node_whose_subnet_is_unknown_the_fix_says_when_not_to_use_it():
    node = replace(host(), aks_node=True)
    fix = judge(blind(OWN, node))["service-endpoint-missing"].fix

    assert "aks-vnet-" in fix[-1].why


@pytest.mark.parametrize("facts", [f for f, _ in (*FULL.values(), *BLIND.values())])
def test_commands_are_one_shell_line_and_the_unproven_say_what_settles(facts):
    for answer in judge(facts).values():
        if isinstance(answer, Finding):
            assert answer.evidence
            assert answer.fix
            assert bool(answer.settle) == (answer.confidence is not Confidence.PROVEN)
            for step in answer.fix:
                assert "\n" not in step.command
                shlex.split(step.command)
                assert step.why.endswith(".")


def test_foreign_values_are_quoted():
    evil = Subnet(
        id=f"{VNET}/subnets/a;reboot",
        prefixes=(),
        endpoints=(),
        endpoint_policies=(),
        nat_gateway="",
        route_table="",
        security_group="",
        default_outbound=True,
    )
    for step in judge(full(OWN, evil))["service-endpoint-missing"].fix:
        assert f"'{evil.id}'" in step.command


def test_a_ula_that_carries_our_own_address_shows_the_endpoint_whatever_range_that_is():
    ula = "fde4:8dba:1200:98db:6a12:300:6440:104"  # carries 100.64.1.4
    ours, anothers = (full(ula, ON, vm(private_ip=ip)) for ip in ("100.64.1.4", "100.64.1.5"))
    ours = Facts([*ours, Subnet(**_fields(ON) | {"prefixes": ("100.64.1.0/24",)})])

    assert front(ours) == {"subnet-not-allowed"}
    assert found(anothers)["subnet-not-allowed"] == "likely"


def test_an_ipv6_address_may_be_our_own_although_azure_does_not_tell_it():
    sure = full(OTHER, ON, rules(APP))
    unsure = full("2603:1030:20e:3::23c", ON, rules(APP))

    assert found(sure)["egress-path-bypasses-endpoint"] == "proven"
    assert found(unsure)["egress-path-bypasses-endpoint"] == "likely"
    assert "IPv4 alone" in judge(unsure)["egress-path-bypasses-endpoint"].note


def _fields(fact):
    return {name: getattr(fact, name) for name in fact.__slots__}


def test_stage_follows_where_the_refusal_was_met():
    at = judge(Facts([*full(PRIVATE, ON), refused(PRIVATE, "challenge")]))["subnet-not-allowed"]
    assert at.stage is Stage.CHALLENGE


def test_pages_have_their_headings():
    for cause in ALL:
        lines = (__import__(cause.find.__module__, fromlist=["x"]).__doc__ or "").splitlines()
        heads = [x for x in lines if x in {"What happened", "How we know", "Fix", "Still failing?"}]
        assert heads == ["What happened", "How we know", "Fix", "Still failing?"]
        assert cause.find.__module__.endswith(cause.id.replace("-", "_"))


def test_no_cause_beats_one_that_beats_it():
    rows = {c.id: {*c.beats, *c.before} for c in ALL}
    while rows:
        free = [c for c, over in rows.items() if not over & rows.keys()]
        assert free, rows
        for cause in free:
            del rows[cause]
