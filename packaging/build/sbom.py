"""What is inside acr-diagnose.pyz and all that carry it, as CycloneDX 1.6: ``sbom.py OUT``.

The names, hashes and needs are those of the locked wheels; the serial number follows from them, and
the time is that of the release. https://cyclonedx.org/docs/1.6/json/
"""

import uuid
from datetime import datetime, timezone
from importlib import metadata

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import ExternalReference, ExternalReferenceType, HashAlgorithm, HashType, XsUri
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output import make_outputter
from cyclonedx.schema import OutputFormat, SchemaVersion
from packageurl import PackageURL
from release import NAME, epoch, out, version, write
from tree import MORE
from wheels import Wheel, needs, wheels

from diagnose.kubernetes.manifest.packages import NODE_SET

LICENCE = "MIT"  # pyproject.toml has it as well


def sbom() -> str:
    """Give the document; the same for the same lock, version and moment."""
    parts = inside()
    licences = LicenseFactory()
    own = _component(NAME, version(), ComponentType.APPLICATION)
    own.licenses.add(licences.make_from_string(LICENCE))
    bom = Bom(serial_number=_serial(parts))
    bom.metadata.timestamp = datetime.fromtimestamp(epoch(), timezone.utc)
    bom.metadata.component = own
    by_name = {part.locked.name: _library(part, licences) for part in parts}
    for component in by_name.values():
        bom.components.add(component)
    direct = sorted(set(needs(metadata.requires(NAME) or ())))
    bom.register_dependency(own, [by_name[name] for name in direct])
    for part in parts:
        below = [by_name[name] for name in part.needs if name in by_name]
        bom.register_dependency(by_name[part.locked.name], below)
    writer = make_outputter(bom, OutputFormat.JSON, SchemaVersion.V1_6)
    return f"{writer.output_as_string(indent=2)}\n"


def inside() -> tuple[Wheel, ...]:
    """Give the wheels that go along; what colours typer's help is locked, and stays out."""
    return tuple(wheel for wheel in wheels() if wheel.locked.name in {*NODE_SET, *MORE})


def _library(part: Wheel, licences: LicenseFactory) -> Component:
    found = _component(part.locked.name, part.locked.version, ComponentType.LIBRARY)
    found.description = part.summary or None
    found.licenses.add(licences.make_from_string(part.licence))
    found.hashes.add(HashType(alg=HashAlgorithm.SHA_256, content=part.locked.sha256))
    if part.page:
        place = ExternalReference(type=ExternalReferenceType.WEBSITE, url=XsUri(part.page))
        found.external_references.add(place)
    return found


def _component(name: str, number: str, kind: ComponentType) -> Component:
    url = PackageURL(type="pypi", name=name, version=number)
    return Component(name=name, version=number, type=kind, purl=url, bom_ref=str(url))


def _serial(parts: tuple[Wheel, ...]) -> uuid.UUID:
    """Make a number of what is inside, so that another content has another number."""
    rows = [f"{NAME}=={version()} {epoch()}", *(str(part.locked) for part in parts)]
    return uuid.uuid5(uuid.NAMESPACE_URL, "\n".join(rows))


if __name__ == "__main__":
    write(out() / f"{NAME}-{version()}.cdx.json", sbom().encode())
