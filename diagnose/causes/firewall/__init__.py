"""The registry's firewall refuses: service endpoints, rules, and what defeats them."""

from diagnose.causes.firewall import (
    egress_path_bypasses_endpoint,
    ip_not_allowed,
    ip_rule_defeated_by_endpoint,
    private_link_conflict,
    provider_not_registered,
    public_access_disabled,
    registry_not_premium,
    rule_quota_reached,
    rule_subnet_deleted,
    service_endpoint_missing,
    service_endpoint_not_ready,
    subnet_not_allowed,
    trusted_service_not_covered,
    unsupported_cloud,
    unsupported_host,
)

ALL = (
    egress_path_bypasses_endpoint.CAUSE,
    ip_not_allowed.CAUSE,
    ip_rule_defeated_by_endpoint.CAUSE,
    private_link_conflict.CAUSE,
    provider_not_registered.CAUSE,
    public_access_disabled.CAUSE,
    registry_not_premium.CAUSE,
    rule_quota_reached.CAUSE,
    rule_subnet_deleted.CAUSE,
    service_endpoint_missing.CAUSE,
    service_endpoint_not_ready.CAUSE,
    subnet_not_allowed.CAUSE,
    trusted_service_not_covered.CAUSE,
    unsupported_cloud.CAUSE,
    unsupported_host.CAUSE,
)
