"""A real registry behind the front end: its content passes the lab's firewall and tokens."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

REGISTRY = "https://contoso.azurecr.io"


class Backend(BaseHTTPRequestHandler):
    """A registry with one manifest and one blob."""

    def do_GET(self):
        found = {"/v2/app/manifests/real": b"{}", "/v2/app/blobs/sha256:abcd": b"bytes"}
        body = found.get(self.path, b'{"errors":[]}')
        self.send_response(200 if self.path in found else 404)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Docker-Content-Digest", "sha256:feed")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


@pytest.fixture
def backed(cloud):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Backend)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    cloud.registry_backend = f"http://127.0.0.1:{server.server_port}"
    yield cloud
    server.shutdown()
    server.server_close()


def test_manifest_and_layer_come_from_the_backend(backed, vm):
    token = vm.access()
    manifest = vm.get(f"{REGISTRY}/v2/app/manifests/real", token)
    assert (manifest.status, manifest.body) == (200, b"{}")
    assert manifest.headers["docker-content-digest"] == "sha256:feed"
    link = vm.get(f"{REGISTRY}/v2/app/blobs/sha256:abcd", token)
    assert link.status == 307
    assert vm.get(link.headers["location"], Range="bytes=1-2").body == b"yt"


def test_backend_does_not_open_the_firewall(backed, vm):
    token = vm.access()
    backed.registry.vnet_rules = []
    assert vm.get(f"{REGISTRY}/v2/app/manifests/real", token).status == 403
