"""Knows the secrets of this run, and to which hosts each of them may go."""

import threading
from dataclasses import replace

from checks.ports import HttpReply
from checks.token_replies import Token

_LONG = 12  # characters; a token has hundreds


class Vault:
    """Keeps secrets under names; nothing here shows one by accident."""

    __slots__ = ("_kept", "_lock")

    def __init__(self) -> None:
        self._kept: dict[str, tuple[str, frozenset[str]]] = {}
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return "Vault()"

    def put(self, name: str, secret: str, *audience_hosts: str) -> Token:
        """Keep ``secret``; it may be sent to ``audience_hosts`` only."""
        with self._lock:
            self._kept[name] = (secret, frozenset(host.lower() for host in audience_hosts))
        return Token(name)

    def secret_for(self, name: str, host: str) -> str | None:
        """Return the secret if it may be sent to ``host``, else nothing."""
        with self._lock:
            secret, hosts = self._kept.get(name, ("", frozenset()))
        return secret if secret and host.lower() in hosts else None

    def secrets(self) -> tuple[str, ...]:
        """Return every secret, for scans of what is about to leave this process."""
        with self._lock:
            return tuple(secret for secret, _ in self._kept.values() if secret)

    def clean(self, text: str) -> str:
        """Return ``text`` with every kept secret taken out."""
        for secret in self.secrets():
            text = text.replace(secret, "[redacted]")
        return text

    def clean_reply(self, reply: HttpReply) -> HttpReply:
        """Return ``reply`` as it may be shown: a server may echo what it was sent."""
        body = reply.body
        for secret in self.secrets():
            body = body.replace(secret.encode(), b"[redacted]")
        headers = {
            name: self._clean_address(value) if name == "location" else self.clean(value)
            for name, value in reply.headers.items()
        }
        return replace(reply, body=body, headers=headers)

    def _clean_address(self, url: str) -> str:
        """Take secrets out of a redirect, which is followed and of which the host alone is shown.

        A few letters of somebody's short password may stand in a signature by chance.
        """
        for secret in self.secrets():
            url = url.replace(secret, "[redacted]") if len(secret) >= _LONG else url
        return url
