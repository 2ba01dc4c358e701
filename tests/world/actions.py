"""Single rights in Azure: which of them a run makes use of, and runs that lack one."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from unittest import mock

from diagnose.lab import arm, arm_providers, arm_registry, arm_zones, roles
from diagnose.lab.cloud import Cloud

_ASKING = (arm, arm_providers, arm_registry, arm_zones)


@contextmanager
def granting(allows: Callable[[str], bool]) -> Iterator[set[str]]:
    """Let the simulated Azure grant what ``allows`` says; yield the actions that were asked for.

    Actions are in lower case, as Azure takes them in any.
    """
    asked: set[str] = set()

    def may_read(cloud: Cloud, principal: str, action: str, scope: str) -> bool:
        asked.add(action.lower())
        return allows(action.lower()) and roles.may_read(cloud, principal, action, scope)

    with ExitStack() as patches:
        for module in _ASKING:
            patches.enter_context(mock.patch.object(module, "may_read", may_read))
        yield asked
