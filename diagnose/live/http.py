"""Knows how a check's GET becomes a request: which headers it gets, and who may see a token."""  # noqa: A005

from urllib.parse import urlsplit

from checks.replies import Failure, HttpReply
from checks.token_replies import Token
from diagnose.live import spotting
from diagnose.live.client import Client
from diagnose.live.vault import Vault


class LiveHttp:
    """`checks.ports.Http` over a `Client`."""

    def __init__(self, client: Client, vault: Vault) -> None:
        self._client = client
        self._vault = vault

    def get(
        self,
        url: str,
        *,
        bearer: Token | None = None,
        accept: str = "",
        only_first_byte: bool = False,
        head: bool = False,
    ) -> HttpReply | Failure:
        """GET or HEAD; ``bearer`` goes along only to the host that its token was made for."""
        headers = {"Accept": accept or "*/*"}
        if only_first_byte:
            headers["Range"] = "bytes=0-0"
        self._vault.remember_link(spotting.of_link(url))
        secret = self._vault.secret_for(bearer, _secure_host(url)) if bearer else None
        if secret:
            headers["Authorization"] = f"Bearer {secret}"
        reply = self._client.send("HEAD" if head else "GET", url, headers)
        if isinstance(reply, Failure):
            return reply
        self._vault.remember_link(spotting.of_link(reply.headers.get("location", "")))
        return self._vault.clean_reply(reply)


def _secure_host(url: str) -> str:
    """Return the host of an https URL on its own port, else nothing.

    The whole authority is compared, so that a user part or another port never passes for the host.
    """
    parts = urlsplit(url)
    return parts.netloc.lower().removesuffix(":443") if parts.scheme == "https" else ""
