"""Root causes on the machine itself."""

from diagnose.causes.host import (
    imds_unreachable,
)

ALL = (imds_unreachable.CAUSE,)
