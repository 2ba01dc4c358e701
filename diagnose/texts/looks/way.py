"""Looks for causes on the way: names, packets, proxies, certificates."""

from diagnose.texts.looks.look import Look

_NSG = (
    "az network watcher test-connectivity --source-resource VM_ID --dest-address {host} "
    "--dest-port 443"
)
_CURL = "curl -sv -o /dev/null https://{host}/v2/"

LOOKS = {
    "registry-name-not-found": Look(
        title="the login server's name does not exist",
        command="az acr show --name {registry} --query loginServer -o tsv",
        means="another name, or none, means this; a name that matches points to private DNS",
    ),
    "dns-server-unreachable": Look(
        title="the configured DNS server does not answer",
        command="resolvectl query {host}; nslookup {host} 168.63.129.16",
        means="only the second answering means this",
    ),
    "dns-server-failing": Look(
        title="the configured DNS server answers with a failure",
        command="nslookup {host}",
        means="SERVFAIL or REFUSED, while nslookup {host} 168.63.129.16 answers",
    ),
    "private-dns-record-missing": Look(
        title="the linked private zone has no record for this registry",
        command="nslookup -type=CNAME {host}",
        means="a privatelink name that has no address means this",
    ),
    "private-dns-data-record-missing": Look(
        title="the private zone has no record for the registry's data endpoint",
        command="az acr show-endpoints --name {registry}",
        means="look each data endpoint up with nslookup: one without a private address means this",
    ),
    "private-dns-zone-not-linked": Look(
        title="the registry has a private endpoint that this network's DNS does not know",
        command="nslookup {host}",
        means="a privatelink alias that ends in a public address means this",
    ),
    "custom-dns-not-forwarding": Look(
        title="the custom DNS server does not ask Azure's",
        command="nslookup {host}; nslookup {host} 168.63.129.16",
        means="two different addresses mean this",
    ),
    "dns-override-stale": Look(
        title="a hosts file, a cache or an old record sends the name to a wrong address",
        command="getent hosts {host}; nslookup {host}",
        means="two different addresses mean this",
    ),
    "no-outbound": Look(
        title="nothing outside this network can be reached",
        command="curl -sv -o /dev/null https://mcr.microsoft.com/v2/",
        means="a time-out here as well means this",
    ),
    "egress-blocked-registry": Look(
        title="packets to the login server are dropped",
        command=_NSG,
        means="the rule that drops them is named",
    ),
    "egress-filtered-registry": Look(
        title="a firewall ends the connection to the login server by its name",
        command=_CURL,
        means="connected and then reset or EOF, while mcr.microsoft.com works, means this",
    ),
    "egress-blocked-data": Look(
        title="packets to the layers' host are dropped",
        command="az acr show-endpoints --name {registry}",
        means="curl each data endpoint: a time-out means this, any answer does not",
    ),
    "egress-filtered-data": Look(
        title="a firewall ends the connection to the layers' host by its name",
        command="az acr show-endpoints --name {registry}",
        means="curl each data endpoint: an end or a reset after the connection means this",
    ),
    "egress-blocked-entra": Look(
        title="the host that signs identities in cannot be reached",
        command="curl -sv -o /dev/null https://login.microsoftonline.com/",
        means="a time-out or a reset means this",
    ),
    "private-endpoint-unreachable": Look(
        title="the registry's private endpoint does not answer",
        command=_NSG,
        means="unreachable at the private address means this; also look at peering",
    ),
    "private-endpoint-not-approved": Look(
        title="the private endpoint's connection is not approved",
        command="az acr private-endpoint-connection list --registry-name {registry} --query "
        "'[].privateLinkServiceConnectionState.status'",
        means="anything but Approved means this",
    ),
    "proxy-denied": Look(
        title="a proxy refuses the request or answers in the registry's place",
        command=_CURL,
        means="an answer without a Docker-Distribution-Api-Version header means this",
    ),
    "proxy-auth-required": Look(
        title="the proxy asks for a login", command=_CURL, means="407 means this"
    ),
    "proxy-unreachable": Look(
        title="the configured proxy does not answer",
        command="env | grep -i proxy; systemctl show docker containerd -p Environment",
        means="connect to the address that is named there",
    ),
    "tls-intercepted": Look(
        title="a box on the way signs the connection anew",
        command="openssl s_client -connect {host}:443 -servername {host} </dev/null | openssl "
        "x509 -noout -issuer",
        means="an issuer other than Microsoft or DigiCert means this",
    ),
    "tls-untrusted-ca": Look(
        title="this machine's trust store lacks the genuine root",
        command=_CURL,
        means="not verified although the issuer is Microsoft or DigiCert means this",
    ),
    "clock-skewed": Look(
        title="this machine's clock is wrong",
        command="date -u; curl -sI https://{host}/v2/ | grep -i ^date",
        means="more than five minutes apart means this",
    ),
    "mtu-black-hole": Look(
        title="large packets vanish on the way",
        command="tracepath {host}",
        means="an MTU below the interface's, or none found, means this",
    ),
    "snat-exhausted": Look(
        title="outbound ports are used up now and then",
        command="for i in $(seq 20); do curl -m 5 -so /dev/null https://{host}/v2/ || echo lost; "
        "done",
        means="some lost, not all, means this",
    ),
    "agent-pool-egress-blocked": Look(
        title="the agent pool's subnet lacks an outbound rule that ACR Tasks needs",
        command="acr-diagnose agentpool {registry}",
        means="from a machine in the pool's subnet",
    ),
}
