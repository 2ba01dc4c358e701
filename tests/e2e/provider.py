"""A stand-in for acr-credential-provider, a program of its own: ``provider.py AZURE_JSON``.

It follows the public contract (kubernetes, credentialprovider.kubelet.k8s.io/v1) and the public
order of requests (kubernetes-sigs/cloud-provider-azure, pkg/credentialprovider), and really asks.
"""

import json
import sys
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

IMDS = "http://169.254.169.254/metadata/identity/oauth2/token"
USER = "00000000-0000-0000-0000-000000000000"


class FailedError(Exception):
    """The words that the program ends with."""


def asked(url: str, form: dict[str, str] | None = None, **headers: str) -> tuple[int, bytes]:
    body = urllib.parse.urlencode(form).encode() if form else None
    request = urllib.request.Request(url, data=body, headers=headers)  # noqa: S310 own URLs
    try:
        with urllib.request.urlopen(request, timeout=5) as reply:  # noqa: S310
            return reply.status, reply.read()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read()


def token(settings: dict[str, str]) -> str:
    query = {"api-version": "2018-02-01", "resource": "https://containerregistry.azure.net"}
    if settings.get("userAssignedIdentityID"):
        query["client_id"] = settings["userAssignedIdentityID"]
    status, body = asked(f"{IMDS}?{urllib.parse.urlencode(query)}", Metadata="true")
    if status != 200:
        raise FailedError(f"ManagedIdentityCredential authentication failed: {status}")
    return str(json.loads(body)["access_token"])


def refresh(host: str, entra: str) -> str:
    try:
        status, _ = asked(f"https://{host}/v2/")
    except OSError as error:
        raise FailedError(f"error reaching registry endpoint https://{host}/v2/: {error}") from None
    if status != 401:
        raise FailedError(f"registry did not issue a valid AAD challenge, status: {status}")
    form = {"service": host, "grant_type": "access_token_refresh_token", "access_token": entra}
    url = f"https://{host}/oauth2/exchange"
    status, body = asked(url, form)
    if status != 200:
        raise FailedError(f"auth url {url} responded with status code {status}")
    return str(json.loads(body)["refresh_token"])


def main() -> int:
    request = json.load(sys.stdin)
    settings = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    host = request["image"].partition("/")[0]
    try:
        secret = refresh(host, token(settings))
    except FailedError as failed:
        sys.stderr.write(f'E1123 13:00:00.000000 4242 main.go:72] "Error running" err="{failed}"\n')
        return 1
    auth = {
        "*.azurecr.*": {"username": "", "password": ""},
        host: {"username": USER, "password": secret},
    }
    response = {"kind": "CredentialProviderResponse", "apiVersion": request["apiVersion"]}
    response |= {"cacheKeyType": "Registry", "cacheDuration": "5m0s", "auth": auth}
    json.dump(response, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
