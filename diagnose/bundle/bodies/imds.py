"""What the instance metadata service says of the machine: no keys, tags, user data or profile."""

from checks.privacy import Sensitivity
from diagnose.bundle.bodies.shape import Fields

_PUBLIC, _NAME, _ADDRESS = Sensitivity.PUBLIC, Sensitivity.NAME, Sensitivity.ADDRESS
_RESOURCE, _IDENTITY = Sensitivity.RESOURCE, Sensitivity.IDENTITY

_COMPUTE: Fields = {
    "azEnvironment": _PUBLIC,
    "isHostCompatibilityLayerVm": _PUBLIC,
    "location": _PUBLIC,
    "name": _NAME,
    "offer": _PUBLIC,
    "osType": _PUBLIC,
    "placementGroupId": _IDENTITY,
    "priority": _PUBLIC,
    "provider": _PUBLIC,
    "publisher": _PUBLIC,
    "resourceGroupName": _NAME,
    "resourceId": _RESOURCE,
    "sku": _PUBLIC,
    "subscriptionId": _IDENTITY,
    "version": _PUBLIC,
    "virtualMachineScaleSet": {"id": _RESOURCE},
    "vmId": _IDENTITY,
    "vmScaleSetName": _NAME,
    "vmSize": _PUBLIC,
    "zone": _PUBLIC,
}
_PAIR: Fields = {"privateIpAddress": _ADDRESS, "publicIpAddress": _ADDRESS}
_INTERFACE: Fields = {
    "macAddress": _NAME,
    "ipv4": {"ipAddress": [_PAIR], "subnet": [{"address": _ADDRESS, "prefix": _PUBLIC}]},
    "ipv6": {"ipAddress": [_PAIR], "subnet": [{"address": _ADDRESS, "prefix": _PUBLIC}]},
}
INSTANCE: Fields = {"compute": _COMPUTE, "network": {"interface": [_INTERFACE]}}

_RULE: Fields = {
    "frontendIpAddress": _ADDRESS,
    "privateIpAddress": _ADDRESS,
    "protocol": _PUBLIC,
    "frontendPort": _PUBLIC,
    "backendPort": _PUBLIC,
}
LOAD_BALANCER: Fields = {
    "loadbalancer": {
        "publicIpAddresses": [{"frontendIpAddress": _ADDRESS, "privateIpAddress": _ADDRESS}],
        "inboundRules": [_RULE],
        "outboundRules": [{"frontendIpAddress": _ADDRESS, "privateIpAddress": _ADDRESS}],
    }
}
