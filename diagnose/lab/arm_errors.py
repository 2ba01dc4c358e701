"""ARM's error envelope and the texts that several resources share."""

from diagnose.lab.http import Response, as_json


def error(status: int, code: str, message: str, **more: object) -> Response:
    """ARM's envelope."""
    return as_json(status, {"error": {"code": code, "message": message, **more}})


def not_found(path: str) -> Response:
    """The text for top-level resources; Microsoft.Network's children have another (samples)."""
    parts = path.split("/")
    kind = "/".join(parts[6:])
    text = f"The Resource '{kind}' under resource group '{parts[4]}' was not found. "
    text += "For more details please go to https://aka.ms/ARMResourceNotFoundFix"
    return error(404, "ResourceNotFound", text)


def child_not_found(path: str) -> Response:
    """Microsoft.Network's own 404 for child resources (samples)."""
    return error(404, "NotFound", f"Resource {path} not found.", details=[])
