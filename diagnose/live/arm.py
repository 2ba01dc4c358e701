"""Knows how to read Azure Resource Manager through its SDK, and how to keep that SDK reading only.

The SDK's own pipeline registers resource providers by itself (a POST) and obeys any Retry-After;
neither belongs in a diagnosis, so this file lists the few policies that it wants instead.
"""

import re
import time
from typing import Any
from urllib.parse import urlsplit

from checks.replies import Failure, HttpReply, Timing, Trouble
from diagnose.live import loading
from diagnose.live.client import Client
from diagnose.live.clouds import Cloud
from diagnose.live.deadline import Deadline, Limits
from diagnose.live.once import Once
from diagnose.live.options import Options
from diagnose.live.tokens import LiveTokens
from diagnose.live.trouble import failed
from diagnose.live.vault import Vault

_AGAIN = {429, 500, 502, 503, 504}
# An id comes from somebody's answer or file. The SDK sends a token to whatever host a URL names,
# takes braces for gaps to fill, and a path with ".." in it would read something else.
_PATH = re.compile(r"(?:/(?!\.{1,2}(?:/|\Z))[^/?#{}\\%\s\x00-\x1f\x7f]+)+/?\Z")


class LiveArm:
    """`checks.ports.Arm`."""

    def __init__(
        self,
        options: Options,
        cloud: Cloud,
        client: Client,
        tokens: LiveTokens,
        vault: Vault,
        deadline: Deadline,
        limits: Limits,
    ) -> None:
        self.base = cloud.arm
        self._cloud, self._options, self._wire = cloud, options, client
        self._tokens, self._vault = tokens, vault
        self._deadline, self._limits = deadline, limits
        self._once = Once()

    def get(self, path: str, api_version: str, odata_filter: str = "") -> HttpReply | Failure:
        """GET one resource; ask a second time at most, and only where the service said so."""
        if not self._options.arm:
            return Failure(trouble=Trouble.SWITCHED_OFF, detail="--no-arm")
        if not _PATH.match(path):
            return Failure(trouble=Trouble.PROTOCOL, detail="this is not the id of a resource")
        reply = self._get(path, api_version, odata_filter)
        if isinstance(reply, HttpReply) and reply.status in _AGAIN:
            pause = min(_wait(reply), self._limits.retry_after)
            if self._deadline.left() > pause:
                time.sleep(pause)
                reply = self._get(path, api_version, odata_filter)
        return reply

    def ready(self) -> None:
        """Load the SDK and make its client; otherwise the first question does."""
        self._once.get("client", self._client)

    def _get(self, path: str, api_version: str, odata_filter: str) -> HttpReply | Failure:
        began = time.monotonic()
        try:
            self._deadline.cap(1.0)
            with loading.alone:
                from azure.core.rest import HttpRequest

            client: Any = self._once.get("client", self._client)
            query = {"api-version": api_version}
            if odata_filter:
                query["$filter"] = odata_filter
            response = client.send_request(HttpRequest("GET", path, params=query))
        except ImportError:
            detail = "azure-mgmt-containerregistry is not installed"
            return Failure(trouble=Trouble.ABSENT, detail=detail)
        except Exception as error:
            return failed(error, self._deadline, elapsed=time.monotonic() - began)
        reply = HttpReply(
            status=response.status_code,
            headers={name.lower(): value for name, value in sorted(response.headers.items())},
            body=response.content,
            truncated=len(response.content) >= self._limits.body,
            peer=urlsplit(self.base).hostname or "",
            timing=Timing(total=time.monotonic() - began),
        )
        return self._vault.clean_reply(reply)

    def _client(self) -> Any:
        with loading.alone:
            from azure.mgmt.containerregistry import ContainerRegistryManagementClient

            from diagnose.live import arm_policies
            from diagnose.live.azure_wire import transport

        credential = arm_policies.Credential(
            self._tokens, self._vault, self._cloud.arm_resource, urlsplit(self.base).netloc
        )
        return ContainerRegistryManagementClient(
            credential,
            "00000000-0000-0000-0000-000000000000",  # unused: every path names its subscription
            self.base,
            policies=arm_policies.chosen(credential, self._cloud.arm_resource),
            transport=transport(self._wire, urlsplit(self.base).netloc),
            user_agent_policy=arm_policies.named(),
        )


def _wait(reply: HttpReply) -> float:
    try:
        return max(0.0, float(reply.headers.get("retry-after", "0.5")))
    except ValueError:  # the other form, a date
        return 0.5
