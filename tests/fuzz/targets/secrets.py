"""Tokens and secrets: what a JWT says, what an answer brings, what is found and taken out."""

import base64
import dataclasses
import json

from checks.replies import HttpReply
from checks.token_replies import Granted
from diagnose.live import docker_helper, proxies, spotting
from diagnose.live.granting import granted
from diagnose.live.jwt import claims
from diagnose.live.programs import Done
from diagnose.live.provider_plugin import answered
from diagnose.live.provider_settings import Plugin
from diagnose.live.vault import Vault
from diagnose.live.wording import tidy
from tests.fuzz import properties
from tests.fuzz.target import Target

_CLAIMS = (
    {"aud": "https://containerregistry.azure.net", "iss": "https://sts/x/", "tid": "t", "exp": 1},
    {"aud": ["a"], "exp": 1e308, "permissions": {"actions": ["read"]}, "oid": "o", "appid": "a"},
    {"access": [{"type": "repository", "name": "app", "actions": ["pull"]}], "tenant": "t"},
)
SECRET = "hunter2-Correct.Horse/Battery+Staple="


def _jwt(claim: dict[str, object]) -> str:
    parts = ({"alg": "none"}, claim)
    rows = (
        base64.urlsafe_b64encode(json.dumps(one).encode()).decode().rstrip("=") for one in parts
    )
    return ".".join((*rows, "c2lnbmF0dXJl"))


def jwt(data: bytes) -> object:
    """A payload, or a whole token."""
    text = data.decode("utf-8", "replace")
    packed = base64.urlsafe_b64encode(data).decode().rstrip("=")
    return claims(text), claims(f"e30.{packed}.x")


def answer(data: bytes) -> object:
    """A token endpoint's answer: what is handed on holds none of its tokens."""
    head, _, body = data.partition(b"\n")
    status = int(head[:3]) if head[:3].isdigit() else 200
    vault = Vault()
    reply = HttpReply(status=status, headers={"content-type": "application/json"}, body=body)
    found = granted(vault, reply, ("refresh_token", "access_token"), "name", "how", "a.azurecr.io")
    if isinstance(found, Granted):
        secret = vault.secret_for("name", "a.azurecr.io") or ""
        if not secret or secret in repr(found):
            raise AssertionError(f"a token in {found!r:.200}")
        secret.encode("ascii")
        if set(secret) & set("\r\n\0"):
            raise AssertionError("a token that ends a header")
        return found
    return dataclasses.astuple(found)


def spotted(data: bytes) -> object:
    """Files, logs and variables: every secret in them is found, however they look."""
    text = data.decode("utf-8", "replace")
    found = [*spotting.of_settings(text), *spotting.of_words(text), *spotting.of_url(text)]
    found += [*spotting.of_link(text), *spotting.of_environment({"X_PROXY": text, "TOKEN": text})]
    vault = Vault()
    vault.remember(found[:200])
    once = vault.clean(text)
    properties.same(vault.clean(once), once, "a text cleaned twice")
    return found, once


def tidied(data: bytes) -> object:
    text = data.decode("utf-8", "replace")
    once = properties.line(tidy(text), "a tidied text")
    properties.same(tidy(once), once, "a text tidied twice")
    bare = proxies.without_credentials(text)
    properties.same(proxies.without_credentials(bare), bare, "a URL without credentials")
    return once


def plugin(data: bytes) -> object:
    """What the kubelet's plug-in writes: output, a NUL, what it says on stderr."""
    out, _, err = data.partition(b"\0")
    vault = Vault()
    one = Plugin(name="acr", program="/x", match_images=("*.azurecr.io",), environ={"A": "b"})
    image = "contoso.azurecr.io/app:v1"
    for code in (0, 1):
        found = answered(vault, one, image, Done(code=code, out=out, err=err))
        secret = vault.secret_for("provider:contoso.azurecr.io", "contoso.azurecr.io")
        if secret and len(secret) > 15 and secret in repr(found.run):
            raise AssertionError(f"a password in {found.run!r:.300}")
    return found.run


def helper(data: bytes) -> object:
    return docker_helper._said(data)


_ANSWERS = (
    b"200\n" + json.dumps({"refresh_token": _jwt(_CLAIMS[0])}).encode(),
    b"200\n" + json.dumps({"access_token": _jwt(_CLAIMS[2]), "other_token": "abcdefgh1"}).encode(),
    b'401\n{"errors":[{"code":"UNAUTHORIZED","message":"authentication required"}]}',
    b"200\n<html>eyJhbGciOiJub25lIn0.eyJ",
)
_SETTINGS = (
    '{"auths":{"contoso.azurecr.io":{"auth":"dXNlcjpodW50ZXIyLUNvcnJlY3Q="}}}',
    'HTTPS_PROXY="http://user:p%40ss@proxy:3128/" NO_PROXY=10.0.0.0/8',
    '[plugins.x.auth]\n username = "u"\n password = \'hunter2\'\n identitytoken = "eyJh.eyJi.c"\n',
    "env:\n- name: AZURE_CLIENT_SECRET\n  value: 8Q~abcdefgh\n",
    "Authorization: Bearer eyJhbGciOi.eyJhdWQi.c2ln authorization: Basic dXNlcjpwYXNzd29yZA==",
    "https://a.blob.core.windows.net/x?se=1&sig=abc%2Bdef%3D&sp=r client_secret=abcd1234",
    'time="2026-11-01T00:00:00Z" level=error msg="10.0.0.4:51234->20.1.2.3:443: i/o timeout"',
    "CorrelationId: 12345678-1234-1234-1234-123456789012 0xdeadbeef [fd00::1]:4000->",
)
_PLUGIN = {
    "kind": "CredentialProviderResponse",
    "apiVersion": "credentialprovider.kubelet.k8s.io/v1",
    "cacheKeyType": "Registry",
    "cacheDuration": "10m",
    "auth": {"contoso.azurecr.io": {"username": "u", "password": SECRET}, "*.azurecr.*": {}},
}
_KEYS = (
    b"token=",
    b"password:",
    b"eyJ",
    b"Bearer ",
    b"name:",
    b"SECRET",
    b"value:",
    b"://",
    b"sig=",
)
TARGETS = (
    Target(
        name="jwt",
        seeds=lambda: (
            *(json.dumps(one).encode() for one in _CLAIMS),
            *(_jwt(one).encode() for one in _CLAIMS),
        ),
        use=jwt,
    ),
    Target(name="granted", seeds=lambda: _ANSWERS, use=answer, words=_KEYS),
    Target(
        name="spotted",
        seeds=lambda: tuple(one.encode() for one in _SETTINGS),
        use=spotted,
        words=_KEYS,
    ),
    Target(
        name="tidied",
        seeds=lambda: tuple(one.encode() for one in _SETTINGS),
        use=tidied,
        words=_KEYS,
    ),
    Target(
        name="plugin",
        seeds=lambda: (json.dumps(_PLUGIN).encode() + b"\0I1101 00:00:00.0 1 x.go:1] failed",),
        use=plugin,
        words=_KEYS,
    ),
    Target(
        name="helper",
        seeds=lambda: (b'{"ServerURL":"a","Username":"<token>","Secret":"x"}', b"nothing"),
        use=helper,
    ),
)
