"""Knows how to try the logins that docker keeps for a registry, as docker would send them."""

import base64
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlencode

from checks.replies import Failure, HttpReply, Trouble
from checks.token_replies import Claims, Granted, StoredReply
from diagnose import secrecy
from diagnose.live import docker_config, docker_helper, spotting
from diagnose.live.client import Client
from diagnose.live.deadline import Deadline, DeadlinePassedError, Limits
from diagnose.live.docker_config import Helper, Login
from diagnose.live.granting import asked_for, granted
from diagnose.live.jwt import claims
from diagnose.live.options import Options
from diagnose.live.vault import Vault
from diagnose.live.wording import tidy
from diagnose.secrecy import Place

_FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}


class StoredLogins:
    """The logins of this run's person; each secret goes into the vault before anything else."""

    def __init__(
        self,
        options: Options,
        environ: Mapping[str, str],
        client: Client,
        vault: Vault,
        deadline: Deadline,
        limits: Limits,
    ) -> None:
        self._options, self._environ = options, environ
        self._client, self._vault = client, vault
        self._deadline, self._limits = deadline, limits

    def look(self, server: str, repository: str) -> tuple[StoredReply, ...] | Failure:
        """Try every login for ``server``.

        Nothing is in the answer where logins are kept, but none for this server; ABSENT means
        that docker keeps no login at all.
        """
        replies: list[StoredReply] = []
        troubles: list[Failure] = []
        keeps = False
        for path in docker_config.files(self._options, self._environ):
            config = docker_config.read(path)
            if isinstance(config, Failure):
                troubles.append(config)
                continue
            self._vault.remember(docker_config.secrets(config))
            keeps = keeps or docker_config.keeps_any(config)
            source = "/" + str(path.relative_to(self._options.root))
            found = self._asked(docker_config.login(config, server, source), server)
            if isinstance(found, Failure):
                replies.append(StoredReply(source=source, kind="password", answer=found))
            elif found:
                replies.append(self._tried(found, server, repository, len(replies)))
        if replies or (keeps and not troubles):
            return tuple(replies)
        nothing = Failure(trouble=Trouble.ABSENT, detail="docker keeps no login here")
        return next((one for one in troubles if one.trouble is not Trouble.ABSENT), nothing)

    def _asked(self, found: Login | Helper | Failure | None, server: str) -> Login | Failure | None:
        """Ask the helper, where it is one that has the login."""
        if not isinstance(found, Helper):
            return found
        try:
            seconds = self._deadline.cap(self._limits.docker)
        except DeadlinePassedError:
            return Failure(trouble=Trouble.DEADLINE)
        root = self._options.root
        said = docker_helper.get(found.name, server, self._environ, root, seconds)
        if not isinstance(said, tuple):
            return said
        self._vault.remember(spotting.of_login(*said))
        return docker_config.from_helper(f"docker-credential-{found.name}", *said)

    def _tried(self, login: Login, server: str, repository: str, number: int) -> StoredReply:
        """Send the login where docker would; a token that is over by its own words is not sent."""
        packed = base64.b64encode(f"{login.user}:{login.secret}".encode()).decode()
        self._vault.remember((login.secret, packed))
        own = claims(login.secret)
        expired = own.expired if own != Claims() else None
        answer: Granted | HttpReply | Failure | None = None
        if not expired:
            ask = asked_for(server, repository)
            if login.is_token:
                form = {"grant_type": "refresh_token", **ask, "refresh_token": login.secret}
                url, body = f"https://{server}/oauth2/token", urlencode(form).encode()
                reply = self._client.send("POST", url, _FORM, body)
            else:
                url = f"https://{server}/oauth2/token?{urlencode(ask)}"
                headers = {"Accept": "application/json", "Authorization": f"Basic {packed}"}
                reply = self._client.send("GET", url, headers)
            name, keys = f"stored-access:{server}:{number}", ("access_token", "token")
            # A short password cannot be taken out wherever it stands; no registry gives such a
            # one, so an answer to it is not shown at all.
            is_short = secrecy.place(login.secret) is not Place.ANYWHERE
            if is_short and isinstance(reply, HttpReply) and reply.status != 200:
                reply = replace(reply, body=b"")
            answer = granted(self._vault, reply, keys, name, "stored", server)
        return StoredReply(
            source=tidy(login.source, 200),
            kind=login.kind,
            user=self._vault.clean(tidy(login.user, 100)),
            expired=expired,
            answer=answer,
        )
