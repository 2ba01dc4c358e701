"""Who asks: metadata, identity, roles, credentials."""

import base64
import json
from dataclasses import replace

from diagnose.lab import cases, tokens
from diagnose.lab.cloud import Cloud, Identity, RoleAssignment
from diagnose.lab.healthy import (
    APP_GROUP,
    CLIENT_ID,
    PRINCIPAL,
    REGISTRY_ID,
    REGISTRY_SUBSCRIPTION,
    SUBSCRIPTION,
    TENANT,
)
from tests.scenarios.stories.story import story

LOGIN = "contoso.azurecr.io"
CONFIG = "/root/.docker/config.json"
PROVIDERS = "/var/lib/kubelet/credential-provider-config.yaml"
OTHER_TENANT = "0e5a11fe-0000-4000-8000-00000000c0de"
APP = Identity(
    "app",
    "5e4f1ce0-0000-4000-8000-00000000e0e0",
    "5e4f1ce0-0000-4000-8000-00000000d0d0",
    TENANT,
    secret="the~secret~of~today",
)


def packed(user: str, secret: str) -> dict[str, str]:
    return {"auth": base64.b64encode(f"{user}:{secret}".encode()).decode()}


def docker_keeps(cloud: Cloud, host: str, entry: dict[str, str]) -> None:
    cloud.machine.files[CONFIG] = json.dumps({"auths": {host: entry}})


def pulls_by_login(cloud: Cloud, secret: str = APP.secret) -> None:
    """A machine without a managed identity, whose docker signs in as a service principal."""
    cloud.identities = [replace(APP)]  # a story may change it
    cloud.role_assignments = [RoleAssignment(APP.object_id, "AcrPull", REGISTRY_ID)]
    docker_keeps(cloud, LOGIN, packed(APP.client_id, secret))


def expired(cloud: Cloud) -> dict[str, str]:
    """What "az acr login" left behind some hours ago."""
    claims = {"aud": LOGIN, "iss": tokens.ISSUER, "sub": PRINCIPAL, "grant_type": "refresh_token"}
    return {"auth": "", "identitytoken": tokens.mint(cloud, claims, -60)}


def on_aks(cloud: Cloud, *patterns: str) -> None:
    listed = "".join(f'      - "{pattern}"\n' for pattern in patterns)
    cloud.machine.files["/etc/kubernetes/azure.json"] = "{}"
    cloud.machine.files[PROVIDERS] = (
        "apiVersion: kubelet.config.k8s.io/v1\nkind: CredentialProviderConfig\nproviders:\n"
        f"  - name: acr-credential-provider\n    matchImages:\n{listed}"
        '    defaultCacheDuration: "10m"\n'
        "    args:\n      - /etc/kubernetes/azure.json\n"
    )


@story("imds-unreachable", "imds-unreachable", unsure="proven")
def the_metadata_service_is_silent(cloud: Cloud) -> None:
    cloud.imds_up = False


@story("no-managed-identity", "no-managed-identity", unsure="proven")
def the_machine_has_no_identity(cloud: Cloud) -> None:
    cloud.identities = []


@story("identity-ambiguous", "identity-ambiguous", unsure="proven")
def several_identities_and_none_is_chosen(cloud: Cloud) -> None:
    several_identities(cloud)


def several_identities(cloud: Cloud) -> None:
    cloud.identities = [
        Identity("user", CLIENT_ID, PRINCIPAL, TENANT),
        Identity("user", APP.client_id, APP.object_id, TENANT),
    ]


@story("pull-role-missing", "pull-role-missing")
def the_identity_may_not_pull(cloud: Cloud) -> None:
    cases.pull_role_missing(cloud)


@story("pull-role-missing", "pull-role-missing")
def the_role_is_held_on_another_group(cloud: Cloud) -> None:
    cases.pull_role_missing(cloud)
    cloud.role_assignments.append(RoleAssignment(PRINCIPAL, "AcrPull", APP_GROUP))


@story("pull-role-missing", "pull-role-missing")
def another_identity_than_the_machines_may_pull(cloud: Cloud) -> None:
    cases.pull_role_missing(cloud)
    cloud.identities.append(Identity("spare", APP.client_id, APP.object_id, TENANT))
    cloud.role_assignments.append(RoleAssignment(APP.object_id, "AcrPull", REGISTRY_ID))


@story("wrong-tenant", "pull-role-missing")
def the_registry_is_in_a_tenant_that_ours_manages_by_lighthouse(cloud: Cloud) -> None:
    cloud.tenants[SUBSCRIPTION] = OTHER_TENANT
    for identity in cloud.identities:
        identity.tenant = OTHER_TENANT
    cloud.managed_by[REGISTRY_SUBSCRIPTION] = OTHER_TENANT


@story("abac-role-missing", "abac-role-missing", unsure="proven")
def the_registry_went_over_to_abac(cloud: Cloud) -> None:
    cloud.registry.role_assignment_mode = "AbacRepositoryPermissions"


@story("", "")
def the_registry_is_in_abac_mode_and_the_role_fits(cloud: Cloud) -> None:
    cloud.registry.role_assignment_mode = "AbacRepositoryPermissions"
    reader = "Container Registry Repository Reader"
    cloud.role_assignments = [
        RoleAssignment(PRINCIPAL, reader, REGISTRY_ID) if row.role == "AcrPull" else row
        for row in cloud.role_assignments
    ]


@story("arm-audience-disabled", None)
def only_tokens_for_arm_are_to_be_had_and_they_are_refused(cloud: Cloud) -> None:
    cloud.acr_audience_known = False
    cloud.registry.arm_audience_enabled = False


@story("", "")
def only_tokens_for_arm_are_to_be_had(cloud: Cloud) -> None:
    cloud.acr_audience_known = False


@story("", "")
def tokens_for_arm_are_refused_but_ours_is_for_acr(cloud: Cloud) -> None:
    cloud.registry.arm_audience_enabled = False


@story("credentials-missing", "credentials-missing", unsure="proven")
def docker_is_logged_in_to_another_registry_alone(cloud: Cloud) -> None:
    cloud.identities = []
    docker_keeps(cloud, "fabrikam.azurecr.io", packed("fabrikam", "a-password-of-fabrikam"))


@story("credentials-missing", "credentials-missing", unsure="proven")
def a_host_outside_azure_has_nothing_to_show(cloud: Cloud) -> None:
    cloud.identities, cloud.imds_up, cloud.vm.asset_tag = [], False, ""
    cloud.registry.default_action = "Allow"


@story("credentials-rejected", "credentials-rejected", unsure="proven")
def the_stored_token_ended_hours_ago(cloud: Cloud) -> None:
    cloud.identities = []
    docker_keeps(cloud, LOGIN, expired(cloud))


@story("credentials-rejected", "credentials-rejected", unsure="proven")
def the_admin_password_was_changed(cloud: Cloud) -> None:
    cloud.identities = []
    docker_keeps(cloud, LOGIN, packed("contoso", "the-password-of-last-year"))


@story("credentials-rejected", "credentials-rejected", sure="likely")
def the_service_principals_secret_ran_out(cloud: Cloud) -> None:
    pulls_by_login(cloud, "the~secret~of~last~year")


@story("", "")
def the_stored_login_of_a_service_principal_works(cloud: Cloud) -> None:
    pulls_by_login(cloud)


@story("", "")
def an_old_login_is_left_beside_an_identity_that_works(cloud: Cloud) -> None:
    docker_keeps(cloud, LOGIN, expired(cloud))


@story("credential-provider-unmatched", "credential-provider-unmatched", unsure="proven")
def the_kubelets_provider_speaks_for_another_cloud_alone(cloud: Cloud) -> None:
    on_aks(cloud, "*.azurecr.cn", "*.azurecr.us", "*.*.geo.azurecr.io")


@story("", "")
def the_kubelets_identity_is_one_of_several_on_the_node(cloud: Cloud) -> None:
    on_aks(cloud, "*.azurecr.io")
    told = {"useManagedIdentityExtension": True, "userAssignedIdentityID": CLIENT_ID}
    cloud.machine.files["/etc/kubernetes/azure.json"] = json.dumps(told)
    several_identities(cloud)


@story("", "")
def the_kubelets_provider_speaks_for_the_registry(cloud: Cloud) -> None:
    on_aks(cloud, "*.azurecr.io", "*.azurecr.cn")
