"""What the causes of a kubelet's credential provider share; no cause of its own."""

from diagnose.causes.contract import Rejected

NEEDLESS = Rejected(because="the registry lets anybody pull, so the kubelet needs no provider")

# Without a provider's login, the kubelet shows the registry nothing that an identity comes into.
BEFORE = (
    "abac-role-missing",
    "arm-audience-disabled",
    "identity-ambiguous",
    "imds-unreachable",
    "no-managed-identity",
    "pull-role-missing",
    "wrong-tenant",
)
