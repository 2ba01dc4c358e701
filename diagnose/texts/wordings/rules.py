"""Refusals of the control plane: network rules, plan, provider, keys."""

from diagnose.texts.meaning import Meaning
from diagnose.texts.wordings import sources as s

ROWS = (
    Meaning(
        name="rule-without-endpoint",
        says="a rule was refused because the subnet lacks the service endpoint that it needs",
        likely=("service-endpoint-missing",),
        heard={
            s.ACR_RULES: (
                "do not have serviceendpoints for",
                "does not have serviceendpoints for",
                "subnetshavenoserviceendpointsconfigured",
                "subnethasnoserviceendpoint",
            ),
        },
    ),
    Meaning(
        name="provider-unknown-to-subscription",
        says="the subscription does not have the resource provider registered",
        likely=("provider-not-registered",),
        heard={
            s.ACR_RULES: ("taggedtrafficconsumers/validate", "unregistered subscription"),
            s.ARM: (
                "missingsubscriptionregistration ... microsoft.containerregistry",
                "is not registered to use namespace 'microsoft.containerregistry",
                "at least one of the claims 'puid' or 'altsecid' or 'oid'",
            ),
        },
    ),
    Meaning(
        name="provider-of-something",
        says="the subscription does not have a resource provider registered",
        possible=("provider-not-registered",),
        heard={s.ARM: ("missingsubscriptionregistration", "is not registered to use namespace")},
    ),
    Meaning(
        name="rule-not-validated",
        says="the registry could not check the subnet that a rule names",
        possible=("service-endpoint-missing", "provider-not-registered", "rule-subnet-deleted"),
        heard={
            s.ACR_RULES: (
                "networkrulevalidationerror",
                "could not validate network rule",
                "failed to save firewall and virtual network settings",
            ),
        },
    ),
    Meaning(
        name="plan-too-small",
        says="this feature needs the registry's Premium plan",
        likely=("registry-not-premium",),
        heard={
            s.ACR_RULES: (
                "networkrulenotsupported",
                "is not supported for the sku",
                "is not supported for sku",
                "{is|are} not supported in sku",
            ),
            s.AZ_ACR: (
                "only supported for managed registries in premium",
                "only {available|supported} {in|for|on} ... premium sku",
                "only {available|supported} {in|for|on} premium",
            ),
            s.TERRAFORM: ("can only be {applied|specified|enabled} ... premium sku",),
        },
    ),
    Meaning(
        name="too-many-rules",
        says="the registry holds as many network rules as it can",
        likely=("rule-quota-reached",),
        heard={
            s.ACR_RULES: (
                "{maximum|max} ... {network|virtual network|ip} rules",
                "networkrulesetlimit",
                "network rules ... exceed",
                "rule exceeds allowed quota",
            ),
        },
    ),
    Meaning(
        name="key-out-of-reach",
        says="the registry cannot use its customer-managed key",
        likely=("cmk-key-unavailable",),
        heard={
            s.ACR_CMK: (
                "failed to access keyid",
                "verify that identity ... unwrap key",
                "{customer-managed|customer managed} key ... {disabled|revoked|expired|not found}",
            ),
            s.AZ_ACR: ("cmk_error", "used for registry ... encryption doesn't exist"),
        },
    ),
    Meaning(
        name="endpoint-connection-state",
        says="the private endpoint's connection is not approved",
        likely=("private-endpoint-not-approved",),
        heard={
            s.ARM: (
                "private endpoint connection ... {pending|rejected|disconnected}",
                "privateendpointconnection ... {pending|rejected|disconnected}",
            ),
        },
    ),
    Meaning(
        name="arm-tokens-refused",
        says="the registry takes only tokens that were made for ACR",
        likely=("arm-audience-disabled",),
        heard={
            s.ACR: (
                "azureadauthenticationasarmpolicy",
                "authentication-as-arm",
                "arm audience ... {disabled|not allowed}",
            ),
        },
    ),
    Meaning(
        name="import-source-refused",
        says="the registry that an import reads from refused; Docker Hub says so for a name that "
        "does not exist as well",
        possible=("repository-not-found", "credentials-missing", "credentials-rejected"),
        heard={s.AZ_ACR: ("invalid message unauthorized",)},
    ),
    Meaning(
        name="instances-cannot-pull",
        says="Container Instances could not pull, and say no more; they come from an address of "
        "Azure's own",
        possible=(
            "trusted-service-not-covered",
            "registry-unavailable",
            "unsupported-host",
            "credentials-rejected",
        ),
        heard={s.ACI: ("error code ... registryerrorresponse",)},
    ),
    Meaning(
        name="instances-rate-limited",
        says="Container Instances share addresses, and a public registry limits pulls by address",
        possible=("throttled", "registry-unavailable", "trusted-service-not-covered"),
        heard={
            s.ACI: (
                "registryerrorresponse",
                "error response is received from the docker registry",
            ),
        },
    ),
    Meaning(
        name="instances-image-inaccessible",
        says="Container Instances could not read the image: its name, the credential, or a "
        "registry that refuses their address",
        possible=(
            "credentials-rejected",
            "tag-not-found",
            "trusted-service-not-covered",
            "repository-not-found",
            "registry-unavailable",
        ),
        heard={
            s.ACI: ("inaccessibleimage", "is not accessible. please check the image and registry"),
        },
    ),
)
