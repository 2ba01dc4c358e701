"""Errors: of Azure Resource Manager, of Entra and the metadata service, of registries.

Any service, and any proxy in its place, may answer with any of them, so they are kept everywhere.
"""

from checks.privacy import Sensitivity
from diagnose.bundle.bodies.shape import Fields

_PUBLIC, _PROSE = Sensitivity.PUBLIC, Sensitivity.PROSE
_IMAGE, _REFERENCE = Sensitivity.IMAGE, Sensitivity.REFERENCE

_ROW: Fields = {"code": _PUBLIC, "message": _PROSE, "target": _PROSE}
# ACR capitalises what other registries do not; a detail is one object, several, or a sentence.
_DETAIL: Fields = {
    "Type": _PUBLIC,
    "Class": _PUBLIC,
    "Name": _IMAGE,
    "Action": _PUBLIC,
    "Tag": _REFERENCE,
    "Revision": _REFERENCE,
    "digest": _REFERENCE,
}
ERRORS: Fields = {
    # https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/common-deployment-errors
    # and, where it is a text, RFC 6749, 5.2; the metadata service puts whole sentences there.
    "error": (_PROSE, {**_ROW, "details": [_ROW]}),
    "error_description": _PROSE,
    "error_codes": [_PUBLIC],
    "suberror": _PUBLIC,
    "timestamp": _PUBLIC,
    "trace_id": Sensitivity.IDENTITY,
    "correlation_id": Sensitivity.IDENTITY,
    "newest-versions": [_PUBLIC],
    # https://github.com/opencontainers/distribution-spec/blob/main/spec.md#error-codes
    "errors": [{"code": _PUBLIC, "message": _PROSE, "detail": ([_DETAIL], _DETAIL, _PROSE)}],
    "code": _PUBLIC,
    "message": _PROSE,
    "Message": _PROSE,
}
