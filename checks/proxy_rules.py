"""Which proxy a set of variables names for a URL, as curl and Go's httpproxy read it; pure."""

import ipaddress
from collections.abc import Mapping
from urllib.parse import urlsplit


def chosen(url: str, environ: Mapping[str, str]) -> str:
    """Return the proxy's URL for ``url``, credentials included, or nothing."""
    try:
        parts = urlsplit(url)
        host, scheme = (parts.hostname or "").lower(), parts.scheme.lower()
        port = parts.port or (443 if scheme == "https" else 80)
    except ValueError:  # no URL, so nobody is asked by way of it
        return ""
    proxy = _either(environ, f"{scheme}_proxy") or _either(environ, "all_proxy")
    if not proxy or _exempt(host, port, _either(environ, "no_proxy")):
        return ""
    return proxy if "://" in proxy else f"http://{proxy}"


def for_host(host: str, environ: Mapping[str, str]) -> str:
    """Return the proxy for HTTPS to ``host``, or nothing."""
    return chosen(f"https://{host}/", environ)


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
    if mark and number.isdecimal() and ":" not in name:
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
