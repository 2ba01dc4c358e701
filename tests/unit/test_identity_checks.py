"""Who asks: how each answer is read into a fact."""

import json
from types import SimpleNamespace

import pytest

from checks import arm_audience, identity, provider_config, role_list, roles, stored, tenant
from checks.arm_audience import ArmAudience, ArmAudienceUnknown
from checks.identity import ACR_AUDIENCE, ARM_AUDIENCE, Identity, IdentityMissing
from checks.machine_replies import ProviderReply
from checks.provider_config import ProviderMatched, ProviderUnknown, ProviderUnmatched
from checks.replies import Failure, HttpReply, Trouble
from checks.roles import Roles, RolesHidden
from checks.stored import NoStoredLogin, State, StoredLogins, StoredLoginsHidden
from checks.target import Asked, parse
from checks.tenant import Tenants, TenantUnknown
from checks.token_replies import Access, Claims, Granted, StoredReply, Token

TARGET = parse("contoso.azurecr.io/app:v1")
OWN, HOME = "0e5a11fe-0000-4000-8000-00000000c0de", "72f988bf-0000-4000-8000-00000000c003"
ACR = {"x-ms-correlation-request-id": "1"}
DEFINITIONS = "/subscriptions/s/providers/Microsoft.Authorization/roleDefinitions/"
ACR_PULL = DEFINITIONS + "7F951DDA-4ed3-4680-a7ca-43fe172d538d"
CUSTOM = DEFINITIONS + "d1a90053-0000-4000-8000-000000000001"


def reply(status: int, body: object, **headers: str) -> HttpReply:
    return HttpReply(status=status, body=json.dumps(body).encode(), headers=headers)


def arm_error(status: int, code: str, message: str = "") -> HttpReply:
    return reply(status, {"error": {"code": code, "message": message}})


def read_tenant(answer):
    return tenant.parse(answer, own=OWN, subscription="s")


def test_a_subscription_shows_its_tenant_and_case_does_not_count():
    same = read_tenant(reply(200, {"tenantId": OWN.upper()}))
    other = read_tenant(reply(200, {"tenantId": HOME}))

    assert isinstance(same, Tenants)
    assert not same.differ
    assert isinstance(other, Tenants)
    assert other.differ


def test_a_token_of_the_wrong_issuer_is_a_tenant_that_differs_and_its_words_name_the_right_one():
    text = f"wrong issuer 'https://sts.windows.net/{OWN}/'. It must match the tenant "
    text += f"'https://sts.windows.net/{HOME}/' associated with this subscription."
    named = read_tenant(arm_error(401, "InvalidAuthenticationTokenTenant", text))
    wordless = read_tenant(arm_error(401, "InvalidAuthenticationTokenTenant"))

    assert named == Tenants(own=OWN, home=HOME, subscription="s")
    assert isinstance(wordless, Tenants)
    assert wordless.differ
    assert wordless.home == ""


@pytest.mark.parametrize(
    "answer",
    [
        arm_error(401, "ExpiredAuthenticationToken"),
        arm_error(403, "AuthorizationFailed"),
        arm_error(404, "SubscriptionNotFound"),
        reply(200, {}),
        Failure(trouble=Trouble.TIMEOUT),
    ],
)
def test_any_other_answer_leaves_the_tenant_unknown(answer):
    assert isinstance(read_tenant(answer), TenantUnknown)


def assignments(*ids: str) -> HttpReply:
    return reply(200, {"value": [{"properties": {"roleDefinitionId": one}} for one in ids]})


def test_roles_are_known_by_their_ids_and_an_unreadable_one_leaves_the_answer_open():
    assert roles.parse(assignments(ACR_PULL, ACR_PULL)) == (ACR_PULL,)
    assert roles.judged((ACR_PULL,), {}) == Roles(names=("AcrPull",), pulls=True, reads=False)
    assert roles.judged((), {}) == Roles(names=(), pulls=False, reads=False)
    assert roles.judged((CUSTOM,), {CUSTOM: None}).pulls is None
    assert roles.judged((CUSTOM, ACR_PULL), {CUSTOM: None}).pulls is True


def test_roles_that_may_not_be_listed_are_hidden_and_not_absent():
    assert isinstance(roles.parse(arm_error(403, "AuthorizationFailed")), RolesHidden)


@pytest.mark.parametrize(
    ("rule", "pulls", "reads"),
    [
        ({"actions": ["*"]}, True, False),
        ({"actions": ["*/read"]}, True, False),
        ({"actions": ["microsoft.containerregistry/registries/*"]}, True, False),
        ({"actions": ["*"], "notActions": ["Microsoft.ContainerRegistry/*"]}, False, False),
        ({"actions": ["Microsoft.ContainerRegistry/registries/read"]}, False, False),
        ({"actions": ["*/pull/rea"]}, False, False),
        ({"dataActions": [role_list.CONTENT]}, False, True),
        ({"dataActions": ["*"], "notDataActions": ["*/content/read"]}, False, False),
        ({}, False, False),
    ],
)
def test_a_custom_role_is_read_by_its_actions(rule, pulls, reads):
    role = role_list.defined({"properties": {"roleName": "x", "permissions": [rule]}})

    assert (role.pulls, role.reads) == (pulls, reads)


@pytest.mark.parametrize(
    ("pattern", "image", "fits"),
    [
        ("*.azurecr.io", "contoso.azurecr.io/app", True),
        ("*.azurecr.io", "contoso.eastus.geo.azurecr.io/app", False),
        ("*.*.geo.azurecr.io", "contoso.eastus.geo.azurecr.io/app", True),
        ("*.io", "contoso.azurecr.io/app", False),
        ("con*.azurecr.io", "contoso.azurecr.io/app", True),
        ("fab*.azurecr.io", "contoso.azurecr.io/app", False),
        ("*.azurecr.io:443", "contoso.azurecr.io/app", False),
        ("contoso.azurecr.io/app", "contoso.azurecr.io/app", True),
        ("contoso.azurecr.io/ap", "contoso.azurecr.io/app", True),
        ("contoso.azurecr.io/web", "contoso.azurecr.io/app", False),
        ("https://*.azurecr.io", "contoso.azurecr.io/app", True),
        ("*", "contoso.azurecr.io/app", False),
    ],
)
def test_patterns_match_by_the_kubelets_rules(pattern, image, fits):
    assert provider_config.matches(pattern, image) is fits


def provider(*patterns: str) -> ProviderReply:
    return ProviderReply(name="acr", match_images=patterns, source="/p.yaml")


def test_one_provider_that_fits_is_enough_and_no_kubelet_is_unknown():
    fits = provider_config.parse((provider("*.x"), provider("*.azurecr.io")), TARGET)
    none = provider_config.parse((provider("*.azurecr.cn"),), TARGET)

    assert isinstance(fits, ProviderMatched)
    assert fits.pattern == "*.azurecr.io"
    assert isinstance(none, ProviderUnmatched)
    for unseen in ((), Failure(trouble=Trouble.ABSENT), Failure(trouble=Trouble.FORBIDDEN)):
        assert isinstance(provider_config.parse(unseen, TARGET), ProviderUnknown)


def granted(*actions: str, name: str = "app") -> Granted:
    access = (Access(type="repository", name=name, actions=actions),)
    return Granted(token=Token("t"), claims=Claims(access=access))


@pytest.mark.parametrize(
    ("answer", "expired", "state"),
    [
        (granted("pull"), None, State.ACCEPTED),
        (granted("metadata_read"), None, State.POWERLESS),
        (granted("pull", name="other"), None, State.POWERLESS),
        (reply(401, {}, **ACR), None, State.REFUSED),
        (reply(401, {}), None, State.UNKNOWN),  # a proxy in between
        (reply(403, {}, **ACR), None, State.UNKNOWN),  # the network, not the login
        (reply(429, {}, **ACR), None, State.UNKNOWN),
        (Failure(trouble=Trouble.TIMEOUT), None, State.UNKNOWN),
        (None, True, State.EXPIRED),
    ],
)
def test_a_stored_login_is_worth_what_the_registry_says(answer, expired, state):
    kept = StoredReply(source="f", kind="password", user="me", expired=expired, answer=answer)
    fact = stored.parse((kept,), TARGET)

    assert isinstance(fact, StoredLogins)
    assert fact.logins[0].state is state


def test_no_login_none_for_this_registry_and_not_readable_are_three_things():
    assert stored.parse(Failure(trouble=Trouble.ABSENT), TARGET) == NoStoredLogin(others=False)
    assert stored.parse((), TARGET) == NoStoredLogin(others=True)
    hidden = stored.parse(Failure(trouble=Trouble.FORBIDDEN, detail="x"), TARGET)
    assert isinstance(hidden, StoredLoginsHidden)


WRONG_AUDIENCE = reply(400, {"error": "invalid_resource", "error_description": "AADSTS500011"})


def identity_of(**answers):
    world = SimpleNamespace(tokens=SimpleNamespace(identity=lambda audience: answers[audience]))
    return identity.gather(world, Asked(text="contoso"), None)


def test_a_tenant_without_acrs_audience_gets_a_token_for_arm():
    found = identity_of(**{ACR_AUDIENCE: WRONG_AUDIENCE, ARM_AUDIENCE: granted()})

    assert isinstance(found, Identity)
    assert found.audience == ARM_AUDIENCE


def test_another_refusal_is_not_an_audience_that_is_unknown():
    none = reply(400, {"error": "invalid_request", "error_description": "Identity not found"})
    found = identity_of(**{ACR_AUDIENCE: none, ARM_AUDIENCE: granted()})

    assert isinstance(found, IdentityMissing)
    assert found.none_assigned


def test_only_a_401_of_acr_itself_says_that_tokens_for_arm_are_refused():
    assert arm_audience.parse(reply(401, {}, **ACR), None) == ArmAudience(taken=False)
    assert arm_audience.parse(granted(), None) == ArmAudience(taken=True)
    for other in (reply(401, {}), reply(429, {}, **ACR), Failure(trouble=Trouble.EOF), None):
        assert isinstance(arm_audience.parse(other, None), ArmAudienceUnknown)
