"""The registry's own firewall."""

from diagnose.lab import cases
from diagnose.lab.cloud import Cloud, Subnet, Vnet
from diagnose.lab.healthy import SIBLING_ID, SUBNET_ID, SUBSCRIPTION, VNET_ID
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
def the_refused_address_is_a_ula_of_a_network_in_the_shared_range(cloud: Cloud) -> None:
    cases.subnet_not_allowed(cloud)
    cloud.source_form = "ula"
    cloud.vm_subnet.prefix, cloud.vm.private_ip = "100.64.0.0/24", "100.64.0.4"


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


@story("rule-subnet-deleted", "subnet-not-allowed")
def the_network_was_built_again_in_another_group(cloud: Cloud) -> None:
    # The rule's VNet and subnet had the same names, in a resource group of before.
    cloud.registry.vnet_rules = [SUBNET_ID.replace("/app-rg/", "/old-rg/")]


@story("subnet-not-allowed", "subnet-not-allowed")
def a_rule_for_another_subnet_that_is_gone_is_left_over(cloud: Cloud) -> None:
    cloud.registry.vnet_rules = [SIBLING_ID.replace("/build", "/retired")]


@story("subnet-not-allowed", "subnet-not-allowed")
def the_rule_is_for_a_subnet_of_the_same_names_that_still_stands(cloud: Cloud) -> None:
    twin = SUBNET_ID.replace("/app-rg/", "/old-rg/")
    vnet = twin.rsplit("/subnets/", 1)[0]
    cloud.vnets.append(Vnet(vnet, "10.9.0.0/16", "eastus", [Subnet(twin, "10.9.0.0/24")]))
    cloud.registry.vnet_rules = [twin]


@story("rule-quota-reached", "subnet-not-allowed")
def a_hundred_other_subnets_have_a_rule(cloud: Cloud) -> None:
    fill_rules(cloud, 100)


@story("subnet-not-allowed", "subnet-not-allowed")
def ninety_nine_other_subnets_have_a_rule(cloud: Cloud) -> None:
    fill_rules(cloud, 99)


@story("", "")
def this_subnet_is_one_of_a_hundred_with_a_rule(cloud: Cloud) -> None:
    fill_rules(cloud, 99)
    cloud.registry.vnet_rules.append(SUBNET_ID)


def fill_rules(cloud: Cloud, count: int) -> None:
    """Give ``count`` subnets of another VNet a rule each, and ours none."""
    vnet = VNET_ID.replace("app-vnet", "other-vnet")
    subnets = [Subnet(f"{vnet}/subnets/s{n}", f"10.8.{n}.0/24") for n in range(count)]
    cloud.vnets.append(Vnet(vnet, "10.8.0.0/16", "eastus", subnets))
    cloud.registry.vnet_rules = [one.id for one in subnets]


@story("unsupported-host", "unsupported-host", sure="likely")
def the_pull_is_made_inside_a_container_app(cloud: Cloud) -> None:
    managed(cloud, {"CONTAINER_APP_NAME": "web", "CONTAINER_APP_REVISION": "web--1"})


@story("unsupported-host", "unsupported-host", sure="likely")
def the_pull_is_made_inside_a_container_instance(cloud: Cloud) -> None:
    managed(cloud, {})
    cloud.machine.files["/etc/hostname"] = "SandboxHost-638055734008819914\n"


@story("trusted-service-not-covered", "trusted-service-not-covered", sure="likely")
def the_pull_is_made_inside_a_job_of_machine_learning(cloud: Cloud) -> None:
    managed(cloud, {"AZUREML_RUN_ID": "sweet_pear_1"})


@story("service-endpoint-missing", "service-endpoint-missing")
def a_virtual_machine_bears_a_platforms_variable(cloud: Cloud) -> None:
    cases.service_endpoint_missing(cloud)
    cloud.machine.environ["WEBSITE_SITE_NAME"] = "left-by-a-script"


def managed(cloud: Cloud, environ: dict[str, str]) -> None:
    """Make the machine one of a managed platform: no metadata, and an address of the platform's."""
    cases.service_endpoint_missing(cloud)
    cloud.vm.asset_tag, cloud.imds_up = "", False
    cloud.machine.environ.update(environ)
