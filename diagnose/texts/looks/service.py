"""Looks for causes in the image, the registry's service, and this machine's runtime."""

from diagnose.texts.looks.look import Look

LOOKS = {
    "repository-not-found": Look(
        title="the registry has no such repository",
        command="az acr repository list --name {registry} -o tsv",
        means="the repository is not in it",
    ),
    "tag-not-found": Look(
        title="the repository has no such tag or digest",
        command="az acr repository show-tags --name {registry} --repository REPOSITORY",
        means="the tag is not in it",
    ),
    "platform-mismatch": Look(
        title="the image has no variant for this system and processor",
        command="docker manifest inspect {image} | grep -A3 platform; uname -m",
        means="no common one means this",
    ),
    "image-quarantined-or-locked": Look(
        title="the image is locked or in quarantine",
        command="az acr repository show --name {registry} --image REPOSITORY:TAG --query "
        "changeableAttributes",
        means="readEnabled false, or quarantine on, means this",
    ),
    "storage-endpoint-policy-blocks-layers": Look(
        title="a service endpoint policy for Storage denies the accounts that hold the layers",
        command="az network vnet subnet show --ids SUBNET_ID --query serviceEndpointPolicies",
        means="any policy without the /services/Azure alias means this",
    ),
    "cmk-key-unavailable": Look(
        title="the registry cannot use its customer-managed key",
        command="az acr encryption show --name {registry}",
        means="look at the key's state and the vault's firewall",
    ),
    "throttled": Look(
        title="too many requests: a rate limit holds pulls back",
        command="curl -sI https://{host}/v2/ | grep -i -e ^http -e retry-after",
        means="429 means this",
    ),
    "registry-unavailable": Look(
        title="the registry's service fails",
        command="az acr check-health --name {registry} --yes",
        means="and look at Azure Service Health for its region",
    ),
    "runtime-down": Look(
        title="the container engine does not run, or may not be used by this user",
        command="systemctl status docker containerd; ls -l /var/run/docker.sock; id",
        means="not running, or not this user's, means this",
    ),
    "runtime-proxy-misconfigured": Look(
        title="the engine's own proxy settings are wrong",
        command="systemctl show docker containerd -p Environment; env | grep -i proxy",
        means="a difference means this",
    ),
    "runtime-mirror-misconfigured": Look(
        title="the engine is told to pull from elsewhere",
        command="grep -r . /etc/containerd/certs.d; grep -A3 registry-mirrors "
        "/etc/docker/daemon.json",
        means="any entry for this host, or for _default, means this",
    ),
    "runtime-untrusted-ca": Look(
        title="only the engine does not trust the certificate",
        command="curl -so /dev/null https://{host}/v2/ && echo trusted",
        means="trusted here means this: look into /etc/docker/certs.d and restart the engine",
    ),
    "disk-full": Look(
        title="no space is left for layers",
        command="df -h / /var/lib/docker /var/lib/containerd; df -i /",
        means="no space or no inodes left means this",
    ),
}
