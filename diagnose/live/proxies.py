"""Knows which proxy the environment names for a URL, as curl and Go read it."""

from collections.abc import Mapping

from checks.proxy_rules import chosen

__all__ = ["VARIABLES", "chosen", "declared", "without_credentials"]

VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


def without_credentials(url: str) -> str:
    """Return ``url``, fit to print, without the user and password that it may carry."""
    head, mark, rest = "".join(filter(str.isprintable, url)).rpartition("@")
    if not mark:
        return rest
    scheme, slashes, _ = head.partition("://")
    return f"{scheme}{slashes}{rest}" if slashes and "@" not in scheme else rest


def declared(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the proxy variables that are set, under their own spelling, without credentials."""
    names = sorted({*VARIABLES, *(name.lower() for name in VARIABLES)})
    return {name: without_credentials(environ[name]) for name in names if environ.get(name)}
