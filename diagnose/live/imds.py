"""Knows how to ask the instance metadata service: header, versions, patience, never a proxy."""

import time
from collections.abc import Set as AbstractSet
from dataclasses import replace
from urllib.parse import urlencode

from checks.replies import Failure, HttpReply, Trouble
from diagnose.live.client import Client
from diagnose.live.deadline import Deadline, Limits
from diagnose.live.dialer import Dialer
from diagnose.live.options import Options

# 404 and 410 are said while the service updates itself; so the documents ask for another try.
_AGAIN = frozenset({404, 410, 429})


class LiveImds:
    """`checks.ports.Imds`, and the source of managed-identity tokens for `live.tokens`."""

    def __init__(
        self, options: Options, dialer: Dialer, deadline: Deadline, limits: Limits
    ) -> None:
        own = replace(
            limits,
            connect=limits.imds_connect,
            read=limits.imds_exchange,
            exchange=limits.imds_exchange,
        )
        # An empty environment: a proxy would answer for somebody else's machine, or not at all.
        self._client = Client(dialer, deadline, own, {}, plain=True)
        self._base = options.imds
        self._deadline, self._limits = deadline, limits

    def instance(self) -> HttpReply | Failure:
        """Ask what this machine is."""
        return self._get("/metadata/instance", {"api-version": "2021-02-01"})

    def load_balancer(self) -> HttpReply | Failure:
        """Ask which public addresses stand in front of it."""
        again = _AGAIN - {404}  # what a machine behind no load balancer is told, for good
        return self._get("/metadata/loadbalancer", {"api-version": "2020-10-01"}, again)

    def identity_token(self, resource: str, client_id: str) -> HttpReply | Failure:
        """Ask for a token; the reply holds it, so only `live.tokens` may see this.

        ``client_id`` may be a resource id, which an AKS node's configuration can hold instead.
        """
        query = {"api-version": "2018-02-01", "resource": resource}
        if client_id:
            query["msi_res_id" if client_id.startswith("/") else "client_id"] = client_id
        return self._get("/metadata/identity/oauth2/token", query)

    def close(self) -> None:
        """Close the connection that was kept for reuse."""
        self._client.close()

    def _get(
        self, path: str, query: dict[str, str], again: AbstractSet[int] = _AGAIN
    ) -> HttpReply | Failure:
        url = f"{self._base}{path}?{urlencode(query)}"
        reply = self._client.send("GET", url, {"Metadata": "true"})
        if _worth_another(reply, again) and self._deadline.left() > self._limits.imds_pause:
            if isinstance(reply, HttpReply):
                time.sleep(self._limits.imds_pause)
            reply = self._client.send("GET", url, {"Metadata": "true"})
        return reply


def _worth_another(reply: HttpReply | Failure, again: AbstractSet[int]) -> bool:
    if isinstance(reply, Failure):
        return reply.trouble is Trouble.TIMEOUT
    return reply.status in again or reply.status >= 500
