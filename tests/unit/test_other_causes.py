"""The causes outside the firewall family: what each one names, rejects or leaves alone."""

import importlib
import inspect
import shlex
from dataclasses import replace

import pytest

from checks.anonymous import Anonymous
from checks.challenge import Challenge, ChallengeSilent
from checks.dns_answer import DnsAnswer, DnsFailed, Resolver
from checks.docker_pull import DockerPullFailed
from checks.docker_runtime import DockerDown
from checks.identity import ACR_AUDIENCE, Identity, IdentityMissing
from checks.instance import Instance, InstanceUnknown
from checks.interface import Interface
from checks.layer import LayerBlocked, LayerRefused
from checks.manifest import Manifest, ManifestMissing, ManifestRefused
from checks.outside import Outside
from checks.refusal import Admitted
from checks.registry import Registry
from checks.replies import Trouble
from checks.subnet import ServiceEndpoint, Subnet
from checks.target import Asked, Target
from checks.tcp_path import TcpBlocked
from checks.tenant import Tenants
from checks.tls_session import TlsUntrusted
from checks.token import ARM_AUDIENCE, PullToken, PullTokenRefused
from checks.token_replies import Token
from diagnose.causes.contract import Confidence, Finding, Rejected, Stage
from tests.unit import judging
from tests.unit.judging import NOTHING, REJECTED

PROVEN, LIKELY = Confidence.PROVEN, Confidence.LIKELY
POSSIBLE = Confidence.POSSIBLE
HEADINGS = ("What happened", "How we know", "Fix", "Still failing?")

NAME = "contoso.azurecr.io"
TARGET = Target(
    login_server=NAME,
    registry="contoso",
    cloud="AzurePublicCloud",
    repository="team/app",
    reference="v1",
)
NET = "/subscriptions/s1/resourceGroups/rg/providers/Microsoft.Network"
SUBNET_ID = f"{NET}/virtualNetworks/vnet/subnets/apps"
VM_ID = "/subscriptions/s1/resourceGroups/rg/providers/Microsoft.Compute/virtualMachines/vm1"


def resolver(server, result, chain=(), addresses=(), authority="ns1-09.azure-dns.com"):
    return Resolver(
        server=server, result=result, addresses=addresses, chain=chain, authority=authority
    )


def failed(*resolvers, trouble=Trouble.NAME_UNKNOWN):
    return DnsFailed(name=NAME, trouble=trouble, resolvers=resolvers)


HOST = replace(judging.HOST, addresses=("10.1.0.4",), resolvers=("10.9.0.53",))
OUT_OK = Outside(reached=("mcr.microsoft.com",), silent=(), unresolved=())
OUT_SILENT = Outside(
    reached=(), silent=("mcr.microsoft.com", "login.microsoftonline.com"), unresolved=()
)
OUT_UNRESOLVED = Outside(reached=(), silent=(), unresolved=("mcr.microsoft.com",))
INTERFACE = Interface(
    nic_id=f"{NET}/networkInterfaces/nic1", subnet_id=SUBNET_ID, private_ip="10.1.0.4"
)
SUBNET = Subnet(
    id=SUBNET_ID,
    prefixes=("10.1.0.0/24",),
    endpoints=(ServiceEndpoint(service="Microsoft.KeyVault", state="Succeeded", locations=()),),
    endpoint_policies=(),
    nat_gateway="",
    route_table="",
    security_group=f"{NET}/networkSecurityGroups/nsg1",
    default_outbound=False,
)
INSTANCE = Instance(
    name="vm1",
    resource_id=VM_ID,
    subscription="s1",
    resource_group="rg",
    location="westeurope",
    environment="AzurePublicCloud",
    scale_set="",
    flexible=False,
    nics=(),
    outbound_ips=(),
)
UNIFORM = replace(
    INSTANCE,
    scale_set="pool",
    resource_id=VM_ID.replace("virtualMachines/vm1", "virtualMachineScaleSets/pool/x/0"),
)
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
ANON = Anonymous(status=401, token=None, from_acr=True, code="", message="", refused_ip="")
OPEN = replace(ANON, status=200, token=Token("anybody"))
IDENTITY = Identity(client_id="c1", object_id="o1", tenant="t1", how="msi", token=Token("i"))
REGISTRY = Registry(
    id="/subscriptions/s2/resourceGroups/r/providers/Microsoft.ContainerRegistry/registries/contoso",
    name="contoso",
    sku="Basic",
    location="westeurope",
    public_access=True,
    default_action="",
    ip_ranges=(),
    data_endpoint=False,
    private_endpoints=(),
    abac=False,
)
NO_IDENTITY = IdentityMissing(why="Identity not found", answered=True, none_assigned=True)
UNASSIGNED = replace(NO_IDENTITY, none_assigned=False)
DEAF = IdentityMissing(why="timeout", answered=False)
IMDS_DOWN = InstanceUnknown(why="timeout", trouble=Trouble.TIMEOUT, on_azure=True)
REFUSED = PullTokenRefused(
    step="exchange",
    status=401,
    from_acr=True,
    code="",
    message="",
    refused_ip="",
    audiences=(ACR_AUDIENCE, ARM_AUDIENCE),
)
TOKEN = PullToken(
    audience=ACR_AUDIENCE,
    refresh=Token("r"),
    access=Token("a"),
    permissions=("read",),
    actions=("pull",),
)
SAME_TENANT = Tenants(own="t1", home="T1", subscription="s2")
MUTE = ChallengeSilent(trouble=Trouble.TIMEOUT, detail="")
TCP = TcpBlocked(addresses=("20.61.1.1",), trouble=Trouble.TIMEOUT)
BLOB = "weumanaged15.blob.core.windows.net"
LAYER = LayerBlocked(host=BLOB, trouble=Trouble.TIMEOUT)
TLS = TlsUntrusted(
    subject="CN=*.azurecr.io",
    issuer="CN=Corp Root,O=Corp",
    names=("*.azurecr.io",),
    problem="unable to get local issuer certificate",
    names_match=True,
    genuine_issuer=False,
)
MISSING = ManifestMissing(repository=True, message="repository is not found")
BUSY = ManifestRefused(status=429, code="TOOMANYREQUESTS", message="", from_acr=True)
MANIFEST = Manifest(digest="sha256:1", layer="sha256:2", layers=1, token=Token("a"))
DOWN = DockerDown(trouble=Trouble.REFUSED, detail="")
CUSTOM, AZURE = "10.9.0.53", "168.63.129.16"
NX = resolver(CUSTOM, "NXDOMAIN")
LINK = ("contoso.privatelink.azurecr.io",)
DEAD = resolver(CUSTOM, "timeout")

OUT_OF_ORDER = replace(CHALLENGE, status=503)
DOCKER_503 = DockerPullFailed(error="received unexpected HTTP status: 503 Service Unavailable")
DOCKER_FULL = DockerPullFailed(error="write /a: no space left on device")
CASES = {
    "dns/registry_name_not_found": [
        ([failed(NX), OUT_OK], PROVEN),
        ([failed(NX), OUT_SILENT], PROVEN),
        ([failed(NX)], LIKELY),
        ([failed(), OUT_OK], LIKELY),
        ([failed(resolver(CUSTOM, "NXDOMAIN", authority="azureprivatedns.net")), OUT_OK], LIKELY),
        ([failed(resolver(CUSTOM, "NXDOMAIN", LINK)), OUT_OK], REJECTED),
        ([failed(NX, resolver(AZURE, "NOERROR", (), ("20.61.1.1",))), OUT_OK], REJECTED),
        ([failed(NX), OUT_UNRESOLVED], REJECTED),
        ([failed(DEAD, trouble=Trouble.DNS_FAILING), OUT_OK], NOTHING),
        ([failed(trouble=Trouble.NAME_EMPTY), OUT_OK], NOTHING),
        ([DnsAnswer(name=NAME, addresses=("20.61.1.1",), resolvers=()), OUT_OK], NOTHING),
    ],
    "dns/dns_server_unreachable": [
        ([failed(DEAD, trouble=Trouble.DNS_FAILING), HOST, INTERFACE], PROVEN),
        (
            [
                failed(
                    DEAD,
                    Resolver(
                        server=AZURE,
                        result="NOERROR",
                        addresses=("20.61.1.1",),
                        chain=(),
                        authority="",
                    ),
                    trouble=Trouble.DNS_FAILING,
                ),
                HOST,
            ],
            PROVEN,
        ),
        (
            [
                failed(DEAD, resolver("10.9.0.54", "deadline"), trouble=Trouble.DNS_FAILING),
                replace(HOST, resolvers=(CUSTOM, "10.9.0.54")),
            ],
            LIKELY,
        ),
        ([failed(trouble=Trouble.TIMEOUT), HOST], LIKELY),
        (
            [
                failed(DEAD, resolver("10.9.0.54", "NXDOMAIN"), trouble=Trouble.DNS_FAILING),
                replace(HOST, resolvers=(CUSTOM, "10.9.0.54")),
            ],
            REJECTED,
        ),
        (
            [
                failed(DEAD, resolver("10.9.0.54", "dns-failing"), trouble=Trouble.DNS_FAILING),
                replace(HOST, resolvers=(CUSTOM, "10.9.0.54")),
            ],
            REJECTED,
        ),
        ([failed(DEAD), HOST], REJECTED),
        ([failed(NX), HOST], NOTHING),
        ([failed(resolver(CUSTOM, "deadline"), trouble=Trouble.DNS_FAILING), HOST], NOTHING),
        ([DnsAnswer(name=NAME, addresses=("20.61.1.1",), resolvers=(DEAD,)), HOST], NOTHING),
    ],
    "path/no_outbound": [
        ([TARGET, TCP, OUT_SILENT, MUTE, INSTANCE], PROVEN),
        ([TARGET, TCP, OUT_SILENT, INSTANCE], POSSIBLE),  # requests may go another way
        ([TARGET, TCP, OUT_SILENT, MUTE, SUBNET], PROVEN),
        (
            [TARGET, TCP, OUT_SILENT, MUTE, INSTANCE, replace(SUBNET, nat_gateway="/nat")],
            PROVEN,
        ),
        ([TARGET, replace(TCP, trouble=Trouble.UNREACHABLE), OUT_SILENT, MUTE], LIKELY),
        ([TARGET, TCP, OUT_OK, INSTANCE], REJECTED),
        ([TARGET, TCP, OUT_SILENT, INSTANCE, CHALLENGE], NOTHING),
        ([TARGET, TCP, OUT_UNRESOLVED, INSTANCE], NOTHING),
        ([TARGET, replace(TCP, trouble=Trouble.REFUSED), OUT_SILENT, MUTE, INSTANCE], LIKELY),
        (
            [TARGET, replace(TCP, trouble=Trouble.FORBIDDEN), OUT_SILENT, MUTE, INSTANCE],
            LIKELY,
        ),
        ([TARGET, replace(TCP, trouble=Trouble.REFUSED), OUT_OK, INSTANCE], REJECTED),
        ([TARGET, replace(TCP, trouble=Trouble.EOF), OUT_SILENT, MUTE, INSTANCE], NOTHING),
        (
            [TARGET, replace(TCP, addresses=("10.1.0.9",)), OUT_SILENT, MUTE, INSTANCE],
            NOTHING,
        ),
        ([OUT_SILENT, MUTE, INSTANCE], NOTHING),
    ],
    "path/egress_blocked_registry": [
        ([TARGET, TCP, OUT_OK, SUBNET, INTERFACE], PROVEN),
        ([TARGET, replace(TCP, trouble=Trouble.UNREACHABLE), OUT_OK], PROVEN),
        ([TARGET, replace(TCP, trouble=Trouble.REFUSED), OUT_OK], LIKELY),
        (
            [
                TARGET,
                TCP,
                OUT_OK,
                DnsAnswer(
                    name=NAME,
                    addresses=("20.61.1.1",),
                    resolvers=(resolver(CUSTOM, "NOERROR", (), ("20.61.9.9",)),),
                ),
            ],
            LIKELY,
        ),
        ([TARGET, TCP, OUT_SILENT], REJECTED),
        ([TARGET, TCP, OUT_UNRESOLVED], NOTHING),
        ([TARGET, TCP, OUT_OK, CHALLENGE], NOTHING),
        ([TARGET, replace(TCP, addresses=("10.1.0.9",)), OUT_OK], NOTHING),
        ([TARGET, replace(TCP, trouble=Trouble.RESET), OUT_OK], NOTHING),
        ([TARGET, TCP], NOTHING),
    ],
    "path/egress_blocked_data": [
        ([LAYER, TARGET], PROVEN),
        ([LAYER, TARGET, SUBNET, INTERFACE, OUT_SILENT], PROVEN),
        ([replace(LAYER, host="contoso.westeurope.data.azurecr.io"), TARGET], PROVEN),
        ([replace(LAYER, trouble=Trouble.EOF), TARGET], NOTHING),
        ([replace(LAYER, trouble=Trouble.RESET), TARGET], NOTHING),
        ([replace(LAYER, trouble=Trouble.NAME_UNKNOWN), TARGET], NOTHING),
        ([replace(LAYER, trouble=Trouble.DEADLINE), TARGET], NOTHING),
        ([replace(LAYER, host=NAME), TARGET], NOTHING),
    ],
    "path/tls_intercepted": [
        ([TLS, TARGET], PROVEN),
        ([replace(TLS, names_match=False, names=("portal",)), TARGET], LIKELY),
        ([replace(TLS, genuine_issuer=True), TARGET], REJECTED),
    ],
    "host/imds_unreachable": [
        ([IMDS_DOWN, DEAF, ANON, HOST], PROVEN),
        ([replace(IMDS_DOWN, trouble=None), DEAF], PROVEN),
        ([IMDS_DOWN, NO_IDENTITY], REJECTED),
        ([IMDS_DOWN, DEAF, OPEN], NOTHING),
        ([replace(IMDS_DOWN, on_azure=False), DEAF], NOTHING),
        ([replace(IMDS_DOWN, trouble=Trouble.DEADLINE), DEAF], NOTHING),
        ([IMDS_DOWN, replace(DEAF, switched_off=True)], NOTHING),
        ([IMDS_DOWN, IDENTITY], NOTHING),
    ],
    "identity/no_managed_identity": [
        ([NO_IDENTITY, TARGET, ANON, INSTANCE], PROVEN),
        ([NO_IDENTITY, TARGET, UNIFORM, REGISTRY], PROVEN),
        ([UNASSIGNED, TARGET, Asked(text=NAME, client_id="c'1"), INSTANCE], LIKELY),
        (
            [replace(UNASSIGNED, why="AADSTS500011"), TARGET, Asked(text=NAME, client_id="c")],
            NOTHING,
        ),
        ([UNASSIGNED, TARGET, Asked(text=NAME)], NOTHING),
        ([NO_IDENTITY, TARGET, OPEN], NOTHING),
        ([replace(UNASSIGNED, ambiguous=True), TARGET], NOTHING),
        ([replace(DEAF, switched_off=True), TARGET], NOTHING),
        ([DEAF, TARGET], NOTHING),
    ],
    "identity/pull_role_missing": [
        ([IDENTITY, TARGET, REFUSED, Admitted(), REGISTRY, SAME_TENANT], PROVEN),
        ([IDENTITY, TARGET, REFUSED, Admitted(), REGISTRY], LIKELY),
        ([IDENTITY, TARGET, REFUSED, Admitted(), SAME_TENANT], LIKELY),
        ([IDENTITY, TARGET, REFUSED], LIKELY),
        ([IDENTITY, TARGET, replace(REFUSED, audiences=(ACR_AUDIENCE,)), Admitted()], LIKELY),
        ([IDENTITY, TARGET, replace(REFUSED, from_acr=False), Admitted()], LIKELY),
        ([IDENTITY, TARGET, replace(TOKEN, permissions=(), actions=())], PROVEN),
        ([IDENTITY, TARGET, replace(TOKEN, actions=())], LIKELY),
        ([IDENTITY, TARGET, replace(TOKEN, permissions=(), access=None, actions=())], LIKELY),
        ([IDENTITY, TARGET, TOKEN], REJECTED),
        ([IDENTITY, TARGET, replace(TOKEN, permissions=None, actions=())], NOTHING),
        ([IDENTITY, TARGET, replace(TOKEN, access=None, actions=())], NOTHING),
        ([IDENTITY, TARGET, REFUSED, Admitted(), replace(REGISTRY, abac=True)], NOTHING),
        ([IDENTITY, TARGET, replace(REFUSED, step="token"), Admitted()], NOTHING),
        ([IDENTITY, TARGET, replace(REFUSED, status=403, refused_ip="20.1.1.1")], NOTHING),
        ([IDENTITY, TARGET], NOTHING),
        ([TARGET, NO_IDENTITY], NOTHING),
    ],
    "content/repository_not_found": [
        ([MISSING, TARGET], PROVEN),
        ([replace(MISSING, repository=False), TARGET], NOTHING),
    ],
    "content/tag_not_found": [
        ([replace(MISSING, repository=False), TARGET, REGISTRY], PROVEN),
        ([replace(MISSING, repository=False), TARGET], LIKELY),
        ([replace(MISSING, repository=False), TARGET, replace(REGISTRY, quarantine=True)], LIKELY),
        ([replace(MISSING, repository=False), replace(TARGET, reference="sha256:0")], PROVEN),
        ([MISSING, TARGET], NOTHING),
    ],
    "service/throttled": [
        ([TARGET, replace(CHALLENGE, status=429)], PROVEN),
        ([TARGET, replace(REFUSED, status=429), CHALLENGE, REGISTRY], PROVEN),
        ([TARGET, BUSY, TOKEN], PROVEN),
        ([TARGET, LayerRefused(host=BLOB, status=429, code="")], LIKELY),
        ([TARGET, replace(ANON, status=429, from_acr=False)], LIKELY),
        ([TARGET, replace(ANON, status=429), TOKEN], NOTHING),
        ([TARGET, replace(ANON, status=429), MANIFEST], NOTHING),
        ([TARGET, CHALLENGE, ANON, replace(BUSY, status=503)], NOTHING),
    ],
    "service/registry_unavailable": [
        ([TARGET, replace(CHALLENGE, status=503)], PROVEN),
        ([TARGET, replace(CHALLENGE, status=503, from_acr=False, via_proxy="http://p")], LIKELY),
        ([TARGET, replace(BUSY, status=500)], PROVEN),
        ([TARGET, LayerRefused(host=BLOB, status=503, code="ServerBusy")], PROVEN),
        ([TARGET, BUSY], NOTHING),
        ([TARGET, replace(BUSY, status=0, trouble=Trouble.TIMEOUT)], NOTHING),
        ([TARGET, replace(ANON, status=503), TOKEN], NOTHING),
        ([TARGET, LayerRefused(host=NAME, status=503, code="", from_acr=True)], PROVEN),
        ([TARGET, LayerRefused(host=NAME, status=503, code="")], LIKELY),
        ([TARGET, OUT_OF_ORDER, TOKEN, MANIFEST, DOCKER_503], PROVEN),  # docker asks /v2/ first
        ([TARGET, OUT_OF_ORDER, TOKEN, MANIFEST], NOTHING),
        ([TARGET, OUT_OF_ORDER, TOKEN, MANIFEST, DOCKER_FULL], NOTHING),
    ],
    "runtime/runtime_down": [
        ([DOWN], PROVEN),
        ([replace(DOWN, trouble=Trouble.TIMEOUT)], PROVEN),
        ([replace(DOWN, trouble=Trouble.EOF)], LIKELY),
        ([replace(DOWN, trouble=Trouble.NAME_UNKNOWN)], LIKELY),
        ([replace(DOWN, trouble=Trouble.FORBIDDEN)], NOTHING),
        ([replace(DOWN, trouble=Trouble.PROTOCOL)], NOTHING),
        ([replace(DOWN, trouble=Trouble.DEADLINE)], NOTHING),
        ([], NOTHING),
    ],
}
TABLE = [
    pytest.param(path, facts, expected, id=f"{path.split('/')[1]}-{number}-{expected}")
    for path, rows in CASES.items()
    for number, (facts, expected) in enumerate(rows)
]


def module(path):
    return importlib.import_module("diagnose.causes." + path.replace("/", "."))


def find(path, *facts) -> Finding | Rejected | None:
    return judging.find(judging.at(path), *facts)


@pytest.mark.parametrize(("path", "facts", "expected"), TABLE)
def test_each_set_of_facts_gets_its_verdict(path, facts, expected):
    judging.check(find(path, *facts), expected)


@pytest.mark.parametrize("path", CASES)
def test_the_page_and_the_row_are_whole(path):
    page = inspect.getdoc(module(path)).splitlines()
    assert page[0].endswith(".")
    assert [line for line in page if line in HEADINGS] == list(HEADINGS)
    for heading in HEADINGS:
        assert page[page.index(heading) + 1]
    cause = module(path).CAUSE
    assert cause.id == path.split("/")[1].replace("_", "-")
    assert page[0] == cause.title + "."


def commands(path, *facts):
    found = find(path, *facts)
    assert isinstance(found, Finding)
    return [step.command for step in found.fix]


def test_known_ids_stand_in_the_commands():
    vnet = commands("dns/dns_server_unreachable", *CASES["dns/dns_server_unreachable"][0][0])[1]
    assert f"--ids {NET}/virtualNetworks/vnet --query" in vnet
    allow = commands("path/egress_blocked_registry", TARGET, TCP, OUT_OK, SUBNET, INTERFACE)
    assert INTERFACE.nic_id in allow[0]
    assert "--subscription s1 -g rg --nsg-name nsg1" in allow[2]
    vm = commands("identity/no_managed_identity", NO_IDENTITY, TARGET, INSTANCE, REGISTRY)
    asked = f"az vm identity assign --ids {VM_ID} --query systemAssignedIdentity -o tsv"
    assert vm[0] == f"PRINCIPAL_ID=$({asked})"
    assert vm[1].endswith(f"--role AcrPull --scope {REGISTRY.id}")
    scale_set = commands("identity/no_managed_identity", NO_IDENTITY, TARGET, UNIFORM)
    assert "az vmss identity assign --subscription s1 -g rg -n pool " in scale_set[0]
    role = commands("identity/pull_role_missing", IDENTITY, TARGET, REFUSED)[0]
    assert "--assignee-object-id o1 --assignee-principal-type ServicePrincipal" in role
    assert '"$(az acr show --name contoso --query id -o tsv)"' in role


def test_ids_that_are_not_known_are_looked_up_first():
    path = ("path/egress_blocked_registry", TARGET, TCP, OUT_OK)
    finds_nic, finds_subnet, nsg, routes, finds_group, rule = commands(*path, INSTANCE)
    assert finds_nic.startswith('NIC_ID="$(az vm show --ids ')
    assert finds_subnet.startswith("SUBNET_ID=")
    assert nsg == 'az network nic list-effective-nsg --ids "$NIC_ID"'
    assert '"$NIC_ID"' in routes
    assert finds_group.startswith('NSG_ID="$(az network vnet subnet show --ids "$SUBNET_ID" ')
    assert '--subscription s1 -g "$NSG_GROUP" --nsg-name "${NSG_ID##*/}" -n ' in rule


@pytest.mark.parametrize("instance", [(), (UNIFORM,)])
def test_where_az_has_no_id_to_give_a_person_looks(instance):
    listed = commands("path/egress_blocked_registry", TARGET, TCP, OUT_OK, *instance)
    assert not any("az network nic list-effective-nsg" in command for command in listed)
    assert not any("NIC_ID" in command for command in listed)


def test_a_rule_is_not_put_into_a_group_that_a_cluster_may_keep():
    node = replace(INSTANCE, resource_id=VM_ID.replace("/rg/", "/MC_rg_aks_we/"))
    listed = commands("path/egress_blocked_registry", TARGET, TCP, OUT_OK, node)
    assert not any("nsg rule create" in command for command in listed)


def test_a_nat_gateway_that_is_there_is_not_replaced():
    with_nat = replace(SUBNET, nat_gateway="/nat")
    listed = commands("path/no_outbound", TARGET, TCP, OUT_SILENT, INSTANCE, with_nat)
    assert not any("--nat-gateway" in command for command in listed)


def test_endpoints_are_added_and_never_replaced():
    found = find("path/egress_blocked_data", LAYER, TARGET, SUBNET)
    assert isinstance(found, Finding)
    step = found.fix[-1]
    assert "--add serviceEndpoints service=Microsoft.Storage" in step.command
    assert step.undo.endswith("--remove serviceEndpoints 1")
    assert not any("--service-endpoints" in s.command for s in found.fix)


def test_foreign_values_are_quoted():
    bad = "x'; rm -rf / #"
    asked = Asked(text=NAME, client_id=bad)
    for command in commands("identity/no_managed_identity", UNASSIGNED, TARGET, asked):
        assert "rm" not in shlex.split(command)
    identity = replace(IDENTITY, object_id=bad)
    role = commands("identity/pull_role_missing", identity, TARGET, REFUSED, REGISTRY)[0]
    assert bad in shlex.split(role)


@pytest.mark.parametrize(
    ("fact", "stage"),
    [
        (replace(CHALLENGE, status=429), Stage.CHALLENGE),
        (replace(ANON, status=429), Stage.TOKEN),
        (replace(REFUSED, status=429), Stage.TOKEN),
        (BUSY, Stage.MANIFEST),
        (LayerRefused(host=BLOB, status=429, code=""), Stage.LAYER),
    ],
)
def test_throttling_is_met_where_it_was_seen(fact, stage):
    found = find("service/throttled", TARGET, fact)
    assert isinstance(found, Finding)
    assert found.stage is stage


def test_a_hash_in_the_login_server_is_no_part_of_the_name():
    hashed = replace(TARGET, login_server="contoso-a1b2.azurecr.io", registry="contoso-a1b2")
    listed = commands("content/repository_not_found", MISSING, hashed)
    assert listed == ["az acr repository list --name contoso -o tsv"]
