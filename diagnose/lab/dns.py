"""How each resolver of the lab answers a DNS query, in wire format."""

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset

from diagnose.lab.cloud import Cloud, Record, Resolver
from diagnose.lab.names import public_names
from diagnose.lab.places import names

# mname and rname of Azure's private and public zones (S18, S19; public Azure DNS).
PRIVATE_SOA = "azureprivatedns.net. azureprivatedns-host.microsoft.com. 1 3600 300 2419200 10"
PUBLIC_SOA = "ns1-38.azure-dns.com. azuredns-hostmaster.microsoft.com. 1 3600 300 2419200 300"
ROOT_SOA = "a.root-servers.net. nstld.verisign-grs.com. 2026010100 1800 900 604800 86400"


def _under(name: str, zone: str) -> bool:
    return name == zone or name.endswith("." + zone)


def _soa(cloud: Cloud, name: str, resolver: Resolver) -> tuple[str, str]:
    """The zone that says no for this name, and its SOA."""
    if resolver.forwards:
        for zone in cloud.dns.private:
            if _under(name, zone):
                return zone + ".", PRIVATE_SOA
    suffix = names(cloud).registry
    for zone in (f"privatelink.{suffix}", suffix, "azcr.io", "trafficmanager.net"):
        if _under(name, zone):
            return zone + ".", PUBLIC_SOA
    parts = name.split(".")
    if len(parts) >= 3:
        return ".".join(parts[-2:]) + ".", PUBLIC_SOA
    return ".", ROOT_SOA


def _add(section: list[dns.rrset.RRset], name: str, ttl: int, kind: str, values: list[str]) -> None:
    section.append(dns.rrset.from_text(dns.name.from_text(name), ttl, "IN", kind, *values))


def _records(cloud: Cloud, name: str, resolver: Resolver, zone: str) -> list[Record] | None:
    """What this server knows of a name; ``zone`` is the private zone that holds it, or empty."""
    own = resolver.records.get(name)
    private = cloud.dns.private.get(zone, {}).get(name)
    if own or private or (zone and zone not in cloud.dns.fallback):
        return own or private
    return public_names(cloud).get(name)


def resolve(cloud: Cloud, query: dns.message.Message, server: str) -> dns.message.Message | None:
    """None: this server says nothing."""
    resolver = cloud.dns.servers.get(server)
    if resolver is None or resolver.behaviour == "silent":
        return None
    reply = dns.message.make_response(query, recursion_available=True)
    if resolver.behaviour in ("servfail", "refused"):
        reply.set_rcode(dns.rcode.from_text(resolver.behaviour))
        return reply
    question = query.question[0]
    kind = dns.rdatatype.to_text(question.rdtype)
    name = question.name.to_text(omit_final_dot=True).lower()
    for _ in range(16):  # CNAME loops end here
        zone, soa = _soa(cloud, name, resolver)
        found = _records(cloud, name, resolver, zone.rstrip(".") if soa is PRIVATE_SOA else "")
        if kind == "SOA" and name == zone.rstrip("."):
            _add(reply.answer, name, 300, "SOA", [soa])
            return reply
        if not found:
            _add(reply.authority, zone, 300, "SOA", [soa])
            if name != zone.rstrip("."):
                reply.set_rcode(dns.rcode.NXDOMAIN)
            return reply
        if found[0].kind == "CNAME":
            _add(reply.answer, name, found[0].ttl, "CNAME", [found[0].value + "."])
            if kind == "CNAME":
                return reply
            name = found[0].value.lower()
            continue
        values = [r.value for r in found if r.kind == kind]
        if values:
            _add(reply.answer, name, found[0].ttl, kind, values)
        else:
            _add(reply.authority, zone, 300, "SOA", [soa])
        return reply
    reply.set_rcode(dns.rcode.SERVFAIL)
    return reply


def answer(cloud: Cloud, wire: bytes, server: str) -> bytes | None:
    """The answer in wire format; None is silence."""
    reply = resolve(cloud, dns.message.from_wire(wire), server)
    return None if reply is None else reply.to_wire()


def question_of(wire: bytes) -> str:
    """Name and type, for the log."""
    question = dns.message.from_wire(wire).question[0]
    return f"{question.name.to_text(omit_final_dot=True)} {dns.rdatatype.to_text(question.rdtype)}"
