"""Knows the policies that a request to ARM passes: GET alone, our name, our token; no more."""

import json
import time
from typing import Any

from azure.core.credentials import AccessToken
from azure.core.pipeline import PipelineRequest
from azure.core.pipeline.policies import (
    BearerTokenCredentialPolicy,
    HeadersPolicy,
    SansIOHTTPPolicy,
    UserAgentPolicy,
)

from checks.replies import Failure, HttpReply, Trouble
from checks.token_replies import Granted
from diagnose.live.tokens import LiveTokens
from diagnose.live.trouble import CarrierError
from diagnose.live.vault import Vault
from diagnose.live.wording import tidy


class ReadOnlyPolicy(SansIOHTTPPolicy[Any, Any]):
    """Refuses every verb but GET, before anything is sent."""

    def on_request(self, request: PipelineRequest[Any]) -> None:
        """Raise for a request that could change something."""
        if request.http_request.method != "GET":
            raise PermissionError(f"{request.http_request.method} is not ours to send")


class Credential:
    """Gives azure-core the token that `LiveTokens` got."""

    def __init__(self, tokens: LiveTokens, vault: Vault, resource: str, host: str) -> None:
        self._tokens, self._vault, self._resource, self._host = tokens, vault, resource, host

    def get_token(self, *scopes: str, **kwargs: Any) -> AccessToken:
        """Return the token, or raise the reason why there is none."""
        got = self._tokens.identity(self._resource)
        if isinstance(got, Failure):
            raise CarrierError(got)
        if isinstance(got, HttpReply):
            raise CarrierError(Failure(trouble=Trouble.NO_IDENTITY, detail=_own_words(got)))
        secret = self._vault.secret_for(got.token, self._host) if isinstance(got, Granted) else None
        if not secret:
            raise CarrierError(Failure(trouble=Trouble.NO_IDENTITY, detail="no token for ARM"))
        return AccessToken(secret, int(time.time()) + 3600)


def chosen(credential: Credential, resource: str) -> list[Any]:
    """Return the whole list, in order; azure-core adds none of its own to it."""
    scope = resource.rstrip("/") + "/.default"
    return [
        ReadOnlyPolicy(),
        HeadersPolicy({"Accept": "application/json"}),
        named(),
        BearerTokenCredentialPolicy(credential, scope),
    ]


def named() -> UserAgentPolicy:
    """Give the policy of our name; the SDK's own starts ``uname -p`` for its words."""
    return UserAgentPolicy(base_user_agent="acr-diagnose")


def _own_words(reply: HttpReply) -> str:
    """Quote what the metadata service said: "Identity not found" is the whole finding."""
    words = ""
    try:
        document = json.loads(reply.body)
        words = str(document.get("error_description") or document.get("error") or "")
    except (ValueError, AttributeError, RecursionError):
        pass
    return tidy(f"IMDS answered {reply.status}" + (f": {words}" if words else ""), 300)
