"""Root causes in name resolution."""

from diagnose.causes.dns import (
    custom_dns_not_forwarding,
    dns_override_stale,
    dns_server_failing,
    dns_server_unreachable,
    private_dns_data_record_missing,
    private_dns_record_missing,
    private_dns_zone_not_linked,
    registry_name_not_found,
)

ALL = (
    custom_dns_not_forwarding.CAUSE,
    dns_override_stale.CAUSE,
    dns_server_failing.CAUSE,
    dns_server_unreachable.CAUSE,
    private_dns_data_record_missing.CAUSE,
    private_dns_record_missing.CAUSE,
    private_dns_zone_not_linked.CAUSE,
    registry_name_not_found.CAUSE,
)
