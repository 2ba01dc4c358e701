"""The verdict in one line: short whatever it says, and read as what it was."""

import json
from dataclasses import replace

import pytest

from diagnose import __version__
from diagnose.bundle.errors import BundleError
from diagnose.grouping import compact
from diagnose.grouping.digest import summed_up
from tests.matrix import runs
from tests.scenarios.recorded import told


@pytest.mark.parametrize("sees_azure", [True, False])
@pytest.mark.parametrize("name", runs.BY_NAME)
def test_every_verdict_fits_into_a_termination_message(name: str, *, sees_azure: bool) -> None:
    result = told(name, sees_azure=sees_azure).result
    line = compact.line("aks-pool-vmss000000", result)
    whole = summed_up("aks-pool-vmss000000", result, version=__version__)
    found = compact.read(line)

    assert "\n" not in line
    assert len(line.encode()) <= 4096
    assert (found.status, found.cause, found.title) == (whole.status, whole.cause, whole.title)
    assert found.confidence == whole.confidence
    assert found.features == whole.features
    assert found.fix[:1] == whole.fix[:1]


def test_a_verdict_that_is_too_long_loses_what_matters_least() -> None:
    result = told("a_sibling_subnet_is_allowed").result
    primary = result.verdict.primary
    assert primary is not None
    steps = tuple(replace(step, command="az " + "x" * 5000) for step in primary.finding.fix)
    long = replace(primary, finding=replace(primary.finding, fix=steps))
    line = compact.line("n" * 3000, replace(result, verdict=replace(result.verdict, primary=long)))
    found = compact.read(line)

    assert len(line.encode()) <= 4096
    assert (found.cause, found.fix) == ("subnet-not-allowed", ())


@pytest.mark.parametrize(
    "text",
    ["", "null", "[]", "{}", '{"schema":2,"verdict":{}}', '{"schema":1,"verdict":{"cause":1}}'],
)
def test_what_is_no_verdict_is_refused(text: str) -> None:
    with pytest.raises(BundleError, match="no verdict"):
        compact.read(text)


def test_a_feature_is_kept_under_its_name() -> None:
    line = compact.line("node", told("everything_is_right").result)
    features = json.loads(line)["verdict"]["features"]

    assert features["service endpoint"] == "Succeeded"
