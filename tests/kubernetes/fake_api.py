"""A small API server on loopback: the calls that `k8s run` makes, answered from `state.Cluster`."""

import json
import re
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import trustme

from tests.kubernetes.state import Request, Status

AUTHORITY = trustme.CA()
_PATH = re.compile(
    r"/apis?(?:/(?P<group>[a-z0-9.]*[a-z]))??/v1"
    r"(?:/namespaces/(?P<namespace>[^/]+)(?=/[a-z]+))?"
    r"/(?P<resource>[a-z]+)(?:/(?P<name>[^/]+))?(?:/(?P<part>log))?\Z"
)
# What kubectl asks before it sends objects by their kinds.
_DISCOVERY = {
    "/api": {"kind": "APIVersions", "versions": ["v1"]},
    "/apis": {"kind": "APIGroupList", "apiVersion": "v1", "groups": []},
    "/api/v1": {
        "kind": "APIResourceList",
        "groupVersion": "v1",
        "resources": [
            {
                "name": "events",
                "singularName": "event",
                "namespaced": True,
                "kind": "Event",
                "verbs": ["create", "list"],
            }
        ],
    },
}


class Server:
    """Serves a cluster on loopback while the block runs; `stop` makes it go away midway."""

    def __init__(self, cluster, *, tls=False):
        self.cluster = cluster
        self.over = threading.Event()
        self.http = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self.http.cluster, self.http.over = cluster, self.over
        self.http.daemon_threads = True
        self.scheme = "https" if tls else "http"
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            AUTHORITY.issue_cert("127.0.0.1").configure_cert(context)
            self.http.socket = context.wrap_socket(self.http.socket, server_side=True)
        self.port = self.http.server_address[1]
        self.thread = threading.Thread(target=self.http.serve_forever, args=(0.05,), daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stop()
        self.cluster.close()

    def stop(self):
        if not self.over.is_set():
            self.over.set()
            self.http.shutdown()
            self.http.server_close()

    @property
    def url(self):
        return f"{self.scheme}://127.0.0.1:{self.port}"

    def kubeconfig(self, folder, name="fake", signed_in=True):
        """Write a kubeconfig that leads here, and give its path."""
        path = folder / f"{name}.kubeconfig"
        known = {"server": self.url}
        if self.scheme == "https":
            authority = folder / "ca.pem"
            AUTHORITY.cert_pem.write_to_path(str(authority))
            known["certificate-authority"] = str(authority)
        document = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": name, "cluster": known}],
            "users": [{"name": name, "user": {"token": "made-up"} if signed_in else {}}],
            "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
            "current-context": name,
        }
        path.write_text(json.dumps(document))
        return str(path)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # or each answer on a kept connection comes 40 ms late

    def log_message(self, *_):
        """Say nothing."""

    def do_GET(self):
        self._serve("GET")

    def do_POST(self):
        self._serve("POST")

    def do_DELETE(self):
        self._serve("DELETE")

    def _serve(self, method):
        try:
            self._answer(method)
        except ConnectionError:
            self.close_connection = True

    def _answer(self, method):
        body = self._body()
        if known := _DISCOVERY.get(urlsplit(self.path).path):
            self._send(200, json.dumps(known).encode())
            return
        request = self._request(method, body)
        if request is None:
            self._send(404, b"404 page not found", "text/plain")
            return
        if self.server.over.is_set():
            self.close_connection = True
            return
        try:
            found = self.server.cluster.answer(request) if request.verb != "watch" else None
            if request.verb == "watch":
                self._watch(request)
                return
        except Status as status:
            if status.reason:
                self._send(status.code, json.dumps(status.body()).encode())
            else:  # not the API server: something in front of it
                self._send(status.code, b"<html>no</html>", "text/html")
            return
        if isinstance(found, str):
            self._send(200, found.encode(), "text/plain")
        elif isinstance(found, bytes):
            self._send(200, found, "text/html")
        else:
            self._send(201 if method == "POST" else 200, json.dumps(found).encode())

    def _request(self, method, body):
        split = urlsplit(self.path)
        query = {key: values[0] for key, values in parse_qs(split.query).items()}
        match = _PATH.match(split.path)
        if not match:
            return None
        verb = {"POST": "create", "DELETE": "delete"}.get(method)
        if verb is None:
            verb = "get" if match["name"] else "watch" if query.get("watch") else "list"
        part = f"/{match['part']}" if match["part"] else ""
        return Request(
            verb=verb,
            resource=match["resource"] + part,
            group=match["group"] or "",
            namespace=match["namespace"] or "",
            name=match["name"] or "",
            query=query,
            body=json.loads(body) if body else None,
        )

    def _body(self):
        if self.headers.get("Transfer-Encoding") == "chunked":  # as kubectl sends
            pieces = []
            while size := int(self.rfile.readline(), 16):
                pieces.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            return b"".join(pieces)
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _watch(self, request):
        self.server.cluster.met(request)
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        try:
            for change in self.server.cluster.watched(request, self.server.over):
                line = json.dumps(change).encode() + b"\n"
                self.wfile.write(b"%x\r\n%s\r\n" % (len(line), line))
            self.wfile.write(b"0\r\n\r\n")
        except OSError:
            self.close_connection = True

    def _send(self, code, body, kind="application/json"):
        self.send_response(code)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
