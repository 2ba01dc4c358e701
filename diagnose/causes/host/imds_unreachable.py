"""The instance metadata service gives no usable answer.

What happened
This is an Azure machine, but its metadata service at 169.254.169.254 does not answer here, so the
machine gets no token for its managed identity and cannot pull with it.

How we know
The hardware's tag is Azure's. Neither the question for the instance nor the one for a token was
answered by the service: no connection, no answer, or an answer from something else, such as a
proxy. Where it does describe the machine, or says that it is busy or away for a moment, the cause
is likely and no more. Where the registry allows anonymous pull, this does not matter.

Fix
Ask the service by hand and read what comes back. Then look at the three usual culprits: a proxy
that is used for 169.254.169.254, a route that leads elsewhere, and a local firewall rule. Add
169.254.169.254 to NO_PROXY wherever a proxy is set.

Still failing?
In AKS with IMDS restriction only pods with hostNetwork reach the service. A network security group
may deny the tag AzurePlatformIMDS. The service is also away for about a minute while it updates.
"""

from checks.anonymous import Anonymous
from checks.host import Host
from checks.identity import IdentityMissing
from checks.instance import Instance, InstanceUnknown
from checks.node_config import NodeConfig
from checks.replies import Trouble
from checks.stored import StoredLogins
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

_SILENT = (
    None,  # something answered that is not the service
    *(Trouble.TIMEOUT, Trouble.REFUSED, Trouble.UNREACHABLE),
    *(Trouble.RESET, Trouble.EOF, Trouble.PROTOCOL),
)
_LATER = "Run this again in two minutes: the service updates itself, and limits who asks often."
_ASIDE = "sudo iptables-save | grep 169.254.169.254 (pod identity and host firewalls take it aside)"
_ASK = (
    "curl -s -m 5 -H Metadata:true --noproxy '*' "
    "'http://169.254.169.254/metadata/instance?api-version=2021-02-01'"
)


def find(
    *,
    instance: InstanceUnknown | None,
    described: Instance | None,
    identity: IdentityMissing,
    anonymous: Anonymous | None,
    host: Host | None,
    stored: StoredLogins | None,
    config: NodeConfig | None,
) -> Finding | Rejected | None:
    seen = instance or described
    trouble = instance.trouble if instance else identity.trouble
    if seen is None or trouble not in _SILENT or identity.switched_off:
        return None
    if instance and not instance.on_azure:
        return None
    if identity.authority:
        return None  # the token was asked for elsewhere
    if (anonymous and anonymous.lets_pull) or (config and config.by_secret):
        return None
    if stored and stored.usable:
        return Rejected(because=f"docker pulls with a login of its own: {stored.summary}")
    if identity.answered and not instance:
        return None
    if identity.answered:
        return Rejected(because="the service answered the question for a token")
    proxy = bool(host and host.proxies)
    sure = instance is not None and not identity.again
    note = "In AKS with IMDS restriction, only pods with hostNetwork reach the service."
    return Finding(
        confidence=Confidence.PROVEN if sure else Confidence.LIKELY,
        settle="" if sure else _LATER if identity.again else _ASIDE,
        evidence=(
            Evidence(check="instance", saw=seen.summary),
            Evidence(check="identity", saw=identity.summary),
        ),
        fix=(
            _step(_ASK, "Asks the service itself, past any proxy."),
            _step("ip route get 169.254.169.254", "Shows where packets to the service go."),
            _step("sudo iptables -S OUTPUT", "Shows local rules that drop them."),
            FixStep(
                command="",
                needs="the right to change this machine's proxy, routes or firewall",
                risk=Risk.CHANGES_ACCESS,
                why="Remove the rule or route that stands in the way"
                + ("; a proxy is set here: add 169.254.169.254 to NO_PROXY." if proxy else "."),
            ),
        ),
        note=note if host and host.aks_node else "",
    )


def _step(command: str, why: str) -> FixStep:
    needs = "root on this machine" if command.startswith("sudo") else "a shell on this machine"
    return FixStep(command=command, needs=needs, risk=Risk.READ_ONLY, why=why)


CAUSE = Cause(
    id="imds-unreachable",
    title="The instance metadata service gives no usable answer",
    stage=Stage.TOKEN,
    owner=Owner.HOST,
    find=find,
    hides=("credentials-missing", "identity-ambiguous", "no-managed-identity"),
)
