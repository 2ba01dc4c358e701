"""The registry's own firewall."""

from diagnose.lab import cases
from diagnose.lab.cloud import Cloud
from diagnose.lab.healthy import SUBSCRIPTION
from tests.scenarios.stories.story import story

NVA = "20.81.4.7"


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
