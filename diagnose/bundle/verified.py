"""Holds what was unpacked against its manifest: all of it, nothing else, and unchanged.

Against accident only: who changes a file can change its sum. Form of what is read here:
{"schema": 1, "tool": {"name", "version"}, "files": {"facts.json": {"sha256", "bytes"}, ...}}
"""

import hashlib
import re
from collections.abc import Mapping

from checks.replies import Json
from diagnose.bundle.errors import BundleError, quoted
from diagnose.bundle.strict_json import json_of

SCHEMA = 1  # the newest form of a bundle that is read here
MANIFEST = "manifest.json"

_SHA256 = re.compile(r"[0-9a-f]{64}")


def verified(members: Mapping[str, bytes]) -> dict[str, Json]:
    """Give the manifest of members that are what it says; else raise `BundleError`."""
    if MANIFEST not in members:
        raise BundleError(f"the bundle has no {MANIFEST}, so it is none of ours")
    manifest = _table(json_of(MANIFEST, members[MANIFEST]), MANIFEST)
    _refuse_newer(manifest)
    listed = _table(manifest.get("files"), "files")
    for name in sorted({*listed, *members} - {MANIFEST}):
        if name not in listed:
            raise BundleError(f"the bundle has {quoted(name)}, which its {MANIFEST} does not list")
        row = _table(listed[name], f"files.{name}")
        if name not in members:
            raise BundleError(f"the bundle has no {quoted(name)}, which its {MANIFEST} lists")
        _hold(name, members[name], row)
    return manifest


def _refuse_newer(manifest: dict[str, Json]) -> None:
    schema = manifest.get("schema")
    if type(schema) is not int or schema < 1:
        raise BundleError(f"{MANIFEST}: field schema must be a whole number from 1 on")
    if schema > SCHEMA:
        tool = manifest.get("tool")
        version = tool.get("version") if isinstance(tool, dict) else None
        maker = quoted(version) if isinstance(version, str) else "of an unknown version"
        raise BundleError(
            f"the bundle was made by acr-diagnose {maker} in form {schema}; this one reads forms "
            f"up to {SCHEMA}: read it with that version or a newer one"
        )


def _hold(name: str, data: bytes, row: dict[str, Json]) -> None:
    size, digest = row.get("bytes"), row.get("sha256")
    if type(size) is not int:
        raise BundleError(f"{MANIFEST}: field files.{name}.bytes must be a whole number")
    if not isinstance(digest, str) or not _SHA256.fullmatch(digest):
        raise BundleError(f"{MANIFEST}: field files.{name}.sha256 must be 64 hex digits")
    if size != len(data):
        raise BundleError(f"{name} has {len(data)} bytes, and {MANIFEST} says {size}: it changed")
    if hashlib.sha256(data).hexdigest() != digest:
        raise BundleError(f"{name} is not what {MANIFEST} has the sha256 of: it changed")


def _table(value: Json, field: str) -> dict[str, Json]:
    if not isinstance(value, dict):
        where = field if field == MANIFEST else f"{MANIFEST}: field {quoted(field)}"
        raise BundleError(f"{where} must be an object")
    return value
