"""Stands in for kubectl where none is installed: ``--raw`` requests, and kubectl's own words.

What it says of an error was taken from kubectl 1.32.4 in front of `fake_api`.
"""

import http.client
import json
import sys
from pathlib import Path
from urllib.parse import urlsplit

_METHODS = {"get": "GET", "create": "POST", "delete": "DELETE"}
_REASONS = {401: "Unauthorized", 403: "Forbidden", 404: "NotFound", 503: "ServiceUnavailable"}


def main():
    options, words = {}, []
    rest = iter(sys.argv[1:])
    for word in rest:
        name, _, value = word.partition("=")
        if word in ("--raw", "-f", "-o"):
            options[word] = next(rest)
        elif name.startswith("--"):
            options[name] = value
        else:
            words.append(word)
    server = _server(options.get("--kubeconfig"), options.get("--context"))
    limit = float(options["--request-timeout"].removesuffix("s"))
    body = sys.stdin.buffer.read() if words[0] == "create" else None
    if "--raw" not in options:
        sys.exit(_create(server, limit, json.loads(body)["items"]))
    connection = http.client.HTTPConnection(*server, timeout=limit)
    try:
        connection.request(_METHODS[words[0]], options["--raw"], body)
        answer = connection.getresponse()
        if answer.status >= 400:
            _refuse(answer)
        while piece := answer.read1(1 << 16):
            sys.stdout.buffer.write(piece)
            sys.stdout.buffer.flush()
    except TimeoutError:
        told = "net/http: request canceled (Client.Timeout exceeded while awaiting headers)"
        sys.exit(f"Unable to connect to the server: {told}")
    except ConnectionRefusedError:
        place = ":".join(map(str, server))
        told = "was refused - did you specify the right host or port?"
        sys.exit(f"The connection to the server {place} {told}")
    except (OSError, http.client.HTTPException):
        sys.exit("Unable to connect to the server: EOF")


def _create(server, limit, items):
    """Create each object, print the names of those that are made, and give the exit code."""
    code = 0
    for item in items:
        place, name = item["metadata"]["namespace"], item["metadata"]["name"]
        connection = http.client.HTTPConnection(*server, timeout=limit)
        connection.request("POST", f"/api/v1/namespaces/{place}/events", json.dumps(item))
        answer = connection.getresponse()
        told = json.loads(answer.read())
        connection.close()
        if answer.status < 400:
            print(f"event/{name}", flush=True)
            continue
        code = 1
        head = f'Error from server ({told["reason"]}): error when creating "STDIN":'
        head = f'The Event "{name}" is invalid:' if answer.status == 422 else head
        print(head, told["message"], file=sys.stderr)
    return code


def _server(path, context):
    try:
        document = json.loads(Path(path).read_text()) if path else None
    except OSError:
        sys.exit(f"error: stat {path}: no such file or directory")
    if document is None:
        sys.exit("The connection to the server localhost:8080 was refused - did you specify ...")
    if context not in (None, document["current-context"]):
        sys.exit(f'error: context "{context}" does not exist')
    split = urlsplit(document["clusters"][0]["cluster"]["server"])
    return split.hostname, split.port


def _refuse(answer):
    try:
        status = json.loads(answer.read())
    except ValueError:
        status = {}
    reason = status.get("reason") or _REASONS.get(answer.status, "InternalError")
    message = status.get("message", "the server is currently unable to handle the request")
    if reason == "Unauthorized":
        sys.exit(f"error: You must be logged in to the server ({message})")
    if reason == "Invalid":
        sys.exit(f"The request is invalid: {message}")
    sys.exit(f"Error from server ({reason}): {message}")


if __name__ == "__main__":
    main()
