"""Knows the secrets of this run, and to which hosts each of them may go.

Some are kept under a name, to be sent; all others are only remembered, so that they can be taken
out of what others say, and looked for in what is about to be written. How a short one is looked
for is the rule of `diagnose.secrecy`.
"""

import threading
from collections.abc import Iterable
from dataclasses import replace

from checks.replies import HttpReply
from checks.token_replies import Token
from diagnose import secrecy
from diagnose.secrecy import Place

_INSTEAD = b"[redacted]"
_FEW = 200  # secrets that are looked for one by one; a hostile file may hold ten thousands
_HEAD = 4  # bytes of a form by which it is looked up where there are more
_WINDOW = 64 * 1024  # bytes that are looked at together


class Vault:
    """Keeps secrets under names; nothing here shows one by accident."""

    __slots__ = ("_forms", "_heads", "_kept", "_links", "_lock", "_remembered")

    def __init__(self) -> None:
        self._kept: dict[str, tuple[str, frozenset[str]]] = {}
        self._remembered: dict[str, None] = {}
        self._links: set[str] = set()
        self._forms: dict[str, tuple[tuple[bytes, Place], ...]] = {}
        self._heads: dict[bytes, list[str]] = {}  # how a form begins -> its secrets
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return "Vault()"

    def put(self, name: str, secret: str, *audience_hosts: str) -> Token:
        """Keep ``secret``; it may be sent to ``audience_hosts`` only."""
        with self._lock:
            self._kept[name] = (secret, frozenset(host.lower() for host in audience_hosts))
        # A token that was cut short is worth nothing, its signature without the rest is; both are
        # looked for, as what echoes a token may drop its beginning.
        self.remember((secret, secret.rpartition(".")[2]))
        return Token(name)

    def remember(self, secrets: Iterable[str]) -> None:
        """Know ``secrets``, which nobody here will send; empty ones are none."""
        with self._lock:
            self._remembered.update(dict.fromkeys(filter(None, secrets)))

    def remember_link(self, secrets: Iterable[str]) -> None:
        """Know what signs a redirect; it stays there, as the redirect is to be followed."""
        told = [secret for secret in secrets if secret]
        with self._lock:
            self._links.update(told)
        self.remember(told)

    def secret_for(self, name: str, host: str) -> str | None:
        """Return the secret if it may be sent to ``host``, else nothing."""
        with self._lock:
            secret, hosts = self._kept.get(name, ("", frozenset()))
        return secret if secret and host.lower() in hosts else None

    def secrets(self) -> tuple[str, ...]:
        """Return every secret, for scans of what is about to leave this process."""
        with self._lock:
            return tuple(self._remembered)

    def clean(self, text: str) -> str:
        """Return ``text`` with every secret taken out, in whatever form it stands there."""
        cleaned = self._clean(secrecy.as_bytes(text), self.secrets())
        return cleaned.decode("utf-8", "surrogatepass")

    def clean_reply(self, reply: HttpReply) -> HttpReply:
        """Return ``reply`` as it may be shown: a server may echo what it was sent."""
        every = self.secrets()
        headers = {
            name: self._clean_address(value) if name == "location" else self.clean(value)
            for name, value in reply.headers.items()
        }
        return replace(reply, body=self._clean(reply.body, every), headers=headers)

    def _clean_address(self, url: str) -> str:
        """Take secrets out of a redirect but for its own signature; its host alone is shown."""
        with self._lock:
            others = tuple(one for one in self._remembered if one not in self._links)
        return self._clean(secrecy.as_bytes(url), others).decode("utf-8", "surrogatepass")

    def _clean(self, data: bytes, secrets: Iterable[str]) -> bytes:
        # The longest first: a password is a part of "user:password".
        for secret in sorted(self._possible(data, secrets), key=len, reverse=True):
            for form, where in self._forms_of(secret):
                if form in data:
                    data = (
                        data.replace(form, _INSTEAD)
                        if where is Place.ANYWHERE
                        else secrecy.pattern(form, where).sub(_INSTEAD, data)
                    )
        return data

    def _possible(self, data: bytes, secrets: Iterable[str]) -> Iterable[str]:
        """Give those of ``secrets`` that may stand in ``data``, in their order."""
        told = tuple(secrets)
        if len(told) <= _FEW:
            return told
        for secret in told:
            self._forms_of(secret)
        begun = {b""}
        for start in range(0, len(data), _WINDOW):
            part = data[start : start + _WINDOW + _HEAD]
            heads = {part[i : i + _HEAD] for i in range(len(part))}
            with self._lock:
                begun |= heads & self._heads.keys()
        with self._lock:
            possible = {secret for head in begun for secret in self._heads.get(head, ())}
        return (secret for secret in told if secret in possible)

    def _forms_of(self, secret: str) -> tuple[tuple[bytes, Place], ...]:
        found = self._forms.get(secret)
        if found is None:
            where = secrecy.place(secret)
            found = tuple((form, where) for form in dict.fromkeys(secrecy.forms(secret)))
            with self._lock:
                for form, _ in found:
                    head = form[:_HEAD] if len(form) >= _HEAD else b""  # looked for in any case
                    self._heads.setdefault(head, []).append(secret)
                self._forms[secret] = found
        return found
