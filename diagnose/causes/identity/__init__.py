"""Root causes in who the machine is and what it may do."""

from diagnose.causes.identity import (
    abac_role_missing,
    arm_audience_disabled,
    credential_provider_failing,
    credential_provider_unmatched,
    credentials_missing,
    credentials_rejected,
    identity_ambiguous,
    no_managed_identity,
    pull_role_missing,
    wrong_tenant,
)

ALL = (
    abac_role_missing.CAUSE,
    arm_audience_disabled.CAUSE,
    credential_provider_failing.CAUSE,
    credential_provider_unmatched.CAUSE,
    credentials_missing.CAUSE,
    credentials_rejected.CAUSE,
    identity_ambiguous.CAUSE,
    no_managed_identity.CAUSE,
    pull_role_missing.CAUSE,
    wrong_tenant.CAUSE,
)
