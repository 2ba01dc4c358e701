"""Field by field: what of a fact tells machines apart, under which aspect, and in which form.

A field that stands neither here nor in `noise` is compared as it is, under its check's own aspect.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from diagnose.difference import forms
from diagnose.difference.contract import Aspect
from diagnose.difference.side import Side

Form = Callable[[Any, Side], object]

# By check: what it tells of. The rows of `FIELDS` make exceptions.
ASPECTS: Mapping[str, Aspect] = {
    "target": Aspect.IMAGE,
    "host": Aspect.MACHINE,
    "instance": Aspect.MACHINE,
    "node-config": Aspect.MACHINE,
    "pod-network": Aspect.MACHINE,
    "identity": Aspect.IDENTITY,
    "interface": Aspect.SUBNET,
    "subnet": Aspect.ENDPOINT,
    "outbound-rules": Aspect.ROUTE,
    "vnet": Aspect.RESOLVER,
    "egress": Aspect.ROUTE,
    "provider": Aspect.PROVIDER,
    "registry": Aspect.ACCESS,
    "network-rules": Aspect.RULE,
    "tenant": Aspect.IDENTITY,
    "roles": Aspect.IDENTITY,
    "private-endpoint": Aspect.PRIVATE,
    "dns": Aspect.RESOLVER,
    "hosts-file": Aspect.RESOLVER,
    "outside": Aspect.CONNECTION,
    "tcp": Aspect.CONNECTION,
    "tls": Aspect.CERTIFICATE,
    "outside-tls": Aspect.CERTIFICATE,
    "mtu": Aspect.CONNECTION,
    "repeats": Aspect.CONNECTION,
    "challenge": Aspect.ANSWER,
    "proxy": Aspect.PROXY,
    "clock": Aspect.CLOCK,
    "anonymous-token": Aspect.ADMISSION,
    "token": Aspect.TOKEN,
    "arm-audience": Aspect.TOKEN,
    "stored-credentials": Aspect.IDENTITY,
    "credential-provider": Aspect.RUNTIME,
    "firewall": Aspect.ADMISSION,
    "rule-subnets": Aspect.RULE,
    "manifest": Aspect.MANIFEST,
    "layer": Aspect.LAYER,
    "layer-dns": Aspect.RESOLVER,
    "storage-policy": Aspect.ENDPOINT,
    "units": Aspect.RUNTIME,
    "mirrors": Aspect.RUNTIME,
    "disk": Aspect.RUNTIME,
    "runtime-log": Aspect.LOG,
    "docker": Aspect.RUNTIME,
    "docker-pull": Aspect.PULL,
    "kubelet-credentials": Aspect.RUNTIME,
    "containerd": Aspect.RUNTIME,
    "containerd-pull": Aspect.PULL,
}

# Looks that are made only where something failed; that they were made is no difference.
FOLLOW_UPS = frozenset({"outside-tls", "mtu", "repeats", "rule-subnets", "layer-dns"})

# A field that another check tells of in more words: where that one differs, this is not repeated.
TOLD_BY: Mapping[tuple[str, str], str] = {
    ("challenge", "via_proxy"): "proxy",
    ("challenge", "via"): "proxy",
    ("identity", "tenant"): "tenant",
    ("instance", "outbound_ips"): "egress",
    ("registry", "private_endpoints"): "private-endpoint",
    ("subnet", "endpoint_policies"): "storage-policy",
    ("subnet", "nat_gateway"): "egress",
    ("subnet", "route_table"): "outbound-rules",
    ("subnet", "security_group"): "outbound-rules",
    ("token", "audience"): "identity",
    ("arm-audience", "taken"): "registry",
}

# What a verdict's evidence names to say which machine it speaks of; no fault lies in it.
CONTEXT = frozenset(
    ("instance", field)
    for field in ("flexible", "location", "nics", "outbound_ips", "scale_set", "subscription")
)

# What somebody has set, as against what was met with it; it comes first within its aspect.
SETTINGS = frozenset({"host", "vnet", "hosts-file", "units", "mirrors", "docker", "containerd"})

# Checks whose own line says little of a field; the field is spelt out.
SPELT_OUT = frozenset({"host", "instance", "identity", "outbound-rules"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    label: str
    aspect: Aspect | None = None  # None: the check's own
    form: Form = forms.same
    literal: bool = False  # compared as it stands: its role is the same on every machine


FIELDS: Mapping[str, Field] = {
    "Target.login_server": Field(label="registry", literal=True),
    "Target.repository": Field(label="repository", literal=True),
    "Target.reference": Field(label="tag or digest", literal=True),
    "Host.is_root": Field(label="run as root", aspect=Aspect.RUN),
    "Host.on_azure": Field(label="an Azure machine"),
    "Host.aks_node": Field(label="a node of AKS"),
    "Host.resolvers": Field(label="name servers", aspect=Aspect.RESOLVER, form=forms.ordered),
    "Host.proxies": Field(label="proxy settings", aspect=Aspect.PROXY, form=forms.settings),
    "Host.authorities": Field(
        label="trusted authorities by", aspect=Aspect.TRUST, form=forms.files
    ),
    "Host.kubelet_client": Field(
        label="the kubelet's identity is set", aspect=Aspect.IDENTITY, form=forms.present
    ),
    "Host.in_cluster": Field(label="in a pod", aspect=Aspect.RUN),
    "Host.has_card": Field(label="a network card is seen", aspect=Aspect.RUN),
    "NodeConfig.identity": Field(label="the cluster acts as", aspect=Aspect.IDENTITY),
    "NodeConfig.endpoints": Field(label="endpoints of its own", form=forms.settings),
    "Instance.scale_set": Field(label="in a scale set", form=forms.present),
    "Instance.nics": Field(label="the subnet's range", aspect=Aspect.SUBNET, form=forms.ranges),
    "Instance.outbound_ips": Field(
        label="a public address of its own", aspect=Aspect.ROUTE, form=forms.present
    ),
    "Identity.how": Field(label="signs in by"),
    "Identity.audience": Field(label="has a token for"),
    "Interface.subnet_id": Field(label="subnet", literal=True),
    "Subnet.endpoints": Field(label="service endpoints", form=forms.endpoints),
    "Subnet.endpoint_policies": Field(label="service endpoint policies", form=forms.count),
    "Subnet.nat_gateway": Field(label="NAT gateway", aspect=Aspect.ROUTE, form=forms.present),
    "Subnet.route_table": Field(label="route table", aspect=Aspect.ROUTE, form=forms.present),
    "Subnet.security_group": Field(label="security group", aspect=Aspect.ROUTE, form=forms.present),
    "Subnet.default_outbound": Field(label="default outbound access", aspect=Aspect.ROUTE),
    "OutboundRules.rules": Field(label="outbound rules", form=forms.rules),
    "OutboundRules.next_hop": Field(label="0.0.0.0/0 goes to"),
    "Vnet.dns_servers": Field(label="the VNet's DNS servers", form=forms.ordered),
    "Vnet.peered": Field(label="peered with", aspect=Aspect.PRIVATE, form=forms.last_names),
    "Egress.nat_gateway": Field(label="leaves by a NAT gateway", form=forms.present),
    "Registry.sku": Field(label="SKU", aspect=Aspect.REGISTRY),
    "Registry.location": Field(label="location", aspect=Aspect.REGISTRY),
    "Registry.ip_ranges": Field(label="address ranges with a rule", aspect=Aspect.RULE),
    "Registry.data_endpoint": Field(label="data endpoint", aspect=Aspect.REGISTRY),
    "Registry.private_endpoints": Field(
        label="private endpoints", aspect=Aspect.PRIVATE, form=forms.connections
    ),
    "Registry.abac": Field(label="permissions by repository (ABAC)", aspect=Aspect.REGISTRY),
    "Registry.quarantine": Field(label="quarantine of new images", aspect=Aspect.REGISTRY),
    "Registry.arm_audience": Field(label="takes tokens made for ARM", aspect=Aspect.REGISTRY),
    "Registry.customer_key": Field(
        label="encrypted by a customer's key", aspect=Aspect.REGISTRY, form=forms.present
    ),
    "NetworkRules.subnet_ids": Field(label="subnets with a rule", form=forms.last_names),
    "Roles.names": Field(label="roles", form=forms.roles),
    "PrivateEndpoints.endpoints": Field(label="private endpoints", form=forms.private_endpoints),
    "DnsAnswer.addresses": Field(label="addresses", form=forms.addresses),
    "DnsAnswer.resolvers": Field(label="name servers' answers", form=forms.answers),
    "DnsFailed.resolvers": Field(label="name servers' answers", form=forms.answers),
    "LayerNames.addresses": Field(label="addresses", form=forms.addresses),
    "LayerNames.resolvers": Field(label="name servers' answers", form=forms.answers),
    "Override.used": Field(label="used", form=forms.addresses),
    "Override.given": Field(label="given", form=forms.addresses),
    "Override.given_answers": Field(label="DNS's address answers", form=forms.present),
    "NoOverride.entries": Field(label="in /etc/hosts", form=forms.addresses),
    "TcpBlocked.addresses": Field(label="addresses", form=forms.addresses),
    "TlsTrusted.genuine_issuer": Field(label="issued by an authority of Azure's"),
    "TlsTrusted.version": Field(label="TLS version"),
    "TlsUntrusted.issuer": Field(label="issuer", form=forms.name),
    "Challenge.refused_ip": Field(label="refused address", form=forms.caller),
    "Challenge.via_proxy": Field(label="asked by proxy", aspect=Aspect.PROXY),
    "Challenge.via": Field(label="carried by", aspect=Aspect.PROXY, form=forms.present),
    "ChallengeSilent.via_proxy": Field(label="asked by proxy", aspect=Aspect.PROXY),
    "Clock.minutes_off": Field(label="minutes off", form=forms.minutes),
    "Anonymous.refused_ip": Field(label="refused address", form=forms.caller),
    "PullTokenRefused.refused_ip": Field(label="refused address", form=forms.caller),
    "PullToken.audience": Field(label="token made for", aspect=Aspect.IDENTITY),
    "PullToken.permissions": Field(label="permissions in the refresh token"),
    "Refused.ip": Field(label="refused address", form=forms.caller),
    "StoredLogins.logins": Field(label="logins", form=forms.logins),
    "ProviderMatched.name": Field(label="provider", form=forms.name),
    "Layer.host": Field(label="layers come from", form=forms.layer_host),
    "LayerBlocked.host": Field(label="layers come from", form=forms.layer_host),
    "LayerRefused.host": Field(label="layers come from", form=forms.layer_host),
    "Elsewhere.host": Field(label="whose TLS fails", form=forms.layer_host),
    "Elsewhere.issuer": Field(label="issuer", form=forms.name),
    "LargeLost.host": Field(label="whose TLS stalls", form=forms.layer_host),
    "SizeIndifferent.host": Field(label="whose TLS stalls", form=forms.layer_host),
    "Repeats.host": Field(label="who was asked", form=forms.layer_host),
    "StoragePolicies.resources": Field(label="let through", form=forms.last_names),
    "StoragePolicies.ids": Field(label="service endpoint policies", form=forms.count),
    "Units.units": Field(label="the runtimes' own proxies", form=forms.units),
    "Mirrors.mirrors": Field(label="mirrors", form=forms.mirrors),
    "RuntimeLog.lines": Field(label="log lines of this registry", form=forms.present),
    "DockerRuntime.version": Field(label="docker", form=forms.version),
    "DockerRuntime.proxies": Field(label="docker's proxies", form=forms.settings),
    "DockerPullFailed.error": Field(label="docker says", form=forms.said),
    "ContainerdRuntime.version": Field(label="containerd", form=forms.version),
    "ContainerdPullFailed.error": Field(label="containerd says", form=forms.said),
    "KubeletCredentialsFailed.said": Field(label="the plug-in says", form=forms.said),
}
