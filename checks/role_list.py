"""What a role lets its holder do with a registry's content; built-in ones by their ids.

Ids and rights: https://learn.microsoft.com/azure/role-based-access-control/built-in-roles/containers
"""

import re
from dataclasses import dataclass

from checks import answers
from checks.replies import Json

PULL = "Microsoft.ContainerRegistry/registries/pull/read"
CONTENT = "Microsoft.ContainerRegistry/registries/repositories/content/read"


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """``pulls`` counts on an ordinary registry, ``reads`` on one in ABAC mode."""

    name: str
    pulls: bool = False
    reads: bool = False


_ACR, _ABAC = "Acr", "Container Registry Repository "
BUILT_IN = {
    "7f951dda-4ed3-4680-a7ca-43fe172d538d": Role(name=f"{_ACR}Pull", pulls=True),
    "8311e382-0749-4cb8-b61a-304f252e45ec": Role(name=f"{_ACR}Push", pulls=True),
    "c2f4ef07-c644-48eb-af81-4b1b4947fb11": Role(name=f"{_ACR}Delete"),
    "6cef56e8-d556-48e5-a04f-b8e64114680f": Role(name=f"{_ACR}ImageSigner"),
    "acdd72a7-3385-48ef-bd42-f606fba81ae7": Role(name="Reader", pulls=True),
    "b93aa761-3e63-49ed-ac28-beffa264f7ac": Role(name=f"{_ABAC}Reader", reads=True),
    "2a1e307c-b015-4ebd-883e-5b7698a07328": Role(name=f"{_ABAC}Writer", reads=True),
    "2efddaa5-3f1f-4df3-97df-af3f13818f4c": Role(name=f"{_ABAC}Contributor", reads=True),
    "bfdb9389-c9a5-478a-bb2f-ba9ca092c3c7": Role(name=f"{_ABAC}Catalog Lister"),
}


def defined(body: dict[str, Json]) -> Role:
    """Read a role definition: what its actions hold, less what its notActions take away."""
    properties = answers.table(body, "properties")
    rules = answers.rows(properties, "permissions")
    return Role(
        name=answers.text(properties, "roleName") or "a role without a name",
        pulls=any(_holds(rule, "actions", "notActions", PULL) for rule in rules),
        reads=any(_holds(rule, "dataActions", "notDataActions", CONTENT) for rule in rules),
    )


def _holds(rule: dict[str, Json], given: str, taken: str, action: str) -> bool:
    return _any(rule.get(given), action) and not _any(rule.get(taken), action)


def _any(patterns: Json, action: str) -> bool:
    """Match as Azure does: a star stands for anything, slashes too, and case does not count."""
    listed = patterns if isinstance(patterns, list) else []
    return any(
        re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), action, re.IGNORECASE)
        for pattern in listed
        if isinstance(pattern, str)
    )
