"""Looks for causes in the identity that pulls and in what it may do."""

from diagnose.texts.looks.look import Look

LOOKS = {
    "imds-unreachable": Look(
        title="the metadata service does not answer, so there is no identity",
        command="curl --noproxy '*' -m 3 -H Metadata:true "
        "'http://169.254.169.254/metadata/instance?api-version=2021-02-01'",
        means="no answer means this",
    ),
    "no-managed-identity": Look(
        title="the machine has no such managed identity",
        command="az vm identity show --ids VM_ID",
        means="the id that pulls is not listed; on AKS compare az aks show --query "
        "identityProfile.kubeletidentity",
    ),
    "identity-ambiguous": Look(
        title="the machine has several identities and none was chosen",
        command="az vm identity show --ids VM_ID",
        means="more than one means this; then name one with --identity CLIENT_ID",
    ),
    "pull-role-missing": Look(
        title="the identity has no right to pull",
        command="az role assignment list --assignee PRINCIPAL_ID --all -o table",
        means="no AcrPull on the registry means this",
    ),
    "abac-role-missing": Look(
        title="the registry wants a repository role, which AcrPull is not",
        command="az acr show --name {registry} --query roleAssignmentMode -o tsv",
        means="AbacRepositoryPermissions means this",
    ),
    "arm-audience-disabled": Look(
        title="the registry takes only tokens made for ACR",
        command="az acr config authentication-as-arm show --registry {registry}",
        means="disabled means this",
    ),
    "wrong-tenant": Look(
        title="the identity and the registry are in different tenants",
        command="az account show --query tenantId -o tsv",
        means="compare with the tenant of the registry's subscription",
    ),
    "credentials-missing": Look(
        title="no credentials were presented",
        command="grep {host} ~/.docker/config.json",
        means="nothing means this; in Kubernetes look at the pod's imagePullSecrets and the "
        "kubelet's journal",
    ),
    "credentials-rejected": Look(
        title="a stored credential is wrong or has expired",
        command="az acr login --name {registry} --expose-token",
        means="a new token that works means this; then docker logout and log in again",
    ),
    "credential-provider-failing": Look(
        title="the kubelet's credential provider fails",
        command="sudo journalctl -u kubelet --no-pager -n 2000 | grep -i 'credential provider'",
        means="its words say what it lacks; exit status 1 on a node that reaches {host} means this",
    ),
    "credential-provider-unmatched": Look(
        title="the kubelet's credential provider does not match this host name",
        command="grep -A8 matchImages /var/lib/kubelet/credential-provider-config.yaml",
        means="no pattern for {host} means this",
    ),
}
