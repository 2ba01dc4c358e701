"""The adapters that would open a socket, asking a `Wire` instead; all others are the real ones."""

from collections import Counter
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import replace
from functools import cache
from typing import Any
from urllib.parse import urlencode, urlsplit

import dns.message
import dns.rcode
from urllib3.exceptions import ProxyError

from checks.ports import AZURE_DNS
from checks.replies import Failure, HttpReply, TlsReply, Trouble
from diagnose.live import certificates, proxies
from diagnose.live.arm import LiveArm
from diagnose.live.client import Client
from diagnose.live.deadline import Deadline, Limits
from diagnose.live.dialer import Dialer
from diagnose.live.imds import LiveImds
from diagnose.live.net import _SMALL, LiveNet
from diagnose.live.options import Options
from diagnose.live.trouble import CarrierError, failed, first_telling
from tests.world import tls
from tests.world.wire import Wire

STUB = "127.0.0.53"  # the resolver on the machine itself, where 168.63.129.16 cannot be asked
_leaf = cache(certificates.read)


class InsideDialer(Dialer):
    """Looks names up as the real one does; a connection of its own is nothing but a yes."""

    def __init__(self, options: Options, deadline: Deadline, limits: Limits, wire: Wire) -> None:
        super().__init__(options, deadline, limits)
        self.wire, self._has_stub = wire, options.resolver == STUB
        self.direct_dns = True
        self._flows: Counter[tuple[str, int]] = Counter()

    def lookup(self, name: str, port: int = 443) -> tuple[str, ...]:
        memo, key = self.wire.memo, ("lookup", name, port, self._has_stub)
        if key not in memo:
            try:
                memo[key] = super().lookup(name, port)
            except OSError as error:
                memo[key] = error
        found = memo[key]
        if isinstance(found, OSError):
            raise found.with_traceback(None)
        assert isinstance(found, tuple)
        return found

    def query(self, name: str, server: str, kind: str) -> dns.message.Message:
        if server == STUB:
            return self._forwarded(name, kind)
        if server == AZURE_DNS and not self.direct_dns:
            raise TimeoutError("dns")
        return self.wire.query(name, server, kind)

    def _forwarded(self, name: str, kind: str) -> dns.message.Message:
        """The stub asks the servers that DHCP named in turn; one that fails is passed over."""
        last: dns.message.Message | None = None
        for server in self.wire.cloud.name_servers:
            with suppress(TimeoutError):
                last = self.wire.query(name, server, kind)
                if last.rcode() in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN):
                    break
        if last is None:
            raise TimeoutError("dns")
        return last

    def connect(
        self, address: str, port: int, timeout: float, *, mss: int = 0
    ) -> AbstractContextManager[Any]:
        del timeout, mss
        self._flows[address, port] += 1
        self.wire.connect(address, port, self._flows[address, port])
        return nullcontext()

    def local(self, sock: object) -> str:
        del sock
        return self.wire.cloud.vm.private_ip


class InsideClient(Client):
    """Sends through a `Wire`; the failures are told in the real client's words."""

    _dialer: InsideDialer

    def __init__(self, *told: Any) -> None:
        super().__init__(*told)
        self._pool: set[tuple[str, int]] = set()  # connections that stand and are used again

    def send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None = None
    ) -> HttpReply | Failure:
        if self._dialer.wire.cloud.vm_subnet.snat_every:  # which connection it is makes the answer
            return self._sent(method, url, headers, body)
        memo = self._dialer.wire.memo
        key = (method, url, tuple(headers.items()), body, tuple(self._environ.items()))
        if key not in memo:
            memo[key] = self._sent(method, url, headers, body)
        reply = memo[key]
        assert isinstance(reply, (HttpReply, Failure))
        return reply

    def _sent(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None
    ) -> HttpReply | Failure:
        proxy = proxies.chosen(url, self._environ)
        shown = proxies.without_credentials(proxy)
        parts, peer, connected = urlsplit(proxy or url), "", False
        host, port = parts.hostname or "", parts.port or (80 if parts.scheme == "http" else 443)
        wire = self._dialer.wire
        try:
            tls.trusting(self._ca_file)
            peer, error = self._dialled(host, port)
            connected = error is None
            _raise(ProxyError("proxy", error) if error and proxy else error)
            if proxy:
                reply = wire.tunnel(method, url, headers, body, proxy, self._ca_file)
                return replace(reply, via_proxy=shown)
            if parts.scheme == "https":
                wire.greet(host, peer, self._ca_file)
            return wire.exchange(method, url, headers, body, peer)
        except Exception as error:  # noqa: BLE001 as in the real client, which names them all
            return failed(error, self._deadline, peer=peer, connected=connected, via_proxy=shown)

    def _dialled(self, host: str, port: int) -> tuple[str, OSError | None]:
        """Try the addresses in order; give the last one, and why there is no connection."""
        errors: list[OSError] = []
        peer = ""
        try:
            addresses = self._dialer.lookup(host, port)
        except OSError as error:
            return peer, error
        for peer in addresses:
            if (peer, port) in self._pool:
                return peer, None
            try:
                self._dialer.connect(peer, port, 1.0)
            except OSError as error:
                errors.append(error)
            else:
                self._pool.add((peer, port))
                return peer, None
        return peer, first_telling(errors)


def _raise(error: Exception | None) -> None:
    if error:
        raise error


class InsideImds(LiveImds):
    def __init__(
        self, options: Options, dialer: InsideDialer, deadline: Deadline, limits: Limits
    ) -> None:
        super().__init__(options, dialer, deadline, limits)
        self._client = InsideClient(dialer, deadline, limits, {})


class InsideArm(LiveArm):
    """Asks without the SDK's pipeline, which would take longer than the rest of a run."""

    def _get(self, path: str, api_version: str, odata_filter: str) -> HttpReply | Failure:
        from diagnose.live.arm_policies import Credential

        credential = Credential(
            self._tokens, self._vault, self._cloud.arm_resource, urlsplit(self.base).netloc
        )
        try:
            token = credential.get_token(self._cloud.arm_resource).token
        except CarrierError as error:
            return failed(error, self._deadline)
        query = {"api-version": api_version} | ({"$filter": odata_filter} if odata_filter else {})
        headers = {"Accept": "application/json", "Authorization": f"Bearer {token}"}
        reply = self._wire.send("GET", f"{self.base}{path}?{urlencode(query)}", headers)
        if isinstance(reply, Failure):
            return Failure(trouble=reply.trouble, detail=reply.detail)
        return self._vault.clean_reply(replace(reply, peer=urlsplit(self.base).hostname or ""))


class InsideNet(LiveNet):
    _dialer: InsideDialer

    def handshake(
        self, name: str, address: str, port: int = 443, *, small_segments: bool = False
    ) -> TlsReply | Failure:
        segment = _SMALL if small_segments else 1460
        reply = self._greeted(name, address, port, segment, problem="")
        if isinstance(reply, Failure) and reply.trouble is Trouble.UNTRUSTED:
            return self._greeted(name, address, port, segment, problem=reply.detail)
        return reply

    def _greeted(
        self, name: str, address: str, port: int, segment: int, *, problem: str
    ) -> TlsReply | Failure:
        connected = False
        try:
            self._dialer.connect(address, port, 1.0)
            connected = True
            der, version = self._dialer.wire.greet(
                name, address, self._client._ca_file, verify=not problem, segment=segment
            )
        except Exception as error:  # noqa: BLE001 as in the real adapter, which names them all
            return failed(error, self._deadline, peer=address, connected=connected)
        leaf = _leaf(der)
        assert leaf is not None
        return TlsReply(
            peer=address,
            version=version,
            subject=leaf.subject,
            issuer=leaf.issuer,
            names=leaf.names,
            not_before=leaf.not_before,
            not_after=leaf.not_after,
            problem=problem,
        )
