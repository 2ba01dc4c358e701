"""Root causes on the machine itself."""

from diagnose.causes.host import (
    clock_skewed,
    imds_unreachable,
)

ALL = (
    clock_skewed.CAUSE,
    imds_unreachable.CAUSE,
)
