"""What every cause's answer must look like, whatever the family; and a machine to begin from."""

import importlib
import shlex

from checks.contract import Fact
from checks.host import Host
from checks.mirrors import Mirrors
from checks.units import Units
from diagnose.causes.contract import Cause, Confidence, Finding, Rejected
from diagnose.facts import Facts

NOTHING, REJECTED = "nothing", "rejected"
HOST = Host(
    os="linux",
    architecture="amd64",
    on_azure=True,
    aks_node=False,
    is_root=False,
    addresses=(),
    resolvers=(),
    proxies=(),
)

# Looked for, and nothing sends a runtime elsewhere.
MIRRORS = Mirrors(login_server="contoso.azurecr.io", mirrors=())
UNITS = Units(units=())


def at(path: str) -> Cause:
    """Give the cause of a module below `diagnose.causes`, such as ``path/no_outbound``."""
    cause: Cause = importlib.import_module("diagnose.causes." + path.replace("/", ".")).CAUSE
    return cause


def find(cause: Cause, *facts: Fact) -> Finding | Rejected | None:
    """Give what the cause says of these facts; None also where it lacks what it needs."""
    known = Facts(facts)
    return None if known.missing(cause.needs) else known.call(cause.find)


def check(found: Finding | Rejected | None, expected: Confidence | str) -> None:
    """Assert that the answer is the expected one, and whole."""
    if expected == NOTHING:
        assert found is None
    elif expected == REJECTED:
        assert isinstance(found, Rejected)
        assert found.because
    else:
        assert isinstance(found, Finding)
        assert found.confidence is expected
        assert found.evidence
        assert found.fix
        assert bool(found.settle) == (expected is not Confidence.PROVEN)
        for step in found.fix:
            assert step.why
            assert step.needs
            for command in filter(None, (step.command, step.undo)):
                assert shlex.split(command)
                assert "\n" not in command
