"""A bundle against its manifest: whole, nothing more, unchanged, and of a form that we know."""

import hashlib
import json
from collections.abc import Callable

import pytest

from checks.replies import Json
from diagnose.bundle.errors import BundleError
from diagnose.bundle.verified import SCHEMA, verified

FILES = {"facts.json": b"{}\n", "report.txt": b"works\n"}


def manifest(files: dict[str, bytes] = FILES) -> dict[str, Json]:
    return {
        "schema": SCHEMA,
        "tool": {"name": "acr-diagnose", "version": "0.1.0"},
        "files": {
            name: {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
            for name, data in files.items()
        },
        "later": [1, 2],
    }


def members(document: Json, files: dict[str, bytes] = FILES) -> dict[str, bytes]:
    return {"manifest.json": json.dumps(document).encode(), **files}


def refused(some: dict[str, bytes]) -> str:
    with pytest.raises(BundleError) as caught:
        verified(some)
    return str(caught.value)


def test_what_is_whole_and_unchanged() -> None:
    assert verified(members(manifest())) == manifest()
    assert verified(members(manifest({}), {})) == manifest({})


def test_a_bundle_without_a_manifest() -> None:
    assert refused(FILES) == "the bundle has no manifest.json, so it is none of ours"


def test_a_file_that_is_missing_added_or_changed() -> None:
    document = manifest()

    assert refused(members(document, {"facts.json": b"{}\n"})) == (
        "the bundle has no 'report.txt', which its manifest.json lists"
    )
    assert refused(members(document, {**FILES, "z.txt": b""})) == (
        "the bundle has 'z.txt', which its manifest.json does not list"
    )
    assert refused(members(document, {**FILES, "report.txt": b"Works\n"})) == (
        "report.txt is not what manifest.json has the sha256 of: it changed"
    )
    assert refused(members(document, {**FILES, "report.txt": b"works"})) == (
        "report.txt has 5 bytes, and manifest.json says 6: it changed"
    )


def test_a_newer_form_says_who_made_it() -> None:
    newer = {"schema": SCHEMA + 1, "tool": {"version": "3.2.1"}, "files": "elsewhere"}

    assert refused(members(newer)) == (
        f"the bundle was made by acr-diagnose '3.2.1' in form {SCHEMA + 1}; this one reads forms "
        f"up to {SCHEMA}: read it with that version or a newer one"
    )
    for tool in (None, [], {}, {"version": 3}, {"version": None}):
        assert "of an unknown version in form" in refused(members({**newer, "tool": tool}))
    assert refused(members({**newer, "tool": {"version": "\x1b[2J" * 99}})).isprintable()


def changed(change: Callable[[dict[str, Json]], object]) -> dict[str, bytes]:
    document = json.loads(json.dumps(manifest()))
    change(document)
    return members(document)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (lambda one: one.pop("schema"), "field schema must be a whole number"),
        (lambda one: one.update(schema="1"), "field schema must be a whole number"),
        (lambda one: one.update(schema=True), "field schema must be a whole number"),
        (lambda one: one.update(schema=1.0), "field schema must be a whole number"),
        (lambda one: one.update(schema=0), "field schema must be a whole number from 1 on"),
        (lambda one: one.pop("files"), "field 'files' must be an object"),
        (lambda one: one.update(files=["facts.json"]), "field 'files' must be an object"),
        (lambda one: one["files"].update({"facts.json": "x"}), "field 'files.facts.json' must be"),
        (lambda one: one["files"].update({"\x1b": 1}), r"field 'files.\x1b' must be an object"),
        (
            lambda one: one["files"]["facts.json"].pop("bytes"),
            "field files.facts.json.bytes must be a whole number",
        ),
        (
            lambda one: one["files"]["facts.json"].update(bytes=3.0),
            "field files.facts.json.bytes must be a whole number",
        ),
        (
            lambda one: one["files"]["facts.json"].update(sha256=None),
            "field files.facts.json.sha256 must be 64 hex digits",
        ),
        (
            lambda one: one["files"]["facts.json"].update(sha256="A" * 64),
            "field files.facts.json.sha256 must be 64 hex digits",
        ),
    ],
)
def test_a_manifest_of_the_wrong_types(
    change: Callable[[dict[str, Json]], object], field: str
) -> None:
    assert refused(changed(change)).startswith(f"manifest.json: {field}")


@pytest.mark.parametrize("document", [[], None, 1, "x", [{}]])
def test_a_manifest_that_is_no_object(document: Json) -> None:
    assert refused(members(document)) == "manifest.json must be an object"


def test_a_manifest_that_lists_itself() -> None:
    """It cannot hold its own sum, so what it says of itself is not looked at."""
    document = manifest()
    document["files"]["manifest.json"] = {"sha256": "0" * 64, "bytes": 1}  # type: ignore[index,call-overload]

    assert verified(members(document)) == document
