"""Microsoft.Network: private endpoints and the zones that they keep."""

from checks.privacy import Sensitivity
from diagnose.bundle.bodies.shape import Fields

_PUBLIC, _NAME, _ADDRESS = Sensitivity.PUBLIC, Sensitivity.NAME, Sensitivity.ADDRESS
_RESOURCE, _HOST = Sensitivity.RESOURCE, Sensitivity.HOST

_LINK: Fields = {
    "name": _NAME,
    "properties": {
        "provisioningState": _PUBLIC,
        "privateLinkServiceId": _RESOURCE,
        "groupIds": [_PUBLIC],
        "privateLinkServiceConnectionState": {"status": _PUBLIC},
    },
}
_ENDPOINT: Fields = {
    "id": _RESOURCE,
    "name": _NAME,
    "type": _PUBLIC,
    "location": _PUBLIC,
    "properties": {
        "provisioningState": _PUBLIC,
        "subnet": {"id": _RESOURCE},
        "networkInterfaces": [{"id": _RESOURCE}],
        "customDnsConfigs": [{"fqdn": _HOST, "ipAddresses": [_ADDRESS]}],
        "privateLinkServiceConnections": [_LINK],
        "manualPrivateLinkServiceConnections": [_LINK],
    },
}
_RECORDS: Fields = {
    "recordType": _PUBLIC,
    "fqdn": _HOST,
    "ttl": _PUBLIC,
    "ipAddresses": [_ADDRESS],
    "provisioningState": _PUBLIC,
}
_ZONES: Fields = {
    "id": _RESOURCE,
    "name": _NAME,
    "type": _PUBLIC,
    "properties": {
        "provisioningState": _PUBLIC,
        "privateDnsZoneConfigs": [
            {
                "name": _NAME,
                "properties": {
                    "provisioningState": _PUBLIC,
                    "privateDnsZoneId": _RESOURCE,
                    "recordSets": [_RECORDS],
                },
            }
        ],
    },
}
SHAPES: Fields = {
    "microsoft.network/privateendpoints": _ENDPOINT,
    "microsoft.network/privateendpoints/privatednszonegroups": _ZONES,
}
