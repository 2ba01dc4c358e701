"""The way out to the sign-in service is blocked.

What happened
The credential in use signs in at Microsoft Entra itself, as a service principal or a workload
identity does, and the sign-in host does not answer this machine. A managed identity would not need
it: its tokens come from the machine's own metadata service.

How we know
The request for a token to the sign-in host got no answer: a time-out, no route, a connection that
was refused or ended. The registry itself was not what failed. It is likely only where the host took
the connection: then a firewall that reads names may have ended it, or the host itself hangs.

Fix
Allow TCP 443 to the service tag AzureActiveDirectory, or to the sign-in host by name in a firewall.
Or pull with a managed identity of this machine, which asks nobody outside.

Still failing?
Where the host resolves to a private address, a private DNS zone or an entry in /etc/hosts leads
elsewhere. Sign-in may also need login.windows.net in old libraries.
"""

from checks.anonymous import Anonymous
from checks.identity import IdentityMissing
from checks.outbound_rules import OutboundRules
from checks.outside import Outside
from checks.replies import Trouble
from diagnose.causes.contract import (
    Cause,
    Confidence,
    Evidence,
    Finding,
    FixStep,
    Owner,
    Risk,
    Stage,
)
from diagnose.causes.path import _groups, _steps

_DROPPED = (Trouble.TIMEOUT, Trouble.UNREACHABLE)
_ENDED = (Trouble.REFUSED, Trouble.RESET, Trouble.EOF, Trouble.PROXY)


def find(
    identity: IdentityMissing,
    anonymous: Anonymous | None,
    outside: Outside | None,
    place: _steps.Place,
    rules: OutboundRules | None,
) -> Finding | None:
    host = identity.authority
    if not host or identity.trouble not in (*_DROPPED, *_ENDED):
        return None
    if anonymous and anonymous.lets_pull:
        return None  # nobody has to sign in
    sure = identity.trouble in _DROPPED and not identity.connected
    evidence = [Evidence(check="identity", saw=f"{host}: {identity.summary}")]
    if outside:
        evidence.append(Evidence(check="outside", saw=outside.summary))
    tag = _groups.Tag(name="AzureActiveDirectory", others=("Internet", "AzureCloud"))
    evidence += _groups.denied(rules, place.subnet, tag)
    by_name = FixStep(
        command="",
        needs="rights on the firewall between this subnet and the internet",
        risk=Risk.CHANGES_ACCESS,
        why=f"If a firewall drops it: allow {host} on 443 by name.",
    )
    own = FixStep(
        command="",
        needs="the right to assign an identity to this machine",
        risk=Risk.CHANGES_ACCESS,
        why="Instead: pull with a managed identity of this machine (--auth msi).",
    )
    return Finding(
        confidence=Confidence.PROVEN if sure else Confidence.LIKELY,
        evidence=tuple(evidence),
        fix=_steps.ready(
            place,
            _steps.look("list-effective-nsg", place, "Shows which rule denies, if one does."),
            *_groups.allow_tag(place, tag, rules),
            by_name,
            own,
        ),
        settle="" if sure else f"Ask for https://{host}/ with curl and see what answers.",
    )


CAUSE = Cause(
    id="egress-blocked-entra",
    title="The way out to the sign-in service is blocked",
    stage=Stage.TOKEN,
    owner=Owner.NETWORK,
    find=find,
    beats=("credentials-missing",),  # there are some, which cannot be turned into a token
    before=("credential-provider-failing", "credential-provider-unmatched"),
)
