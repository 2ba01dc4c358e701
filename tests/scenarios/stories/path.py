"""The way out: egress, TLS."""

from diagnose.lab import cases
from diagnose.lab.cloud import Cloud, Fault
from tests.scenarios.stories.story import story


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
