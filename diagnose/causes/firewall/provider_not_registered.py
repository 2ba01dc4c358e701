"""The VNet's subscription does not know the registry's resource provider.

What happened
Microsoft.ContainerRegistry is not registered in the subscription of the VNet. Azure then does not
tell the registry about the VNet's subnets, and a rule for one of them is lost or has no effect.
This is met when VNet and registry are in different subscriptions.

How we know
The provider's registrationState in the VNet's subscription is not Registered, and the registry
refused this machine.

Fix
Register the provider in the VNet's subscription, wait until it is Registered, then remove the
subnet's rule, should there be one, and add it again.

Still failing?
List the registry's rules again. A rule that is missing after it was added was not taken: the
registration was not finished, or the subnet lacks the service endpoint.
"""

from checks.arm_answer import part
from checks.provider import Provider
from checks.target import Target
from diagnose.causes import commands, subnet_steps
from diagnose.causes.contract import Cause, Evidence, Finding, FixStep, Owner, Rejected, Risk, Stage
from diagnose.causes.contract import Confidence as Sure
from diagnose.causes.firewall import steps
from diagnose.causes.firewall.sight import Sight


def find(sight: Sight, target: Target, provider: Provider | None) -> Finding | Rejected | None:
    # A machine and its VNet are in one subscription, but for peculiar set-ups.
    own = sight.instance.subscription if sight.instance else ""
    subscription = part(sight.subnet_id, "subscriptions") or own
    if provider is None:
        if not sight.private or sight.ruled is False or sight.moot:
            return None
        confidence = Sure.POSSIBLE  # the endpoint works and a rule may be there; this may be why
    elif provider.registered:
        because = f"the provider is registered in {provider.subscription}"
        return Rejected(because=because) if sight.private else None
    elif sight.moot or (sight.by_ip and sight.public):
        return Rejected(because=sight.moot or sight.by_ip)
    elif sight.public and sight.ready:
        return None  # the path goes round the endpoint; no rule for this subnet is asked
    else:
        known = sight.private or (sight.public and sight.subnet is not None)
        confidence = Sure.PROVEN if known and not sight.link.hinted else Sure.LIKELY
    state = Evidence(check="provider", saw=provider.summary) if provider else None
    extra = (state, steps.rules_seen(sight))
    told = "" if subscription else "with the VNet's subscription in SUBSCRIPTION: "
    settle = f"{told}{commands.provider('show', subscription)} --query registrationState"
    register = FixStep(
        command=f"{commands.provider('register', subscription)} --wait",
        needs="Microsoft.ContainerRegistry/register/action on the VNet's subscription",
        risk=Risk.CHANGES_ACCESS,
        why="Azure then tells the registry about this subscription's subnets. Costs nothing.",
        undo=commands.provider("unregister", subscription),
    )
    remove = FixStep(
        command=commands.subnet_rule("remove", target, sight.registry, sight.subnet_id),
        needs=commands.registry_write(sight.registry),
        risk=Risk.CHANGES_ACCESS,
        why="Takes the rule without effect away; az 2.85 to 2.87 silently do not.",
        undo=commands.subnet_rule("add", target, sight.registry, sight.subnet_id),
    )
    again = steps.add_rule(
        target, sight.registry, sight.subnet_id, "Adds the rule, now with effect."
    )
    named = subnet_steps.find_subnet(sight.subnet_id, sight.instance)
    return Finding(
        confidence=confidence,
        evidence=sight.evidence(*filter(None, extra)),
        fix=(register, *named, *((remove,) if sight.ruled else ()), again),
        settle="" if confidence is Sure.PROVEN else settle,
        stage=sight.stage,
    )


CAUSE = Cause(
    id="provider-not-registered",
    title="Microsoft.ContainerRegistry is not registered in the VNet's subscription",
    stage=Stage.ADMISSION,
    owner=Owner.NETWORK,
    find=find,
    before=(
        "subnet-not-allowed",
        "rule-subnet-deleted",
        "rule-quota-reached",
        "ip-rule-defeated-by-endpoint",
    ),
)
