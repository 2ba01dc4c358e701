"""The managed identity on the machine, and Entra's refusals to sign it in."""

from diagnose.texts.meaning import Meaning
from diagnose.texts.wordings import sources as s

_SILENT = (
    "{timed out|i/o timeout|connection refused|no route|unreachable|deadline exceeded|timeout}"
)
_SIGN_IN = (
    "login.microsoftonline.",
    "login.windows.net",
    "login.microsoft.com",
    "sts.windows.net",
    "login.chinacloudapi.",
    "login.partner.microsoftonline",
    "identity.azure.net",
)
_TROUBLE = (
    "{i/o timeout|timed out|connection refused|connection reset|: eof|no route|unreachable|"
    "deadline exceeded|client.timeout|newconnectionerror}"
)
_NO_NAME = (
    "{no such host|not known|getaddrinfo failed|name resolution|nxdomain|enotfound|"
    "failed to resolve|server misbehaving}"
)

ROWS = (
    Meaning(
        name="several-identities",
        says="the machine has several identities and the request names none",
        likely=("identity-ambiguous",),
        heard={s.IMDS: ("multiple user assigned identities exist", "multiple user-assigned ident")},
    ),
    Meaning(
        name="identity-not-found",
        says="the machine does not have the identity that was asked for",
        likely=("no-managed-identity",),
        possible=("identity-ambiguous",),
        heard={
            s.IMDS: (
                "identity not found",
                "no user assigned or delegated managed identity found",
                "no managed identity endpoint found",
                "no assigned identity ... found",
                "failed to find any ... identity",
                "managedidentitynotfound",
            ),
            s.IDENTITY_SDK: ("no default identity is assigned to this resource",),
            s.POD_IDENTITY: ("no azure identity found for request", "no azureassignedidentity"),
        },
    ),
    Meaning(
        name="metadata-service-silent",
        says="the metadata service, which gives a machine its identity, does not answer",
        likely=("imds-unreachable",),
        possible=("no-managed-identity", "proxy-denied"),
        heard={
            s.IMDS: (
                f"169.254.169.254 ... {_SILENT}",
                f"metadata/identity/oauth2/token ... {_SILENT}",
            ),
            s.IDENTITY_SDK: ("managed identity timed out",),
            s.POD_IDENTITY: ("request blocked by aad pod identity nmi",),
        },
    ),
    Meaning(
        name="no-token-from-metadata-service",
        says="the metadata service gave no token; the SDK says this whether it was silent or "
        "answered that there is no such identity",
        possible=("no-managed-identity", "imds-unreachable", "identity-ambiguous"),
        heard={
            s.IDENTITY_SDK: (
                "no response from the imds endpoint",
                "imds endpoint is not available",
                "failed to connect to msi",
                "msi: failed to acquire tokens",
                "managedidentitycredential authentication {unavailable|failed}",
            ),
            s.POD_IDENTITY: ("getting assigned identities for pod",),
        },
    ),
    Meaning(
        name="sign-in-host-not-found",
        says="a name that certainly exists was not found, so the resolver is at fault",
        possible=("dns-server-failing", "dns-server-unreachable", "egress-blocked-entra"),
        heard={s.RESOLVER: tuple(f"{host} ... {_NO_NAME}" for host in _SIGN_IN)},
    ),
    Meaning(
        name="sign-in-unreachable",
        says="the host that signs identities in cannot be reached",
        likely=("egress-blocked-entra",),
        possible=("no-outbound", "proxy-unreachable"),
        heard={
            s.GO_NET: tuple(f"{host} ... {_TROUBLE}" for host in _SIGN_IN),
        },
    ),
    Meaning(
        name="identity-endpoint-fails",
        says="the platform's identity endpoint could not fetch a token, as when its own host is "
        "not reachable",
        possible=("egress-blocked-entra", "no-managed-identity", "imds-unreachable"),
        heard={s.APPS: ("unexpected error {occured|occurred} while fetching the aad token",)},
    ),
    Meaning(
        name="secret-wrong-or-expired",
        says="the service principal's secret or certificate is wrong, or has expired",
        likely=("credentials-rejected",),
        heard={
            s.ACR: (
                "invalid clientid or client secret",
                "client id must be guid",
                "incorrect username or password",
            ),
            s.ENTRA: (
                "aadsts{7000215|7000222|700027|70008|700082|50173}",
                "aadsts{50126|70043|700021|700213|70021|700030|7000112}",
                "invalid client secret",
                "client secret keys are expired",
            ),
            s.PIPELINES: ("could not fetch access token for azure",),
        },
    ),
    Meaning(
        name="application-unknown",
        says="the user name is not an application that the registry's tenant knows",
        likely=("credentials-rejected",),
        possible=("wrong-tenant",),
        heard={s.ACR: ("application not registered with aad",)},
    ),
    Meaning(
        name="clock-of-a-token",
        says="a token was read outside its time, so two clocks differ",
        likely=("clock-skewed",),
        possible=("credentials-rejected",),
        heard={
            s.DISTRIBUTION: (
                "token not to be used before",
                "token used before issued",
                "token is not valid yet",
                "token used before valid",
            ),
            s.ENTRA: ("aadsts{700024|500133}", "not within its valid time range"),
        },
    ),
    Meaning(
        name="token-out-of-time",
        says="the token that was presented has expired",
        possible=("credentials-rejected", "clock-skewed"),
        heard={s.DISTRIBUTION: ("token is expired", "token has expired", "token expired")},
    ),
    Meaning(
        name="another-tenant",
        says="the identity or the resource is unknown in the tenant that was asked",
        likely=("wrong-tenant",),
        possible=("arm-audience-disabled", "credentials-rejected"),
        heard={
            s.ENTRA: (
                "aadsts{50001|500011|700016|90002|50020|900021}",
                "aadsts{650052|90072|7000229}",
            ),
            s.ARM: (
                "invalidauthenticationtokentenant",
                "the access token is from the wrong issuer",
                "does not exist in the directory",
                "was not found in the {directory|tenant}",
            ),
        },
    ),
    Meaning(
        name="role-could-not-be-given",
        says="the pull role was not assigned: the caller may not, or the identity is of another "
        "tenant",
        possible=("pull-role-missing", "wrong-tenant", "abac-role-missing"),
        heard={
            s.AZ_AKS: (
                "could not create a role assignment for acr",
                "waiting for aad role to propagate",
            ),
            s.ARM: ("principalnotfound", "authorizationfailed ... roleassignments/write"),
        },
    ),
    Meaning(
        name="provider-got-no-identity-token",
        says="the kubelet's credential provider got no token for the node's identity",
        likely=("no-managed-identity",),
        possible=("imds-unreachable", "identity-ambiguous"),
        heard={
            s.PROVIDER: (
                "failed to ensure fresh service principal token",
                "failed to get token credential",
                "failed to get an access token",
            ),
        },
    ),
    Meaning(
        name="provider-not-for-this-host",
        says="the kubelet's credential provider does not take this host name for an ACR's",
        likely=("credential-provider-unmatched",),
        heard={s.PROVIDER: ("image is not from acr", "is not from acr, return empty")},
    ),
    Meaning(
        name="token-not-refreshed",
        says="no token came for the identity, managed or with a secret",
        possible=("no-managed-identity", "credentials-rejected", "imds-unreachable"),
        heard={s.ADAL: ("adal: refresh request failed", "adal: failed to execute the refresh")},
    ),
    Meaning(
        name="compute-identity-refused",
        says="Azure ML's compute got nothing from the registry for its identity",
        possible=("pull-role-missing", "no-managed-identity", "abac-role-missing"),
        heard={
            s.AML: ("unable to retrieve acr {refresh|access} token", "acrrefreshtokenretrieval")
        },
    ),
    Meaning(
        name="sign-in-refused",
        says="Entra refused to sign the identity in; its number says why",
        vague=1,
        possible=("credentials-rejected", "wrong-tenant", "no-managed-identity"),
        heard={s.ENTRA: ("aadsts",)},
    ),
)
