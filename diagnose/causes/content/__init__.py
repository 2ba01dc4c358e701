"""Root causes in the image that is asked for."""

from diagnose.causes.content import (
    repository_not_found,
    tag_not_found,
)

ALL = (
    repository_not_found.CAUSE,
    tag_not_found.CAUSE,
)
