"""Knows how to make Azure's libraries send through our `Client`, under all of its limits."""

import io
from typing import Any
from urllib.parse import urlsplit

import requests
from azure.core.pipeline.transport import RequestsTransport
from urllib3 import HTTPResponse

from checks.replies import Failure, HttpReply, Trouble
from diagnose.live.client import Client
from diagnose.live.trouble import CarrierError


class ClientSession(requests.Session):
    """A requests session that opens no connection of its own, and knows ``hosts`` alone.

    A library goes wherever an answer sends it: to a resource's id that is a URL, or to the token
    endpoint that a sign-in host's document names, each time with the secret in its hands.
    """

    def __init__(self, client: Client, hosts: tuple[str, ...]) -> None:
        super().__init__()
        self.trust_env = False  # the client reads the environment; and nobody reads .netrc
        self._client, self._hosts = client, hosts

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        """Hand the prepared request to the client and dress its answer as a response."""
        parts = urlsplit(request.url or "")
        if parts.scheme != "https" or parts.netloc.removesuffix(":443") not in self._hosts:
            other = Failure(trouble=Trouble.PROTOCOL, detail="sent on to another host")
            raise requests.ConnectionError(CarrierError(other), request=request)
        body = request.body.encode() if isinstance(request.body, str) else request.body
        headers = {name: str(value) for name, value in request.headers.items()}
        headers.pop("Content-Length", None)
        headers["Accept-Encoding"] = "identity"
        sent = self._client.send(request.method or "GET", request.url or "", headers, body)
        if isinstance(sent, Failure):
            raise requests.ConnectionError(CarrierError(sent), request=request)
        return _dressed(sent, request)


def _dressed(reply: HttpReply, request: requests.PreparedRequest) -> requests.Response:
    response = requests.Response()
    response.status_code = reply.status
    gone = ("content-encoding", "transfer-encoding", "content-length")  # undone by the client
    response.headers.update({n: v for n, v in reply.headers.items() if n not in gone})
    response.raw = HTTPResponse(io.BytesIO(reply.body), preload_content=False)
    response.url = request.url or ""
    response.request = request
    return response


def transport(client: Client, *hosts: str) -> RequestsTransport:
    """Return the transport to give to any azure-core client; it reaches ``hosts``, over https."""
    return RequestsTransport(
        session=ClientSession(client, hosts), session_owner=False, use_env_settings=False
    )
