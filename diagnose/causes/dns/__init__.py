"""Root causes in name resolution."""

from diagnose.causes.dns import (
    dns_server_unreachable,
    registry_name_not_found,
)

ALL = (
    dns_server_unreachable.CAUSE,
    registry_name_not_found.CAUSE,
)
