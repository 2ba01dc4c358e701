"""The list of what is inside: valid by CycloneDX's own schema, and true of the zipapp."""

import json
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from tests.packaging import images
from tests.packaging.forms import the

VALIDATOR = JsonStrictValidator(SchemaVersion.V1_6)
OWN = "acr-diagnose"
# Whose terms let the file be handed on under ours, with their texts beside it.
ALLOWED = {"Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "MPL-2.0", "PSF-2.0"}


@pytest.fixture(name="text", scope="module")
def _text(dist: Path) -> str:
    return the(dist, "acr-diagnose-*.cdx.json").read_text(encoding="utf-8")


@pytest.fixture(name="document")
def _document(text: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(text)
    return found


def _inside(dist: Path) -> dict[str, str]:
    """Give the version of each package that the zipapp says it has."""
    with zipfile.ZipFile(the(dist, "acr-diagnose.pyz")) as opened:
        places = [name for name in opened.namelist() if name.endswith(".dist-info/METADATA")]
    rows = (place.partition(".dist-info/")[0].rpartition("-") for place in places)
    return {re.sub(r"[-_.]+", "-", name).lower(): version for name, _, version in rows}


def test_it_is_valid_by_the_schema(text: str) -> None:
    assert VALIDATOR.validate_str(text) is None


@pytest.mark.parametrize("field", ["name", "type"])
def test_a_component_that_lacks_a_field_is_not(document: dict[str, Any], field: str) -> None:
    """Or the schema was not looked at."""
    del document["components"][0][field]

    assert VALIDATOR.validate_str(json.dumps(document)) is not None


def test_it_names_what_the_zipapp_holds_and_nothing_else(
    document: dict[str, Any], dist: Path
) -> None:
    named = {row["name"]: row["version"] for row in document["components"]}
    own = document["metadata"]["component"]

    assert {**named, own["name"]: own["version"]} == _inside(dist)
    assert own["name"] == OWN


def test_every_part_has_its_hash_of_the_lock_and_a_licence_that_allows_it(
    document: dict[str, Any],
) -> None:
    locked = {row.name: row.sha256 for row in images.script("lock").locked()}

    for row in document["components"]:
        assert row["hashes"] == [{"alg": "SHA-256", "content": locked[row["name"]]}]
        (licence,) = row["licenses"]
        terms = licence.get("expression") or licence["license"]["id"]
        assert set(terms.split(" AND ")) <= ALLOWED, row["name"]


def test_the_program_leads_to_every_part(document: dict[str, Any]) -> None:
    below = {row["ref"]: row.get("dependsOn", []) for row in document["dependencies"]}
    reached, todo = set(), [document["metadata"]["component"]["bom-ref"]]
    while todo:
        one = todo.pop()
        if one not in reached:
            reached.add(one)
            todo += below[one]

    assert reached == set(below)
    assert {row["bom-ref"] for row in document["components"]} < reached


def test_it_is_the_same_each_time_but_for_the_moment(tmp_path: Path) -> None:
    found = []
    for number, (seed, moment) in enumerate((("1", "1700000000"), ("2", "1700000000"), ("1", "9"))):
        folder = tmp_path / str(number)
        images.run("sbom", folder, PYTHONHASHSEED=seed, SOURCE_DATE_EPOCH=moment)
        found.append(the(folder, "*.cdx.json").read_bytes())

    assert found[0] == found[1] != found[2]
