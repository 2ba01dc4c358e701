"""What the two causes about filters by name share; no cause of its own."""

from shlex import quote

from checks.outbound_rules import OutboundRules
from checks.outside_tls import Elsewhere
from checks.replies import Trouble
from diagnose.causes.contract import Confidence, FixStep, Risk

# Azure Firewall's deny is an end of the stream (EOF); others reset, hang, or answer something else.
ENDED = (Trouble.EOF, Trouble.RESET, Trouble.TIMEOUT)


def sureness(trouble: Trouble, elsewhere: Elsewhere | None) -> Confidence | None:
    """Judge by what happens to other names; None where this is no sign of a filter."""
    if trouble not in (*ENDED, Trouble.PROTOCOL):
        return None
    if elsewhere and elsewhere.another is None:
        return Confidence.PROVEN  # the same address, another name: only the name can be it
    if trouble is Trouble.PROTOCOL:
        return None  # noise for every name: anything may stand there
    alone = bool(elsewhere and elsewhere.control_trouble is None)
    if trouble is Trouble.TIMEOUT and not alone:
        return Confidence.POSSIBLE
    return Confidence.LIKELY


def steps(host: str, rules: OutboundRules | None) -> tuple[FixStep, ...]:
    hop = f" 0.0.0.0/0 goes to {rules.next_hop}." if rules and rules.next_hop else ""
    name = quote(host)
    return (
        FixStep(
            command=f"openssl s_client -connect {name}:443 -servername {name} </dev/null",
            needs="a shell on this machine",
            risk=Risk.READ_ONLY,
            why="Shows what comes back for this name; try -servername mcr.microsoft.com beside it.",
        ),
        FixStep(
            command="",
            needs="rights on the firewall between this subnet and the internet",
            risk=Risk.CHANGES_ACCESS,
            why=f"Allow {host} on 443 by name.{hop} A pull needs the login server and the hosts of "
            "the layers: *.blob.core.windows.net, or the registry's own data endpoints.",
        ),
    )
