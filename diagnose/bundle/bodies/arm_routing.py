"""Microsoft.Network: what a subnet's traffic meets on its way out."""

from checks.privacy import Sensitivity
from diagnose.bundle.bodies.shape import Fields

_PUBLIC, _NAME, _ADDRESS = Sensitivity.PUBLIC, Sensitivity.NAME, Sensitivity.ADDRESS
_RESOURCE = Sensitivity.RESOURCE

_REFERRED: Fields = {"id": _RESOURCE}
_NAMED: Fields = {"id": _RESOURCE, "name": _NAME, "type": _PUBLIC, "location": _PUBLIC}
_RULE: Fields = {
    "id": _RESOURCE,
    "name": _NAME,
    "properties": {
        "provisioningState": _PUBLIC,
        "access": _PUBLIC,
        "direction": _PUBLIC,
        "priority": _PUBLIC,
        "protocol": _PUBLIC,
        "sourceAddressPrefix": _ADDRESS,
        "sourceAddressPrefixes": [_ADDRESS],
        "sourceApplicationSecurityGroups": [_REFERRED],
        "sourcePortRange": _PUBLIC,
        "sourcePortRanges": [_PUBLIC],
        "destinationAddressPrefix": _ADDRESS,
        "destinationAddressPrefixes": [_ADDRESS],
        "destinationApplicationSecurityGroups": [_REFERRED],
        "destinationPortRange": _PUBLIC,
        "destinationPortRanges": [_PUBLIC],
    },
}
_ROUTE: Fields = {
    "id": _RESOURCE,
    "name": _NAME,
    "properties": {
        "provisioningState": _PUBLIC,
        "addressPrefix": _ADDRESS,
        "nextHopType": _PUBLIC,
        "nextHopIpAddress": _ADDRESS,
    },
}
_GROUP: Fields = {
    **_NAMED,
    "properties": {
        "provisioningState": _PUBLIC,
        "securityRules": [_RULE],
        "defaultSecurityRules": [_RULE],
    },
}
_TABLE: Fields = {
    **_NAMED,
    "properties": {
        "provisioningState": _PUBLIC,
        "disableBgpRoutePropagation": _PUBLIC,
        "routes": [_ROUTE],
    },
}
_GATEWAY: Fields = {
    **_NAMED,
    "sku": {"name": _PUBLIC, "tier": _PUBLIC},
    "properties": {
        "provisioningState": _PUBLIC,
        "idleTimeoutInMinutes": _PUBLIC,
        "publicIpAddresses": [_REFERRED],
        "publicIpPrefixes": [_REFERRED],
    },
}
_PUBLIC_ADDRESS: Fields = {
    **_NAMED,
    "sku": {"name": _PUBLIC, "tier": _PUBLIC},
    "properties": {
        "provisioningState": _PUBLIC,
        "ipAddress": _ADDRESS,
        "publicIPAddressVersion": _PUBLIC,
        "publicIPAllocationMethod": _PUBLIC,
        "idleTimeoutInMinutes": _PUBLIC,
    },
}
_POLICY: Fields = {
    **_NAMED,
    "properties": {
        "provisioningState": _PUBLIC,
        "serviceEndpointPolicyDefinitions": [
            {
                "id": _RESOURCE,
                "name": _NAME,
                "properties": {
                    "provisioningState": _PUBLIC,
                    "service": _PUBLIC,
                    "serviceResources": [_RESOURCE],  # ids, or aliases such as /services/Azure
                },
            }
        ],
    },
}
SHAPES: Fields = {
    "microsoft.network/networksecuritygroups": _GROUP,
    "microsoft.network/routetables": _TABLE,
    "microsoft.network/natgateways": _GATEWAY,
    "microsoft.network/publicipaddresses": _PUBLIC_ADDRESS,
    "microsoft.network/serviceendpointpolicies": _POLICY,
}
