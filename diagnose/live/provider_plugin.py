"""Knows how to run the node's own credential provider exactly as the kubelet does.

The contract: a CredentialProviderRequest on standard input, with the image's name without its tag,
and a CredentialProviderResponse on standard output (kubernetes, pkg/credentialprovider/plugin/
plugin.go). What it answers is a live token: of it the hosts and the words on caching are told, and
the rest goes into the vault before anything else happens.
"""

import json
from dataclasses import dataclass, field

from checks import answers
from checks.provider_config import matches
from checks.replies import Failure, Json, Trouble
from checks.runtime_replies import ProviderRun
from diagnose.live import spotting
from diagnose.live.programs import Done, TooMuchSaidError
from diagnose.live.provider_settings import Plugin
from diagnose.live.vault import Vault
from diagnose.live.wording import tidy

MOST = 1 << 20  # bytes of an answer; a token is some thousand
_LOGINS = 200  # entries of an answer; Azure's has six
_STDERR = 1500  # characters that are kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What a run came to, and the user name that goes with the token that the vault keeps."""

    run: ProviderRun
    user: str = field(default="", repr=False)


def chosen(plugins: tuple[Plugin, ...], image: str) -> Plugin | Failure:
    """Give the provider that the kubelet asks about ``image``, the first that fits."""
    bare = without_tag(image)
    for one in plugins:
        if any(matches(pattern, bare) for pattern in one.match_images):
            if one.wants_account:
                detail = "the plug-in wants a pod's service account token, which nobody has here"
                return Failure(trouble=Trouble.NO_IDENTITY, detail=detail)
            return one
    if not plugins:
        return Failure(trouble=Trouble.ABSENT, detail="the kubelet has no credential provider")
    return Failure(trouble=Trouble.ABSENT, detail="no credential provider speaks for this image")


def request(plugin: Plugin, image: str) -> bytes:
    told = {"apiVersion": plugin.api_version, "kind": "CredentialProviderRequest"}
    return json.dumps(told | {"image": without_tag(image)}).encode()


def without_tag(image: str) -> str:
    """Leave out the tag and the digest, as the kubelet does: a port is no tag."""
    name = image.partition("@")[0]
    head, slash, last = name.rpartition("/")
    return f"{head}{slash}{last.partition(':')[0]}"


def answered(vault: Vault, plugin: Plugin, image: str, done: Done) -> Answered:
    """Read what a plug-in said, and keep its secrets; raise `TooMuchSaidError`."""
    said = done.err.decode("utf-8", "replace")
    document = _document(done.out)
    logins = answers.table(document, "auth")
    if len(logins) > _LOGINS:
        raise TooMuchSaidError
    for login in logins.values():
        vault.remember(spotting.of_login(_told(login, "username"), _told(login, "password")))
    # Of an answer that breaks off, what it came to give may be said again.
    vault.remember(spotting.of_settings(done.out.decode("utf-8", "replace")))
    vault.remember(spotting.of_environment(plugin.environ))
    vault.remember(spotting.of_words(said))
    host, user, secret = _fitting(logins, without_tag(image))
    token = vault.put(f"provider:{host}", secret, host) if secret and not done.code else None
    run = ProviderRun(
        name=plugin.name,
        exit_code=done.code,
        stderr=tidy(vault.clean(said))[:_STDERR],
        understood=answers.text(document, "kind") == "CredentialProviderResponse",
        hosts=tuple(vault.clean(one) for one in sorted(logins)),
        cache_key_type=vault.clean(answers.text(document, "cacheKeyType")),
        cache_duration=vault.clean(answers.text(document, "cacheDuration")),
        token=token,
    )
    return Answered(run=run, user=user)


def _document(out: bytes) -> Json:
    try:
        decoded: Json = json.loads(out)
    except (ValueError, RecursionError):
        return None
    return decoded


def _fitting(logins: dict[str, Json], image: str) -> tuple[str, str, str]:
    """Give the image's host, and user and secret of the entry that the kubelet would show it.

    The most special name comes first there: the kubelet sorts them backwards.
    """
    host = image.partition("/")[0].lower()
    for pattern in sorted(logins, reverse=True):
        secret = _told(logins[pattern], "password")
        if secret and matches(pattern, image):
            return host, _told(logins[pattern], "username"), secret
    return host, "", ""


def _told(login: Json, key: str) -> str:
    value = login.get(key) if isinstance(login, dict) else None
    return value if isinstance(value, str) else ""
