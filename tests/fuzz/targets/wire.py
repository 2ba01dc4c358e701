"""What comes over sockets: DNS, docker's lines, compressed bodies, certificates."""

import json
import struct
import zlib
from collections.abc import Iterator
from functools import cache
from typing import Any

import dns.exception
import dns.message
import dns.rdatatype
import dns.rrset
import docker.errors
from docker.utils.json_stream import json_stream

from checks.replies import DnsReply, Failure
from diagnose.live import certificates, client, dns_ask, docker_images
from diagnose.live.deadline import Deadline
from diagnose.live.dns_wire import GarbageError
from diagnose.live.vault import Vault
from diagnose.live.wording import tidy
from tests.fuzz import properties
from tests.fuzz.mutation import Random
from tests.fuzz.target import Target

NAME = "contoso.azurecr.io"
_BROKEN = (dns.exception.DNSException, ValueError, struct.error)  # as `dns_wire` has it
_CAP = 65_536
_CHUNK = 4096  # characters that the engine sends at once


def _dns(*rows: str, rcode: int = 0, kind: str = "A") -> bytes:
    query = dns.message.make_query(NAME, kind, use_edns=False, id=7)
    answer = dns.message.make_response(query)
    answer.answer = [dns.rrset.from_text(*row.split(" ", 4)) for row in rows]
    answer.set_rcode(rcode)
    answer.authority = [
        dns.rrset.from_text("azurecr.io.", 60, "IN", "SOA", "ns1.x. m.x. 1 2 3 4 5"),
    ]
    return answer.to_wire()


@cache
def dns_seeds() -> tuple[bytes, ...]:
    chain = [f"{NAME}. 60 IN CNAME a.privatelink.azurecr.io."]
    chain += ["a.privatelink.azurecr.io. 60 IN A 10.0.0.4"]
    ring = [f"{NAME}. 60 IN CNAME b.x.", f"b.x. 60 IN CNAME {NAME}."]
    return (
        _dns(*chain),
        _dns(*ring),
        _dns(rcode=3),
        _dns(rcode=2),
        _dns("contoso.azurecr.io. 60 IN AAAA fd00::4", kind="AAAA"),
        _dns(*[f"{NAME}. 60 IN A 10.0.0.{n}" for n in range(30)]),
        _dns(kind="SOA"),
    )


def resolver(data: bytes) -> object:
    """A resolver's datagram, read as `dns_wire` reads it."""

    def query(_name: str, _server: str, _kind: str) -> dns.message.Message:
        try:
            return dns.message.from_wire(data, ignore_trailing=True)
        except _BROKEN:
            raise GarbageError from None
        except Exception as error:
            raise AssertionError(f"dnspython raises {error!r}") from error

    found = []
    for kind in ("A", "AAAA", "SOA"):
        reply = dns_ask.ask(query, Deadline(60.0), NAME, "10.0.0.53", kind)
        if isinstance(reply, Failure):
            if "AssertionError" in reply.detail:
                query(NAME, "", kind)
            found.append((reply.trouble, properties.line(reply.detail)))
            continue
        found.append(_without_time(reply))
        for text in properties.texts(reply):
            properties.line(text, "a text of a DNS answer")
        if len(reply.chain) > 20:
            raise AssertionError("a chain without end")
    return found


def _without_time(reply: DnsReply) -> object:
    return reply.chain, reply.addresses, reply.rcode, reply.authority


class _Engine:
    """docker's own client, but for the socket."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def pull(self, _image: str, **_given: Any) -> Iterator[Any]:
        text = self._data.decode("utf-8", "replace")
        return json_stream(text[at : at + _CHUNK] for at in range(0, len(text), _CHUNK))

    def inspect_image(self, _: str) -> dict[str, Any]:
        return {"Id": "sha256:1", "RepoTags": []}

    def images(self, **_: Any) -> list[str]:
        return ["sha256:1"]


_PULL = (
    (
        '{"status":"Pulling from app","id":"v1"}\n'
        '{"status":"Downloading","progressDetail":{"total":9}}\n'
        '{"status":"Digest: sha256:12"}\n{"status":"Status: Downloaded newer image"}\n'
    ),
    '{"errorDetail":{"message":"denied: client with IP"},"error":"denied: client with IP"}\n',
)


def pull(data: bytes) -> object:
    """The lines that docker writes while it pulls; one that is no JSON ends it."""
    try:
        error, digest = docker_images.pulled(_Engine(data), f"{NAME}/app:v1", {})
    except (docker.errors.StreamParseError, RecursionError):  # the SDK's reader knows no depth
        return None
    told = tidy(Vault().clean(error))
    if len(told) > 2000:
        raise AssertionError(f"the words of an engine: {len(told)} characters")
    return properties.line(told), digest


def inflated(data: bytes) -> object:
    """A body that a server compressed, by its own words."""
    found = [
        client._decoded(data, encoding, _CAP) for encoding in ("gzip", "deflate", "GZIP", "br")
    ]
    if any(len(body) > max(_CAP, len(data)) for body, _ in found):
        raise AssertionError("a body that grows past the cap")
    return found


@cache
def bodies() -> tuple[bytes, ...]:
    text = json.dumps({"errors": [{"code": "DENIED"}]}).encode()
    gzip = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = zlib.compressobj(9, zlib.DEFLATED, 31)
    return (
        text,
        zlib.compress(text),
        gzip.compress(text) + gzip.flush(),
        bomb.compress(bytes(5_000_000)) + bomb.flush(),
    )


@cache
def certificate_seeds() -> tuple[bytes, ...]:
    import trustme
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    authority = trustme.CA()
    made = authority.issue_cert(NAME, "*.blob.core.windows.net", "10.0.0.4")
    leaf = x509.load_pem_x509_certificate(made.cert_chain_pems[0].bytes())
    root = x509.load_pem_x509_certificate(authority.cert_pem.bytes())
    return leaf.public_bytes(Encoding.DER), root.public_bytes(Encoding.DER)


def certificate(data: bytes) -> object:
    return certificates.read(data)


def _datagram(chance: Random) -> bytes:
    """Change a message, mostly a byte or a pointer of it."""
    data = bytearray(chance.choice(dns_seeds()))
    for _ in range(chance.choice((1, 1, 2, 5))):
        at = chance.randrange(2, len(data))
        how = chance.randrange(4)
        if how == 0:
            data[at] = chance.randrange(256)
        elif how == 1:
            data[at : at + 2] = bytes((0xC0 | chance.randrange(64), chance.randrange(256)))
        elif how == 2:
            data[at:at] = data[at : at + chance.randrange(40)]
        else:
            del data[at : at + chance.choice((1, 2, 20))]
    return bytes(data)


TARGETS = (
    Target(name="dns", seeds=dns_seeds, use=resolver),
    Target(name="dns-pointers", seeds=dns_seeds, use=resolver, make=_datagram),
    Target(name="docker-pull", seeds=lambda: tuple(one.encode() for one in _PULL), use=pull),
    Target(name="inflated", seeds=bodies, use=inflated),
    Target(name="certificate", seeds=certificate_seeds, use=certificate),
)
