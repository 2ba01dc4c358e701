"""The registry and image that a text names, so that the commands in the answer can be pasted."""

import re
from dataclasses import dataclass

from checks.target import SUFFIXES, UsageError, parse

_SUFFIX = "|".join(map(re.escape, SUFFIXES))
_HOST = rf"(?P<host>[a-z0-9][a-z0-9-]{{0,62}}(?:\.[a-z0-9-]{{1,30}}\.geo)?\.(?:{_SUFFIX}))"
_END = r"(?![a-z0-9.-]*[a-z0-9])"  # azurecr.io.example.com is another host
# A data endpoint carries its registry's name in front.
_DATA = re.compile(
    rf"(?<![a-z0-9.-])(?P<name>[a-z0-9-]{{1,63}})\.[a-z0-9-]{{1,30}}\.data\.(?P<suffix>{_SUFFIX})"
)
_URL = re.compile(
    rf"(?<![a-z0-9.-]){_HOST}/v2/(?P<repo>[a-z0-9][a-z0-9._/-]{{0,200}}?)/(?:manifests|blobs)/"
    r"(?P<tag>[A-Za-z0-9_][A-Za-z0-9._-]{0,127})?(?P<digest>sha256:[0-9a-f]{64})?"
)
_IMAGE = re.compile(
    rf"(?<![a-z0-9.-]){_HOST}/(?!v2/|oauth2/)(?P<repo>[a-z0-9][a-z0-9._/-]{{0,200}})"
    r"(?::(?P<tag>[A-Za-z0-9_][A-Za-z0-9._-]{0,127}))?(?:@(?P<digest>sha256:[0-9a-f]{64}))?"
)
_BARE = re.compile(rf"(?<![a-z0-9.-]){_HOST}{_END}")
_FORMS = (_IMAGE, _URL, _BARE)
_LONGEST = 4_096  # characters of a line that are searched
NAMES = tuple(f".{suffix}" for suffix in SUFFIXES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What to put into commands; capital words where the text named nothing."""

    image: str = "IMAGE"  # or the login server alone
    host: str = "REGISTRY.azurecr.io"
    registry: str = "REGISTRY"


def subject(lines: tuple[str, ...]) -> Subject:
    """Give the first image, else the first login server, that one of the lines names."""
    found = [subject for line in lines for subject in _subjects(line[:_LONGEST])]
    with_image = (subject for subject in found if "/" in subject.image)
    return next(with_image, found[0] if found else Subject())


def _subjects(line: str) -> list[Subject]:
    if not any(name in line.lower() for name in NAMES):
        return []
    texts = [_text(found) for form in _FORMS if (found := form.search(line))]
    if data := _DATA.search(line):
        texts.append(f"{data['name']}.{data['suffix']}")
    return [subject for text in texts if (subject := _parsed(text))]


def _text(found: re.Match[str]) -> str:
    """Rebuild the reference from the parts that were matched, and from nothing else."""
    parts = found.groupdict()
    if not parts.get("repo"):
        return found["host"]
    if parts["digest"]:
        return f"{parts['host']}/{parts['repo']}@{parts['digest']}"
    tag = (parts["tag"] or "").rstrip(".")
    return f"{parts['host']}/{parts['repo'].rstrip('./')}" + (f":{tag}" if tag else "")


def _parsed(text: str) -> Subject | None:
    """Let the same strict reader judge that `run` uses."""
    try:
        target = parse(text)
    except UsageError:
        return None
    return Subject(image=text, host=target.login_server, registry=target.registry)
