"""The simulated node's credential provider: the public contract, acr-credential-provider's words.

kubernetes-sigs/cloud-provider-azure, pkg/credentialprovider: a token of the managed identity that
azure.json names, a challenge that has to be a 401, the exchange; the last line on standard error is
what the program ends with.
"""

import json
from urllib.parse import urlencode

from diagnose.lab import imds
from diagnose.lab.cloud import Cloud
from diagnose.lab.engine_reach import UnreachedError, ask
from diagnose.lab.engine_state import Engine
from diagnose.lab.http import Request, Response
from diagnose.lab.machine import SYSTEM_BUNDLE
from diagnose.lab.places import ACR_AUDIENCE

_USER = "00000000-0000-0000-0000-000000000000"
_IMDS = {"metadata": "true"}
_HEAD = "E1123 13:00:00.000000    4242 main.go:72] "
Ended = tuple[int, bytes, bytes]  # exit code, standard output, standard error


class _FailedError(Exception):
    """The words that the program ends with."""


def run(cloud: Cloud, arguments: tuple[str, ...], told: bytes) -> Ended:
    """One run of the program, with what it is told on its standard input."""
    request = json.loads(told)
    settings = json.loads(cloud.machine.files.get(arguments[0], "{}") if arguments else "{}")
    host = str(request["image"]).partition("/")[0]
    auth = {"*.azurecr.*": {"username": "", "password": ""}}
    try:
        if settings.get("useManagedIdentityExtension"):
            secret = _refresh(cloud, host, _identity(cloud, settings), settings)
            auth[host] = {"username": _USER, "password": secret}
        else:
            user, secret = settings.get("aadClientId", ""), settings.get("aadClientSecret", "")
            auth["*.azurecr.io"] = {"username": user, "password": secret}
    except _FailedError as failed:
        return 1, b"", f'{_HEAD}"Error running acr credential provider" err="{failed}"\n'.encode()
    response = {
        "kind": "CredentialProviderResponse",
        "apiVersion": request["apiVersion"],
        "cacheKeyType": "Registry",
        "cacheDuration": "5m0s",
        "auth": auth,
    }
    return 0, json.dumps(response).encode(), b""


def _identity(cloud: Cloud, settings: dict[str, str]) -> str:
    """An Entra token for the registry's own audience."""
    named = settings.get("userAssignedIdentityID", "")
    key = "msi_res_id" if "/" in named else "client_id"
    query = {"api-version": "2018-02-01", "resource": ACR_AUDIENCE} | (
        {key: named} if named else {}
    )
    where = "http://169.254.169.254/metadata/identity/oauth2/token"
    if not cloud.imds_up:
        raise _FailedError(f'ManagedIdentityCredential: Get "{where}": dial tcp: i/o timeout')
    path = "/metadata/identity/oauth2/token"
    asked = Request(method="GET", host="169.254.169.254", path=path, query=query, headers=_IMDS)
    answer = imds.answer(cloud, asked)
    body = json.loads(answer.body)
    if answer.status != 200:
        words = body.get("error_description", "")
        raise _FailedError(f"ManagedIdentityCredential authentication failed: {words}")
    return str(body["access_token"])


def _refresh(cloud: Cloud, host: str, token: str, settings: dict[str, str]) -> str:
    url = f"https://{host}/v2/"
    try:
        first = _asked(cloud, Request(method="GET", host=host, path="/v2/"))
    except UnreachedError as unreached:
        words = f'error reaching registry endpoint {url}, error: Get "{url}": {unreached}'
        raise _FailedError(words) from None
    if first.status != 401:
        status = first.status
        raise _FailedError(f"registry did not issue a valid AAD challenge, status: {status}")
    form = {"service": host, "grant_type": "access_token_refresh_token", "access_token": token}
    form |= {"tenant": settings["tenantId"]} if settings.get("tenantId") else {}
    url = f"https://{host}/oauth2/exchange"
    post = Request(method="POST", host=host, path="/oauth2/exchange", body=urlencode(form).encode())
    try:
        answer = _asked(cloud, post)
    except UnreachedError:
        raise _FailedError(f"Www-Authenticate: failed to reach auth url {url}") from None
    if answer.status != 200:
        words = f"auth url {url} responded with status code {answer.status}"
        raise _FailedError(f"Www-Authenticate: {words}")
    return str(json.loads(answer.body)["refresh_token"])


def _asked(cloud: Cloud, request: Request) -> Response:
    """Ask as a program of the machine's: its system's trust, and no proxy of its own."""
    return ask(cloud, Engine(trusts=set(cloud.machine.bundles[SYSTEM_BUNDLE])), request)
