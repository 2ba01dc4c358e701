"""ARM ids and paths, segment by segment, so that what is put together of two still fits.

The words of the path stay in their spelling: ``subscriptions``, a provider's namespace, the types.
"""

import re

from diagnose.bundle.pseudonyms.hosts import host
from diagnose.bundle.pseudonyms.identities import guid
from diagnose.bundle.pseudonyms.names import Names

_KINDS = {
    "applicationgateways": "gateway",
    "ipconfigurations": "ipconfig",
    "loadbalancers": "balancer",
    "managedclusters": "cluster",
    "managementgroups": "managementgroup",
    "natgateways": "nat",
    "networkinterfaces": "nic",
    "networksecuritygroups": "nsg",
    "privateendpointconnections": "connection",
    "privateendpoints": "endpoint",
    "publicipaddresses": "publicip",
    "registries": "registry",
    "resourcegroups": "group",
    "routetables": "routes",
    "securityrules": "rule",
    "serviceendpointpolicies": "policy",
    "storageaccounts": "account",
    "subnets": "subnet",
    "subscriptions": "subscription",
    "userassignedidentities": "identity",
    "vaults": "vault",
    "virtualmachines": "vm",
    "virtualmachinescalesets": "scaleset",
    "virtualnetworkpeerings": "peering",
    "virtualnetworks": "vnet",
}
# What is a collection wherever it stands; behind a provider's namespace every other word is one.
_COLLECTIONS = frozenset((*_KINDS, "privatednszones", "privatednszonegroups", "locations"))
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9]{0,60}")
_NAMESPACE = re.compile(r"(?i)(?:microsoft|azure)\.[a-z0-9]{2,40}(?:\.[a-z0-9]{2,40})?")
# Azure's own services, by the alias that a service endpoint policy names them by.
_ALIAS = re.compile(r"(?i)/services/azure(?:/[a-z]{1,40}){0,2}")
_SMALL = re.compile(r"\d{1,7}")  # a scale set's machine, told by its number
_VERSION = re.compile(r"(?i)(?:[?&]|^)(api-version=[0-9-]{10}(?:-preview)?)(?=&|$)")
# Prefixes by which AKS's own groups and networks are known (`diagnose.causes.subnet_steps`).
_OWN = re.compile(r"(?i)(mc_|aks-vnet-)(.+)")
_NUMBERED = re.compile(r"(.+)_(\d{1,7})")  # SET_7, a machine of a scale set (`checks.scale_set`)
_PLAIN = frozenset(("default", "system"))  # names that ARM itself gives


def resource(names: Names, text: str) -> str:
    """Give the alias of an id or a path; of its query nothing but the API's version is kept."""
    if _ALIAS.fullmatch(text):
        return text
    path, mark, query = text.partition("?")
    version = _VERSION.search(query) if mark else None
    return _path(names, path) + (f"?{version[1]}" if version else "")


def named(names: Names, kind: str, text: str) -> str:
    """Give the alias of one resource's name."""
    if text.lower() in _PLAIN:
        return text
    if own := _OWN.fullmatch(text):
        return names.whole(text, _spelt(own[1]) + names.alias(kind, own[2]), spread=True)
    if numbered := _NUMBERED.fullmatch(text):
        alias = f"{names.alias(kind, numbered[1])}_{numbered[2]}"
        return names.whole(text, alias, spread=True)
    return guid(names, text) or (host(names, text) if "." in text else names.alias(kind, text))


def _spelt(prefix: str) -> str:
    return "MC_" if prefix.lower() == "mc_" else "aks-vnet-"


def _path(names: Names, text: str) -> str:
    segments = text.split("/")
    found: list[str] = []
    collection, after_providers, typed = "", False, False
    for segment in segments:
        if not segment:
            found.append(segment)
        elif after_providers:
            after_providers, typed = False, _NAMESPACE.fullmatch(segment) is not None
            found.append(segment if typed else named(names, "resource", segment))
        elif collection:
            kind = _KINDS.get(collection, "resource")
            small = collection.startswith("virtualmachine") and _SMALL.fullmatch(segment)
            found.append(segment if small else named(names, kind, segment))
            collection = ""
        elif segment.lower() == "providers":
            after_providers = True
            found.append(segment)
        elif segment.lower() in _COLLECTIONS or (typed and _WORD.fullmatch(segment)):
            collection = segment.lower()
            found.append(segment)
        else:
            found.append(named(names, "resource", segment))
    return "/".join(found)
