"""The fixes as they are printed, pasted into a shell with the real az; then the pull works."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.az import AZ, Az
from tests.e2e.azure import Azure, addresses
from tests.e2e.machine import Machine
from tests.e2e.namespace import Namespace

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.slow,
    pytest.mark.timeout(240),
    pytest.mark.skipif(not AZ.exists(), reason="az is not installed in .build/azure-cli"),
]

PROGRAM = str(Path(sys.executable).with_name("acr-diagnose"))
RUN = [PROGRAM, "run", "contoso.azurecr.io/app:v1", "--runtime", "none", "-o", "json"]


def verdict(vm: Namespace) -> dict[str, Any]:
    done = vm.run(RUN, timeout=60)
    found: dict[str, Any] = json.loads(done.stdout)["verdict"]
    return found


@pytest.mark.parametrize(
    ("case", "cause"),
    [
        ("subnet-not-allowed", "subnet-not-allowed"),
        ("service-endpoint-missing", "service-endpoint-missing"),
        ("neither-endpoint-nor-rule", "service-endpoint-missing"),
        ("public-access-disabled", "public-access-disabled"),
        ("pull-role-missing", "pull-role-missing"),
        ("provider-not-registered", "provider-not-registered"),
    ],
)
def test_the_pasted_fix_heals(case: str, cause: str, new_machine: Callable[..., Machine]) -> None:
    machine = new_machine(*addresses())
    azure = Azure(machine, case)
    azure.becomes("administrator")
    az = Az(machine.vm)

    found = verdict(machine.vm)
    az.paste(*(step["command"] for step in found["fix"]))
    healed = verdict(machine.vm)
    az.paste(*(step["undo"] for step in reversed(found["fix"])))
    undone = verdict(machine.vm)

    assert found["cause"] == cause
    assert healed["status"] == "healthy", (found["fix"], healed)
    assert undone["cause"] == cause, (found["fix"], undone)
