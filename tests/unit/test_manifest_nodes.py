"""A cluster's nodes, put together by what can serve them alike."""

from typing import Any

import pytest

from diagnose.kubernetes.manifest.nodes import placed

MCR = "mcr.microsoft.com/oss/v2/kubernetes/pause"


def node(
    name: str,
    sku: str = "Ubuntu",
    arch: str = "amd64",
    pauses: tuple[str, ...] = (f"{MCR}:3.10.2",),
    os_image: str = "",
    platform: str = "linux",
) -> dict[str, Any]:
    labels = {"kubernetes.io/os": platform, "kubernetes.io/arch": arch}
    if sku:
        labels["kubernetes.azure.com/os-sku"] = sku
    images = [{"names": [f"{MCR}@sha256:{'a' * 64}", pause]} for pause in pauses]
    return {
        "metadata": {"name": name, "labels": labels},
        "status": {"nodeInfo": {"osImage": os_image, "architecture": arch}, "images": images},
    }


def cluster() -> dict[str, Any]:
    """Three kinds of nodes that fit, and two that do not."""
    return {
        "items": [
            node("u1", pauses=(f"{MCR}:3.6", f"{MCR}:3.10.2")),
            node("u2"),
            node("arm", arch="arm64"),
            node("l1", sku="AzureLinux"),
            node("w1", sku="Windows2022", platform="windows"),
            node("f1", sku="flatcar"),
        ]
    }


def test_nodes_alike_share_a_place_and_the_others_are_named() -> None:
    found = placed(cluster()["items"])

    assert [(place.name, place.nodes) for place in found.places] == [
        ("azurelinux-amd64", ("l1",)),
        ("ubuntu-amd64", ("u1", "u2")),
        ("ubuntu-arm64", ("arm",)),
    ]
    assert sorted(found.left_out) == [
        "f1: flatcar: it has no Python",
        "w1: it runs Windows, and this needs Linux",
    ]


@pytest.mark.parametrize(
    ("first", "second", "image", "told"),
    [
        (("3.6", "3.10.2"), ("3.10.2", "3.6"), "3.10.2", 0),  # the newest, not the last by letter
        (("3.9", "3.10"), ("3.9",), "3.9", 0),  # what both have, although older
        (("3.9",), ("3.10",), "3.10", 1),
        ((), ("3.10",), "3.10", 1),
        ((), (), "", 1),
    ],
)
def test_the_image_is_one_that_is_there(
    first: tuple[str, ...], second: tuple[str, ...], image: str, told: int
) -> None:
    rows = [
        node(name, pauses=tuple(f"{MCR}:{tag}" for tag in tags))
        for name, tags in (("a", first), ("b", second))
    ]
    found = placed(rows)

    assert found.places[0].image == (f"{MCR}:{image}" if image else "")
    assert len(found.left_out) == told


def test_a_virtual_node_is_no_machine() -> None:
    virtual = node("aci", os_image="Ubuntu 22.04.5 LTS")
    virtual["metadata"]["labels"]["type"] = "virtual-kubelet"

    assert placed([virtual]).left_out == ("aci: it is a virtual node",)


def test_an_image_that_only_sounds_so_is_none() -> None:
    wrong = (f"{MCR}-amd64:3.9", "contoso.azurecr.io/pause-demo:1", "pause:3.9", f"{MCR}:latest")

    assert placed([node("a", pauses=wrong)]).places[0].image == ""


@pytest.mark.parametrize(
    ("os_image", "fits"),
    [
        ("Ubuntu 22.04.5 LTS", True),
        ("Ubuntu 20.04.6 LTS", False),
        ("Debian GNU/Linux 12 (bookworm)", True),
        ("Debian GNU/Linux 11 (bullseye)", False),
        ("Microsoft Azure Linux 3.0", True),
        ("CBL-Mariner/Linux", False),
        ("Flatcar Container Linux by Kinvolk 4081.2.0", False),
        ("", False),
    ],
)
def test_a_node_without_a_label_is_known_by_its_system(os_image: str, *, fits: bool) -> None:
    found = placed([node("a", sku="", os_image=os_image)])

    assert bool(found.places) is fits
    assert bool(found.left_out) is not fits


@pytest.mark.parametrize(
    "item",
    [
        {},
        {"metadata": None, "status": []},
        {"metadata": {"labels": 3}, "status": {"images": [None, {"names": None}, {"names": [4]}]}},
    ],
)
def test_a_node_of_another_shape_is_left_out(item: dict[str, Any]) -> None:
    found = placed([item])

    assert (found.places, len(found.left_out)) == ((), 1)
