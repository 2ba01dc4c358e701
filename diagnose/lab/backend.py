"""Fetching content from a real registry that stands behind the simulated front end."""

import urllib.error
import urllib.request

from diagnose.lab.cloud import Cloud
from diagnose.lab.http import Response

_KEEP = ("content-type", "docker-content-digest", "etag")
# No proxy: the backend is on loopback, whatever this process's environment says.
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def fetch(cloud: Cloud, path: str, accept: str = "") -> Response:
    """GET of one path; HEAD is made of it by the server, which drops the body."""
    url = cloud.registry_backend.rstrip("/") + path
    request = urllib.request.Request(url, headers={"Accept": accept} if accept else {})  # noqa: S310 - the lab owner's URL
    try:
        with _OPENER.open(request, timeout=30) as reply:
            headers = tuple((k, v) for k, v in reply.headers.items() if k.lower() in _KEEP)
            return Response(reply.status, headers, reply.read())
    except urllib.error.HTTPError as error:
        with error:
            kind = error.headers.get("Content-Type", "application/json")
            return Response(error.code, (("Content-Type", kind),), error.read())
    except OSError:
        return Response(503, (("Content-Type", "text/plain"),), b"the lab's backend is away")
