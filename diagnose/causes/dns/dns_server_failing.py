"""The configured DNS server answers with an error.

What happened
The DNS server that this machine asks does answer, but with an error (SERVFAIL or REFUSED) in place
of an address. Most often it hands the question on to another server that is gone, or it does not
serve this network at all.

How we know
Every server in resolv.conf that spoke gave an error code, which says nothing of whether the name
exists. A server that resolves the name, or that says that it does not exist, speaks against this
cause. The report says when Azure's own 168.63.129.16 knows the name: then the name is in order.

Fix
Look into the configured server: its forwarders, its conditional forwarder for azurecr.io, and the
networks that it serves. A server inside a virtual network hands on to 168.63.129.16.

Still failing?
If 168.63.129.16 itself gives the error, look for a DNS forwarding ruleset or a DNS security policy
on the virtual network. Ask for another name too: if only one fails, its own name servers are ill.
"""

from checks.dns_answer import DnsFailed
from checks.host import Host
from checks.outside import Outside
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
from diagnose.causes.private_link import azures


def find(dns: DnsFailed, host: Host, outside: Outside | None) -> Finding | Rejected | None:
    configured = [r for r in dns.resolvers if r.server in host.resolvers]
    failing = [r for r in configured if r.failing]
    if not failing:
        return None
    spoke = [r for r in configured if r.result in ("NOERROR", "NXDOMAIN")]
    if spoke or dns.trouble in (Trouble.NAME_UNKNOWN, Trouble.NAME_EMPTY):
        saw = f"{spoke[0].server} answers {spoke[0].result}" if spoke else str(dns.trouble)
        return Rejected(because=f"this machine's lookup is answered elsewhere: {saw}")
    evidence = [Evidence(check="dns", saw=dns.summary)]
    resolved = (*outside.reached, *outside.silent) if outside else ()
    if resolved:
        evidence.append(Evidence(check="outside", saw=f"{', '.join(resolved)} does resolve"))
    azure = azures(dns.resolvers)
    known = azure is not None and azure.works and azure not in failing
    silent = [r.server for r in configured if not r.answered]
    notes = [f"Azure's own {AZURE_DNS} knows the name." * known]
    notes.append(f"Silent as well: {', '.join(silent)}." * bool(silent))
    names = ", ".join(f"{r.server} ({r.result})" for r in failing)
    return Finding(
        confidence=Confidence.PROVEN,
        evidence=tuple(evidence),
        note=" ".join(filter(None, notes)),
        fix=(
            FixStep(
                command="resolvectl status",
                needs="a shell on this machine",
                risk=Risk.READ_ONLY,
                why="Shows which DNS servers are in use.",
            ),
            FixStep(
                command="",
                needs="rights on the DNS server",
                risk=Risk.DISRUPTIVE,
                why=f"On {names}: look at the forwarders and at which networks it serves. Inside a "
                f"virtual network, let it hand on to {AZURE_DNS}.",
            ),
        ),
    )


CAUSE = Cause(
    id="dns-server-failing",
    title="The configured DNS server answers with an error",
    stage=Stage.DNS,
    owner=Owner.NETWORK,
    find=find,
    hides=("dns-server-unreachable", "private-dns-record-missing", "registry-name-not-found"),
)
