"""Ids and addresses that a person gives where nothing on the machine tells them."""

from checks.target import Asked
from diagnose import front
from diagnose.lab import cases
from diagnose.lab.cloud import Cloud, Identity, RoleAssignment
from diagnose.lab.healthy import REGISTRY_ID, SUBNET_ID, TENANT, healthy_cloud
from diagnose.runs import demonstration
from diagnose.session import Result

IMAGE = "contoso.azurecr.io/app:v1"
APP = "5e71ce00-0000-4000-8000-00000000a111"


def blind_machine() -> Cloud:
    """A machine whose metadata service is silent; a service principal signs in from elsewhere."""
    cloud = healthy_cloud()
    cloud.imds_up = False
    cloud.identities = [Identity("app", APP, APP, TENANT, secret="not-a-real-one")]
    cloud.role_assignments = [
        RoleAssignment(APP, row.role, row.scope) for row in cloud.role_assignments
    ]
    cloud.machine.auth = "env"
    cloud.machine.environ = {
        "AZURE_CLIENT_ID": APP,
        "AZURE_TENANT_ID": TENANT,
        "AZURE_CLIENT_SECRET": "not-a-real-one",
    }
    return cloud


def run(cloud: Cloud, **given: str) -> Result:
    with demonstration.laboratory(cloud) as options:
        return front.result_of(Asked(text=IMAGE, **given), options)


def named(result: Result) -> tuple[str, str]:
    primary = result.verdict.primary
    return (primary.cause.id, primary.finding.confidence.word) if primary else ("", "")


def test_without_them_the_rule_is_only_likely_to_be_missing_and_the_options_are_named() -> None:
    cloud = blind_machine()
    cases.subnet_not_allowed(cloud)

    result = run(cloud)

    assert named(result) == ("subnet-not-allowed", "likely")
    limits = " ".join(result.limits)
    assert "--subnet ID" in limits
    assert "--registry-id ID" in limits


def test_with_both_it_is_proven_and_the_fix_has_the_true_ids() -> None:
    cloud = blind_machine()
    cases.subnet_not_allowed(cloud)

    result = run(cloud, subnet_id=SUBNET_ID, registry_id=REGISTRY_ID)

    assert named(result) == ("subnet-not-allowed", "proven")
    assert result.verdict.primary is not None
    assert SUBNET_ID in result.verdict.primary.finding.fix[0].command


def test_a_registry_id_of_another_registry_proves_nothing() -> None:
    cloud = blind_machine()
    cases.subnet_not_allowed(cloud)

    result = run(cloud, subnet_id=SUBNET_ID, registry_id=REGISTRY_ID + "2")

    assert named(result) == ("subnet-not-allowed", "likely")
