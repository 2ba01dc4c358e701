"""Root causes in the registry service."""

from diagnose.causes.service import (
    cmk_key_unavailable,
    registry_unavailable,
    throttled,
)

ALL = (
    cmk_key_unavailable.CAUSE,
    registry_unavailable.CAUSE,
    throttled.CAUSE,
)
