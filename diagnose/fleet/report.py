"""A whole report, as ``run -o json`` prints it, reduced to a verdict; what it lacks is unknown."""

from collections.abc import Callable
from typing import Any

from diagnose.bundle import codec
from diagnose.bundle.codec import CodecError
from diagnose.bundle.errors import BundleError
from diagnose.grouping.digest import Digest
from diagnose.grouping.features import FEATURES

Document = dict[str, Any]


def is_report(document: Document) -> bool:
    return isinstance(document.get("verdict"), dict) and "target" in document


def read(document: Document, name: str) -> Digest:
    """Give the verdict; ``name`` is the machine's where the report has none."""
    verdict = document["verdict"]
    rivals = [one for one in _dicts(verdict.get("rivals")) if one.get("rejected") is not True]
    settle = [verdict.get("settle"), *(one.get("settle") for one in rivals)]
    vantage = _dict(document.get("vantage"))
    given: Document = {
        "name": vantage.get("name") or name,
        "names": "",
        "status": verdict.get("status"),
        **{key: verdict.get(key) or "" for key in ("cause", "title", "owner", "confidence")},
        "reached": verdict.get("reached"),
        "also": [one.get("cause") for one in _dicts(verdict.get("also"))],
        "rivals": [one.get("cause") for one in rivals],
        "looks": [look for look in settle if look],
        "fix": verdict.get("fix"),
        "version": _dict(document.get("tool")).get("version"),
        "features": [_feature(document, vantage, feature.name) for feature in FEATURES],
    }
    try:
        found: Digest = codec.decoded(given, Digest)
    except CodecError:
        raise BundleError("its report holds no verdict of ours") from None
    return found


def _feature(document: Document, vantage: Document, name: str) -> str:
    look = _LOOKS.get(name)
    value = look(document, vantage) if look else ""
    return value if isinstance(value, str) else ""


def _fact(document: Document, fact: str, field: str) -> object:
    return _dict(_dict(document.get("facts")).get(fact)).get(field)


def _resolvers(document: Document, _: Document) -> str:
    found = _fact(document, "Host", "resolvers")
    return ", ".join(sorted(map(str, found))) if isinstance(found, list) else ""


_LOOKS: dict[str, Callable[[Document, Document], object]] = {
    "subnet": lambda _, vantage: str(vantage.get("subnet_id") or "").rstrip("/").lower(),
    "resolvers": _resolvers,
    "client id": lambda document, _: _fact(document, "Identity", "client_id"),
    "docker": lambda document, _: _fact(document, "DockerRuntime", "version"),
    "machine": lambda _, vantage: vantage.get("kind"),
    "region": lambda _, vantage: str(vantage.get("location") or "").lower(),
    "registry's tier": lambda document, _: _fact(document, "Registry", "sku"),
    "image": lambda document, _: _dict(document.get("target")).get("image"),
}


def _dict(value: object) -> Document:
    return value if isinstance(value, dict) else {}


def _dicts(value: object) -> list[Document]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
