"""The az lines that find ids: a shell's variables keep what they give for the commands after."""

from shlex import quote

from checks.arm_answer import part
from checks.instance import Instance
from diagnose.causes import commands


def subnet_find(instance: Instance) -> str:
    """Put the id of the machine's subnet into ``SUBNET_ID``, which the other commands then use."""
    subnet, machine = "ipConfigurations[0].subnet.id", instance.resource_id
    if instance.uniform:
        look = (
            f"az vmss nic list-vm-nics --subscription {quote(instance.subscription)} "
            f"--resource-group {quote(instance.resource_group)} --vmss-name "
            f"{quote(part(machine, 'virtualMachineScaleSets'))} --instance-id "
            f"{quote(part(machine, 'virtualMachines'))} --query '[0].{subnet}'"
        )
    else:
        first = f"{quote(machine)} --query 'networkProfile.networkInterfaces[0].id'"
        nic = f'"$(az vm show --ids {first} --output tsv)"'
        look = f"az network nic show --ids {nic} --query '{subnet}'"
    return f'SUBNET_ID="$({look} --output tsv)"'


def nic_find(instance: Instance) -> str:
    """Put the id of the machine's NIC into ``NIC_ID``; a scale set's instance has none for az."""
    first = f"{quote(instance.resource_id)} --query 'networkProfile.networkInterfaces[0].id'"
    return f'NIC_ID="$(az vm show --ids {first} --output tsv)"'


def gateways_show(subscription: str) -> str:
    where = f" --subscription {quote(subscription)}" if subscription else ""
    return f"az network nat gateway list{where} --query '[].[location, id]' --output tsv"


def subnets_own(subnet_id: str, query: str, kind: str, prefix: str) -> str:
    """Put id and group of what the subnet names into ``<prefix>_ID`` and ``<prefix>_GROUP``."""
    named = f"{commands.endpoint_show(subnet_id, query)} --output tsv"
    group = f'az network {kind} show --ids "${prefix}_ID" --query resourceGroup --output tsv'
    return f'{prefix}_ID="$({named})" && {prefix}_GROUP="$({group})"'
