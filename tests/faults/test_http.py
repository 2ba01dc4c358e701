"""Each HTTP server of a run with each fault: nothing crashes, hangs, swells, leads astray or lies.

The runs are made in a process of its own, whose memory has a limit (`apart.py`).
"""

from collections.abc import Iterator

import pytest

from diagnose.lab.places import IMDS
from tests.faults import cells, judging, servers, truth
from tests.faults.apart import Apart
from tests.faults.cells import Cell
from tests.faults.judging import Says
from tests.faults.world import LOGIN

WORLDS = tuple(truth._PROOF)
# Faults that are tried beside a real one as well, so that the matrix stays a matter of minutes.
MEANT = frozenset(
    {"refuse", "drop", "tls-end", "tls-plain", "inspected", "expired", "silent", "drip", "end"}
    | {"reset-midway", "truncated", "html", "empty", "object", "leaves", "nulls", "listed", "flat"}
    | {"deep", "no-utf-8", "surrogates", "redirect-elsewhere", "redirect-metadata", "bomb"}
)
SHAPES = ("object", "leaves", "nulls", "inner-nulls", "flat", "listed", "surrogates", "no-utf-8")
# A layer may lie at any public name, and is asked for there with empty hands.
LAYER_ELSEWHERE = ("registry-blob", "redirect-elsewhere")
MEANT_FOR = {LOGIN, "management.azure.com"}  # who may get a token in a header
BESIDE = ("imds", "entra", "arm", "registry", "registry-v2", "registry-token", "layers")


@pytest.fixture(scope="module")
def apart() -> Iterator[Apart]:
    made = Apart()
    yield made
    made.close()


def of(server: str, fault: str) -> list[Cell]:
    """Give the cells of a server's fault: alone, and beside what else may be wrong."""
    found = [Cell(server, fault)]
    if server in BESIDE and fault in MEANT:
        found += [Cell(server, fault, "subnet-not-allowed")]
    return found


WHOLE = [row.name for row in (*servers.WHOLE, *servers.PARTS)]
PAIRS = [(name, fault) for name in WHOLE for fault in cells.faults(servers.SERVERS[name])]


@pytest.mark.parametrize(
    ("server", "fault"),
    [pytest.param(*pair, id="-".join(pair)) for pair in PAIRS if not Cell(*pair).waits],
)
def test_a_fault(apart: Apart, server: str, fault: str) -> None:
    hold(apart, of(server, fault))


@pytest.mark.parametrize("server", WHOLE)
def test_a_server_that_keeps_one_waiting(apart: Apart, server: str) -> None:
    waiting = [fault for name, fault in PAIRS if name == server and Cell(name, fault).waits]
    hold(apart, [cell for fault in waiting for cell in of(server, fault)])


@pytest.mark.parametrize("fault", SHAPES)
@pytest.mark.parametrize("server", [row.name for row in servers.RESOURCES])
def test_a_resource_of_another_shape_changes_no_cause(
    apart: Apart, server: str, fault: str
) -> None:
    hold(apart, [Cell(server, fault, world) for world in WORLDS])


def hold(apart: Apart, told: list[Cell]) -> None:
    """Assert all that holds of these cells, and that their verdicts are among the true ones."""
    for cell, ran in apart(cells.run_all, told).items():
        name = "/".join(cell[:3])
        says = truth.says(cell)
        kept_to(name, cell, ran)
        if ran.seen.named not in says.may or set(ran.seen.proven) - set(says.proven):
            # On a machine so busy that good servers are not heard in a short run's time, that is
            # what a run sees. By itself and with the usual time, it has to keep to the truth.
            ran = apart(cells.run_all, [cell._replace(again=True)]).popitem()[1]  # noqa: PLW2901
        try:
            judging.hold(ran.seen, says)
        except AssertionError as error:
            raise AssertionError(f"{name}: {error}") from None


def kept_to(name: str, cell: Cell, ran: cells.Ran) -> None:
    """Assert what no busy machine excuses."""
    as_it_is = Says(may=(ran.seen.named,), proven=ran.seen.proven)
    judging.hold(ran.seen, as_it_is)
    assert ran.bearers <= MEANT_FOR, f"{name}: a token went to {ran.bearers - MEANT_FOR}"
    assert (IMDS, 443) not in ran.dialled, name
    if (cell.server, cell.fault) != LAYER_ELSEWHERE:
        assert (cells.EVIL, 443) not in ran.dialled, name
        assert not [path for _, path in ran.paths if "stolen" in path], name
    assert not ran.seen.printed["stderr"], f"{name}: {ran.seen.printed['stderr']}"


def test_every_row_is_tried() -> None:
    assert {Cell(*pair).fault for pair in PAIRS} >= MEANT | set(SHAPES)
    assert set(BESIDE) <= set(WHOLE)


def test_what_swells_ends_there(apart: Apart) -> None:
    """Otherwise no cell would show that a body without end is cut off."""
    with pytest.raises(MemoryError):
        apart(bytes, 1 << 30)

    assert apart(len, b"still there") == 11


def test_a_healthy_world_is_healthy_under_the_limit(apart: Apart) -> None:
    cell = Cell("arm", "early-hints")
    judging.hold(apart(cells.run_all, [cell])[cell].seen, Says(may=(judging.HEALTHY,)))
