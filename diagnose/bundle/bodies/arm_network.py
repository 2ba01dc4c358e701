"""Microsoft.Network: where a machine stands (virtual network, subnet, interface)."""

from checks.privacy import Sensitivity
from diagnose.bundle.bodies.shape import Fields

_PUBLIC, _NAME, _ADDRESS = Sensitivity.PUBLIC, Sensitivity.NAME, Sensitivity.ADDRESS
_RESOURCE = Sensitivity.RESOURCE

_REFERRED: Fields = {"id": _RESOURCE}
_SUBNET: Fields = {
    "id": _RESOURCE,
    "name": _NAME,
    "type": _PUBLIC,
    "properties": {
        "provisioningState": _PUBLIC,
        "addressPrefix": _ADDRESS,
        "addressPrefixes": [_ADDRESS],
        "serviceEndpoints": [
            {
                "service": _PUBLIC,
                "provisioningState": _PUBLIC,
                "locations": [_PUBLIC],
                "networkIdentifier": _REFERRED,
            }
        ],
        "serviceEndpointPolicies": [_REFERRED],
        "natGateway": _REFERRED,
        "routeTable": _REFERRED,
        "networkSecurityGroup": _REFERRED,
        "defaultOutboundAccess": _PUBLIC,
        "delegations": [{"name": _NAME, "properties": {"serviceName": _PUBLIC}}],
        "privateEndpointNetworkPolicies": _PUBLIC,
        "privateLinkServiceNetworkPolicies": _PUBLIC,
        "purpose": _PUBLIC,
        "sharingScope": _PUBLIC,
    },
}
_PEERING: Fields = {
    "id": _RESOURCE,
    "name": _NAME,
    "properties": {
        "provisioningState": _PUBLIC,
        "peeringState": _PUBLIC,
        "peeringSyncLevel": _PUBLIC,
        "remoteVirtualNetwork": _REFERRED,
        "allowVirtualNetworkAccess": _PUBLIC,
        "allowForwardedTraffic": _PUBLIC,
        "allowGatewayTransit": _PUBLIC,
        "useRemoteGateways": _PUBLIC,
    },
}
_VNET: Fields = {
    "id": _RESOURCE,
    "name": _NAME,
    "type": _PUBLIC,
    "location": _PUBLIC,
    "properties": {
        "provisioningState": _PUBLIC,
        "addressSpace": {"addressPrefixes": [_ADDRESS]},
        "dhcpOptions": {"dnsServers": [_ADDRESS]},
        "subnets": [_SUBNET],
        "virtualNetworkPeerings": [_PEERING],
    },
}
CONFIGURATION: Fields = {
    "id": _RESOURCE,
    "name": _NAME,
    "properties": {
        "provisioningState": _PUBLIC,
        "primary": _PUBLIC,
        "privateIPAddress": _ADDRESS,
        "privateIPAddressVersion": _PUBLIC,
        "privateIPAllocationMethod": _PUBLIC,
        "publicIPAddress": _REFERRED,
        "subnet": _REFERRED,
        "privateLinkConnectionProperties": {
            "fqdns": [Sensitivity.HOST],
            "groupId": _PUBLIC,
            "requiredMemberName": _PUBLIC,
        },
    },
}
INTERFACE: Fields = {
    "id": _RESOURCE,
    "name": _NAME,
    "type": _PUBLIC,
    "location": _PUBLIC,
    "properties": {
        "provisioningState": _PUBLIC,
        "primary": _PUBLIC,
        "nicType": _PUBLIC,
        "enableIPForwarding": _PUBLIC,
        "ipConfigurations": [CONFIGURATION],
        "dnsSettings": {"dnsServers": [_ADDRESS], "appliedDnsServers": [_ADDRESS]},
        "networkSecurityGroup": _REFERRED,
        "virtualMachine": _REFERRED,
    },
}
SHAPES: Fields = {
    "microsoft.network/virtualnetworks": _VNET,
    "microsoft.network/virtualnetworks/subnets": _SUBNET,
    "microsoft.network/networkinterfaces": INTERFACE,
}
