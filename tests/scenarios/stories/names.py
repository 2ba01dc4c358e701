"""Names: DNS, resolvers, private zones."""

from diagnose.lab.cloud import Cloud, Resolver
from tests.scenarios.stories.story import story


@story("registry-name-not-found", "registry-name-not-found", unsure="proven")
def the_registry_was_deleted(cloud: Cloud) -> None:
    cloud.registry.deleted = True


@story("dns-server-unreachable", "dns-server-unreachable", unsure="proven")
def the_resolver_is_silent(cloud: Cloud) -> None:
    cloud.dns.servers["168.63.129.16"] = Resolver("silent")
