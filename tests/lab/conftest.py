"""A plain client of the lab: sockets to the detours, nothing of the product's own adapters."""

import http.client
import json
import socket
import ssl
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

import dns.message
import dns.query
import pytest

from diagnose.lab.healthy import healthy_cloud
from diagnose.lab.names import public_names
from diagnose.lab.servers import Lab


@dataclass
class Answer:
    """One HTTP answer."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)


class Client:
    """A VM in the lab."""

    def __init__(self, lab):
        self.lab = lab

    def address_of(self, host):
        zone = public_names(self.lab.cloud)
        while zone[host][0].kind == "CNAME":
            host = zone[host][0].value
        return zone[host][0].value

    def connect(self, address, port=443, timeout=1.0):
        return socket.create_connection(self.lab.detours[address, port], timeout=timeout)

    def tls(self, host, sni=None, ca=None):
        context = ssl.create_default_context(cafile=ca or self.lab.ca_file)
        sock = self.connect(self.address_of(host))
        return context.wrap_socket(sock, server_hostname=sni or host)

    def ask(self, method, url, headers=None, form=None):
        parts = urlsplit(url)
        if parts.scheme == "http":
            sock = self.connect(parts.hostname, 80)
        else:
            sock = self.tls(parts.hostname)
        connection = http.client.HTTPConnection(parts.hostname)
        connection.sock = sock
        body = urlencode(form) if form else None
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        connection.request(method, path, body, headers or {})
        reply = connection.getresponse()
        answer = Answer(reply.status, {k.lower(): v for k, v in reply.getheaders()}, reply.read())
        connection.close()
        return answer

    def get(self, url, token="", **headers):
        if token:
            headers["Authorization"] = f"Bearer {token}"
        return self.ask("GET", url, headers)

    def imds(self, path):
        return self.ask("GET", f"http://169.254.169.254/metadata{path}", {"Metadata": "true"})

    def identity(self, resource="https://containerregistry.azure.net"):
        query = urlencode({"api-version": "2018-02-01", "resource": resource})
        return self.imds(f"/identity/oauth2/token?{query}")

    def arm(self, path, version, **query):
        token = self.identity("https://management.azure.com/").json["access_token"]
        query = urlencode({"api-version": version, **query})
        return self.get(f"https://management.azure.com{path}?{query}", token)

    def probe(self):
        """The anonymous token request: 403 is the firewall, 401 is past it."""
        scope = "service=contoso.azurecr.io&scope=repository:app:pull"
        return self.get(f"https://contoso.azurecr.io/oauth2/token?{scope}")

    def exchange(self, resource="https://containerregistry.azure.net"):
        form = {
            "grant_type": "access_token",
            "service": "contoso.azurecr.io",
            "access_token": self.identity(resource).json["access_token"],
        }
        return self.ask("POST", "https://contoso.azurecr.io/oauth2/exchange", form=form)

    def access(self, repository="app"):
        form = {
            "grant_type": "refresh_token",
            "service": "contoso.azurecr.io",
            "scope": f"repository:{repository}:pull",
            "refresh_token": self.exchange().json["refresh_token"],
        }
        reply = self.ask("POST", "https://contoso.azurecr.io/oauth2/token", form=form)
        return reply.json["access_token"]

    def resolve(self, name, kind="A", server="168.63.129.16", tcp=False):
        host, port = self.lab.detours[server, 53]
        query = dns.message.make_query(name, kind)
        send = dns.query.tcp if tcp else dns.query.udp
        return send(query, host, port=port, timeout=0.5)


@pytest.fixture
def cloud():
    return healthy_cloud()


@pytest.fixture
def lab(cloud):
    with Lab.on_loopback(cloud) as running:
        yield running


@pytest.fixture
def vm(lab):
    return Client(lab)
