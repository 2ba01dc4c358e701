"""packaging/azure: the custom role has what `plan` names, no more, and it is enough."""

import json
import os
import re
import subprocess
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

import checks
from checks.asks import Ask
from tests.matrix.runs import BY_NAME, cloud_of, told
from tests.scenarios.stories import STORIES, Story
from tests.world import Judged, Wire, judged
from tests.world.actions import granting

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "packaging" / "azure"
FILE = FOLDER / "acr-diagnose-role.json"
ROLE = json.loads(FILE.read_text(encoding="utf-8"))
AZ = ROOT / ".build" / "azure-cli" / "bin" / "python"
ROWS = [
    (check.id, ask)
    for check in dict.fromkeys((*checks.ALL, *checks.POOL))
    for ask in check.asks
    if ask.host == "{arm}"
]
FIELD = r"(\w+)(?:: | += local\.)role\.(\w+)"  # as Bicep and as Terraform write it
FREE = ["/subscriptions"]  # Azure lists those in which a caller holds any role
# One report that is another one when the right is taken away. Who asks for the tenant is answered
# there by whoever holds any role in the subscription, so nothing can be seen of that right.
NOT_SEEN = "Microsoft.Resources/subscriptions/read"
SEEN_IN = {
    "Microsoft.Authorization/roleAssignments/read": "the_identity_may_not_pull",
    "Microsoft.Authorization/roleDefinitions/read": "the_identity_may_not_pull",
    "Microsoft.Compute/virtualMachineScaleSets/virtualMachines/read": (
        "a_scale_set_instance_is_not_allowed"
    ),
    "Microsoft.Compute/virtualMachines/read": "the_subnet_lost_its_endpoint",
    "Microsoft.ContainerRegistry/registries/read": "no_subnet_is_allowed",
    "Microsoft.Network/natGateways/read": (
        "the_nat_gateways_address_is_allowed_but_the_endpoint_hides_it"
    ),
    "Microsoft.Network/networkInterfaces/read": "the_subnet_lost_its_endpoint",
    "Microsoft.Network/networkSecurityGroups/read": "a_rule_denies_storage",
    "Microsoft.Network/privateEndpoints/privateDnsZoneGroups/read": "the_zone_is_not_linked",
    "Microsoft.Network/privateEndpoints/read": "the_zone_is_not_linked",
    "Microsoft.Network/publicIPAddresses/read": (
        "the_nat_gateways_address_is_allowed_but_the_endpoint_hides_it"
    ),
    "Microsoft.Network/routeTables/read": "the_appliance_on_the_route_drops_the_registry",
    "Microsoft.Network/serviceEndpointPolicies/read": (
        "a_policy_of_the_subnet_denies_the_layers_storage"
    ),
    "Microsoft.Network/virtualNetworks/read": "the_zone_is_linked_to_the_hub_alone",
    "Microsoft.Network/virtualNetworks/subnets/read": "the_subnet_lost_its_endpoint",
    "Microsoft.Resources/subscriptions/providers/read": (
        "the_vnets_subscription_does_not_know_the_provider"
    ),
}


def held(actions: list[str]) -> AbstractContextManager[set[str]]:
    """Let the simulated Azure grant these actions alone."""
    known = {action.lower() for action in actions}
    return granting(known.__contains__)


def run(story: Story) -> Judged:
    return judged(Wire(cloud_of(story)), story.image)


def told_by(one: Judged) -> tuple[object, ...]:
    """Give what a reader has of a verdict."""
    primary = one.verdict.primary
    if primary is None:
        return one.cause, one.open, one.limits
    return one.cause, one.sure, primary.finding.fix, primary.finding.evidence


def action_of(ask: Ask) -> str:
    """Give the action that reads what a path names, by its words alone."""
    *_, kind = ask.path.rpartition("/providers/")
    namespace, *words = kind.split("/")
    types = [word for word in words if not word.startswith("{")]
    if ask.path.startswith("/subscriptions") and "/providers/" not in ask.path:
        return "Microsoft.Resources/subscriptions/read"
    return (
        "/".join([namespace, *types, "read"])
        if types
        else ("Microsoft.Resources/subscriptions/providers/read")
    )


def test_the_role_has_the_rights_that_plan_names_and_no_other() -> None:
    named = {ask.right for _, ask in ROWS} - {""}

    assert sorted(named) == ROLE["Actions"], "they are told by `acr-diagnose plan`, in this order"
    assert [ask.path for _, ask in ROWS if not ask.right] == FREE


@pytest.mark.parametrize("ask", [ask for _, ask in ROWS if ask.right], ids=lambda ask: ask.path)
def test_each_request_names_the_action_of_what_it_reads(ask: Ask) -> None:
    assert (ask.method, ask.right) == ("GET", action_of(ask))


def test_it_is_a_reader_without_a_wildcard() -> None:
    assert all(re.fullmatch(r"Microsoft(\.\w+)(/\w+)+/read", one) for one in ROLE["Actions"])
    assert [ROLE[name] for name in ("NotActions", "DataActions", "NotDataActions")] == [[], [], []]


def test_it_is_enough_for_every_verdict() -> None:
    """The same reports as with Reader on everything, in each story."""
    full = {story.name: told_by(told(story.name)) for story in STORIES}
    with held(ROLE["Actions"]):
        poorer = [story.name for story in STORIES if told_by(run(story)) != full[story.name]]

    assert poorer == []


@pytest.mark.parametrize("action", [one for one in ROLE["Actions"] if one != NOT_SEEN])
def test_a_report_is_poorer_without_it(action: str) -> None:
    story = BY_NAME[SEEN_IN[action]]
    full = told_by(told(story.name))  # kept for other tests, so before anything is taken away
    with held([one for one in ROLE["Actions"] if one != action]):
        assert told_by(run(story)) != full


def test_the_page_explains_each_right_by_the_checks_that_ask_for_it() -> None:
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    told = {
        found[1]: set(re.findall(r"`([\w-]+)`", found[2]))
        for found in re.finditer(
            r"^\| `(Microsoft\S+)` \| ([^|]+) \| [^|]{8,} \|$", text, re.MULTILINE
        )
    }

    assert told == {
        right: {check for check, ask in ROWS if ask.right == right} for right in ROLE["Actions"]
    }
    assert ROLE["Name"] in text


def test_azure_cli_takes_it(tmp_path: Path) -> None:
    """Its own code reads the file; what it would send is caught before it is sent."""
    if not AZ.exists():
        pytest.skip("no azure-cli here: make test puts one into .build")
    source = f"""
from unittest import mock
from azure.cli.core import get_default_cli
from azure.cli.command_modules.role import custom
with mock.patch.object(custom, "_auth_client_factory") as factory:
    custom.create_role_definition(mock.Mock(cli_ctx=get_default_cli()), {str(FILE)!r})
    sent = factory.return_value.role_definitions.create_or_update.call_args.kwargs
role = sent["role_definition"]
print(role.role_name, sent["scope"], *role.assignable_scopes, len(role.permissions))
print(*role.permissions[0].actions, sep="\\n")
"""
    done = subprocess.run(
        [str(AZ), "-c", source],
        env={**os.environ, "AZURE_CONFIG_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )

    assert done.returncode == 0, done.stderr
    first, *actions = done.stdout.splitlines()
    scope = ROLE["AssignableScopes"][0]
    assert first == f"{ROLE['Name']} {scope} {scope} 1"
    assert actions == ROLE["Actions"]


def test_bicep_and_terraform_take_the_rights_from_the_file() -> None:
    """Neither has a list of its own, and each field that they read is there."""
    bicep = (FOLDER / "main.bicep").read_text(encoding="utf-8")
    module = (FOLDER / "assignment.bicep").read_text(encoding="utf-8")
    terraform = (FOLDER / "main.tf").read_text(encoding="utf-8")
    lists = {"actions", "notActions", "dataActions", "notDataActions"}

    assert f"var role = loadJsonContent('{FILE.name}')" in bicep
    assert f'jsondecode(file("${{path.module}}/{FILE.name}"))' in terraform
    for text in (bicep, terraform):
        assert not re.search(r"Microsoft[\w./]+/(read|write|action|\*)", text)
        fields = {name.lower(): field for name, field in re.findall(FIELD, text)}
        used = {name.replace("_", ""): field.lower() for name, field in fields.items()}
        assert {name.lower(): name.lower() for name in lists}.items() <= used.items()
        assert set(re.findall(r"\brole\.([A-Z]\w+)", text)) <= set(ROLE)
    given = re.search(r"params: \{(.*?)\}", bicep, re.DOTALL)
    assert given
    assert set(re.findall(r"(\w+):", given[1])) == set(
        re.findall(r"^param (\w+)", module, re.MULTILINE)
    )
    assert all(text.count("{") == text.count("}") for text in (bicep, module))
