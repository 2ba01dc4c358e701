"""Root causes in the image that is asked for."""

from diagnose.causes.content import (
    image_quarantined_or_locked,
    platform_mismatch,
    repository_not_found,
    tag_not_found,
)

ALL = (
    image_quarantined_or_locked.CAUSE,
    platform_mismatch.CAUSE,
    repository_not_found.CAUSE,
    tag_not_found.CAUSE,
)
