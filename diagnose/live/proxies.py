"""Knows which proxy the environment names for a URL, as curl and Go read it."""

import ipaddress
from collections.abc import Mapping
from urllib.parse import urlsplit

VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


def without_credentials(url: str) -> str:
    """Return ``url`` without the user and password that it may carry."""
    head, mark, rest = url.rpartition("@")
    if not mark:
        return url
    scheme, slashes, _ = head.partition("://")
    return f"{scheme}{slashes}{rest}" if slashes else rest


def declared(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the proxy variables that are set, under their own spelling, without credentials."""
    names = sorted({*VARIABLES, *(name.lower() for name in VARIABLES)})
    return {name: without_credentials(environ[name]) for name in names if environ.get(name)}


def chosen(url: str, environ: Mapping[str, str]) -> str:
    """Return the proxy's URL for ``url``, credentials included, or nothing."""
    parts = urlsplit(url)
    host, scheme = (parts.hostname or "").lower(), parts.scheme.lower()
    port = parts.port or (443 if scheme == "https" else 80)
    proxy = _either(environ, f"{scheme}_proxy") or _either(environ, "all_proxy")
    if not proxy or _exempt(host, port, _either(environ, "no_proxy")):
        return ""
    return proxy if "://" in proxy else f"http://{proxy}"


def _either(environ: Mapping[str, str], name: str) -> str:
    return environ.get(name, "") or environ.get(name.upper(), "")


def _exempt(host: str, port: int, rules: str) -> bool:
    if host == "localhost" or (_address(host) and ipaddress.ip_address(host).is_loopback):
        return True
    return any(_matches(host, port, rule.strip().lower()) for rule in rules.split(","))


def _matches(host: str, port: int, rule: str) -> bool:
    if not rule:
        return False
    if rule == "*":
        return True
    if "/" in rule:
        try:
            return _address(host) and ipaddress.ip_address(host) in ipaddress.ip_network(
                rule, False
            )
        except ValueError:
            return False
    name, mark, number = rule.rpartition(":")
    if mark and number.isdigit() and ":" not in name:
        if int(number) != port:
            return False
        rule = name
    rule = rule.removeprefix("*").removeprefix(".")
    return host == rule or host.endswith("." + rule)


def _address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
