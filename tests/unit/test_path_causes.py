"""The causes on the path and of the clock: what each names, rejects or leaves alone, on facts."""

from dataclasses import replace

import pytest

from checks import answers, clock, mtu, outbound_rules, proxy, repeats, tcp_path
from checks.anonymous import Anonymous
from checks.challenge import Challenge, ChallengeSilent
from checks.clock import Clock, ClockUnknown
from checks.dns_answer import DnsFailed, Resolver
from checks.identity import IdentityMissing
from checks.layer import Layer, LayerBlocked, LayerRefused
from checks.layer import parse as parse_layer
from checks.mtu import LargeLost, SizeIndifferent
from checks.outbound_rules import OutboundRules, Rule
from checks.outside import Outside
from checks.outside_tls import Elsewhere
from checks.proxy import NoProxy, ProxyFailed, ProxyInPlace, ProxyUsed
from checks.repeats import Repeats, Share
from checks.replies import Failure, HttpReply, TcpReply, TlsReply, Trouble
from checks.subnet import ServiceEndpoint, Subnet
from checks.target import Target
from checks.tcp_path import TcpBlocked, TcpReached
from checks.tls_session import TlsBroken, TlsTrusted, TlsUntrusted
from checks.token import PullTokenRefused
from checks.token_replies import Token
from diagnose.causes import ALL
from diagnose.causes.contract import Confidence, Finding, Rejected, Stage
from diagnose.facts import Facts
from diagnose.judging import verdict
from tests.unit import judging
from tests.unit.judging import NOTHING, REJECTED

PROVEN, LIKELY, POSSIBLE = Confidence.PROVEN, Confidence.LIKELY, Confidence.POSSIBLE

NAME, BLOB = "contoso.azurecr.io", "weumanaged15.blob.core.windows.net"
PROXY = "http://10.9.0.20:3128"
TARGET = Target(
    login_server=NAME, registry="contoso", cloud="AzurePublicCloud", repository="a", reference="v1"
)
HOST = replace(judging.HOST, proxies=(("HTTPS_PROXY", PROXY),))
NET = "/subscriptions/s1/resourceGroups/rg/providers/Microsoft.Network"
SUBNET = Subnet(
    id=f"{NET}/virtualNetworks/vnet/subnets/apps",
    prefixes=("10.1.0.0/24",),
    endpoints=(),
    endpoint_policies=(),
    nat_gateway="",
    route_table="",
    security_group=f"{NET}/networkSecurityGroups/nsg1",
    default_outbound=True,
)
CLOSED = replace(SUBNET, default_outbound=False)
ENDPOINT = ServiceEndpoint(
    service="Microsoft.ContainerRegistry", state="Succeeded", locations=("*",)
)
BROKEN = TlsBroken(address="20.61.1.1", trouble=Trouble.EOF)
HANGS = replace(BROKEN, trouble=Trouble.TIMEOUT)
ELSEWHERE = Elsewhere(
    host=NAME,
    another=None,
    control="mcr.microsoft.com",
    control_trouble=None,
    control_trusted=True,
    control_genuine=True,
)
ADDRESS = replace(ELSEWHERE, another=Trouble.EOF)  # no name gets through to that address
ALL_TLS = replace(ADDRESS, control_trouble=Trouble.EOF, control_trusted=False)
GENUINE = "CN=Microsoft Azure RSA TLS Issuing CA 03,O=Microsoft Corporation,C=US"
TRUSTED = TlsTrusted(issuer=GENUINE, version="TLSv1.3")
RESIGNED = TlsTrusted(issuer="CN=Corp,O=Corp", version="TLSv1.3", genuine_issuer=False)
UNTRUSTED = TlsUntrusted(
    subject="CN=*.azurecr.io",
    issuer=GENUINE,
    names=("*.azurecr.io",),
    problem="unable to get local issuer certificate",
    names_match=True,
    genuine_issuer=True,
)
UNREAD = replace(
    UNTRUSTED, subject="", issuer="", names=(), names_match=False, genuine_issuer=False
)
DATED = replace(UNTRUSTED, problem="certificate is not yet valid")
NO_STORE = replace(ELSEWHERE, control_trusted=False)
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
CUT = ChallengeSilent(trouble=Trouble.RESET, detail="", connected=True)
PAGE = replace(CHALLENGE, status=403, from_acr=False, code="", realm="", own_realm=False, page=True)
DENY = replace(PAGE, status=470, page=False, firewall=True)
FAILED = ProxyFailed(
    url=PROXY,
    variable="HTTPS_PROXY",
    status=403,
    trouble=Trouble.PROXY,
    connected=True,
    detail="Tunnel connection failed: 403 Forbidden",
)
DEAD = replace(FAILED, status=0, connected=False, detail="proxy: connection refused")
UNSEEN = replace(FAILED, status=0, trouble=Trouble.UNTRUSTED, detail=UNTRUSTED.problem)
INSTEAD = ProxyInPlace(url=PROXY, variable="HTTPS_PROXY", status=403, via="1.1 webproxy")
LARGE = LargeLost(host=NAME)
ENDED = LayerBlocked(host=BLOB, trouble=Trouble.EOF, connected=True)
LAYER_PAGE = LayerRefused(host=BLOB, status=200, code="", page=True)
AT_LAYER = replace(ELSEWHERE, host=BLOB)
FOREIGN = replace(AT_LAYER, issuer="CN=Corp,O=Corp")
AT_GENUINE = replace(AT_LAYER, issuer=GENUINE)
AT_DATED = replace(AT_GENUINE, out_of_date=True)
SOME = Repeats(host=NAME, lost=Share.SOME, control="mcr.microsoft.com", control_lost=Share.SOME)
SIGN_IN = IdentityMissing(
    why="timeout", answered=False, authority="login.microsoftonline.com", trouble=Trouble.TIMEOUT
)
ANON = Anonymous(status=401, token=None, from_acr=True, code="", message="", refused_ip="")
MUTE = ChallengeSilent(trouble=Trouble.TIMEOUT, detail="")
TCP = TcpBlocked(addresses=("20.61.1.1",), trouble=Trouble.TIMEOUT)
OUTSIDE = Outside(reached=("mcr.microsoft.com",), silent=(), unresolved=())
SILENT = replace(OUTSIDE, reached=(), silent=("mcr.microsoft.com",))
TOKEN_REFUSED = PullTokenRefused(
    step="exchange",
    status=401,
    from_acr=True,
    code="UNAUTHORIZED",
    message="",
    refused_ip="",
    audiences=("https://management.azure.com/",),
)
BEHIND = Clock(minutes_off=-525600, source="instance metadata's clock", explains=True)

CASES = {
    "path/egress_filtered_registry": [
        ([TARGET, NoProxy(), BROKEN, ELSEWHERE], PROVEN),
        ([TARGET, NoProxy(), HANGS, ELSEWHERE], PROVEN),
        ([TARGET, NoProxy(), BROKEN, ADDRESS], LIKELY),
        ([TARGET, NoProxy(), BROKEN, ALL_TLS], LIKELY),
        ([TARGET, NoProxy(), BROKEN], LIKELY),
        ([TARGET, NoProxy(), HANGS, ALL_TLS], POSSIBLE),
        ([TARGET, NoProxy(), replace(BROKEN, trouble=Trouble.PROTOCOL), ELSEWHERE], PROVEN),
        ([TARGET, NoProxy(), replace(BROKEN, trouble=Trouble.PROTOCOL), ADDRESS], NOTHING),
        ([TARGET, NoProxy(), HANGS, ELSEWHERE, LARGE], REJECTED),
        ([TARGET, NoProxy(), replace(BROKEN, trouble=Trouble.DEADLINE), ELSEWHERE], NOTHING),
        ([TARGET, NoProxy(), BROKEN, ELSEWHERE, CHALLENGE], NOTHING),
        ([TARGET, NoProxy(), replace(HANGS, connected=False), ELSEWHERE], NOTHING),
        ([TARGET, FAILED, BROKEN, ELSEWHERE], NOTHING),
        ([TARGET, NoProxy(), TRUSTED, DENY], PROVEN),
        ([TARGET, NoProxy(), RESIGNED, PAGE], PROVEN),
        ([TARGET, NoProxy(), RESIGNED, replace(PAGE, status=503)], LIKELY),
        ([TARGET, NoProxy(), RESIGNED, replace(PAGE, page=False)], LIKELY),
        ([TARGET, NoProxy(), RESIGNED, replace(PAGE, page=False, status=302)], LIKELY),
        ([TARGET, NoProxy(), TRUSTED, PAGE], NOTHING),
        ([TARGET, NoProxy(), RESIGNED, CHALLENGE], NOTHING),
        ([TARGET, NoProxy(), RESIGNED, CUT], LIKELY),
        ([TARGET, NoProxy(), TRUSTED, CUT], NOTHING),
        ([TARGET, NoProxy(), RESIGNED, replace(CUT, trouble=Trouble.DEADLINE)], NOTHING),
        ([TARGET, INSTEAD, RESIGNED, PAGE], NOTHING),
    ],
    "path/egress_filtered_data": [
        ([TARGET, ENDED, AT_LAYER], PROVEN),
        ([TARGET, ENDED, replace(AT_LAYER, completes=True)], REJECTED),
        ([TARGET, ENDED, replace(AT_LAYER, completes=True, issuer=GENUINE)], REJECTED),
        ([TARGET, ENDED, replace(FOREIGN, completes=True)], LIKELY),
        ([TARGET, replace(ENDED, trouble=Trouble.TIMEOUT), AT_LAYER], PROVEN),
        ([TARGET, replace(ENDED, trouble=Trouble.TIMEOUT)], NOTHING),
        ([TARGET, ENDED, ELSEWHERE], LIKELY),
        ([TARGET, ENDED], LIKELY),
        ([TARGET, replace(ENDED, connected=False), AT_LAYER], NOTHING),
        ([TARGET, replace(ENDED, via_proxy=PROXY), AT_LAYER], NOTHING),
        ([TARGET, replace(ENDED, host=NAME), AT_LAYER], NOTHING),
        ([TARGET, replace(ENDED, trouble=Trouble.TIMEOUT), LargeLost(host=BLOB)], REJECTED),
        ([TARGET, replace(ENDED, trouble=Trouble.UNTRUSTED)], NOTHING),
        ([TARGET, LAYER_PAGE], LIKELY),
        ([TARGET, replace(LAYER_PAGE, status=470)], PROVEN),
        (
            [TARGET, replace(LAYER_PAGE, page=False, status=403, code="AuthorizationFailure")],
            NOTHING,
        ),
        ([TARGET, replace(LAYER_PAGE, host=NAME)], NOTHING),
    ],
    "path/proxy_denied": [
        ([TARGET, FAILED], PROVEN),
        ([TARGET, replace(FAILED, status=503)], LIKELY),
        ([TARGET, replace(FAILED, status=302)], LIKELY),
        ([TARGET, replace(FAILED, status=204)], NOTHING),
        ([TARGET, replace(FAILED, status=0, trouble=Trouble.EOF)], LIKELY),
        ([TARGET, replace(FAILED, status=407)], NOTHING),
        ([TARGET, DEAD], NOTHING),
        ([TARGET, replace(FAILED, status=0, trouble=Trouble.DEADLINE)], NOTHING),
        ([TARGET, INSTEAD], PROVEN),
        ([TARGET, replace(INSTEAD, url="")], PROVEN),
        ([TARGET, replace(INSTEAD, status=502)], LIKELY),
        ([TARGET, ProxyUsed(url=PROXY, variable="HTTPS_PROXY")], NOTHING),
        ([TARGET, replace(ENDED, via_proxy=PROXY, proxy_status=403)], PROVEN),
        ([TARGET, replace(ENDED, via_proxy=PROXY, proxy_status=407)], NOTHING),
        ([TARGET, replace(LAYER_PAGE, via="1.1 webproxy", status=403)], PROVEN),
        ([TARGET, LAYER_PAGE], NOTHING),
    ],
    "path/proxy_auth_required": [
        ([TARGET, replace(FAILED, status=407), HOST], PROVEN),
        ([TARGET, replace(INSTEAD, status=407)], PROVEN),
        ([TARGET, replace(ENDED, via_proxy=PROXY, proxy_status=407)], PROVEN),
        ([TARGET, replace(LAYER_PAGE, status=407)], PROVEN),
        ([TARGET, replace(LAYER_PAGE, status=403)], NOTHING),
        ([TARGET, FAILED], NOTHING),
        ([TARGET, DEAD], NOTHING),
    ],
    "path/proxy_unreachable": [
        ([TARGET, DEAD], PROVEN),
        ([TARGET, replace(DEAD, connected=True)], LIKELY),
        ([TARGET, replace(DEAD, connected=True, trouble=Trouble.TIMEOUT)], LIKELY),
        ([TARGET, replace(DEAD, trouble=Trouble.DEADLINE)], NOTHING),
        ([TARGET, replace(DEAD, trouble=Trouble.UNTRUSTED)], NOTHING),
        ([TARGET, FAILED], NOTHING),
        ([TARGET, NoProxy()], NOTHING),
    ],
    "path/tls_untrusted_ca": [
        ([UNTRUSTED, NO_STORE, HOST], PROVEN),
        ([UNTRUSTED, replace(NO_STORE, control_genuine=False)], LIKELY),
        ([UNTRUSTED], LIKELY),
        ([UNTRUSTED, ELSEWHERE], REJECTED),
        ([DATED, NO_STORE], REJECTED),
        ([replace(UNTRUSTED, genuine_issuer=False), NO_STORE], NOTHING),
        ([replace(UNTRUSTED, names_match=False), NO_STORE], NOTHING),
        ([UNREAD, NO_STORE, HOST], POSSIBLE),
        ([UNREAD, ELSEWHERE], REJECTED),
        ([UNSEEN, HOST], POSSIBLE),
        ([UNSEEN, replace(HOST, authorities=(("SSL_CERT_FILE", "/ca.pem"),))], LIKELY),
        ([replace(UNSEEN, detail=DATED.problem), HOST], NOTHING),
        ([FAILED, HOST], NOTHING),
    ],
    "path/tls_intercepted": [
        ([TARGET, replace(UNTRUSTED, genuine_issuer=False), NO_STORE], PROVEN),
        ([TARGET, UNREAD, NO_STORE], POSSIBLE),
        ([TARGET, replace(UNREAD, names=("proxy.corp",)), NO_STORE], LIKELY),
        ([TARGET, UNTRUSTED, ELSEWHERE], LIKELY),
        ([TARGET, UNTRUSTED, NO_STORE], REJECTED),
        ([TARGET, DATED, ELSEWHERE], REJECTED),
        ([TARGET, replace(FAILED, status=0, trouble=Trouble.UNTRUSTED)], LIKELY),
        ([TARGET, replace(ENDED, trouble=Trouble.UNTRUSTED)], LIKELY),
        ([TARGET, replace(ENDED, trouble=Trouble.UNTRUSTED), AT_LAYER], LIKELY),
        ([TARGET, replace(ENDED, trouble=Trouble.UNTRUSTED), FOREIGN], PROVEN),
        ([TARGET, replace(ENDED, trouble=Trouble.UNTRUSTED), AT_DATED], REJECTED),
        ([TARGET, replace(ENDED, trouble=Trouble.UNTRUSTED), AT_GENUINE], LIKELY),
        ([TARGET, ENDED], NOTHING),
        ([TARGET], NOTHING),
    ],
    "host/clock_skewed": [
        ([BEHIND, DATED], PROVEN),
        ([replace(BEHIND, explains=None), DATED], LIKELY),
        ([ClockUnknown(), DATED], LIKELY),
        ([replace(BEHIND, explains=False), DATED], REJECTED),
        ([Clock(minutes_off=1), DATED], REJECTED),
        ([replace(BEHIND, explains=None)], POSSIBLE),
        ([Clock(minutes_off=4)], NOTHING),
        ([ClockUnknown(), replace(DATED, genuine_issuer=False)], NOTHING),
        ([ClockUnknown(), UNTRUSTED], NOTHING),
        ([replace(BEHIND, explains=None), replace(UNSEEN, detail=DATED.problem)], LIKELY),
        ([ClockUnknown(), replace(UNSEEN, detail=DATED.problem)], LIKELY),
        ([Clock(minutes_off=1), replace(UNSEEN, detail=DATED.problem)], REJECTED),
        ([ClockUnknown(), UNSEEN], NOTHING),
    ],
    "path/mtu_black_hole": [
        ([LARGE, TARGET], PROVEN),
        ([SizeIndifferent(host=NAME), TARGET], NOTHING),
    ],
    "path/snat_exhausted": [
        ([SOME, TARGET, SUBNET], PROVEN),
        ([replace(SOME, control_lost=Share.NONE), TARGET], LIKELY),
        ([replace(SOME, control_lost=Share.ALL), TARGET], LIKELY),
        ([replace(SOME, lost=Share.ALL), TARGET], POSSIBLE),
        ([replace(SOME, lost=Share.ALL, control_lost=Share.NONE), TARGET], REJECTED),
        ([replace(SOME, lost=Share.ALL, control_lost=Share.ALL), TARGET], REJECTED),
        ([replace(SOME, lost=Share.NONE), TARGET], NOTHING),
    ],
    "path/egress_blocked_registry": [
        ([TARGET, TCP, OUTSIDE], PROVEN),
        ([TARGET, TCP, SILENT, replace(SOME, lost=Share.ALL)], LIKELY),
        ([TARGET, TCP, SILENT, replace(SOME, lost=Share.ALL, control_lost=Share.ALL)], REJECTED),
        ([TARGET, replace(TCP, trouble=Trouble.REFUSED), OUTSIDE], LIKELY),
        ([TARGET, replace(TCP, trouble=Trouble.FORBIDDEN), OUTSIDE], LIKELY),
        ([TARGET, replace(TCP, addresses=("2603:1030:40c::1",)), OUTSIDE], LIKELY),
        ([TARGET, replace(TCP, addresses=("2603:1030:40c::1", "20.61.1.1")), OUTSIDE], PROVEN),
        ([TARGET, replace(TCP, trouble=Trouble.REFUSED), SILENT], REJECTED),
    ],
    "path/no_outbound": [
        ([TARGET, TCP, SILENT, MUTE], LIKELY),
        ([TARGET, TCP, SILENT, MUTE, CLOSED], PROVEN),
        ([TARGET, TCP, replace(SILENT, one_place=True), MUTE, CLOSED], LIKELY),
        ([TARGET, TCP, SILENT, replace(SOME, lost=Share.ALL)], REJECTED),
        (
            [TARGET, TCP, SILENT, MUTE, replace(SOME, lost=Share.ALL, control_lost=Share.ALL)],
            LIKELY,
        ),
        ([TARGET, TCP, SILENT, DEAD], REJECTED),
    ],
    "path/egress_blocked_data": [
        ([TARGET, replace(ENDED, trouble=Trouble.TIMEOUT, connected=False)], PROVEN),
        ([TARGET, replace(ENDED, trouble=Trouble.REFUSED, connected=False)], LIKELY),
        ([TARGET, replace(ENDED, trouble=Trouble.FORBIDDEN, connected=False)], LIKELY),
        ([TARGET, replace(ENDED, trouble=Trouble.TIMEOUT)], NOTHING),
    ],
    "path/egress_blocked_entra": [
        ([SIGN_IN, ANON], PROVEN),
        ([replace(SIGN_IN, connected=True), ANON], LIKELY),  # it took the connection
        ([replace(SIGN_IN, trouble=Trouble.RESET)], LIKELY),
        ([replace(SIGN_IN, authority="")], NOTHING),  # instance metadata was asked
        ([replace(SIGN_IN, trouble=Trouble.DEADLINE)], NOTHING),
        ([SIGN_IN, replace(ANON, status=200, token=Token("anybody"))], NOTHING),
    ],
}
TABLE = [
    pytest.param(path, facts, expected, id=f"{path.split('/')[1]}-{number}-{expected}")
    for path, rows in CASES.items()
    for number, (facts, expected) in enumerate(rows)
]


def find(path, *facts) -> Finding | Rejected | None:
    return judging.find(judging.at(path), *facts)


@pytest.mark.parametrize(("path", "facts", "expected"), TABLE)
def test_each_set_of_facts_gets_its_verdict(path, facts, expected):
    judging.check(find(path, *facts), expected)


@pytest.mark.parametrize(
    ("path", "facts", "stage"),
    [
        ("path/proxy_denied", [TARGET, FAILED], Stage.TCP),
        ("path/proxy_denied", [TARGET, INSTEAD], Stage.CHALLENGE),
        ("path/proxy_denied", [TARGET, replace(ENDED, proxy_status=403)], Stage.LAYER),
        ("path/egress_filtered_registry", [TARGET, NoProxy(), TRUSTED, DENY], Stage.CHALLENGE),
        ("path/mtu_black_hole", [LargeLost(host=BLOB), TARGET], Stage.LAYER),
        ("path/snat_exhausted", [replace(SOME, host=BLOB), TARGET], Stage.LAYER),
        ("host/clock_skewed", [replace(BEHIND, explains=None)], Stage.RUNTIME),
        ("host/clock_skewed", [replace(BEHIND, explains=None), TOKEN_REFUSED], Stage.TOKEN),
        (
            "host/clock_skewed",
            [replace(BEHIND, explains=None), replace(TOKEN_REFUSED, status=403)],
            Stage.RUNTIME,
        ),
    ],
)
def test_a_fault_is_met_where_it_was_seen(path, facts, stage):
    assert find(path, *facts).stage is stage


def rule(name, priority, to, *, allows=False, ports=("443",), sources=("*",)):
    return Rule(
        name=name,
        priority=priority,
        allows=allows,
        sources=sources,
        destinations=(to,),
        ports=ports,
    )


@pytest.mark.parametrize(
    ("rules", "named"),
    [
        ((rule("deny-acr", 300, "AzureContainerRegistry"),), "deny-acr"),
        ((rule("deny-acr", 300, "AzureContainerRegistry.WestEurope"),), "deny-acr"),
        ((rule("deny-net", 300, "Internet"),), "deny-net"),
        ((rule("deny-all", 300, "*", ports=("*",)),), "deny-all"),
        ((rule("deny-range", 300, "20.61.0.0/16", ports=("400-500",)),), "deny-range"),
        ((rule("let", 200, "AzureContainerRegistry", allows=True), rule("no", 300, "*")), ""),
        ((rule("other", 300, "Storage"),), ""),
        ((rule("other", 300, "20.62.0.0/16"),), ""),
        ((rule("port", 300, "*", ports=("80", "8080-8090")),), ""),
        ((rule("source", 300, "*", sources=("AzureLoadBalancer",)),), ""),
    ],
)
def test_the_rule_that_denies_is_named_and_no_other(rules, named):
    facts = OutboundRules(rules=rules, next_hop="")
    found = find("path/egress_blocked_registry", TARGET, TCP, OUTSIDE, SUBNET, facts)
    said = [e.saw for e in found.evidence if e.check == "outbound-rules"]

    assert bool(said) == bool(named)
    if named:
        assert f"rule {named} (priority 300) of nsg1 denies" in said[0]
        command = next(s.command for s in found.fix if "rule create" in s.command)
        assert "--priority 299 " in command


def test_a_new_rule_takes_a_free_priority_above_the_one_that_denies():
    rules = (rule("a", 299, "Storage", allows=True), rule("deny", 300, "Internet"))
    facts = OutboundRules(rules=rules, next_hop="")
    found = find("path/egress_blocked_registry", TARGET, TCP, OUTSIDE, SUBNET, facts)

    assert any("--priority 298 " in step.command for step in found.fix)


@pytest.mark.parametrize(
    "subnet",
    [
        replace(SUBNET, security_group=""),
        replace(SUBNET, security_group=SUBNET.security_group.replace("/rg/", "/MC_rg_aks_we/")),
    ],
)
def test_no_command_is_made_up_where_there_is_no_group_of_ones_own(subnet):
    dropped = replace(ENDED, trouble=Trouble.TIMEOUT, connected=False)
    found = find("path/egress_blocked_data", TARGET, dropped, subnet)

    assert not any("nsg rule create" in step.command for step in found.fix)
    assert not any("RESOURCE_GROUP" in step.command for step in found.fix)


def test_the_network_of_a_cluster_is_not_edited_by_hand():
    managed = replace(SUBNET, id=SUBNET.id.replace("/rg/", "/MC_rg_aks_we/"))
    found = find("path/snat_exhausted", SOME, TARGET, managed)

    assert not any("nat-gateway" in step.command for step in found.fix)
    assert any("az aks" in step.why for step in found.fix)


def test_the_default_route_is_named():
    facts = OutboundRules(rules=(), next_hop="VirtualAppliance 10.0.0.4")
    found = find("path/egress_blocked_registry", TARGET, TCP, OUTSIDE, SUBNET, facts)

    assert any("10.0.0.4" in evidence.saw for evidence in found.evidence)


@pytest.mark.parametrize(
    ("share", "expected"), [(Share.ALL, Finding), (Share.SOME, Rejected), (Share.NONE, Rejected)]
)
def test_a_path_that_answers_now_and_then_is_not_blocked(share, expected):
    tried = replace(SOME, lost=share)

    assert isinstance(find("path/egress_blocked_registry", TARGET, TCP, OUTSIDE, tried), expected)


def test_behind_a_proxy_the_direct_path_is_not_judged():
    assert isinstance(find("path/egress_blocked_registry", TARGET, TCP, OUTSIDE, DEAD), Rejected)


def test_with_the_endpoint_on_the_proxy_has_to_be_passed_by():
    subnet = replace(SUBNET, endpoints=(ENDPOINT,))
    with_endpoint = " ".join(s.why for s in find("path/proxy_denied", TARGET, FAILED, subnet).fix)
    without = " ".join(s.why for s in find("path/proxy_denied", TARGET, FAILED, SUBNET).fix)

    assert "service endpoint" in with_endpoint
    assert "service endpoint" not in without


def test_who_asks_a_proxy_asks_no_dns_server():
    asked = Resolver(
        server="168.63.129.16", result="NXDOMAIN", addresses=(), chain=(), authority="azure-dns"
    )
    dns = DnsFailed(name=NAME, trouble=Trouble.NAME_UNKNOWN, resolvers=(asked,))
    without = verdict.decide(ALL, Facts([TARGET, HOST, dns, OUTSIDE]))
    decided = verdict.decide(ALL, Facts([TARGET, HOST, dns, OUTSIDE, FAILED]))

    assert without.primary.cause.id == "registry-name-not-found"
    assert decided.primary.cause.id == "proxy-denied"


def test_a_wrong_clock_explains_the_certificate_away():
    facts = Facts([TARGET, DATED, BEHIND, TcpReached(address="20.61.1.1", local="10.1.0.4")])
    decided = verdict.decide(ALL, facts)

    assert decided.primary.cause.id == "clock-skewed"
    assert not verdict.ties(decided)


# -- the checks' own reading ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (HttpReply(status=206, body=b"\x1f"), Layer),
        (HttpReply(status=200, headers={"content-type": "text/html"}, body=b"x"), LayerRefused),
        (HttpReply(status=200, body=b"\xef\xbb\xbf<!DOCTYPE html><p>"), LayerRefused),
        (HttpReply(status=470, body=b"Action: Deny."), LayerRefused),
    ],
)
def test_a_page_is_no_layer(reply, kind):
    assert isinstance(parse_layer(reply, BLOB), kind)


@pytest.mark.parametrize(
    ("reply", "host", "somebody_else"),
    [
        (HttpReply(status=302, headers={"location": "https://login.example"}), BLOB, True),
        (HttpReply(status=403, body=b"Forbidden"), BLOB, True),
        (HttpReply(status=403, body=b"<Error><Code>AuthorizationFailure</Code>"), BLOB, False),
        (HttpReply(status=403, headers={"x-ms-request-id": "1"}), BLOB, False),
        (HttpReply(status=403), "contoso.eastus.data.azurecr.io", False),
        (HttpReply(status=429), BLOB, False),
        (HttpReply(status=503), BLOB, False),
    ],
)
def test_storage_is_known_by_its_marks(reply, host, somebody_else):
    assert parse_layer(reply, host).page is somebody_else


@pytest.mark.parametrize(
    ("challenge", "silent", "expected"),
    [
        (None, None, NoProxy),
        (CHALLENGE, None, NoProxy),
        (replace(CHALLENGE, via_proxy=PROXY), None, ProxyUsed),
        (replace(PAGE, via_proxy=PROXY), None, ProxyInPlace),
        (replace(PAGE, via="1.1 squid"), None, ProxyInPlace),
        (replace(CHALLENGE, via="1.1 squid"), None, NoProxy),
        (PAGE, None, NoProxy),
        (replace(PAGE, status=407), None, ProxyInPlace),
        (None, ChallengeSilent(trouble=Trouble.EOF, detail=""), NoProxy),
        (None, ChallengeSilent(trouble=Trouble.PROXY, detail="", via_proxy=PROXY), ProxyFailed),
    ],
)
def test_the_proxy_is_judged_by_what_a_request_met(challenge, silent, expected):
    found = proxy.gather(HOST, challenge, silent)

    assert isinstance(found, expected)
    assert not isinstance(found, ProxyFailed) or found.variable == "HTTPS_PROXY"


@pytest.mark.parametrize(
    ("begin", "end", "fits"),
    [
        ("2026-01-01T00:00:00Z", "2026-12-31T00:00:00Z", True),
        ("2026-12-01T00:00:00Z", "2026-12-31T00:00:00Z", False),
        ("2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z", False),
        ("", "", None),
    ],
)
def test_a_certificate_is_judged_by_the_right_time(begin, end, fits):
    reply = TlsReply(
        peer="", version="", subject="", issuer="", not_before=begin, not_after=end, problem="x"
    )

    assert clock.valid_at(reply, 1782864000.0) is fits  # the first of July 2026
    assert clock.valid_at(Failure(trouble=Trouble.EOF), 1782864000.0) is None


@pytest.mark.parametrize(
    ("lost", "expected"), [(0, Share.NONE), (1, Share.SOME), (7, Share.SOME), (8, Share.ALL)]
)
def test_a_share_is_told_from_all_and_none(lost, expected):
    reply, failure = TcpReply(peer="", local=""), Failure(trouble=Trouble.TIMEOUT)

    assert repeats.share([failure] * lost + [reply] * (8 - lost)) is expected


class Wire:
    """A world whose handshakes end by the size of segments that they ask for."""

    def __init__(self, large, small):
        self.large, self.small = large, small

    @property
    def net(self):
        return self

    def handshake(self, _name, _address, *, small_segments=False):
        return self.small if small_segments else self.large


DONE = TlsReply(peer="", version="", subject="", issuer="")
STALL = Failure(trouble=Trouble.TIMEOUT, connected=True)


@pytest.mark.parametrize(
    ("large", "small", "expected"),
    [
        (STALL, DONE, LargeLost),
        (STALL, STALL, SizeIndifferent),
        (DONE, DONE, SizeIndifferent),
        (Failure(trouble=Trouble.RESET), DONE, SizeIndifferent),
        (replace(STALL, connected=False), DONE, SizeIndifferent),  # no SNAT port, say
    ],
)
def test_only_a_stall_that_small_segments_end_is_a_matter_of_size(large, small, expected):
    tcp = TcpReached(address="20.61.1.1", local="10.1.0.4")

    assert isinstance(mtu.gather(Wire(large, small), TARGET, tcp, HANGS, None), expected)


@pytest.mark.parametrize(
    ("met", "told"),
    [
        ((Trouble.UNREACHABLE, Trouble.TIMEOUT), Trouble.TIMEOUT),
        ((Trouble.REFUSED, Trouble.TIMEOUT), Trouble.TIMEOUT),
        ((Trouble.UNREACHABLE, Trouble.REFUSED), Trouble.REFUSED),
        ((Trouble.UNREACHABLE, Trouble.UNREACHABLE), Trouble.UNREACHABLE),
    ],
)
def test_of_several_addresses_the_most_telling_failure_counts(met, told):
    found = tcp_path.parse(("2603::1", "20.61.1.1"), [Failure(trouble=one) for one in met])

    assert found.trouble is told


def test_rules_are_read_in_the_order_in_which_azure_asks_them():
    def row(name, priority, **more):
        held = {"direction": "Outbound", "protocol": "*", "access": "Deny", "priority": priority}
        return {"name": name, "properties": held | more}

    group = {
        "properties": {
            "securityRules": [
                row("second", 300, destinationAddressPrefixes=["A", "B"]),
                row("first", 200, destinationAddressPrefix="*", destinationPortRanges=["1-2"]),
                row("inbound", 100, direction="Inbound"),
                row("udp", 100, protocol="Udp"),
            ]
        }
    }
    hop = {"addressPrefix": "0.0.0.0/0", "nextHopType": "VirtualAppliance"}
    read = outbound_rules.parse(group, {"properties": {"routes": [{"properties": hop}]}})

    assert [one.name for one in read.rules] == ["first", "second"]
    assert read.rules[1].destinations == ("A", "B")
    assert read.rules[0].ports == ("1-2",)
    assert read.next_hop == "VirtualAppliance"


def test_the_skew_is_in_whole_minutes():
    reply = HttpReply(status=200, headers={"date": "Wed, 01 Jul 2026 00:00:00 GMT"})

    assert answers.minutes_off(reply, 1782864000.0 + 125) == 2
    assert answers.minutes_off(reply, 1782864000.0 + 1.5) == 0
    assert answers.minutes_off(reply, 1782864000.0 - 3600 + 1.5) == -60
    assert answers.minutes_off(HttpReply(status=200), 0.0) is None
