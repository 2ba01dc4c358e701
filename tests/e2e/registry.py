"""The CNCF registry that holds the content behind the simulated Azure, and how to fill it."""

import hashlib
import http.client
import sys
import time
from urllib.parse import urlsplit

from diagnose.lab.image import Image
from tests.e2e.namespace import Namespace

HOST, PORT = "127.0.0.1", 5000
URL = f"http://{HOST}:{PORT}"

CONFIG = """
version: 0.1
log: {{level: warn}}
storage: {{filesystem: {{rootdirectory: {folder}}}}}
http: {{addr: "{address}"}}
"""


class Registry:
    """docker-registry on loopback of the azure namespace; ends with the namespace."""

    def __init__(self, azure: Namespace, address: str = f"{HOST}:{PORT}") -> None:
        config = azure.folder / "registry.yml"
        folder = azure.folder / "registry"
        folder.mkdir()
        config.write_text(CONFIG.format(folder=folder, address=address))
        self.log = azure.folder / "registry.log"
        with self.log.open("w") as log:
            words = ["docker-registry", "serve", str(config)]
            self.process = azure.popen(words, stdout=log, stderr=log)
        host, _, port = address.rpartition(":")
        probe = "import socket, sys; socket.create_connection((sys.argv[1], int(sys.argv[2])), 2)"
        until = time.monotonic() + 20
        while azure.run([sys.executable, "-c", probe, host, port]).returncode:
            if time.monotonic() > until or self.process.poll() is not None:
                raise OSError("docker-registry does not start:\n" + self.log.read_text())
            time.sleep(0.1)


def send(base: str, verb: str, path: str, body: bytes = b"", kind: str = "") -> tuple[int, str]:
    """Send one request; return the status and the Location."""
    where = urlsplit(base)
    connection = http.client.HTTPConnection(where.hostname or HOST, where.port, timeout=20)
    try:
        headers = {"Content-Type": kind or "application/octet-stream"}
        connection.request(verb, path, body, headers)
        reply = connection.getresponse()
        text = reply.read().decode()
        if reply.status >= 300:
            raise OSError(f"{verb} {path}: HTTP {reply.status} {text}")
        return reply.status, reply.getheader("Location") or ""
    finally:
        connection.close()


def push(base: str, repository: str, tag: str, image: Image) -> None:
    """Upload blobs, then manifests with the top one last, as the distribution API wants it."""
    for digest, blob in image.blobs.items():
        _, location = send(base, "POST", f"/v2/{repository}/blobs/uploads/")
        where = urlsplit(location)
        query = f"{where.query}&digest={digest}" if where.query else f"digest={digest}"
        send(base, "PUT", f"{where.path}?{query}", blob)
    for digest, (kind, body) in image.manifests.items():
        if digest != "sha256:" + hashlib.sha256(body).hexdigest():
            raise ValueError(f"{digest} is not the digest of its manifest")
        if digest != image.digest:
            send(base, "PUT", f"/v2/{repository}/manifests/{digest}", body, kind)
    kind, body = image.manifests[image.digest]
    send(base, "PUT", f"/v2/{repository}/manifests/{tag}", body, kind)


if __name__ == "__main__":  # python -m tests.e2e.registry URL REPOSITORY TAG
    from diagnose.lab.image import build_image

    push(sys.argv[1], sys.argv[2], sys.argv[3], build_image())
