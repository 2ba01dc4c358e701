"""The stories: each is the healthy cloud with one thing changed, and the cause that is true then.

``with_arm`` is the cause for an identity that may read in Azure, ``without`` for one that may only
pull. An empty string is a pull that works; None stands where the data plane alone cannot name one
cause, and the verdict has to be inconclusive.
"""

from collections.abc import Callable
from dataclasses import dataclass

from diagnose.lab import cases
from diagnose.lab.cloud import Cloud, Fault, Resolver
from diagnose.lab.healthy import SUBNET_ID, SUBSCRIPTION

NVA = "20.81.4.7"


@dataclass(frozen=True, kw_only=True)
class Story:
    """``image`` is what is asked for; ``sure`` the confidence with rights, ``unsure`` without."""

    name: str
    change: Callable[[Cloud], None]
    with_arm: str
    without: str | None
    sure: str = "proven"
    unsure: str = "likely"
    image: str = "contoso.azurecr.io/app:v1"


STORIES: list[Story] = []


def story(
    with_arm: str,
    without: str | None,
    *,
    sure: str = "proven",
    unsure: str = "likely",
    image: str = "contoso.azurecr.io/app:v1",
) -> Callable[[Callable[[Cloud], None]], Callable[[Cloud], None]]:
    def register(change: Callable[[Cloud], None]) -> Callable[[Cloud], None]:
        STORIES.append(
            Story(
                name=change.__name__,
                change=change,
                with_arm=with_arm,
                without=without,
                sure=sure,
                unsure=unsure,
                image=image,
            )
        )
        return change

    return register


def blind(cloud: Cloud) -> None:
    """Take every right to read in Azure away; the right to pull stays as it is."""
    cloud.role_assignments = [row for row in cloud.role_assignments if row.role == "AcrPull"]


# -- the pull works ---------------------------------------------------------------------------


@story("", "")
def everything_is_right(cloud: Cloud) -> None:
    cases.healthy(cloud)


@story("", "")
def the_rule_is_written_in_another_case(cloud: Cloud) -> None:
    cloud.registry.vnet_rules = [SUBNET_ID.upper()]


@story("", "")
def the_rule_has_the_field_of_2023(cloud: Cloud) -> None:
    cloud.registry.fields_since_2026 = False


@story("", "")
def the_registry_is_open_and_has_no_rules(cloud: Cloud) -> None:
    cloud.registry.default_action = "Allow"
    cloud.registry.vnet_rules = []


@story("", "")
def a_standard_registry_has_no_firewall_at_all(cloud: Cloud) -> None:
    cloud.registry.sku = "Standard"


@story("", "")
def the_only_way_out_is_the_endpoints(cloud: Cloud) -> None:
    cloud.vm_subnet.outbound = False


@story("", "", image="contoso.azurecr.io/app:multi")
def the_tag_is_an_index(cloud: Cloud) -> None:
    cases.healthy(cloud)


@story("", "", image="contoso")
def only_the_registry_is_named(cloud: Cloud) -> None:
    cases.healthy(cloud)


# -- name and path ----------------------------------------------------------------------------


@story("registry-name-not-found", "registry-name-not-found", unsure="proven")
def the_registry_was_deleted(cloud: Cloud) -> None:
    cloud.registry.deleted = True


@story("dns-server-unreachable", "dns-server-unreachable", unsure="proven")
def the_resolver_is_silent(cloud: Cloud) -> None:
    cloud.dns.servers["168.63.129.16"] = Resolver("silent")


@story("no-outbound", "no-outbound", unsure="proven")
def the_subnet_has_no_way_out(cloud: Cloud) -> None:
    cloud.vm_subnet.service_endpoints.clear()
    cloud.vm_subnet.outbound = False


@story("egress-blocked-registry", "egress-blocked-registry", unsure="proven")
def the_registry_is_dropped(cloud: Cloud) -> None:
    cloud.vm_subnet.blocked = {"AzureContainerRegistry"}


@story("egress-blocked-data", "egress-blocked-data", unsure="proven")
def the_layers_are_dropped(cloud: Cloud) -> None:
    cases.egress_blocked_data(cloud)


@story("tls-intercepted", "tls-intercepted", unsure="proven")
def a_middlebox_signs_for_the_registry(cloud: Cloud) -> None:
    cloud.faults["registry"] = Fault.INTERCEPT


# -- the registry's firewall ------------------------------------------------------------------


@story("service-endpoint-missing", "service-endpoint-missing")
def the_subnet_lost_its_endpoint(cloud: Cloud) -> None:
    cases.service_endpoint_missing(cloud)


@story("service-endpoint-missing", "service-endpoint-missing")
def the_old_registry_refuses_at_v2(cloud: Cloud) -> None:
    cases.service_endpoint_missing(cloud)
    cloud.registry.denies_at = "v2"


@story("service-endpoint-missing", "service-endpoint-missing")
def neither_endpoint_nor_rule(cloud: Cloud) -> None:
    cases.service_endpoint_missing(cloud)
    cases.subnet_not_allowed(cloud)


@story("service-endpoint-not-ready", "service-endpoint-missing")
def the_endpoint_failed_to_provision(cloud: Cloud) -> None:
    for endpoint in cloud.vm_subnet.service_endpoints:
        endpoint.provisioning_state = "Failed"


@story("subnet-not-allowed", "subnet-not-allowed")
def a_sibling_subnet_is_allowed(cloud: Cloud) -> None:
    cases.subnet_not_allowed(cloud)


@story("subnet-not-allowed", "subnet-not-allowed")
def no_subnet_is_allowed(cloud: Cloud) -> None:
    cloud.registry.vnet_rules = []


@story("subnet-not-allowed", "subnet-not-allowed")
def the_refused_address_is_a_ula(cloud: Cloud) -> None:
    cases.subnet_not_allowed(cloud)
    cloud.source_form = "ula"


@story("subnet-not-allowed", "subnet-not-allowed")
def a_scale_set_instance_is_not_allowed(cloud: Cloud) -> None:
    cases.subnet_not_allowed(cloud)
    cloud.vm.kind, cloud.vm.scale_set = "uniform", "app-set"
    for identity in cloud.identities:
        identity.resource_id = cloud.vm.resource_id


@story("public-access-disabled", "subnet-not-allowed")
def public_access_is_off(cloud: Cloud) -> None:
    cases.public_access_disabled(cloud)


@story("ip-not-allowed", "service-endpoint-missing")
def the_registry_lists_addresses_and_ours_is_not_one(cloud: Cloud) -> None:
    cases.service_endpoint_missing(cloud)
    cloud.registry.vnet_rules = []
    cloud.registry.ip_rules = ["16.17.18.0/24"]


@story("", "")
def the_registry_lists_our_address(cloud: Cloud) -> None:
    cases.service_endpoint_missing(cloud)
    cloud.registry.vnet_rules = []
    cloud.vm_subnet.nat_public_ip = None
    cloud.vm.public_ip = "52.226.1.9"
    cloud.registry.ip_rules = ["52.226.1.0/24"]


@story("ip-rule-defeated-by-endpoint", "subnet-not-allowed")
def the_nat_gateways_address_is_allowed_but_the_endpoint_hides_it(cloud: Cloud) -> None:
    cloud.registry.vnet_rules = []
    cloud.registry.ip_rules = [f"{cloud.vm_subnet.nat_public_ip}/32"]


@story("subnet-not-allowed", "subnet-not-allowed")
def some_other_address_is_allowed_and_the_endpoint_is_on(cloud: Cloud) -> None:
    cloud.registry.vnet_rules = []
    cloud.registry.ip_rules = ["16.17.18.0/24"]


@story("ip-rule-defeated-by-endpoint", "subnet-not-allowed")
def an_address_is_allowed_that_the_endpoint_hides(cloud: Cloud) -> None:
    cloud.registry.vnet_rules = []
    cloud.vm_subnet.nat_public_ip = None
    cloud.vm.public_ip = "52.226.1.9"
    cloud.registry.ip_rules = ["52.226.1.9/32"]


@story("egress-path-bypasses-endpoint", "service-endpoint-missing")
def a_firewall_takes_the_traffic_in_spite_of_the_endpoint(cloud: Cloud) -> None:
    cloud.vm_subnet.diverted["AzureContainerRegistry"] = NVA


@story("provider-not-registered", "subnet-not-allowed")
def the_vnets_subscription_does_not_know_the_provider(cloud: Cloud) -> None:
    cloud.subscriptions[SUBSCRIPTION]["Microsoft.ContainerRegistry"] = "NotRegistered"


@story("unsupported-cloud", "unsupported-cloud", image="contoso.azurecr.cn/app:v1")
def the_cloud_has_no_endpoints_for_registries(cloud: Cloud) -> None:
    cloud.environment = "AzureChinaCloud"


# -- identity, content, service ---------------------------------------------------------------


@story("imds-unreachable", "imds-unreachable", unsure="proven")
def the_metadata_service_is_silent(cloud: Cloud) -> None:
    cloud.imds_up = False


@story("no-managed-identity", "no-managed-identity", unsure="proven")
def the_machine_has_no_identity(cloud: Cloud) -> None:
    cloud.identities = []


@story("pull-role-missing", "pull-role-missing", unsure="proven")
def the_identity_may_not_pull(cloud: Cloud) -> None:
    cases.pull_role_missing(cloud)


@story(
    "repository-not-found",
    "repository-not-found",
    unsure="proven",
    image="contoso.azurecr.io/nothere:v1",
)
def the_repository_is_not_there(cloud: Cloud) -> None:
    cases.healthy(cloud)


@story("tag-not-found", "tag-not-found", unsure="proven", image="contoso.azurecr.io/app:v9")
def the_tag_is_not_there(cloud: Cloud) -> None:
    cases.healthy(cloud)


@story("throttled", "throttled", unsure="proven")
def the_registry_throttles(cloud: Cloud) -> None:
    cloud.registry.fault = "throttled"


@story("registry-unavailable", "registry-unavailable", unsure="proven")
def the_registry_answers_503(cloud: Cloud) -> None:
    cloud.registry.fault = "503"
