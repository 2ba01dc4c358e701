"""The VM and scale-set instance resources."""

from typing import Any

from diagnose.lab.arm_errors import error, not_found
from diagnose.lab.cloud import Cloud
from diagnose.lab.http import Request, Response, as_json


def _identity(cloud: Cloud) -> dict[str, Any]:
    system = [i for i in cloud.identities if i.kind == "system"]
    user = [i for i in cloud.identities if i.kind == "user"]
    kinds = [*(["SystemAssigned"] if system else []), *(["UserAssigned"] if user else [])]
    if not kinds:
        return {}
    found: dict[str, Any] = {"type": ", ".join(kinds)}
    if system:
        found |= {"principalId": system[0].object_id, "tenantId": system[0].tenant}
    if user:
        found["userAssignedIdentities"] = {
            i.resource_id: {"principalId": i.object_id, "clientId": i.client_id} for i in user
        }
    return {"identity": found}


def _common(cloud: Cloud) -> dict[str, Any]:
    return {
        "hardwareProfile": {"vmSize": "Standard_D2s_v5"},
        "provisioningState": "Succeeded",
        "vmId": cloud.vm.vm_id,
        "osProfile": {"computerName": cloud.vm.name, "adminUsername": "azureuser"},
        "timeCreated": "2025-01-02T03:04:05Z",
    }


def virtual_machine(cloud: Cloud, path: str, _request: Request) -> Response:
    """A VM, or an instance of a Flexible scale set."""
    vm = cloud.vm
    if vm.kind == "uniform" or path.lower() != vm.resource_id.lower():
        return not_found(path)
    properties = _common(cloud)
    if vm.kind == "flexible":
        head = vm.resource_id.rsplit("/virtualMachines/", 1)[0]
        properties["virtualMachineScaleSet"] = {
            "id": f"{head}/virtualMachineScaleSets/{vm.scale_set}"
        }
    properties["networkProfile"] = {"networkInterfaces": [{"id": vm.nic_id}]}
    return as_json(
        200,
        {
            "name": vm.name,
            "id": vm.resource_id,
            "type": "Microsoft.Compute/virtualMachines",
            "location": vm.location,
            **_identity(cloud),
            "properties": properties,
        },
    )


def instance(cloud: Cloud, path: str, _request: Request) -> Response:
    """A Uniform instance names its subnet in one call (control-plane 2, [W])."""
    vm = cloud.vm
    if not path.rsplit("/", 1)[1].isdigit():
        text = "Virtual Machine Scale Set VM instanceId must be a number."
        return error(400, "InvalidParameter", text, target="instanceId")
    if vm.kind != "uniform" or path.lower() != vm.resource_id.lower():
        return not_found(path)
    ip = {"subnet": {"id": vm.subnet_id}, "privateIPAddressVersion": "IPv4"}
    nic = {
        "primary": True,
        "enableAcceleratedNetworking": False,
        "dnsSettings": {"dnsServers": []},
        "enableIPForwarding": True,
        "ipConfigurations": [{"name": vm.scale_set, "properties": ip}],
    }
    profile = {"networkInterfaceConfigurations": [{"name": vm.scale_set, "properties": nic}]}
    nic_id = f"{vm.resource_id}/networkInterfaces/{vm.scale_set}"
    properties = {
        "latestModelApplied": True,
        "modelDefinitionApplied": "VirtualMachineScaleSet",
        "networkProfileConfiguration": profile,
        **_common(cloud),
        "networkProfile": {"networkInterfaces": [{"id": nic_id}]},
    }
    return as_json(
        200,
        {
            "name": f"{vm.scale_set}_{vm.instance_id}",
            "id": vm.resource_id,
            "type": "Microsoft.Compute/virtualMachineScaleSets/virtualMachines",
            "location": vm.location,
            "instanceId": vm.instance_id,
            "sku": {"name": "Standard_D2s_v5", "tier": "Standard"},
            **_identity(cloud),
            "properties": properties,
        },
    )


def instance_nics(cloud: Cloud, path: str, _request: Request) -> Response:
    """The NICs of a Uniform instance, which live under Microsoft.Compute (control-plane 2)."""
    vm = cloud.vm
    if vm.kind != "uniform" or path.rsplit("/", 1)[0].lower() != vm.resource_id.lower():
        return not_found(path)
    nic_id = f"{vm.resource_id}/networkInterfaces/{vm.scale_set}"
    ip = {
        "privateIPAddress": vm.private_ip,
        "subnet": {"id": vm.subnet_id},
        "primary": True,
        "privateIPAddressVersion": "IPv4",
    }
    config = {"name": vm.scale_set, "id": f"{nic_id}/ipConfigurations/{vm.scale_set}"}
    properties = {
        "provisioningState": "Succeeded",
        "primary": True,
        "ipConfigurations": [{**config, "properties": ip}],
        "virtualMachine": {"id": vm.resource_id},
    }
    return as_json(200, {"value": [{"name": vm.scale_set, "id": nic_id, "properties": properties}]})
