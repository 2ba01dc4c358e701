"""Fix steps for an address that is out of date; no cause of its own."""

from shlex import quote

from checks.dns_answer import DnsAnswer
from checks.hosts_file import Override
from diagnose.causes import private_link, zone_steps
from diagnose.causes.contract import FixStep, Risk
from diagnose.causes.private_link import PrivateLink


def entries(override: Override, host: str) -> tuple[FixStep, ...]:
    """Take an entry on this machine away."""
    if not override.by_hosts:
        return (
            FixStep(
                command="sudo resolvectl flush-caches",
                needs="root on this machine",
                risk=Risk.READ_ONLY,
                why="Empties the cache of systemd-resolved. With nscd: sudo nscd -i hosts.",
            ),
        )
    return (
        FixStep(
            command=f"grep -n -i -w -F {quote(host)} /etc/hosts",
            needs="a shell on this machine",
            risk=Risk.READ_ONLY,
            why="Shows the line. A deployment that writes it will write it again.",
        ),
        FixStep(
            command="",
            needs="root on this machine",
            risk=Risk.CHANGES_ACCESS,
            why=f"Take {host} out of that line of /etc/hosts, and leave other names on it alone.",
        ),
    )


def records(link: PrivateLink, dns: DnsAnswer, address: str) -> tuple[FixStep, ...]:
    """Put the right address where the wrong one stands: in the zone, or on a server of one's
    own.
    """
    host = link.target.login_server
    azure = private_link.azures(dns.resolvers)
    near = link.near
    if azure and azure.works and address not in azure.addresses:
        wrong = ", ".join(r.server for r in dns.resolvers if address in r.addresses)
        return (
            FixStep(
                command="",
                needs=f"rights on the DNS server {wrong}",
                risk=Risk.CHANGES_ACCESS,
                why=f"On {wrong}: take the record {host} {address} away, and the zone that holds "
                "it if there is one. "
                f"168.63.129.16 gives {', '.join(azure.addresses)}.",
            ),
        )
    zone = next((e.zone_id for e in link.approved if e.zone_id), "")
    add = zone_steps.add_record(zone, host, near.address_of(host)) if near else ()
    return (
        *zone_steps.find_zone(zone, host),
        *add,
        zone_steps.remove_record(zone, host, address),
    )
