"""What the tables of `diagnose/bundle/bodies` let through, and that nothing else comes with it."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.privacy import Sensitivity
from checks.replies import HttpReply
from diagnose.bundle import bodies
from diagnose.bundle.bodies import arm
from diagnose.bundle.bodies.errors import ERRORS
from diagnose.bundle.bodies.keeping import shape_of
from diagnose.bundle.bodies.shape import ById, Shape, reduced

CANARY = "c4n4ry-hunter2"
TYPES = sorted(kind for table in arm.TABLES for kind in table.SHAPES)
ID = "/subscriptions/S/one"
ROOTS = {"subscriptions": "/subscriptions/S", "providers": "/subscriptions/S/providers/N"}


def path_of(kind: str, name: str = "/one") -> str:
    """Give a path of this resource type."""
    if kind in ROOTS:
        return ROOTS[kind]
    namespace, *types = kind.split("/")
    return f"/subscriptions/S/providers/{namespace}/" + "/one/".join(types) + name


QUESTIONS: dict[str, tuple[str, str, dict[str, object]]] = {
    **{kind: ("arm", "get", {"path": path_of(kind)}) for kind in TYPES},
    "list of subscriptions": ("arm", "get", {"path": "/subscriptions"}),
    **{f"list of {k}": ("arm", "get", {"path": path_of(k, "")}) for k in TYPES if k not in ROOTS},
    "no type": ("arm", "get", {"path": "/subscriptions/S/providers/Microsoft.Sql/servers/one"}),
    "instance": ("imds", "instance", {}),
    "load balancer": ("imds", "load_balancer", {}),
    "manifest": ("http", "get", {"url": "https://contoso.azurecr.io/v2/app/manifests/v1"}),
    "challenge": ("http", "get", {"url": "https://contoso.azurecr.io/v2/"}),
    "identity": ("tokens", "identity", {"resource": "https://containerregistry.azure.net"}),
}
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


def same(_kind: Sensitivity, text: str) -> str:
    return text


def whole(shape: Shape) -> Iterator[Any]:
    """Give values that hold all that ``shape`` keeps; a text is its sensitivity's own word."""
    if isinstance(shape, Sensitivity):
        yield str(shape)
    elif isinstance(shape, ById):
        yield {ID: next(whole(shape.value))}
    elif isinstance(shape, list):
        yield from ([one] for one in whole(shape[0]))
    elif isinstance(shape, tuple):
        for one in shape:
            yield from whole(one)
    else:
        told = {key: list(whole(inner)) for key, inner in shape.items()}
        for number in range(max(map(len, told.values()), default=1)):
            yield {key: values[min(number, len(values) - 1)] for key, values in told.items()}


def planted(value: Any) -> Any:
    """Give ``value`` with fields that no table knows in each of its objects."""
    if isinstance(value, list):
        return [planted(one) for one in value]
    if not isinstance(value, dict):
        return value
    more = {"tags": {"owner": CANARY}, "userData": CANARY, CANARY: 1, "publicKeys": [CANARY]}
    return more | {key: planted(one) for key, one in value.items()} | {"description": CANARY}


def kept(question: str, body: object, status: int = 200, alias: bodies.Alias = same) -> Any:
    """Give what is kept of a JSON body."""
    port, method, arguments = QUESTIONS[question]
    reply = HttpReply(status=status, body=json.dumps(body).encode())
    return json.loads(bodies.kept(port, method, arguments, reply, alias).body)


def samples(question: str) -> list[Any]:
    return list(whole(ERRORS | shape_of(*QUESTIONS[question])))


@pytest.mark.parametrize("question", QUESTIONS)
def test_what_no_table_names_is_gone_at_every_level(question: str) -> None:
    for sample in samples(question):
        assert kept(question, planted(sample)) == sample


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_text_goes_through_the_alias_with_its_class(question: str) -> None:
    def alias(kind: Sensitivity, text: str) -> str:
        assert text == (ID if text.startswith("/") else kind)
        return f"{kind} of another"

    for sample in samples(question):
        found = json.dumps(kept(question, sample, alias=alias))

        assert not [kind for kind in Sensitivity if f'"{kind}"' in found.replace('":', "")]


def conforms(value: Any, shape: Shape) -> bool:
    """Tell whether there is nothing in ``value`` but what ``shape`` has a place for."""
    if isinstance(shape, tuple):
        return any(conforms(value, one) for one in shape)
    if isinstance(value, str):
        return not value or isinstance(shape, Sensitivity)
    if isinstance(value, list):
        return not value or (
            isinstance(shape, list) and all(conforms(one, shape[0]) for one in value)
        )
    if not isinstance(value, dict):
        return True
    if isinstance(shape, ById):
        return all(conforms(one, shape.value) for one in value.values())
    known = shape if isinstance(shape, dict) else {}
    return all(key in known and conforms(one, known[key]) for key, one in value.items())


def odd(shape: Shape) -> st.SearchStrategy[Any]:
    """Give values of ``shape`` in which anything may stand anywhere."""
    if isinstance(shape, Sensitivity):
        own: st.SearchStrategy[Any] = st.text(max_size=8)
    elif isinstance(shape, ById):
        own = st.dictionaries(st.text(max_size=8), odd(shape.value), max_size=2)
    elif isinstance(shape, list):
        own = st.lists(odd(shape[0]), max_size=2)
    elif isinstance(shape, tuple):
        own = st.one_of([odd(one) for one in shape])
    else:
        keys = {key: st.deferred(lambda inner=inner: odd(inner)) for key, inner in shape.items()}
        own = st.fixed_dictionaries({"more": ANYTHING}, optional=keys)
    return own | ANYTHING


@pytest.mark.parametrize("question", QUESTIONS)
def test_anything_may_stand_anywhere(question: str) -> None:
    shape = ERRORS | shape_of(*QUESTIONS[question])

    @settings(max_examples=15, deadline=None)
    @given(odd(shape))
    def holds(value: Any) -> None:
        found = kept(question, value)

        assert conforms(found, shape)
        assert kept(question, found) == found

    holds()


@pytest.mark.parametrize("number", [0, -1.5, True, False, None])
@pytest.mark.parametrize(
    "shape", [Sensitivity.NAME, {}, [Sensitivity.NAME]], ids=["text", "{}", "[]"]
)
def test_a_value_that_holds_no_name_passes_wherever_it_stands(shape: Shape, number: Any) -> None:
    assert reduced(number, shape, same) is number


@pytest.mark.parametrize("value", [{CANARY: CANARY}, [CANARY], CANARY], ids=["{}", "[]", "text"])
@pytest.mark.parametrize(
    "shape",
    [Sensitivity.NAME, {"id": Sensitivity.NAME}, [Sensitivity.NAME], ById({})],
    ids=["text", "{}", "[]", "keyed"],
)
def test_a_value_of_another_type_stays_of_that_type_and_is_emptied(
    shape: Shape, value: Any
) -> None:
    fits = isinstance(shape, (dict, ById)) and isinstance(value, dict)
    fits |= isinstance(shape, Sensitivity) and isinstance(value, str)
    fits |= isinstance(shape, list) and isinstance(value, list)

    found = reduced(value, shape, same)

    assert type(found) is type(value)
    assert fits or not found


def test_keys_that_are_ids_are_named_by_the_alias_too() -> None:
    ids = {ID: {"clientId": "C", "secret": CANARY}, CANARY: {"clientId": CANARY}}
    machine = {"identity": {"userAssignedIdentities": ids}}

    found = kept("microsoft.compute/virtualmachines", machine, alias=lambda k, t: f"{k}:{t}")

    named = {f"resource:{ID}": {"clientId": "identity:C"}}
    assert found["identity"]["userAssignedIdentities"] == named


def test_the_order_of_the_keys_is_the_services_own() -> None:
    assert list(kept("instance", {"network": {}, "x": 1, "compute": {}})) == ["network", "compute"]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/subscriptions/", ("subscriptions", True)),
        ("/subscriptions/S/", ("subscriptions", False)),
        ("/subscriptions/S/resourceGroups/providers", ("resourcegroups", False)),
        ("/subscriptions/S/providers/Microsoft.ContainerRegistry", ("providers", False)),
        (
            "/subscriptions/S/resourceGroups/G/providers/Microsoft.Network/VirtualNetworks/V/subnets/N/",
            ("microsoft.network/virtualnetworks/subnets", False),
        ),
        (
            f"{path_of('microsoft.containerregistry/registries')}/providers/A/roleAssignments",
            ("a/roleassignments", True),
        ),
        ("", ("", True)),
        ("/subscriptions/S/providers", ("providers", True)),
    ],
)
def test_a_path_names_the_type_that_answers(path: str, expected: tuple[str, bool]) -> None:
    assert arm.type_of(path) == expected


@given(st.text(alphabet="/abAB.", max_size=30) | st.text())
def test_no_path_is_too_odd_to_be_asked(path: str) -> None:
    assert set(arm.shape_of(path)) <= {"value"} | {
        k for t in TYPES for k in arm.shape_of(path_of(t))
    }


def test_a_list_has_an_end() -> None:
    rows = [{"subscriptionId": "S"}] * 6000

    assert len(kept("list of subscriptions", {"value": rows})["value"]) == 5000
