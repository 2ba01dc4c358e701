"""Root causes in the registry service."""

from diagnose.causes.service import (
    registry_unavailable,
    throttled,
)

ALL = (
    registry_unavailable.CAUSE,
    throttled.CAUSE,
)
