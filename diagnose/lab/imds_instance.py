"""What the metadata service says of the VM itself (control-plane 1, samples/imds)."""

import uuid
from ipaddress import ip_network
from typing import Any

from diagnose.lab.cloud import Cloud
from diagnose.lab.http import Response, as_json


def compute(cloud: Cloud) -> dict[str, Any]:
    """The compute section: all strings, missing values are ""."""
    vm = cloud.vm
    set_id = ""
    if vm.kind == "flexible":  # >= 2021-03-01, flexible orchestration only
        head = vm.resource_id.rsplit("/virtualMachines/", 1)[0]
        set_id = f"{head}/virtualMachineScaleSets/{vm.scale_set}"
    return {
        "azEnvironment": cloud.environment,
        "isHostCompatibilityLayerVm": "false",
        "licenseType": "",
        "location": vm.location,
        "name": f"{vm.scale_set}_{vm.instance_id}" if vm.kind == "uniform" else vm.name,
        "offer": "ubuntu-24_04-lts",
        "osProfile": {"computerName": vm.name, "disablePasswordAuthentication": "true"},
        "osType": "Linux",
        "placementGroupId": str(uuid.UUID(int=1)) if vm.kind == "uniform" else "",
        "provider": "Microsoft.Compute",
        "publicKeys": [],
        "publisher": "canonical",
        "resourceGroupName": vm.resource_group,
        "resourceId": vm.resource_id,
        "sku": "server",
        "subscriptionId": vm.subscription,
        "tags": "",
        "tagsList": [],
        "version": "24.04.202601010",
        "virtualMachineScaleSet": {"id": set_id},
        "vmId": vm.vm_id,
        "vmScaleSetName": vm.scale_set,
        "vmSize": "Standard_D2s_v5",
        "zone": "",
    }


def network(cloud: Cloud) -> dict[str, Any]:
    """The network section."""
    net = ip_network(cloud.vm_subnet.prefix)
    address = {
        "privateIpAddress": cloud.vm.private_ip,
        "publicIpAddress": cloud.vm.public_ip or "",
    }
    ipv4 = {
        "ipAddress": [address],
        "subnet": [{"address": str(net.network_address), "prefix": str(net.prefixlen)}],
    }
    return {"interface": [{"ipv4": ipv4, "ipv6": {"ipAddress": []}, "macAddress": cloud.vm.mac}]}


def load_balancer(cloud: Cloud) -> Response:
    """The outbound address of a load balancer or a Standard-SKU public IP."""
    front = cloud.vm.load_balancer_ip or cloud.vm.public_ip  # Standard-SKU IPs show here only
    if not front:
        text = "No load balancer metadata is found. Please check if your VM is using any non-basic"
        return as_json(404, {"error": f"{text} SKU load balancer and retry later."})
    pair = {"frontendIpAddress": front, "privateIpAddress": cloud.vm.private_ip}
    body = {"publicIpAddresses": [pair], "inboundRules": [], "outboundRules": []}
    return as_json(200, {"loadbalancer": body})
