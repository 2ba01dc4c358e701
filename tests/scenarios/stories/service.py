"""The registry's own service."""

from diagnose.lab.cloud import Cloud
from tests.scenarios.stories.story import story


@story("throttled", "throttled", unsure="proven")
def the_registry_throttles(cloud: Cloud) -> None:
    cloud.registry.fault = "throttled"


@story("registry-unavailable", "registry-unavailable", unsure="proven")
def the_registry_answers_503(cloud: Cloud) -> None:
    cloud.registry.fault = "503"


@story("cmk-key-unavailable", "cmk-key-unavailable")
def the_registrys_own_key_is_disabled(cloud: Cloud) -> None:
    cloud.registry.customer_key = "https://contoso.vault.azure.net/keys/acr"
    cloud.registry.cmk_unavailable = True
