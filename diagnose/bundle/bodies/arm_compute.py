"""Microsoft.Compute: a machine's network and identities, and nothing of its system or disks."""

from checks.privacy import Sensitivity
from diagnose.bundle.bodies.arm_network import CONFIGURATION, INTERFACE
from diagnose.bundle.bodies.shape import ById, Fields

_PUBLIC, _NAME = Sensitivity.PUBLIC, Sensitivity.NAME
_RESOURCE, _IDENTITY = Sensitivity.RESOURCE, Sensitivity.IDENTITY

_ASSIGNED: Fields = {"principalId": _IDENTITY, "clientId": _IDENTITY}
# A uniform scale set's instance carries a copy of the set's network model.
_MODEL: Fields = {
    "name": _NAME,
    "properties": {
        "primary": _PUBLIC,
        "enableIPForwarding": _PUBLIC,
        "networkSecurityGroup": {"id": _RESOURCE},
        "dnsSettings": {"dnsServers": [Sensitivity.ADDRESS]},
        "ipConfigurations": [CONFIGURATION],
    },
}
_MACHINE: Fields = {
    "id": _RESOURCE,
    "name": _NAME,
    "type": _PUBLIC,
    "location": _PUBLIC,
    "zones": [_PUBLIC],
    "instanceId": _PUBLIC,
    "sku": {"name": _PUBLIC, "tier": _PUBLIC},
    "identity": {
        "type": _PUBLIC,
        "principalId": _IDENTITY,
        "tenantId": _IDENTITY,
        "userAssignedIdentities": ById(_ASSIGNED),
    },
    "properties": {
        "hardwareProfile": {"vmSize": _PUBLIC},
        "latestModelApplied": _PUBLIC,
        "modelDefinitionApplied": _PUBLIC,
        "provisioningState": _PUBLIC,
        "timeCreated": _PUBLIC,
        "vmId": _IDENTITY,
        "virtualMachineScaleSet": {"id": _RESOURCE},
        "networkProfile": {
            "networkInterfaces": [{"id": _RESOURCE, "properties": {"primary": _PUBLIC}}]
        },
        "networkProfileConfiguration": {"networkInterfaceConfigurations": [_MODEL]},
    },
}
_SET = "microsoft.compute/virtualmachinescalesets/virtualmachines"
SHAPES: Fields = {
    "microsoft.compute/virtualmachines": _MACHINE,
    _SET: _MACHINE,
    f"{_SET}/networkinterfaces": INTERFACE,
}
