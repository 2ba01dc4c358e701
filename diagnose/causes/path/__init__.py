"""Root causes on the network path."""

from diagnose.causes.path import (
    egress_blocked_data,
    egress_blocked_registry,
    no_outbound,
    tls_intercepted,
)

ALL = (
    egress_blocked_data.CAUSE,
    egress_blocked_registry.CAUSE,
    no_outbound.CAUSE,
    tls_intercepted.CAUSE,
)
