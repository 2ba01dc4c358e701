"""The simulated Azure as a process of the azure namespace: ``python -m tests.e2e.serve CASE``.

Each line on stdin is the name of another mutation to apply; each is answered by ``READY`` and the
authority to trust. The end of stdin is the end of it all.
"""

import sys
from collections.abc import Callable

from diagnose.lab.cases import CASES
from diagnose.lab.cloud import Cloud, Fault, Identity, RoleAssignment
from diagnose.lab.healthy import SUBSCRIPTION, healthy_cloud
from diagnose.lab.image import build_image
from diagnose.lab.servers import Lab
from tests.e2e.az import ADMINISTRATOR
from tests.e2e.registry import URL, push
from tests.scenarios.stories import names, path


def egress_blocked_registry(cloud: Cloud) -> None:
    cloud.faults["registry"] = Fault.DROP


def administrator(cloud: Cloud) -> None:
    """A second identity of the VM's, for whoever pastes a fix."""
    who = Identity("user", ADMINISTRATOR, ADMINISTRATOR, cloud.registry.tenant, "an-administrator")
    cloud.identities.append(who)
    for subscription in cloud.subscriptions:
        scope = f"/subscriptions/{subscription}"
        cloud.role_assignments.append(RoleAssignment(who.object_id, "Owner", scope))


def the_subnet_has_neither(cloud: Cloud) -> None:
    CASES["service-endpoint-missing"](cloud)
    CASES["subnet-not-allowed"](cloud)


def provider_not_registered(cloud: Cloud) -> None:
    cloud.subscriptions[SUBSCRIPTION]["Microsoft.ContainerRegistry"] = "NotRegistered"


def public_image(cloud: Cloud) -> None:
    """Microsoft's own registry holds the image that az acr check-health has docker pull."""
    cloud.public_images["mcr/hello-world"] = {"latest": build_image(note="mcr")}


def rule_added(cloud: Cloud) -> None:
    cloud.registry.vnet_rules.append(cloud.vm.subnet_id)


MUTATIONS: dict[str, Callable[[Cloud], None]] = CASES | {
    "administrator": administrator,
    "egress-blocked-registry": egress_blocked_registry,
    "neither-endpoint-nor-rule": the_subnet_has_neither,
    "no-outbound": path.the_subnet_has_no_way_out,
    "private-dns-record-missing": names.the_linked_zone_lacks_the_registry,
    "provider-not-registered": provider_not_registered,
    "public-image": public_image,
    "resolver-silent": names.the_resolver_is_silent,
    "rule-added": rule_added,
}


def main(case: str) -> None:
    cloud = healthy_cloud()
    cloud.registry_backend = URL
    for repository, tags in cloud.registry.repositories.items():
        for tag, image in tags.items():
            push(URL, repository, tag, image)
    MUTATIONS[case](cloud)
    with Lab.on_addresses(cloud) as lab:
        print("READY", lab.ca_file, flush=True)
        for line in sys.stdin:
            MUTATIONS[line.strip()](cloud)
            lab.settle()
            print("READY", lab.ca_file, flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
