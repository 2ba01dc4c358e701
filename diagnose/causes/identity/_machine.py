"""How az names this machine, and what to do where AKS keeps it; no cause of its own."""

import shlex

from checks.instance import Instance
from diagnose.causes import subnet_steps
from diagnose.causes.contract import FixStep, Risk


def named(instance: Instance | None) -> tuple[str, str]:
    """Give az's word for this kind of machine, and its options that name this one."""
    if instance and instance.uniform:
        group, name = map(shlex.quote, (instance.resource_group, instance.scale_set))
        return "vmss", f"--subscription {shlex.quote(instance.subscription)} -g {group} -n {name}"
    return "vm", f"--ids {shlex.quote(instance.resource_id)}" if instance else '--ids "${VM_ID:?}"'


def by_cluster(instance: Instance | None) -> tuple[FixStep, ...]:
    """Give what to do in place of an assignment by hand; nothing for a machine of one's own."""
    if instance is None or not subnet_steps.managed(instance.resource_id):
        return ()
    return (
        FixStep(
            command="",
            needs="Owner or User Access Administrator on the registry, and the cluster's owner",
            risk=Risk.CHANGES_ACCESS,
            why="AKS manages this machine: do not assign an identity to it by hand. Give the "
            "cluster's kubelet the right to pull: az aks update --attach-acr REGISTRY.",
        ),
    )
