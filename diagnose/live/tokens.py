"""Knows the steps from this machine's identity to an access token for one repository."""

from urllib.parse import urlencode, urlsplit

from checks.replies import Failure, HttpReply, Trouble
from checks.token_replies import Granted, StoredReply, Token
from diagnose.live import cloud_config, clouds
from diagnose.live.client import Client
from diagnose.live.credentials import Credentials
from diagnose.live.granting import asked_for, granted
from diagnose.live.imds import LiveImds
from diagnose.live.once import Once
from diagnose.live.options import Options
from diagnose.live.stored import StoredLogins
from diagnose.live.vault import Vault

_FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}


class LiveTokens:
    """`checks.ports.Tokens`. Tokens go to ``login_server`` and to its cloud's ARM, nowhere else."""

    def __init__(
        self,
        options: Options,
        login_server: str,
        client: Client,
        imds: LiveImds,
        credentials: Credentials,
        stored: StoredLogins,
        vault: Vault,
    ) -> None:
        self._options, self._client, self._imds = options, client, imds
        self._credentials, self._stored, self._vault = credentials, stored, vault
        self._login = login_server.lower()
        self._arm_host = urlsplit(clouds.cloud_of(login_server).arm).netloc
        self._once = Once()
        self._tenants: dict[str, str] = {}

    def identity(self, resource: str) -> Granted | HttpReply | Failure:
        """Give an Entra token; asked for once per resource, however many threads want it."""
        return self._once.get(resource, lambda: self._identity(resource))

    def exchange(self, login_server: str, identity: Token) -> Granted | HttpReply | Failure:
        """Trade an Entra token for the registry's refresh token."""
        secret = self._vault.secret_for(identity, login_server)
        if secret is None:
            return _withheld(login_server)
        form = {
            "grant_type": "access_token",
            "service": login_server,
            "tenant": self._tenants.get(identity, ""),
            "access_token": secret,
        }
        form = {key: value for key, value in form.items() if value}
        reply = self._post(login_server, "/oauth2/exchange", form)
        name = f"refresh:{login_server}"
        return granted(self._vault, reply, ("refresh_token",), name, "exchange", login_server)

    def repository(
        self, login_server: str, repository: str, refresh: Token
    ) -> Granted | HttpReply | Failure:
        """Trade the refresh token for an access token with the right to pull."""
        secret = self._vault.secret_for(refresh, login_server)
        if secret is None:
            return _withheld(login_server)
        form = {"grant_type": "refresh_token", **asked_for(login_server, repository)}
        form["refresh_token"] = secret
        reply = self._post(login_server, "/oauth2/token", form)
        name = f"access:{login_server}:{repository}"
        return granted(self._vault, reply, ("access_token",), name, "token", login_server)

    def anonymous(self, login_server: str, repository: str) -> Granted | HttpReply | Failure:
        """Ask for an access token with empty hands: the answer tells the network's rules apart."""
        query = urlencode(asked_for(login_server, repository))
        url = f"https://{login_server}/oauth2/token?{query}"
        reply = self._client.send("GET", url, {"Accept": "application/json"})
        name = f"anonymous:{login_server}:{repository}"
        keys = ("access_token", "token")
        return granted(self._vault, reply, keys, name, "token", login_server)

    def stored(self, login_server: str, repository: str) -> tuple[StoredReply, ...] | Failure:
        """Give the credentials of docker's configuration, each tried as docker would."""
        if login_server.lower() != self._login:
            return _withheld(login_server)
        return self._stored.look(login_server, repository)

    def _identity(self, resource: str) -> Granted | HttpReply | Failure:
        auth, name = self._options.auth, f"identity:{resource}"
        hosts = (self._arm_host, self._login) if clouds.known(self._login) else (self._arm_host,)
        if auth == "none":
            return Failure(trouble=Trouble.NO_IDENTITY, detail="switched off")
        if auth in ("auto", "msi"):
            named = cloud_config.kubelet_client(self._options.root, self._vault)
            chosen = self._options.client_id or named
            reply = self._imds.identity_token(resource, chosen)
            got = granted(self._vault, reply, ("access_token",), name, "msi", *hosts)
        else:
            got = self._credentials.grant(auth, resource, name, *hosts)
        if isinstance(got, Granted):
            self._tenants[got.token] = got.claims.tenant
        return got

    def _post(self, login_server: str, path: str, form: dict[str, str]) -> HttpReply | Failure:
        body = urlencode(form).encode()
        return self._client.send("POST", f"https://{login_server}{path}", _FORM, body)


def _withheld(login_server: str) -> Failure:
    detail = f"there is no token that may be sent to {login_server}"
    return Failure(trouble=Trouble.NO_IDENTITY, detail=detail)
