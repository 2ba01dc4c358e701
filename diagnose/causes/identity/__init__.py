"""Root causes in who the machine is and what it may do."""

from diagnose.causes.identity import (
    no_managed_identity,
    pull_role_missing,
)

ALL = (
    no_managed_identity.CAUSE,
    pull_role_missing.CAUSE,
)
