"""An image's manifest or index, without its annotations."""

from checks.privacy import Sensitivity
from diagnose.bundle.bodies.shape import Fields

_PUBLIC = Sensitivity.PUBLIC

_DESCRIPTOR: Fields = {
    "mediaType": _PUBLIC,
    "digest": Sensitivity.REFERENCE,
    "size": _PUBLIC,
    "urls": [Sensitivity.URL],  # that a layer has some says that the registry does not keep it
}
_PLATFORM: Fields = {
    "architecture": _PUBLIC,
    "os": _PUBLIC,
    "os.version": _PUBLIC,
    "variant": _PUBLIC,
}
MANIFEST: Fields = {
    "schemaVersion": _PUBLIC,
    "mediaType": _PUBLIC,
    "artifactType": _PUBLIC,
    "manifests": [{**_DESCRIPTOR, "artifactType": _PUBLIC, "platform": _PLATFORM}],
    "config": _DESCRIPTOR,
    "layers": [_DESCRIPTOR],
}
