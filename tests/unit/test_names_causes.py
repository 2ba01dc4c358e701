"""The causes of names and Private Link over facts, and what one change makes of each finding."""

from dataclasses import replace

import pytest

from checks.challenge import Challenge
from checks.dns_answer import DnsAnswer, DnsFailed, Resolver
from checks.host import Host
from checks.hosts_file import Override
from checks.interface import Interface
from checks.layer import LayerBlocked
from checks.layer_dns import LayerNames
from checks.network_rules import NetworkRules
from checks.outside import Outside
from checks.private_endpoint import Endpoint, PrivateEndpoints
from checks.proxy import ProxyUsed
from checks.refusal import Refused
from checks.registry import Connection, Registry
from checks.replies import Trouble
from checks.subnet import ServiceEndpoint, Subnet
from checks.target import parse
from checks.tcp_path import TcpBlocked, TcpReached
from checks.tls_session import TlsUntrusted
from checks.vnet import Vnet
from diagnose import causes
from diagnose.causes.contract import Confidence, Finding, Rejected, Stage
from diagnose.facts import Facts
from diagnose.judging import verdict

NAME, PUBLIC, PE, PE_DATA, STALE = (
    "contoso.azurecr.io",
    "20.62.128.10",
    "10.1.0.7",
    "10.1.0.8",
    "10.1.0.99",
)
DATA = "contoso.eastus.data.azurecr.io"
LED = ("contoso.privatelink.azurecr.io",)
AZURE, OWN = "168.63.129.16", "10.1.0.53"
NET = "/subscriptions/s1/resourceGroups/rg/providers/Microsoft.Network"
VNET, HUB = f"{NET}/virtualNetworks/v", f"{NET}/virtualNetworks/hub"
ZONE = f"{NET}/privateDnsZones/privatelink.azurecr.io"
SUBNET_ID = f"{VNET}/subnets/app"
TARGET = parse(f"{NAME}/app:v1")
PROVEN, LIKELY, POSSIBLE = Confidence.PROVEN, Confidence.LIKELY, Confidence.POSSIBLE
NOTHING, REJECTED = "nothing", "rejected"


def says(server, *addresses, result="NOERROR", chain=LED, authority=""):
    return Resolver(
        server=server, result=result, addresses=addresses, chain=chain, authority=authority
    )


def unknown(server, chain=LED, authority="azureprivatedns.net"):
    return says(server, result="NXDOMAIN", chain=chain, authority=authority)


def resolves(address, *resolvers):
    return DnsAnswer(
        name=NAME, addresses=(address,), resolvers=resolvers or (says(AZURE, address),)
    )


def lost(*resolvers, trouble=Trouble.NAME_UNKNOWN):
    return DnsFailed(name=NAME, trouble=trouble, resolvers=resolvers)


def host(*resolvers):
    return Host(
        os="linux",
        architecture="amd64",
        on_azure=True,
        aks_node=False,
        is_root=False,
        addresses=("10.1.0.4",),
        resolvers=resolvers or (AZURE,),
        proxies=(),
    )


def registry(*connections, public_access=False):
    return Registry(
        id="/subscriptions/s2/resourceGroups/r/providers/Microsoft.ContainerRegistry/registries/c",
        name="contoso",
        sku="Premium",
        location="eastus",
        public_access=public_access,
        default_action="Deny",
        ip_ranges=(),
        data_endpoint=True,
        private_endpoints=connections,
        abac=False,
    )


def endpoint(status="Approved", vnet=VNET, address=PE, hidden=""):
    connection = Connection(name="pe-conn", endpoint_id=f"{NET}/privateEndpoints/pe", status=status)
    if hidden:
        return Endpoint(connection=connection, hidden=hidden)
    return Endpoint(
        connection=connection,
        subnet_id=f"{vnet}/subnets/endpoints",
        addresses=((NAME, address), (DATA, PE_DATA)),
        zone_id=ZONE,
    )


def endpoints(*found):
    return PrivateEndpoints(endpoints=found)


def vnet(*servers, peered=()):
    return Vnet(id=VNET, dns_servers=servers, peered=tuple(one.lower() for one in peered))


NIC = Interface(nic_id=f"{NET}/networkInterfaces/n", subnet_id=SUBNET_ID, private_ip="10.1.0.4")
REFUSED = Refused(check="anonymous-token", ip="52.188.17.34", private_ip="")
OVER_ENDPOINT = Refused(check="anonymous-token", ip="10.1.0.4", private_ip="10.1.0.4")
OUT = Outside(reached=("mcr.microsoft.com",), silent=(), unresolved=())
ARM = (NIC, vnet(), registry(endpoint().connection), endpoints(endpoint()))
RULED = NetworkRules(subnet_ids=(SUBNET_ID,))


def blocked(address, trouble=Trouble.TIMEOUT):
    return TcpBlocked(addresses=(address,), trouble=trouble)


def subnet(state="Succeeded"):
    mine = ServiceEndpoint(service="Microsoft.ContainerRegistry", state=state, locations=("*",))
    return Subnet(
        id=SUBNET_ID,
        prefixes=("10.1.0.0/24",),
        endpoints=(mine,) if state else (),
        endpoint_policies=(),
        nat_gateway="",
        route_table="",
        security_group="",
        default_outbound=True,
    )


def by_proxy(url="http://10.0.0.9:3128"):
    return Challenge(
        status=401,
        realm="",
        own_realm=True,
        from_acr=True,
        code="UNAUTHORIZED",
        message="",
        refused_ip="",
        via_proxy=url,
        minutes_off=0,
    )


def override(used=STALE, given=PE, *, by_hosts=True, answers=True):
    return Override(
        used=(used,),
        given=(given,) if given else (),
        by_hosts=by_hosts,
        given_answers=given if answers else "",
    )


def answer_of(cause_id, facts):
    cause = next(cause for cause in causes.ALL if cause.id == cause_id)
    known = Facts([TARGET, host(), *facts])
    return None if known.missing(cause.needs) else known.call(cause.find)


def said(answer):
    if isinstance(answer, Finding):
        return answer.confidence
    return REJECTED if isinstance(answer, Rejected) else NOTHING


def untrusted(*names):
    return TlsUntrusted(
        subject="CN=x",
        issuer="CN=y",
        names=names,
        problem="hostname mismatch",
        names_match=NAME in names,
        genuine_issuer=False,
    )


THROUGH = ProxyUsed(url="http://10.0.0.9:3128", variable="HTTPS_PROXY")
CUSTOM = host(OWN)
SPLIT = resolves(PUBLIC, says(OWN, PUBLIC), says(AZURE, PE))
SAME = resolves(PUBLIC, says(OWN, PUBLIC), says(AZURE, PUBLIC))

CASES = [
    ("dns-server-failing", [lost(says(OWN, result="SERVFAIL")), CUSTOM], REJECTED, "no such name"),
    (
        "dns-server-failing",
        [lost(says(OWN, result="SERVFAIL"), trouble=Trouble.DNS_FAILING), CUSTOM],
        PROVEN,
        "servfail",
    ),
    (
        "dns-server-failing",
        [lost(says(OWN, result="REFUSED"), trouble=Trouble.DNS_FAILING), CUSTOM, OUT],
        PROVEN,
        "refused",
    ),
    (
        "dns-server-failing",
        [lost(says(OWN, result="timeout"), trouble=Trouble.DNS_FAILING), CUSTOM],
        NOTHING,
        "silent is another cause",
    ),
    (
        "dns-server-failing",
        [
            lost(says(OWN, result="SERVFAIL"), says(AZURE, PE), trouble=Trouble.DNS_FAILING),
            host(OWN, AZURE),
        ],
        REJECTED,
        "the next server knows it",
    ),
    ("private-dns-record-missing", [lost(unknown(AZURE)), *ARM], PROVEN, "endpoint in reach"),
    ("private-dns-record-missing", [lost(unknown(AZURE))], LIKELY, "no rights"),
    ("private-dns-record-missing", [lost(unknown(AZURE, chain=()))], NOTHING, "no privatelink"),
    (
        "private-dns-record-missing",
        [lost(unknown(AZURE, authority="ns1-38.azure-dns.com")), *ARM],
        LIKELY,
        "not said by a private zone",
    ),
    (
        "private-dns-record-missing",
        [lost(unknown(OWN), says(AZURE, PE)), CUSTOM, *ARM],
        REJECTED,
        "Azure's knows it",
    ),
    ("registry-name-not-found", [lost(unknown(AZURE)), OUT], REJECTED, "privatelink: it exists"),
    ("private-dns-zone-not-linked", [resolves(PUBLIC), REFUSED, *ARM], PROVEN, "in this VNet"),
    ("private-dns-zone-not-linked", [resolves(PUBLIC), *ARM], NOTHING, "nobody refused"),
    ("private-dns-zone-not-linked", [resolves(PUBLIC), REFUSED], LIKELY, "no rights"),
    ("private-dns-zone-not-linked", [resolves(PUBLIC), OVER_ENDPOINT], POSSIBLE, "endpoint is on"),
    ("private-dns-zone-not-linked", [resolves(PUBLIC), blocked(PUBLIC), *ARM], PROVEN, "closed"),
    (
        "private-dns-zone-not-linked",
        [resolves(PUBLIC, says(AZURE, PUBLIC, chain=())), REFUSED],
        NOTHING,
        "no private endpoint anywhere",
    ),
    ("private-dns-zone-not-linked", [SPLIT, REFUSED, CUSTOM, *ARM], REJECTED, "Azure's is private"),
    (
        "private-dns-zone-not-linked",
        [resolves(PUBLIC), REFUSED, NIC, vnet(), registry(), endpoints(endpoint(vnet=HUB))],
        REJECTED,
        "out of reach",
    ),
    (
        "private-dns-zone-not-linked",
        [resolves(PUBLIC), REFUSED, NIC, vnet(peered=[HUB]), endpoints(endpoint(vnet=HUB))],
        PROVEN,
        "peered",
    ),
    (
        "private-dns-zone-not-linked",
        [resolves(PUBLIC), REFUSED, NIC, vnet(), endpoints(endpoint(hidden="denied"))],
        LIKELY,
        "the endpoint is hidden",
    ),
    (
        "private-dns-zone-not-linked",
        [resolves(PUBLIC), REFUSED, NIC, vnet(), endpoints(endpoint("Pending"))],
        REJECTED,
        "not approved",
    ),
    (
        "private-dns-zone-not-linked",
        [
            resolves(PUBLIC, says(OWN, PUBLIC), says(AZURE, result="timeout", chain=())),
            REFUSED,
            CUSTOM,
            NIC,
            vnet(OWN),
            endpoints(endpoint()),
        ],
        LIKELY,
        "Azure's resolver was not heard",
    ),
    ("custom-dns-not-forwarding", [SPLIT, CUSTOM, REFUSED], PROVEN, "two answers"),
    ("custom-dns-not-forwarding", [SPLIT, CUSTOM], NOTHING, "the public side serves"),
    ("custom-dns-not-forwarding", [SAME, CUSTOM, REFUSED], REJECTED, "one answer"),
    (
        "custom-dns-not-forwarding",
        [lost(unknown(OWN), says(AZURE, PE)), CUSTOM],
        PROVEN,
        "a zone of its own",
    ),
    (
        "custom-dns-not-forwarding",
        [SPLIT, CUSTOM, REFUSED, endpoints(endpoint(address="10.1.0.70"))],
        LIKELY,
        "Azure's answer is stale too",
    ),
    (
        "custom-dns-not-forwarding",
        [resolves(PUBLIC, says(OWN, PUBLIC), unknown(AZURE)), CUSTOM, REFUSED],
        LIKELY,
        "Azure's zone lacks the record",
    ),
    (
        "custom-dns-not-forwarding",
        [SPLIT, CUSTOM, REFUSED, THROUGH],
        REJECTED,
        "a proxy looks the name up",
    ),
    (
        "private-dns-zone-not-linked",
        [resolves(PUBLIC, says(OWN, PUBLIC), unknown(AZURE)), CUSTOM, REFUSED, *ARM],
        REJECTED,
        "a zone is in use",
    ),
    (
        "private-dns-zone-not-linked",
        [resolves(PUBLIC), REFUSED, *ARM, THROUGH],
        REJECTED,
        "a proxy looks the name up",
    ),
    (
        "dns-override-stale",
        [resolves(STALE, unknown(AZURE, chain=())), blocked(STALE), override(given="")],
        LIKELY,
        "DNS denies the name",
    ),
    (
        "dns-override-stale",
        [resolves(STALE, says(AZURE, PE)), override(), untrusted(NAME)],
        NOTHING,
        "the certificate is for the name",
    ),
    (
        "dns-override-stale",
        [resolves(STALE, says(AZURE, PE)), override(), untrusted("other.example")],
        PROVEN,
        "another host is there",
    ),
    (
        "private-endpoint-unreachable",
        [resolves(PE), blocked(PE), *ARM, THROUGH],
        REJECTED,
        "a proxy is used",
    ),
    (
        "custom-dns-not-forwarding",
        [resolves(PUBLIC, says(OWN, PUBLIC)), CUSTOM, REFUSED],
        POSSIBLE,
        "Azure's was not asked",
    ),
    (
        "custom-dns-not-forwarding",
        [resolves(PUBLIC, says("127.0.0.53", PUBLIC)), host("127.0.0.53"), REFUSED, NIC, vnet()],
        REJECTED,
        "the VNet uses Azure's",
    ),
    (
        "dns-override-stale",
        [resolves(STALE, says(AZURE, PE)), blocked(STALE), override()],
        PROVEN,
        "hosts file",
    ),
    (
        "dns-override-stale",
        [resolves(STALE, says(AZURE, PE)), override()],
        NOTHING,
        "the pull does not stop there",
    ),
    (
        "dns-override-stale",
        [resolves(STALE, says(AZURE, PE)), blocked(STALE), override(answers=False)],
        LIKELY,
        "what DNS gives is silent too",
    ),
    (
        "dns-override-stale",
        [resolves(STALE, says(AZURE, PE)), blocked(STALE), override(by_hosts=False)],
        LIKELY,
        "a cache",
    ),
    (
        "dns-override-stale",
        [resolves(PE, says(AZURE, PUBLIC)), blocked(PE), override(PE, PUBLIC), *ARM],
        REJECTED,
        "the hosts file has the endpoint's address",
    ),
    (
        "dns-override-stale",
        [resolves("20.62.128.99"), REFUSED, override("20.62.128.99", PUBLIC)],
        REJECTED,
        "the registry answered there",
    ),
    ("dns-override-stale", [resolves(STALE), blocked(STALE), *ARM], PROVEN, "nobody's address"),
    ("dns-override-stale", [resolves(STALE), blocked(STALE)], POSSIBLE, "no rights"),
    (
        "dns-override-stale",
        [resolves(STALE, says(OWN, STALE), says(AZURE, PE)), blocked(STALE), CUSTOM],
        LIKELY,
        "two private answers",
    ),
    (
        "dns-override-stale",
        [resolves(STALE), blocked(STALE), endpoints(endpoint(hidden="denied"))],
        POSSIBLE,
        "an endpoint is hidden",
    ),
    ("dns-override-stale", [resolves(STALE), blocked(STALE), endpoints()], PROVEN, "none at all"),
    ("dns-override-stale", [resolves(PE), blocked(PE), *ARM], REJECTED, "the endpoint's own"),
    ("private-endpoint-unreachable", [resolves(PE), blocked(PE), *ARM], PROVEN, "its address"),
    ("private-endpoint-unreachable", [resolves(PE), blocked(PE)], LIKELY, "no rights"),
    (
        "private-endpoint-unreachable",
        [resolves(PE), blocked(PE, Trouble.REFUSED), *ARM],
        LIKELY,
        "somebody refuses",
    ),
    ("private-endpoint-unreachable", [resolves(STALE), blocked(STALE), *ARM], REJECTED, "stale"),
    ("private-endpoint-unreachable", [resolves(PUBLIC), blocked(PUBLIC)], NOTHING, "public"),
    (
        "private-endpoint-unreachable",
        [resolves(PE), blocked(PE), endpoints(endpoint("Pending"))],
        REJECTED,
        "not approved",
    ),
    (
        "private-endpoint-unreachable",
        [resolves(STALE, says(AZURE, PE)), blocked(STALE), override()],
        REJECTED,
        "hosts file",
    ),
    (
        "private-endpoint-not-approved",
        [resolves(PE), blocked(PE), endpoints(endpoint("Pending"))],
        PROVEN,
        "pending",
    ),
    ("private-endpoint-not-approved", [resolves(PE), blocked(PE), *ARM], REJECTED, "approved"),
    ("private-endpoint-not-approved", [resolves(PE), blocked(PE)], POSSIBLE, "no rights"),
    ("private-endpoint-not-approved", [resolves(PUBLIC), blocked(PUBLIC)], NOTHING, "public"),
    (
        "private-endpoint-not-approved",
        [resolves(STALE), blocked(STALE), endpoints(endpoint("Pending"))],
        REJECTED,
        "another address",
    ),
    (
        "private-endpoint-not-approved",
        [
            resolves(PE),
            blocked(PE),
            endpoints(
                replace(endpoint(hidden="denied"), connection=endpoint("Pending").connection)
            ),
        ],
        LIKELY,
        "the only one waits, its address is hidden",
    ),
    ("private-link-conflict", [lost(unknown(AZURE)), *ARM[:2]], POSSIBLE, "rules are hidden"),
    ("private-link-conflict", [lost(unknown(AZURE, chain=()))], NOTHING, "no privatelink"),
    (
        "egress-path-bypasses-endpoint",
        [resolves(PE), REFUSED, by_proxy(), TcpReached(address=PE, local="10.1.0.4")],
        PROVEN,
        "a proxy goes round the private endpoint",
    ),
    ("egress-path-bypasses-endpoint", [resolves(PE), REFUSED, by_proxy()], LIKELY, "untried"),
    ("egress-path-bypasses-endpoint", [resolves(PE), REFUSED, by_proxy("")], POSSIBLE, "straight"),
]


@pytest.mark.parametrize(
    ("cause_id", "facts", "wanted"),
    [pytest.param(*case[:3], id=f"{case[0]}: {case[3]}") for case in CASES],
)
def test_what_a_cause_says(cause_id, facts, wanted):
    answer = answer_of(cause_id, facts)

    assert said(answer) == wanted
    if isinstance(answer, Finding) and answer.confidence < PROVEN:
        assert answer.settle


def both(**changes):
    """Give a registry with a far private endpoint and a rule for this subnet, but for changes."""
    given = {
        "dns": lost(unknown(AZURE)),
        "nic": NIC,
        "vnet": vnet(),
        "registry": registry(public_access=True),
        "endpoints": endpoints(endpoint(vnet=HUB)),
        "subnet": subnet(),
        "rules": RULED,
    }
    return [fact for fact in (given | changes).values() if fact]


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({}, PROVEN),
        ({"endpoints": endpoints(endpoint())}, REJECTED),  # in reach: a missing record, no more
        ({"rules": NetworkRules(subnet_ids=())}, REJECTED),
        ({"subnet": subnet("")}, REJECTED),
        ({"subnet": subnet("Failed")}, POSSIBLE),
        ({"registry": registry()}, REJECTED),  # public access is off
        ({"rules": None}, POSSIBLE),
        ({"subnet": None}, POSSIBLE),
        ({"endpoints": None}, POSSIBLE),
    ],
    ids=str,
)
def test_two_set_ups_on_one_registry(changes, wanted):
    assert said(answer_of("private-link-conflict", both(**changes))) == wanted


def test_a_refusal_in_spite_of_rule_and_endpoint_may_be_the_conflict():
    facts = both(dns=resolves(PUBLIC), refused=OVER_ENDPOINT)

    assert said(answer_of("private-link-conflict", facts)) == POSSIBLE
    public = both(dns=resolves(PUBLIC), refused=REFUSED)
    assert said(answer_of("private-link-conflict", public)) == NOTHING


UNNAMED = LayerBlocked(host=DATA, trouble=Trouble.NAME_UNKNOWN)
NO_RECORD = LayerNames(host=DATA, addresses=(), resolvers=(unknown(AZURE),))
OUTSIDE = LayerNames(
    host=DATA, addresses=("20.62.128.42",), resolvers=(says(AZURE, "20.62.128.42"),)
)


@pytest.mark.parametrize(
    ("facts", "wanted"),
    [
        ([UNNAMED, NO_RECORD, resolves(PE)], PROVEN),
        ([UNNAMED, NO_RECORD, resolves(PUBLIC)], NOTHING),
        ([UNNAMED, replace(NO_RECORD, resolvers=()), resolves(PE)], LIKELY),
        ([replace(UNNAMED, host="x.blob.core.windows.net"), NO_RECORD, resolves(PE)], NOTHING),
        ([replace(UNNAMED, trouble=Trouble.TIMEOUT), OUTSIDE, resolves(PE), *ARM], PROVEN),
        ([replace(UNNAMED, trouble=Trouble.TIMEOUT), OUTSIDE, resolves(PE)], LIKELY),
        (
            [
                replace(UNNAMED, trouble=Trouble.TIMEOUT),
                replace(OUTSIDE, addresses=(PE_DATA,)),
                resolves(PE),
            ],
            REJECTED,
        ),
    ],
)
def test_the_data_endpoints_record(facts, wanted):
    assert said(answer_of("private-dns-data-record-missing", facts)) == wanted


def judged(*facts):
    return verdict.decide(causes.ALL, Facts([TARGET, host(), *facts]))


def test_a_proven_missing_link_explains_switched_off_public_access_away():
    judgement = judged(resolves(PUBLIC), REFUSED, *ARM)

    assert judgement.primary is not None
    assert judgement.primary.cause.id == "private-dns-zone-not-linked"
    assert not judgement.also
    assert not verdict.ties(judgement)


def test_an_unproven_missing_link_leaves_its_rivals_open():
    judgement = judged(resolves(PUBLIC), REFUSED)

    assert judgement.primary is not None
    assert judgement.primary.cause.id == "private-dns-zone-not-linked"
    open_ones = {r.cause.id for r in judgement.rivals if not r.rejected}
    assert {"public-access-disabled", "service-endpoint-missing"} <= open_ones


def test_an_endpoint_out_of_reach_leaves_public_access_as_what_is_wrong():
    far = endpoints(endpoint(vnet=HUB))
    judgement = judged(resolves(PUBLIC), REFUSED, NIC, vnet(), registry(), far)

    assert judgement.primary is not None
    assert judgement.primary.cause.id == "public-access-disabled"
    assert judgement.primary.finding.confidence is PROVEN


def test_the_fix_adds_the_endpoints_own_address_to_its_own_zone():
    answer = answer_of("private-dns-record-missing", [lost(unknown(AZURE)), *ARM])

    assert isinstance(answer, Finding)
    step = answer.fix[0]
    assert "record-set a add-record --resource-group rg" in step.command
    assert "--record-set-name contoso --ipv4-address 10.1.0.7" in step.command
    assert "remove-record" in step.undo


def test_the_stage_is_where_the_public_side_was_met_as_closed():
    at_root = replace(REFUSED, check="challenge")
    stages = [
        answer_of("private-dns-zone-not-linked", [resolves(PUBLIC), met, *ARM]).stage
        for met in (at_root, REFUSED, blocked(PUBLIC))
    ]

    assert stages == [Stage.CHALLENGE, Stage.ADMISSION, Stage.TCP]


def test_a_proxy_that_reaches_the_registry_leaves_the_private_address_unjudged():
    facts = [resolves(PE), blocked(PE), by_proxy(), *ARM]

    assert said(answer_of("private-endpoint-unreachable", facts)) == NOTHING
    assert said(answer_of("private-endpoint-not-approved", facts)) == NOTHING


def test_a_server_that_the_vnet_does_not_name_is_first_looked_for_on_this_machine():
    named = answer_of("custom-dns-not-forwarding", [SPLIT, CUSTOM, REFUSED, NIC, vnet(OWN)])
    strange = answer_of("custom-dns-not-forwarding", [SPLIT, CUSTOM, REFUSED, NIC, vnet()])

    assert [step.command for step in named.fix] == [""]
    assert [step.command for step in strange.fix] == ["resolvectl status", ""]
    assert OWN in strange.fix[0].why


CORP = "dc01.corp.example"  # the SOA of a zone that the network's own server holds


@pytest.mark.parametrize(
    ("resolvers", "expected"),
    [
        ([unknown(OWN, (), CORP), says(AZURE, PUBLIC, chain=())], "custom-dns-not-forwarding"),
        ([unknown(OWN, LED, CORP), says(AZURE, PUBLIC)], "custom-dns-not-forwarding"),
        (
            [unknown(OWN, (), CORP), says(AZURE, result="timeout", chain=())],
            "registry-name-not-found",
        ),
        (
            [unknown(OWN, (), CORP), unknown(AZURE, (), "ns1-38.azure-dns.com")],
            "registry-name-not-found",
        ),
    ],
)
def test_a_name_that_only_the_networks_own_server_denies_may_exist(resolvers, expected):
    found = verdict.decide(causes.ALL, Facts([TARGET, CUSTOM, lost(*resolvers), OUT]))

    sure = found.primary.finding.confidence
    assert found.primary.cause.id == expected
    assert sure is (PROVEN if resolvers[-1].result == "NXDOMAIN" else LIKELY)
    if resolvers[-1].result == "timeout":
        rivals = [rival.cause.id for rival in found.rivals if not rival.rejected]
        assert "custom-dns-not-forwarding" in rivals


@pytest.mark.parametrize(
    ("server", "is_said"), [("127.0.0.1", True), ("127.0.0.53", False), (OWN, False)]
)
def test_a_server_that_nobody_named_is_told_as_that(server, is_said):
    """resolv.conf(5): without a server in it, this machine itself is asked."""
    failed = lost(says(server, result="refused"), says(AZURE, PUBLIC), trouble=Trouble.DNS_FAILING)
    found = verdict.decide(causes.ALL, Facts([TARGET, host(server), failed])).primary

    assert found.cause.id == "dns-server-unreachable"
    assert found.finding.confidence is PROVEN
    assert ("is asked where /etc/resolv.conf names no server" in found.finding.note) is is_said
