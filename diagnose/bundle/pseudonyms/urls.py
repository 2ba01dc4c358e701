"""A URL without its credentials, query and fragment: host and path by their own rules.

A text without a scheme is what stands in a proxy variable or a runtime's list of mirrors: entries
between commas, each a host, an address, or the end of names.
"""

import re
from urllib.parse import unquote

from diagnose.bundle.pseudonyms import public_hosts
from diagnose.bundle.pseudonyms.addresses import address
from diagnose.bundle.pseudonyms.files import file
from diagnose.bundle.pseudonyms.hosts import host
from diagnose.bundle.pseudonyms.identities import guid
from diagnose.bundle.pseudonyms.images import repository
from diagnose.bundle.pseudonyms.names import NO_LETTER, Names
from diagnose.bundle.pseudonyms.references import digest, reference
from diagnose.bundle.pseudonyms.resources import resource

_URL = re.compile(
    r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*://)(?:[^/?#]*@)?(?P<place>[^/?#]*)(?P<path>[^?#]*)"
    r"(?:\?[^#]*)?(?P<mark>(?:#.*)?)",
    re.DOTALL,
)
# https://github.com/opencontainers/distribution-spec/blob/main/spec.md, "Endpoints"
_CONTENT = re.compile(
    r"/v2/(?P<name>[^?#]+)/(?P<kind>manifests|blobs|tags|referrers)/(?P<reference>[^/]*)"
)
_UPLOAD = re.compile(r"/v2/(?P<name>[^?#]+)/blobs/uploads/[^?#]*")
_ARM = re.compile(r"(?i)/(?:subscriptions|providers)(?:/.*)?")
_FILES = ("unix://", "npipe://", "file://", "fd://")
# Words of the registry's, Entra's and the metadata service's paths.
_WORDS = frozenset(
    """
v1 v2 v1.0 v2.0 oauth2 token exchange authorize manifests blobs tags list uploads referrers
docker registry sha256 data common organizations consumers metadata identity instance compute
network loadbalancer attested document acr .well-known openid-configuration catalog _catalog
api health healthz ping _ping
""".split()
)
_ENTRY = re.compile(r"[^,\s]+")
_SHORT_HEX = re.compile(r"[0-9a-f]{2}")


def url(names: Names, text: str) -> str:
    parts = _URL.fullmatch(text)
    if parts is None:
        return _ENTRY.sub(lambda entry: _entry(names, entry[0]), text)
    scheme, place = parts["scheme"], parts["place"]
    if scheme.lower() in _FILES:
        return scheme + (place and host(names, place)) + file(names, parts["path"])
    if place.lower() in public_hosts.DOCUMENTS:
        return scheme + place + parts["path"] + parts["mark"]
    return scheme + (place and host(names, place)) + _path(names, parts["path"])


def _entry(names: Names, text: str) -> str:
    """Give the alias of one host, address or ending, as in NO_PROXY."""
    text = text.rpartition("@")[2]
    if found := address(names, text):
        return found
    place, slash, path = text.partition("/")
    return (place and host(names, place)) + (_path(names, slash + path) if slash else "")


def _path(names: Names, text: str) -> str:
    if _ARM.fullmatch(text):
        return resource(names, text)
    if upload := _UPLOAD.fullmatch(text):
        return f"/v2/{repository(names, upload['name'])}/blobs/uploads/"
    if content := _CONTENT.fullmatch(text):
        kind, what = content["kind"], content["reference"]
        listed = kind == "tags" and what == "list"
        last = what if listed or not what else reference(names, unquote(what))
        return f"/v2/{repository(names, content['name'])}/{kind}/{last}"
    segments = [unquote(segment) for segment in text.split("/")]
    after = [*segments[1:], ""]
    return "/".join(_segment(names, *pair) for pair in zip(segments, after, strict=True))


def _segment(names: Names, text: str, following: str) -> str:
    if text in _WORDS or NO_LETTER.fullmatch(text):
        return text
    if _SHORT_HEX.fullmatch(text) and following.startswith(text):
        # A store of layers sorts them by the first digits of their digests.
        return digest(names, following)[:2] or names.alias("path", text)
    found = guid(names, text) or digest(names, text)
    return found or (host(names, text) if "." in text else names.alias("path", text))
