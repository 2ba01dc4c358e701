"""The registry's firewall refuses: service endpoints, rules, and what defeats them."""

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

ALL = (
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
)
