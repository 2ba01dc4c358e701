"""Who asks: metadata, identity, roles, credentials."""

from diagnose.lab import cases
from diagnose.lab.cloud import Cloud
from tests.scenarios.stories.story import story


@story("imds-unreachable", "imds-unreachable", unsure="proven")
def the_metadata_service_is_silent(cloud: Cloud) -> None:
    cloud.imds_up = False


@story("no-managed-identity", "no-managed-identity", unsure="proven")
def the_machine_has_no_identity(cloud: Cloud) -> None:
    cloud.identities = []


@story("pull-role-missing", "pull-role-missing", unsure="proven")
def the_identity_may_not_pull(cloud: Cloud) -> None:
    cases.pull_role_missing(cloud)
