"""The way out: egress, proxies, TLS, the clock."""

from diagnose.lab import cases
from diagnose.lab.cloud import Cloud, Fault, Identity, Proxy, RoleAssignment
from diagnose.lab.healthy import REGISTRY_ID, TENANT
from diagnose.lab.layers import ACR_ALIAS
from diagnose.lab.machine import SYSTEM_BUNDLE
from tests.scenarios.stories.names import HUB_ID, private_link
from tests.scenarios.stories.story import story

REGISTRY = "contoso.azurecr.io"
LAYERS = "eusmanaged15.blob.core.windows.net"
CORPORATE = "/etc/ssl/corporate.pem"


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


@story("egress-blocked-data", "egress-blocked-data", unsure="proven")
def a_rule_denies_storage(cloud: Cloud) -> None:
    cloud.vm_subnet.blocked = {"Storage"}


@story("egress-blocked-registry", "egress-blocked-registry", unsure="proven")
def the_appliance_on_the_route_drops_the_registry(cloud: Cloud) -> None:
    cloud.vm_subnet.service_endpoints.clear()
    cloud.vm_subnet.nva_public_ip = "20.81.4.7"
    cloud.registry.default_action = "Allow"
    cloud.faults["registry"] = Fault.DROP


@story("tls-intercepted", "tls-intercepted", unsure="proven")
def a_middlebox_signs_for_the_registry(cloud: Cloud) -> None:
    cloud.faults["registry"] = Fault.INTERCEPT


@story("tls-intercepted", "tls-intercepted", unsure="proven")
def a_middlebox_signs_for_the_layers_alone(cloud: Cloud) -> None:
    cloud.faults["layers"] = Fault.INTERCEPT


@story("egress-filtered-registry", "egress-filtered-registry", unsure="proven")
def a_firewall_ends_the_registrys_name(cloud: Cloud) -> None:
    cloud.faults[REGISTRY] = Fault.EOF


@story("egress-filtered-registry", "egress-filtered-registry", unsure="proven")
def a_firewall_resets_the_registrys_name(cloud: Cloud) -> None:
    cloud.faults[REGISTRY] = Fault.RESET


@story("egress-filtered-registry", "egress-filtered-registry", unsure="proven")
def a_filter_swallows_the_registrys_name(cloud: Cloud) -> None:
    cloud.faults[REGISTRY] = Fault.SILENT


@story("egress-filtered-registry", "egress-filtered-registry", unsure="proven")
def a_firewall_that_opens_tls_answers_itself(cloud: Cloud) -> None:
    cloud.faults[REGISTRY] = Fault.PAGE
    cloud.machine.bundles[SYSTEM_BUNDLE].add("inspecting")


@story("egress-filtered-data", "egress-filtered-data", unsure="proven")
def a_firewall_ends_the_layers_name(cloud: Cloud) -> None:
    cloud.faults[LAYERS] = Fault.EOF


@story("egress-filtered-data", "egress-filtered-data", unsure="proven")
def a_firewall_answers_for_the_layers(cloud: Cloud) -> None:
    cloud.faults[LAYERS] = Fault.PAGE
    cloud.machine.bundles[SYSTEM_BUNDLE].add("inspecting")


def by_proxy(cloud: Cloud) -> Proxy:
    """Every request goes by a proxy, whose address the registry's rules let in."""
    cloud.proxy = Proxy()
    cloud.registry.ip_rules = [cloud.proxy.public_ip]
    cloud.machine.environ["HTTPS_PROXY"] = f"http://{cloud.proxy.address}:{cloud.proxy.port}"
    return cloud.proxy


@story("", "")
def a_proxy_is_the_only_way_out(cloud: Cloud) -> None:
    by_proxy(cloud)
    cloud.vm_subnet.service_endpoints.clear()
    cloud.vm_subnet.outbound = False


@story("proxy-denied", "proxy-denied", unsure="proven")
def the_proxy_denies_the_registry(cloud: Cloud) -> None:
    by_proxy(cloud).denied = {REGISTRY}


@story("proxy-denied", "proxy-denied", unsure="proven")
def the_proxy_denies_everything_and_is_the_only_way_out(cloud: Cloud) -> None:
    by_proxy(cloud).denied = {"*"}
    cloud.vm_subnet.service_endpoints.clear()
    cloud.vm_subnet.outbound = False


@story("proxy-denied", "proxy-denied", unsure="proven")
def the_proxy_denies_the_layers(cloud: Cloud) -> None:
    by_proxy(cloud).denied = {LAYERS}


@story("proxy-denied", "proxy-denied", unsure="proven")
def the_proxy_opens_tls_and_answers_itself(cloud: Cloud) -> None:
    proxy = by_proxy(cloud)
    proxy.denied, proxy.inspects = {REGISTRY}, True
    cloud.machine.bundles[SYSTEM_BUNDLE].add("inspecting")


@story("proxy-auth-required", "proxy-auth-required", unsure="proven")
def the_proxy_wants_a_user(cloud: Cloud) -> None:
    by_proxy(cloud).login = "app:secret"


@story("", "")
def the_proxy_gets_its_user(cloud: Cloud) -> None:
    proxy = by_proxy(cloud)
    proxy.login = "app:secret"
    place = f"{proxy.address}:{proxy.port}"
    cloud.machine.environ["HTTPS_PROXY"] = f"http://{proxy.login}@{place}"


@story("proxy-unreachable", "proxy-unreachable", unsure="proven")
def the_proxy_is_dropped(cloud: Cloud) -> None:
    cloud.faults[by_proxy(cloud).address] = Fault.DROP


@story("proxy-unreachable", "proxy-unreachable", unsure="proven")
def nothing_listens_at_the_proxys_port(cloud: Cloud) -> None:
    cloud.faults[by_proxy(cloud).address] = Fault.REFUSE


@story("proxy-unreachable", "proxy-unreachable", unsure="proven")
def the_proxys_name_does_not_exist(cloud: Cloud) -> None:
    by_proxy(cloud)
    cloud.machine.environ["HTTPS_PROXY"] = "http://old-proxy.contoso.example:3128"


@story("", "")
def the_registry_is_exempt_from_a_dead_proxy(cloud: Cloud) -> None:
    cloud.faults[by_proxy(cloud).address] = Fault.DROP
    cloud.machine.environ["NO_PROXY"] = ".azurecr.io,.core.windows.net,.azure.com"


@story("tls-untrusted-ca", "tls-untrusted-ca", unsure="proven")
def a_variable_names_the_companys_authority_alone(cloud: Cloud) -> None:
    cloud.machine.bundles[CORPORATE] = {"inspecting"}
    cloud.machine.environ["SSL_CERT_FILE"] = CORPORATE


@story("tls-untrusted-ca", "tls-untrusted-ca", unsure="proven")
def a_variable_names_a_file_that_is_not_there(cloud: Cloud) -> None:
    cloud.machine.environ["REQUESTS_CA_BUNDLE"] = CORPORATE


@story("tls-untrusted-ca", "tls-untrusted-ca", unsure="proven")
def the_machines_store_lacks_the_public_authorities(cloud: Cloud) -> None:
    cloud.machine.bundles[SYSTEM_BUNDLE] = {"inspecting"}


@story("clock-skewed", "clock-skewed", unsure="proven")
def the_clock_is_a_year_behind(cloud: Cloud) -> None:
    cloud.clock_offset = -365 * 86400.0


@story("clock-skewed", "clock-skewed", unsure="proven")
def the_clock_is_a_year_ahead(cloud: Cloud) -> None:
    cloud.clock_offset = 365 * 86400.0


@story("", "")
def the_clock_is_an_hour_behind(cloud: Cloud) -> None:
    cloud.clock_offset = -3600.0


@story("mtu-black-hole", "mtu-black-hole", unsure="proven")
def the_path_loses_large_packets(cloud: Cloud) -> None:
    cloud.segments["*"] = 1360


@story("mtu-black-hole", "mtu-black-hole", unsure="proven")
def the_layers_path_loses_large_packets(cloud: Cloud) -> None:
    cloud.segments["layers"] = 1360


@story("snat-exhausted", "snat-exhausted", unsure="proven")
def one_in_four_connections_finds_a_port(cloud: Cloud) -> None:
    cloud.vm_subnet.service_endpoints.clear()
    cloud.registry.default_action = "Allow"
    cloud.vm_subnet.snat_every = 4


def by_secret(cloud: Cloud) -> None:
    """The person signs in as a service principal, which the registry lets pull."""
    app = Identity("app", "app11111-0000-4000-8000-000000000001", "oid-app", TENANT, secret="s3")
    cloud.identities.append(app)
    cloud.role_assignments.append(RoleAssignment(app.object_id, "AcrPull", REGISTRY_ID))
    cloud.machine.auth = "env"
    cloud.machine.environ |= {
        "AZURE_TENANT_ID": TENANT,
        "AZURE_CLIENT_ID": app.client_id,
        "AZURE_CLIENT_SECRET": app.secret,
    }


@story("", "")
def a_service_principal_pulls(cloud: Cloud) -> None:
    by_secret(cloud)


@story("egress-blocked-entra", "egress-blocked-entra", unsure="proven")
def sign_in_is_dropped(cloud: Cloud) -> None:
    by_secret(cloud)
    cloud.vm_subnet.blocked = {"AzureActiveDirectory"}


@story("", "")
def sign_in_is_dropped_and_a_managed_identity_pulls(cloud: Cloud) -> None:
    cloud.vm_subnet.blocked = {"AzureActiveDirectory"}


@story("private-endpoint-unreachable", "private-endpoint-unreachable")
def the_private_endpoint_does_not_answer(cloud: Cloud) -> None:
    private_link(cloud)
    cloud.registry.private_endpoints[0].reachable = False


@story("private-endpoint-unreachable", "private-endpoint-unreachable")
def the_private_endpoint_is_in_a_vnet_that_is_not_peered(cloud: Cloud) -> None:
    private_link(cloud)
    cloud.registry.private_endpoints[0].reachable = False
    cloud.registry.private_endpoints[0].subnet_id = f"{HUB_ID}/subnets/endpoints"


@story("private-endpoint-not-approved", "private-endpoint-unreachable")
def the_private_endpoint_waits_for_approval(cloud: Cloud) -> None:
    private_link(cloud)
    cloud.registry.private_endpoints[0].status = "Pending"


@story("private-endpoint-not-approved", "private-endpoint-unreachable")
def the_private_endpoint_was_disconnected(cloud: Cloud) -> None:
    private_link(cloud)
    cloud.registry.private_endpoints[0].status = "Disconnected"


@story("egress-path-bypasses-endpoint", "egress-path-bypasses-endpoint", unsure="proven")
def a_proxy_goes_round_the_private_endpoint(cloud: Cloud) -> None:
    private_link(cloud)
    by_proxy(cloud)


@story("storage-endpoint-policy-blocks-layers", "storage-endpoint-policy-blocks-layers")
def a_policy_of_the_subnet_denies_the_layers_storage(cloud: Cloud) -> None:
    cloud.vm_subnet.storage_policy = True


@story("", "")
def a_policy_of_the_subnet_lets_registries_through(cloud: Cloud) -> None:
    cloud.vm_subnet.storage_policy = True
    cloud.vm_subnet.storage_aliases = {ACR_ALIAS}
