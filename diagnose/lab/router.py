"""Which simulated service answers a request, by the host that it names."""

from diagnose.lab import arm, entra, imds, layers, public, registry
from diagnose.lab.cloud import Cloud
from diagnose.lab.http import Request, Response
from diagnose.lab.places import IMDS, login_server, service_at, service_named


def answer(cloud: Cloud, request: Request) -> Response:
    """One answer, from whichever service was asked."""
    if IMDS in (request.local, request.host):
        return imds.answer(cloud, request)
    service = service_named(cloud, request.host) or service_at(cloud, request.local)
    role = service.role if service else ""
    if role == "registry" or request.host == login_server(cloud):
        return registry.answer(cloud, request)
    if role in ("layers", "data"):
        return layers.answer(cloud, request)
    if role == "arm":
        return arm.answer(cloud, request)
    if role == "entra":
        return entra.answer(cloud, request)
    if role == "control" and request.path in ("/", "/v2/"):
        return Response(200, (("Content-Type", "text/plain"),), b"ok")
    if service and service.tag == public.TAG:
        return public.answer(cloud, request)
    return Response(404, (("Content-Type", "text/html"),), b"<html>not found</html>")
