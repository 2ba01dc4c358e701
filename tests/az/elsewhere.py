"""Commands whose answers come from elsewhere than ARM: from the registry's content, Key Vault,
Microsoft Graph. Only their forms are checked, against the help of azure-cli 2.91.0.
"""

import argparse
from typing import Any

from tests.az.arm import Arm
from tests.az.forms import form

_UNSEEN: tuple[tuple[str, ...], ...] = (
    ("acr repository list", "--name|-n!"),
    ("acr repository show-tags", "--name|-n!", "--repository!", "--orderby", "--top"),
    ("acr credential show", "--name|-n!"),
    ("acr token show", "--name|-n!", "--registry|-r!"),
    ("monitor activity-log list", "--resource-id!", "--offset"),
    ("identity list",),
    ("identity show", "--ids!"),
    ("network nat gateway list",),
    ("acr private-endpoint-connection list", "--registry-name|-r!"),
    ("account show",),
    ("acr login", "--name|-n!"),
    ("acr config authentication-as-arm update", "--registry|-r!", "--status"),
    ("login", "--identity?", "--client-id"),
    ("vm identity show", "--ids!"),
    ("ad sp show", "--id!"),
    ("ad sp delete", "--id!"),
    ("ad sp create-for-rbac", "--name|-n", "--role", "--scopes"),
    ("ad app credential reset", "--id!", "--append?"),
    ("ad app credential delete", "--id!", "--key-id!"),
    ("ad app credential list", "--id!"),
    ("network private-endpoint show", "--ids!"),
)


def _unseen(arm: Arm, given: argparse.Namespace) -> Any:
    """The answer is not the lab's to give."""


for _words, *_options in _UNSEEN:
    form(_words, *_options)(_unseen)
