"""The root causes, by layer; the order of this list decides nothing."""

from diagnose.causes.content import (
    repository_not_found,
    tag_not_found,
)
from diagnose.causes.dns import (
    dns_server_unreachable,
    registry_name_not_found,
)
from diagnose.causes.firewall import (
    egress_path_bypasses_endpoint,
    ip_not_allowed,
    ip_rule_defeated_by_endpoint,
    provider_not_registered,
    public_access_disabled,
    registry_not_premium,
    service_endpoint_missing,
    service_endpoint_not_ready,
    subnet_not_allowed,
    unsupported_cloud,
)
from diagnose.causes.host import imds_unreachable
from diagnose.causes.identity import (
    no_managed_identity,
    pull_role_missing,
)
from diagnose.causes.path import (
    egress_blocked_data,
    egress_blocked_registry,
    no_outbound,
    tls_intercepted,
)
from diagnose.causes.runtime import runtime_down
from diagnose.causes.service import (
    registry_unavailable,
    throttled,
)

ALL = (
    dns_server_unreachable.CAUSE,
    registry_name_not_found.CAUSE,
    egress_blocked_data.CAUSE,
    egress_blocked_registry.CAUSE,
    no_outbound.CAUSE,
    tls_intercepted.CAUSE,
    egress_path_bypasses_endpoint.CAUSE,
    ip_not_allowed.CAUSE,
    ip_rule_defeated_by_endpoint.CAUSE,
    provider_not_registered.CAUSE,
    public_access_disabled.CAUSE,
    registry_not_premium.CAUSE,
    service_endpoint_missing.CAUSE,
    service_endpoint_not_ready.CAUSE,
    subnet_not_allowed.CAUSE,
    unsupported_cloud.CAUSE,
    imds_unreachable.CAUSE,
    no_managed_identity.CAUSE,
    pull_role_missing.CAUSE,
    repository_not_found.CAUSE,
    tag_not_found.CAUSE,
    registry_unavailable.CAUSE,
    throttled.CAUSE,
    runtime_down.CAUSE,
)
