"""The root causes, by layer; the order of this list decides nothing."""

from diagnose.causes import content, dns, firewall, host, identity, path, runtime, service

ALL = (
    *content.ALL,
    *dns.ALL,
    *firewall.ALL,
    *host.ALL,
    *identity.ALL,
    *path.ALL,
    *runtime.ALL,
    *service.ALL,
)
