"""The causes in the image, its key and its storage: who refused, in whose words."""

from dataclasses import replace

import pytest

from checks import manifest_body
from checks.instance import Instance
from checks.layer import Layer, LayerRefused
from checks.manifest import ManifestMissing, ManifestOtherPlatform, ManifestRefused
from checks.registry import Registry
from checks.storage_policy import ALIAS, StoragePolicies, StoragePoliciesHidden
from checks.target import Target
from diagnose import causes
from diagnose.causes.contract import Confidence, Finding, Rejected
from diagnose.facts import Facts
from diagnose.judging import verdict
from tests.unit import judging

NAME, BLOB = "contoso.azurecr.io", "eus.blob.core.windows.net"
TARGET = Target(
    login_server=NAME,
    registry="contoso",
    cloud="AzurePublicCloud",
    repository="app",
    reference="v1",
)
BY_DIGEST = replace(TARGET, reference="sha256:" + "0" * 64)
REGISTRY = Registry(
    id="/subscriptions/s2/resourceGroups/r/providers/Microsoft.ContainerRegistry/registries/contoso",
    name="contoso",
    sku="Premium",
    location="westeurope",
    public_access=True,
    default_action="Deny",
    ip_ranges=(),
    data_endpoint=False,
    private_endpoints=(),
    abac=False,
)
QUARANTINE = replace(REGISTRY, quarantine=True)
OWN_KEY = replace(REGISTRY, customer_key="https://v'1.vault.azure.net/keys/k")
NO_TAG = ManifestMissing(repository=False, message="not found")
REFUSED = ManifestRefused(
    status=403, code="DENIED", message="the key cannot be used", from_acr=True
)
DISALLOWED = replace(REFUSED, code="UNKNOWN", message="The operation is disallowed.")
BY_IP = replace(REFUSED, message="client with IP '10.1.0.4' is not allowed access.")
HTML = replace(REFUSED, code="", message="", from_acr=False)
XML = LayerRefused(host=BLOB, status=403, code="AuthorizationFailure")
POLICY = "/subscriptions/s1/resourceGroups/net/providers/Microsoft.Network/"
POLICY += "serviceEndpointPolicies/only-ours"
POLICIES = StoragePolicies(ids=(POLICY,), resources=("/subscriptions/s1",), in_effect=True)
INSTANCE = Instance(
    name="vm1",
    resource_id="",
    subscription="s1",
    resource_group="rg",
    location="westeurope",
    environment="AzurePublicCloud",
    scale_set="",
    flexible=False,
    nics=(),
    outbound_ips=(),
)
PROVEN, LIKELY, POSSIBLE = Confidence.PROVEN, Confidence.LIKELY, Confidence.POSSIBLE
NONE = type(None)


def answer(id_, *facts):
    cause = next(cause for cause in causes.ALL if cause.id == id_)
    known = Facts([TARGET, *facts])
    return None if known.missing(cause.needs) else known.call(cause.find)


def outcome(id_, *facts):
    found = answer(id_, *facts)
    return found.confidence if isinstance(found, Finding) else type(found)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ((DISALLOWED,), PROVEN),
        ((DISALLOWED, REGISTRY), PROVEN),  # a lock needs no quarantine
        ((replace(DISALLOWED, from_acr=False),), NONE),
        ((REFUSED,), POSSIBLE),
        ((BY_IP,), NONE),
        ((HTML,), NONE),
        ((replace(REFUSED, message="requested access to the resource is denied"),), NONE),
        ((NO_TAG,), POSSIBLE),
        ((NO_TAG, QUARANTINE), LIKELY),
        ((NO_TAG, REGISTRY), Rejected),
        ((NO_TAG, BY_DIGEST, QUARANTINE), NONE),  # a digest in quarantine is disallowed
        ((replace(NO_TAG, repository=True), QUARANTINE), NONE),
    ],
)
def test_an_image_that_is_withheld(facts, expected):
    assert outcome("image-quarantined-or-locked", *facts) is expected


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ((REFUSED, OWN_KEY), PROVEN),
        ((REFUSED,), LIKELY),
        ((REFUSED, REGISTRY), Rejected),
        ((replace(REFUSED, code="UNKNOWN"), OWN_KEY), NONE),
        ((DISALLOWED, OWN_KEY), NONE),
        ((BY_IP, OWN_KEY), NONE),
        ((HTML, OWN_KEY), NONE),
        ((replace(REFUSED, status=401), OWN_KEY), NONE),
    ],
)
def test_the_registrys_own_key(facts, expected):
    assert outcome("cmk-key-unavailable", *facts) is expected


def test_the_key_is_named_and_quoted_and_may_be_unknown():
    named = answer("cmk-key-unavailable", REFUSED, OWN_KEY).fix
    unnamed = answer("cmk-key-unavailable", REFUSED, replace(OWN_KEY, customer_key="?")).fix

    assert "'https://v'\"'\"'1.vault.azure.net/keys/k'" in named[2].command
    assert '--id "${KEY_ID:?}"' in unnamed[2].command
    assert "into the variable KEY_ID" in unnamed[0].why


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ((XML, POLICIES), PROVEN),
        ((XML,), LIKELY),
        ((XML, StoragePoliciesHidden(ids=(POLICY,), why="denied")), LIKELY),
        ((XML, replace(POLICIES, resources=("/services/Azure",))), LIKELY),
        ((XML, replace(POLICIES, resources=(ALIAS.upper(),))), Rejected),
        ((XML, replace(POLICIES, in_effect=False)), Rejected),
        ((XML, replace(POLICIES, ids=(), resources=())), Rejected),
        ((replace(XML, code="AuthenticationFailed"), POLICIES), NONE),
        ((replace(XML, code=""), POLICIES), NONE),  # a proxy's HTML
        ((replace(XML, host=NAME, code="DENIED"), POLICIES), NONE),  # the registry's JSON
        ((replace(XML, host="contoso.eastus.data.azurecr.io"), POLICIES), NONE),
        ((Layer(host=BLOB), POLICIES), NONE),
    ],
)
def test_a_storage_policy(facts, expected):
    assert outcome("storage-endpoint-policy-blocks-layers", *facts) is expected


def test_a_managed_clusters_policy_is_not_edited_by_command():
    managed = replace(POLICIES, ids=(POLICY.replace("/net/", "/MC_rg_aks_eastus/"),))
    own = answer("storage-endpoint-policy-blocks-layers", XML, POLICIES, INSTANCE).fix
    theirs = answer("storage-endpoint-policy-blocks-layers", XML, managed, INSTANCE).fix

    assert "--policy-name only-ours" in own[1].command
    assert "policy-definition delete" in own[1].undo
    assert (theirs[1].command, theirs[1].undo) == ("", "")


def test_another_platform_names_what_is_there_and_what_is_wanted():
    other = ManifestOtherPlatform(wanted="linux/amd64", offered=("linux/arm64",))
    found = answer("platform-mismatch", other)

    assert found.confidence is PROVEN
    assert "linux/arm64,linux/amd64" in found.fix[1].why


@pytest.mark.parametrize(
    ("facts", "primary"),
    [
        ((NO_TAG, REGISTRY), "tag-not-found"),
        ((NO_TAG,), "tag-not-found"),
        ((NO_TAG, QUARANTINE), None),  # both fit: inconclusive, and both are named
        ((REFUSED,), "cmk-key-unavailable"),
        ((DISALLOWED, OWN_KEY), "image-quarantined-or-locked"),
        ((XML, POLICIES), "storage-endpoint-policy-blocks-layers"),
        ((XML, replace(POLICIES, ids=())), "registry-unavailable"),
    ],
)
def test_the_whole_list_of_causes_names_the_one(facts, primary):
    found = verdict.decide(causes.ALL, Facts([TARGET, *facts]))

    assert (found.primary.cause.id if found.primary else None) == primary
    assert not verdict.ties(found)
    if not primary:
        named = {rival.cause.id for rival in found.rivals if rival.settle}
        assert named == {"tag-not-found", "image-quarantined-or-locked"}


ONE, TWO = ("sha256:" + digit * 64 for digit in "12")


def platform(digest, os="linux", architecture="amd64"):
    return {"digest": digest, "platform": {"os": os, "architecture": architecture}}


@pytest.mark.parametrize(
    ("entries", "digest", "offered"),
    [
        ([platform(ONE), platform(TWO, architecture="arm64")], ONE, 2),
        ([platform(ONE, architecture="arm64")], "", 1),
        ([platform(ONE, "unknown", "unknown")], "", 0),  # an attestation
        ([{"digest": ONE}], ONE, 0),  # for any platform
        ([{"digest": ONE}, platform(TWO)], TWO, 1),
        ([{"digest": "sha256:short"}], "", 0),
        ([], "", 0),
    ],
)
def test_an_index_gives_the_image_that_a_runtime_would_take(entries, digest, offered):
    found, platforms = manifest_body.choose({"manifests": entries}, judging.HOST)

    assert (found, len(platforms)) == (digest, offered)
