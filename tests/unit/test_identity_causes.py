"""Who asks: each cause on facts, and the same facts with one thing changed."""

import shlex
from dataclasses import replace

import pytest

from checks.anonymous import Anonymous
from checks.arm_audience import ArmAudience
from checks.contract import Fact
from checks.docker_pull import DockerPullUnasked
from checks.docker_runtime import DockerRuntime
from checks.identity import ACR_AUDIENCE, ARM_AUDIENCE, Identity, IdentityMissing
from checks.instance import Instance, InstanceUnknown
from checks.layer import Layer, LayerBlocked
from checks.provider_config import ProviderUnmatched
from checks.refusal import Admitted
from checks.registry import Registry
from checks.replies import Trouble
from checks.roles import Roles
from checks.stored import NULL_USER, Login, NoStoredLogin, State, StoredLogins
from checks.target import Asked, Target
from checks.tenant import Tenants
from checks.token import PullToken, PullTokenRefused
from checks.token_replies import Token
from diagnose import causes
from diagnose.causes.contract import Confidence, Finding, Rejected
from diagnose.facts import Facts
from diagnose.judging import verdict
from diagnose.judging.verdict import Status
from tests.unit import judging
from tests.unit.judging import HOST, MIRRORS, NOTHING, REJECTED, UNITS

PROVEN, LIKELY, POSSIBLE = Confidence.PROVEN, Confidence.LIKELY, Confidence.POSSIBLE
NAME = "contoso.azurecr.io"
APP = "5e4f1ce0-0000-4000-8000-00000000e0e0"
REGISTRY_ID = (
    "/subscriptions/s2/resourceGroups/r/providers/Microsoft.ContainerRegistry/registries/contoso"
)

TARGET = Target(
    login_server=NAME,
    registry="contoso",
    cloud="AzurePublicCloud",
    repository="app",
    reference="v1",
)
ABROAD = replace(HOST, on_azure=False)
NODE = replace(HOST, aks_node=True)
ASKED = Anonymous(status=401, token=None, from_acr=True, code="", message="", refused_ip="")
OPEN = replace(ASKED, status=200, token=Token("anybody"))
IDENTITY = Identity(client_id="c1", object_id="o1", tenant="t1", how="msi", token=Token("i"))
FOR_ARM = replace(IDENTITY, audience=ARM_AUDIENCE)
NONE = IdentityMissing(why="Identity not found", answered=True, none_assigned=True)
SEVERAL = IdentityMissing(
    why="Multiple user assigned identities exist, please specify", answered=True, ambiguous=True
)
TYPED = Asked(text=NAME, client_id="c9")
DEAF = IdentityMissing(why="timeout", answered=False)
OFF = IdentityMissing(why="no-identity: switched off", answered=False, switched_off=True)
IMDS_DOWN = InstanceUnknown(why="timeout", trouble=Trouble.TIMEOUT, on_azure=True)
MACHINE = Instance(
    name="vm",
    resource_id="/subscriptions/s/resourceGroups/r/providers/Microsoft.Compute/virtualMachines/vm",
    subscription="s",
    resource_group="r",
    location="eastus",
    environment="AzurePublicCloud",
    scale_set="",
    flexible=False,
    nics=(),
    outbound_ips=(),
)
REGISTRY = Registry(
    id=REGISTRY_ID,
    name="contoso",
    sku="Premium",
    location="eastus",
    public_access=True,
    default_action="Allow",
    ip_ranges=(),
    data_endpoint=False,
    private_endpoints=(),
    abac=False,
    arm_audience=True,
)
ABAC = replace(REGISTRY, abac=True)
ACR_ALONE = replace(REGISTRY, arm_audience=False)
SAME = Tenants(own="t1", home="T1", subscription="s2")
OTHER = Tenants(own="t1", home="t2", subscription="s2")
UNNAMED = Tenants(own="t1", home="", subscription="s2")
NO_ROLE = Roles(names=(), pulls=False, reads=False)
ACR_PULL = Roles(names=("AcrPull",), pulls=True, reads=False)
READER = Roles(names=("Container Registry Repository Reader",), pulls=False, reads=True)
CUSTOM = Roles(names=("a custom role",), pulls=None, reads=None)
REFUSED = PullTokenRefused(
    step="exchange",
    status=401,
    from_acr=True,
    code="",
    message="",
    refused_ip="",
    audiences=(ACR_AUDIENCE, ARM_AUDIENCE),
)
ARM_REFUSED = replace(REFUSED, audiences=(ARM_AUDIENCE,))
AT_TOKEN = replace(REFUSED, step="token", audiences=(ACR_AUDIENCE,))
TOKEN = PullToken(
    audience=ACR_AUDIENCE,
    refresh=Token("r"),
    access=Token("a"),
    permissions=("read",),
    actions=("pull",),
)
EMPTY = replace(TOKEN, permissions=None, actions=())
LAYER = Layer(host="eusmanaged15.blob.core.windows.net")
BLOCKED = LayerBlocked(host="eusmanaged15.blob.core.windows.net", trouble=Trouble.TIMEOUT)
DOCKER = DockerRuntime(version="28", storage_driver="overlay2")
NO_LOGIN, OTHER_LOGINS = NoStoredLogin(others=False), NoStoredLogin(others=True)
UNMATCHED = ProviderUnmatched(names=("acr",), patterns=("*.azurecr.cn",), source="/etc/p.yaml")


def kept(user: str, state: State, message: str = "") -> StoredLogins:
    token = Token("stored") if state is State.ACCEPTED else None
    login = Login(source="/root/.docker/config.json", user=user, state=state, message=message)
    return StoredLogins(logins=(replace(login, token=token),))


ENDED = kept("", State.EXPIRED)
USED = kept(APP, State.ACCEPTED)
STRANGER = kept("me", State.REFUSED, "Application not registered with AAD.")

ROLE = [TARGET, IDENTITY, REFUSED, Admitted(), REGISTRY, SAME]
CASES: dict[str, list[tuple[list[Fact], object]]] = {
    "identity-ambiguous": [
        ([SEVERAL, TARGET, ASKED], PROVEN),
        ([SEVERAL, TARGET, ASKED, NODE], POSSIBLE),
        ([SEVERAL, TARGET, ASKED, replace(NODE, is_root=True)], PROVEN),
        ([NONE, TARGET, ASKED], NOTHING),
        ([DEAF, TARGET, ASKED], NOTHING),
        ([IDENTITY, TARGET, ASKED], NOTHING),
    ],
    "pull-role-missing": [
        (ROLE, PROVEN),
        ([*ROLE, NO_ROLE], PROVEN),
        ([TARGET, FOR_ARM, ARM_REFUSED, Admitted(), REGISTRY, SAME, NO_ROLE], PROVEN),
        ([TARGET, FOR_ARM, ARM_REFUSED, Admitted(), REGISTRY, SAME, CUSTOM], LIKELY),
        ([*ROLE, CUSTOM], PROVEN),
        ([*ROLE, ACR_PULL], POSSIBLE),
        ([TARGET, IDENTITY, REFUSED, Admitted(), REGISTRY, OTHER], REJECTED),
        ([TARGET, IDENTITY, REFUSED, Admitted(), REGISTRY], LIKELY),
        ([TARGET, IDENTITY, REFUSED, Admitted(), ABAC, SAME], NOTHING),
        ([TARGET, IDENTITY, REFUSED, REGISTRY, SAME], LIKELY),
        ([TARGET, NONE, kept(APP, State.REFUSED)], POSSIBLE),
        ([TARGET, NONE, kept(APP, State.EXPIRED)], NOTHING),
        ([TARGET, NONE, kept("contoso", State.REFUSED)], NOTHING),
        ([TARGET, OFF, kept(APP, State.REFUSED)], NOTHING),
        ([TARGET, NONE], NOTHING),
    ],
    "wrong-tenant": [
        ([TARGET, IDENTITY, REFUSED, OTHER], PROVEN),
        ([TARGET, IDENTITY, REFUSED, UNNAMED], PROVEN),
        ([TARGET, IDENTITY, REFUSED], POSSIBLE),
        ([TARGET, IDENTITY, REFUSED, SAME], REJECTED),
        ([TARGET, IDENTITY, TOKEN, OTHER], NOTHING),
        ([TARGET, IDENTITY, replace(REFUSED, status=403, refused_ip="20.1.1.1"), OTHER], NOTHING),
        ([TARGET, IDENTITY, replace(REFUSED, status=429), OTHER], NOTHING),
        ([TARGET, IDENTITY, AT_TOKEN, OTHER], NOTHING),
    ],
    "abac-role-missing": [
        ([TARGET, IDENTITY, EMPTY], PROVEN),
        ([TARGET, IDENTITY, EMPTY, ABAC, ACR_PULL], PROVEN),
        ([TARGET, IDENTITY, EMPTY, REGISTRY], LIKELY),
        ([TARGET, IDENTITY, replace(EMPTY, permissions=("read",)), ABAC], LIKELY),
        ([TARGET, IDENTITY, replace(EMPTY, permissions=("read",))], NOTHING),
        ([TARGET, IDENTITY, replace(EMPTY, actions=("pull",)), ABAC], REJECTED),
        ([TARGET, IDENTITY, replace(EMPTY, access=None), ABAC], NOTHING),
        ([TARGET, IDENTITY, replace(AT_TOKEN, abac=True)], PROVEN),
        ([TARGET, IDENTITY, AT_TOKEN], NOTHING),
        ([TARGET, NONE, kept(APP, State.POWERLESS)], LIKELY),
        ([TARGET, NONE, kept("scope-map-token", State.POWERLESS)], NOTHING),
        ([TARGET, OFF, kept(APP, State.POWERLESS)], NOTHING),
        ([TARGET, NONE, USED], NOTHING),
        ([TARGET, IDENTITY, REFUSED, Admitted(), ABAC, SAME, NO_ROLE], PROVEN),
        ([TARGET, IDENTITY, REFUSED, Admitted(), ABAC, SAME, READER], LIKELY),
        ([TARGET, IDENTITY, REFUSED, Admitted(), REGISTRY, SAME, NO_ROLE], NOTHING),
    ],
    "arm-audience-disabled": [
        ([TARGET, FOR_ARM, ARM_REFUSED, ACR_ALONE], PROVEN),
        ([TARGET, FOR_ARM, ARM_REFUSED], LIKELY),
        ([TARGET, FOR_ARM, ARM_REFUSED, REGISTRY], REJECTED),
        ([TARGET, IDENTITY, REFUSED, ACR_ALONE], NOTHING),
        ([TARGET, FOR_ARM, replace(ARM_REFUSED, status=403), ACR_ALONE], NOTHING),
        ([TARGET, IDENTITY, TOKEN, ArmAudience(taken=False)], PROVEN),
        ([TARGET, IDENTITY, TOKEN, ArmAudience(taken=True)], NOTHING),
        ([TARGET, IDENTITY, TOKEN], NOTHING),
    ],
    "credentials-missing": [
        ([TARGET, NONE, OTHER_LOGINS, ASKED, HOST], PROVEN),
        ([TARGET, DEAF, NO_LOGIN, ASKED, ABROAD], PROVEN),
        ([TARGET, DEAF, NO_LOGIN, ASKED, HOST], NOTHING),
        ([TARGET, OFF, NO_LOGIN, ASKED, HOST], NOTHING),
        ([TARGET, SEVERAL, NO_LOGIN, ASKED, HOST], NOTHING),
        ([TARGET, NONE, OTHER_LOGINS, OPEN, HOST], NOTHING),
        ([TARGET, NONE, OTHER_LOGINS, replace(ASKED, from_acr=False), HOST], NOTHING),
        ([TARGET, NONE, OTHER_LOGINS, HOST], NOTHING),
        ([TARGET, NONE, ENDED, ASKED, HOST], NOTHING),
        ([TARGET, NO_LOGIN, ASKED, IDENTITY, TOKEN, DOCKER], PROVEN),
        ([TARGET, NO_LOGIN, ASKED, IDENTITY, TOKEN], NOTHING),
        ([TARGET, NO_LOGIN, ASKED, IDENTITY, REFUSED, DOCKER], NOTHING),
    ],
    "credentials-rejected": [
        ([TARGET, ENDED], PROVEN),
        ([TARGET, ENDED, NONE, HOST], PROVEN),
        ([TARGET, ENDED, DEAF, ABROAD], PROVEN),
        ([TARGET, ENDED, DEAF, HOST], LIKELY),
        ([TARGET, ENDED, OFF, HOST], NOTHING),
        ([TARGET, kept("contoso", State.REFUSED)], PROVEN),
        ([TARGET, kept("pull-token", State.REFUSED)], PROVEN),
        ([TARGET, kept(APP, State.REFUSED)], LIKELY),
        ([TARGET, kept(NULL_USER, State.REFUSED)], LIKELY),
        ([TARGET, STRANGER], PROVEN),
        ([TARGET, kept(APP, State.UNKNOWN)], NOTHING),
        ([TARGET, kept(APP, State.POWERLESS)], NOTHING),
        ([TARGET, USED], REJECTED),
        ([TARGET, StoredLogins(logins=(*ENDED.logins, *USED.logins))], REJECTED),
        ([TARGET, NO_LOGIN], NOTHING),
    ],
    "credential-provider-unmatched": [
        ([TARGET, UNMATCHED, ASKED], PROVEN),
        ([TARGET, UNMATCHED, OPEN], REJECTED),
        ([TARGET, UNMATCHED, replace(ASKED, status=403)], NOTHING),
        ([TARGET, UNMATCHED], NOTHING),
        ([TARGET, ASKED], NOTHING),
    ],
    "no-managed-identity": [
        ([replace(NONE, none_assigned=False, client_id="c9"), TARGET, ASKED], PROVEN),
        ([replace(NONE, none_assigned=False, client_id="c9"), TARGET, ASKED, TYPED], LIKELY),
        ([replace(NONE, none_assigned=False), TARGET, ASKED], NOTHING),
        ([TARGET, NONE, NO_LOGIN], PROVEN),
        ([TARGET, NONE, OTHER_LOGINS], LIKELY),
        ([TARGET, NONE, ENDED], REJECTED),
        ([TARGET, NONE, USED], REJECTED),
    ],
    "imds-unreachable": [
        ([IMDS_DOWN, DEAF, ENDED], PROVEN),
        ([IMDS_DOWN, DEAF, USED], REJECTED),
        ([replace(IMDS_DOWN, trouble=None, status=429), replace(DEAF, again=True)], LIKELY),
        ([replace(IMDS_DOWN, trouble=None, status=403), DEAF], PROVEN),
        ([MACHINE, DEAF], LIKELY),
        ([MACHINE, replace(DEAF, trouble=Trouble.DEADLINE)], NOTHING),
        ([MACHINE, NONE], NOTHING),
        ([MACHINE, DEAF, USED], REJECTED),
    ],
}
TABLE = [
    pytest.param(id_, facts, expected, id=f"{id_}-{number}")
    for id_, rows in CASES.items()
    for number, (facts, expected) in enumerate(rows)
]
BY_ID = {cause.id: cause for cause in causes.ALL}


def find(id_: str, *facts: Fact) -> Finding | Rejected | None:
    return judging.find(BY_ID[id_], *facts)


@pytest.mark.parametrize(("id_", "facts", "expected"), TABLE)
def test_each_set_of_facts_gets_its_answer(id_, facts, expected):
    judging.check(find(id_, *facts), expected)


def judged(*facts: Fact) -> verdict.Verdict:
    return verdict.decide(causes.ALL, Facts(facts))


def primary(*facts: Fact) -> str:
    found = judged(*facts)
    assert not verdict.ties(found)
    return found.primary.cause.id if found.primary else found.status.value


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        # A 401 at the exchange, and what tells its reasons apart.
        ([IDENTITY, REFUSED, Admitted(), ASKED, REGISTRY, SAME], "pull-role-missing"),
        ([IDENTITY, REFUSED, Admitted(), ASKED, REGISTRY, OTHER], "wrong-tenant"),
        ([IDENTITY, REFUSED, Admitted(), ASKED, REGISTRY, OTHER, NO_ROLE], "wrong-tenant"),
        ([IDENTITY, REFUSED, Admitted(), ASKED, ABAC, SAME, NO_ROLE], "abac-role-missing"),
        ([IDENTITY, REFUSED, Admitted(), ASKED, ABAC, OTHER, NO_ROLE], "wrong-tenant"),
        ([IDENTITY, REFUSED, Admitted(), ASKED], "pull-role-missing"),
        ([FOR_ARM, ARM_REFUSED, Admitted(), ASKED, ACR_ALONE, SAME], "arm-audience-disabled"),
        ([FOR_ARM, ARM_REFUSED, Admitted(), ASKED], "inconclusive"),
        # A stored login comes before the identity, which docker does not use.
        ([IDENTITY, REFUSED, Admitted(), ASKED, REGISTRY, SAME, ENDED], "credentials-rejected"),
        ([IMDS_DOWN, DEAF, ASKED, HOST, ENDED], "imds-unreachable"),
        ([DEAF, ASKED, ABROAD, ENDED], "credentials-rejected"),
        ([OFF, ASKED, HOST, ENDED], "inconclusive"),
        ([IMDS_DOWN, DEAF, ASKED, HOST, NO_LOGIN], "imds-unreachable"),
        ([SEVERAL, ASKED, HOST, ENDED], "credentials-rejected"),
        ([SEVERAL, ASKED, HOST, OTHER_LOGINS], "identity-ambiguous"),
        ([NONE, ASKED, HOST, kept(APP, State.REFUSED)], "credentials-rejected"),
        # Nothing at all.
        ([NONE, ASKED, HOST, NO_LOGIN], "no-managed-identity"),
        ([NONE, ASKED, HOST, OTHER_LOGINS], "credentials-missing"),
        ([DEAF, ASKED, ABROAD, NO_LOGIN], "credentials-missing"),
        ([OFF, ASKED, HOST, NO_LOGIN], "inconclusive"),
        # The kubelet goes its own way.
        ([UNMATCHED, ASKED, IDENTITY, TOKEN, LAYER], "credential-provider-unmatched"),
        ([UNMATCHED, ASKED, NONE, NO_LOGIN, HOST], "credential-provider-unmatched"),
        ([UNMATCHED, OPEN, NONE, NO_LOGIN, LAYER, MIRRORS, UNITS], "healthy"),
    ],
)
def test_one_cause_is_named(facts, expected):
    assert primary(TARGET, *facts) == expected


ASIDE = [
    ([IDENTITY, TOKEN, ArmAudience(taken=False)], "arm-audience-disabled"),
    ([IDENTITY, TOKEN, NO_LOGIN, DOCKER], "credentials-missing"),
    ([IDENTITY, TOKEN, ENDED], "credentials-rejected"),
    ([IDENTITY, REFUSED, REGISTRY, SAME, Admitted(), USED], "pull-role-missing"),
    ([IDENTITY, REFUSED, REGISTRY, OTHER, Admitted(), USED], "wrong-tenant"),
    ([IDENTITY, EMPTY, ABAC, USED], "abac-role-missing"),
    ([SEVERAL, USED], "identity-ambiguous"),
]


@pytest.mark.parametrize(("facts", "cause"), ASIDE)
def test_what_the_pull_got_past_leaves_a_machine_healthy_and_is_named(facts, cause):
    unasked = DockerPullUnasked(why="it was not asked for")
    found = judged(TARGET, ASKED, HOST, LAYER, MIRRORS, UNITS, unasked, *facts)

    assert found.status is Status.HEALTHY
    assert cause in [other.cause.id for other in found.also]


@pytest.mark.parametrize(("facts", "cause"), ASIDE)
def test_what_the_pull_got_past_is_not_why_its_layers_fail(facts, cause):
    found = judged(TARGET, ASKED, HOST, BLOCKED, *facts)

    assert found.primary
    assert found.primary.cause.id == "egress-blocked-data"
    assert cause not in [other.cause.id for other in found.also]
    assert cause in [rival.cause.id for rival in found.rivals if rival.rejected]


def test_a_likely_service_principal_has_the_missing_role_as_an_open_rival():
    found = judged(TARGET, NONE, ASKED, HOST, kept(APP, State.REFUSED))
    rivals = {rival.cause.id: rival for rival in found.rivals if not rival.rejected}

    assert set(rivals) == {"pull-role-missing"}
    assert f"--assignee {APP}" in rivals["pull-role-missing"].settle


def test_a_likely_role_has_the_wrong_tenant_as_an_open_rival_that_says_how_to_tell():
    found = judged(TARGET, IDENTITY, REFUSED, ASKED, Admitted())
    rivals = {rival.cause.id: rival for rival in found.rivals if not rival.rejected}

    assert "tenantId" in rivals["wrong-tenant"].settle


def test_the_abac_role_is_granted_at_the_registry_and_the_useless_one_is_named():
    found = find("abac-role-missing", TARGET, IDENTITY, EMPTY, ABAC, ACR_PULL)

    assert isinstance(found, Finding)
    assert shlex.split(found.fix[0].command) == [
        *("az", "role", "assignment", "create", "--assignee-object-id", "o1"),
        *("--assignee-principal-type", "ServicePrincipal"),
        *("--role", "Container Registry Repository Reader", "--scope", REGISTRY_ID),
    ]
    assert "AcrPull" in found.note


def test_a_condition_that_leaves_the_repository_out_is_named():
    found = find("abac-role-missing", TARGET, IDENTITY, EMPTY, ABAC, READER)

    assert isinstance(found, Finding)
    assert "condition leaves app out" in found.note


def test_another_tenants_registry_is_named_by_the_id_that_was_given():
    asked = Asked(text=NAME, registry_id=REGISTRY_ID)
    found = find("wrong-tenant", TARGET, IDENTITY, REFUSED, OTHER, asked)

    assert isinstance(found, Finding)
    assert found.fix[0].command.endswith(f"--role AcrPull --scopes {REGISTRY_ID}")


def test_a_foreign_user_name_is_quoted():
    bad = "x'; rm -rf / #"
    found = find("credentials-rejected", TARGET, kept(bad, State.REFUSED))

    assert isinstance(found, Finding)
    assert all("rm" not in shlex.split(step.command) for step in found.fix)
    assert bad in shlex.split(found.fix[-1].command)


def test_a_new_secret_is_added_beside_the_old_ones():
    found = find("credentials-rejected", TARGET, kept(APP, State.REFUSED))

    assert isinstance(found, Finding)
    assert found.fix[0].command == f"az ad app credential reset --id {APP} --append"
