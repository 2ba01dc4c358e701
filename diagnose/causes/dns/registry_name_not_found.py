"""There is no registry with this login server.

What happened
The name server says that the login server's name does not exist (NXDOMAIN). The name is mistyped,
the registry was deleted, or the name lacks its hash: some registries have a login server such as
contoso-a1b2c3d4.azurecr.io, which differs from the registry's own name.

How we know
The answer was NXDOMAIN and did not lead over a privatelink name first, while names of other hosts
do resolve here. With a privatelink name on the way the registry would exist, and only a record in
a private zone would be missing. A server that answers from a private zone of its own may hide a
registry that exists, so its word alone is not taken as proof.

Fix
List the login servers that you may see, and take the name from there. Then correct it wherever
the image is named: in the deployment, the compose file or the pipeline.

Still failing?
Look whether the registry is in another subscription or another cloud: azurecr.io, azurecr.us and
azurecr.cn are different worlds. A name that was made a minute ago may not be known everywhere yet.
"""

from checks.dns_answer import DnsFailed
from checks.outside import Outside
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


def find(dns: DnsFailed, outside: Outside | None) -> Finding | Rejected | None:
    denying = [r for r in dns.resolvers if r.result == "NXDOMAIN"]
    if not denying and dns.trouble is not Trouble.NAME_UNKNOWN:
        return None
    if any(".privatelink." in link for r in dns.resolvers for link in r.chain):
        return Rejected(because="the name leads on to a privatelink name, so the registry exists")
    for resolver in dns.resolvers:
        if resolver.works:
            return Rejected(because=f"{resolver.server} resolves the name")
    resolved = (*outside.reached, *outside.silent) if outside else ()
    if outside and outside.unresolved and not resolved:
        return Rejected(because="no other name resolves here either")
    evidence = [Evidence(check="dns", saw=dns.summary)]
    if resolved:
        evidence.append(Evidence(check="outside", saw=f"{', '.join(resolved)} does resolve"))
    proven = bool(resolved) and any(r.final for r in denying)
    return Finding(
        confidence=Confidence.PROVEN if proven else Confidence.LIKELY,
        evidence=tuple(evidence),
        fix=(
            FixStep(
                command='az acr list --query "[].loginServer" -o tsv',
                needs="Microsoft.ContainerRegistry/registries/read",
                risk=Risk.READ_ONLY,
                why="Lists the login servers in the current subscription.",
            ),
            FixStep(
                command="",
                needs="the right to change where the image is named",
                risk=Risk.READ_ONLY,
                why=f"Replace {dns.name} by the right login server, with its hash if it has one.",
            ),
        ),
        settle="" if proven else f"Look {dns.name} up from a machine outside this network.",
    )


CAUSE = Cause(
    id="registry-name-not-found",
    title="There is no registry with this login server",
    stage=Stage.DNS,
    owner=Owner.IMAGE,
    find=find,
)
