"""The configured DNS server does not answer.

What happened
This machine asks a DNS server that gives no answer on port 53, so no name becomes an address. The
server is down, or a network security group, a route or a firewall stands in between.

How we know
Every server in resolv.conf that could be asked directly timed out, refused or had no route. A
server that answers anything, even an error, speaks against this cause. The report says when
Azure's own 168.63.129.16 did answer: then the network works and the configured server is at fault.

Fix
See which server is in use and where the setting comes from, usually the virtual network. Repair
that server or the way to it: UDP and TCP port 53, both ways. After a change of the virtual
network's DNS servers, machines take it up at their next DHCP renewal or restart.

Still failing?
If 127.0.0.53 is what does not answer, systemd-resolved itself is down on this machine. 127.0.0.1 is
what is asked where resolv.conf is missing, names no server or may not be read by this user. If
168.63.129.16 is silent too, look for a rule that denies the tag AzurePlatformDNS.
"""

import shlex

from checks.dns_answer import DnsFailed
from checks.host import Host
from checks.interface import Interface
from checks.ports import AZURE_DNS
from checks.replies import Trouble
from diagnose.causes.contract import (
    Cause,
    Confidence,
    Evidence,
    Finding,
    FixStep,
    Owner,
    Rejected,
    Risk,
    Stage,
)

_SILENT = (Trouble.TIMEOUT, Trouble.REFUSED, Trouble.UNREACHABLE)
_SPOKE = (Trouble.DNS_FAILING, Trouble.PROTOCOL)  # an answer, if a useless one
_UNTOLD = "127.0.0.1"  # resolv.conf(5): what is asked where it names no server


def find(dns: DnsFailed, host: Host, interface: Interface | None) -> Finding | Rejected | None:
    configured = [r for r in dns.resolvers if r.server in host.resolvers]
    silent = [r.server for r in configured if r.result in _SILENT]
    if not silent and (configured or dns.trouble not in _SILENT):
        return None
    for resolver in configured:
        if resolver.answered or resolver.result in _SPOKE:
            saw = f"{resolver.server} answers ({resolver.result})"
            return Rejected(because=f"{saw}, and it is configured too")
    if dns.trouble in (Trouble.NAME_UNKNOWN, Trouble.NAME_EMPTY):
        return Rejected(because=f"this machine's own lookup was answered ({dns.trouble})")
    proven = bool(silent) and len(silent) == len(configured)
    azure = [r for r in dns.resolvers if r.server == AZURE_DNS and r.answered]
    vnet = interface.subnet_id.split("/subnets/")[0] if interface else ""
    notes = [f"Azure's own {AZURE_DNS} did answer ({azure[0].result})."] if azure else []
    if silent == [_UNTOLD]:
        notes.append(f"{_UNTOLD} is asked where /etc/resolv.conf names no server or is not there.")
    return Finding(
        confidence=Confidence.PROVEN if proven else Confidence.LIKELY,
        evidence=(Evidence(check="dns", saw=dns.summary),),
        note=" ".join(notes),
        settle="" if proven else "Ask each server of resolv.conf directly: dig @SERVER NAME",
        fix=(
            FixStep(
                command="resolvectl status",
                needs="a shell on this machine",
                risk=Risk.READ_ONLY,
                why="Shows which DNS servers are in use.",
            ),
            FixStep(
                command=vnet
                and f"az network vnet show --ids {shlex.quote(vnet)} "
                "--query dhcpOptions.dnsServers -o tsv",
                needs="Microsoft.Network/virtualNetworks/read",
                risk=Risk.READ_ONLY,
                why="Look at the virtual network's own DNS servers: none means Azure's.",
            ),
            FixStep(
                command="",
                needs="rights on the DNS server, or on the security groups and routes to it",
                risk=Risk.DISRUPTIVE,
                why=f"Bring {', '.join(silent) or 'the DNS server'} back, or open UDP and TCP 53 "
                "to it: look at the server, the network security groups and the routes.",
            ),
        ),
    )


CAUSE = Cause(
    id="dns-server-unreachable",
    title="The configured DNS server does not answer",
    stage=Stage.DNS,
    owner=Owner.NETWORK,
    find=find,
    hides=("private-dns-record-missing", "registry-name-not-found"),
)
