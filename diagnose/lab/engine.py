"""The simulated docker engine's HTTP API, as far as a trial pull uses it; pure but for its images.

Shapes as in Docker's Engine API reference, v1.44: an error before the pull starts is an HTTP
status with a message, one after that is a line of the stream.
"""

import base64
import json
import re
from urllib.parse import unquote

from diagnose.lab.cloud import Cloud
from diagnose.lab.engine_pull import Pull, PullError
from diagnose.lab.engine_state import Engine
from diagnose.lab.http import Request, Response, as_json

_API = "1.44"
_VERSIONED = re.compile(r"^/v\d+\.\d+(?=/)")
_NAMED = re.compile(r"^/images/(?P<name>.+?)(?P<what>/json|/tag)?$")
_PARTS = re.compile(r"^(?P<host>[^/]+)/(?P<repo>.+)$")


def answer(cloud: Cloud, engine: Engine, request: Request) -> Response:
    """One answer of the engine."""
    path = _VERSIONED.sub("", request.path)
    if path == "/_ping":
        return Response(200, (("Content-Type", "text/plain"), ("Api-Version", _API)), b"OK")
    if path == "/version":
        return as_json(200, {"Version": engine.version, "ApiVersion": _API, "Os": "linux"})
    if path == "/info":
        return as_json(200, _info(engine))
    if path == "/images/json":
        return as_json(200, [{"Id": one} for one in sorted(set(engine.images.values()))])
    if path == "/images/create" and request.method == "POST":
        return _create(cloud, engine, request)
    if match := _NAMED.match(path):
        return _image(engine, request, unquote(match["name"]), match["what"] or "")
    return as_json(404, {"message": "page not found"})


def _info(engine: Engine) -> dict[str, object]:
    names = {"HttpProxy": "HTTP_PROXY", "HttpsProxy": "HTTPS_PROXY", "NoProxy": "NO_PROXY"}
    told = {key: engine.proxies.get(name, "") for key, name in names.items()}
    return {
        "ServerVersion": engine.version,
        "Driver": engine.storage_driver,
        "DockerRootDir": engine.root,
        "OSType": "linux",
        "RegistryConfig": {"Mirrors": list(engine.mirrors)},
        **told,
    }


def _image(engine: Engine, request: Request, name: str, what: str) -> Response:
    held = engine.images
    found = held.get(name) or (name if name in held.values() else "")
    if not found:
        return as_json(404, {"message": f"No such image: {name}"})
    if what == "/tag" and request.method == "POST":
        held[f"{request.query['repo']}:{request.query.get('tag', 'latest')}"] = found
        return Response(201)
    if request.method == "DELETE":
        for key in [key for key, one in held.items() if name in (key, one)]:
            del held[key]
        return as_json(200, [{"Untagged": name}])
    return as_json(200, {"Id": found, "RepoTags": [k for k, one in held.items() if one == found]})


def _create(cloud: Cloud, engine: Engine, request: Request) -> Response:
    named, tag = request.query.get("fromImage", ""), request.query.get("tag", "")
    match = _PARTS.match(named)
    if match is None:
        return as_json(400, {"message": "invalid reference format"})
    by_digest = tag.startswith("sha256:")
    pull = Pull(cloud, engine, _auth(request), {})
    try:
        digest = pull.run(match["host"], match["repo"], tag or "latest")
    except PullError as error:
        return as_json(500, {"message": str(error)})
    name = f"{named}{'@' if by_digest else ':'}{tag or 'latest'}"
    engine.images[name] = digest
    lines = [{"status": f"Pulling from {match['repo']}"}, {"status": f"Digest: {digest}"}]
    body = b"".join(json.dumps(line).encode() + b"\r\n" for line in lines)
    return Response(200, (("Content-Type", "application/json"),), body)


def _auth(request: Request) -> tuple[str, str]:
    """Docker's X-Registry-Auth: base64url of a JSON object."""
    try:
        told = json.loads(base64.urlsafe_b64decode(request.headers.get("x-registry-auth", "")))
    except ValueError:
        told = {}
    return str(told.get("username", "")), str(told.get("password", ""))
