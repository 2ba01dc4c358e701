"""The names that whoever collects has to know as well."""

NAME = "acr-diagnose"
NAMESPACE = NAME
# The diagnosis is an init container: its end, and with it the termination message, shows in the
# pod's status at once, and the pod is Ready as soon as its node is judged.
DIAGNOSE = "diagnose"
REST = "rest"  # the container that keeps the pod until it is deleted
PLATFORM = "kubernetes.io/os"
ARCHITECTURE = "kubernetes.io/arch"
SKU = "kubernetes.azure.com/os-sku"  # https://learn.microsoft.com/azure/aks/use-labels
VIRTUAL = ("type", "virtual-kubelet")  # https://learn.microsoft.com/azure/aks/virtual-nodes-cli
HOST = "/host"  # in the pod: where the node's files stand
# AKS's log collector takes /var/log/azure/*/* into aks_logs.zip (Azure/AgentBaker,
# parts/linux/cloud-init/artifacts/aks-log-collector.sh).
NODE_LOG = "/var/log/azure/acr-diagnose"
REPORT = "report.json"
LOG_VARIABLE = "ACR_DIAGNOSE_NODE_LOG"  # tells a pod the folder that it may write to
NOTE = f"{NAME}: "  # begins a line beside the verdict, which says what else went wrong
