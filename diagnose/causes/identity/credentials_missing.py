"""There is no login to present to the registry.

What happened
The registry wants credentials, and whoever pulls on this machine has none to show: no managed
identity gives a token, and docker keeps no login for this registry.

How we know
The registry answered a caller without credentials with 401. There is no identity: the machine is
not in Azure, or the metadata service says that none is assigned while docker keeps logins for other
registries, so that logins are how this machine pulls. Where docker keeps no login at all, the
missing identity is named instead. Where we were not allowed to look, nothing is concluded.

A machine may also have an identity that can pull while its docker holds no login. Docker itself
never uses the identity, so "docker pull" typed by hand is refused there, although this program's
own pull works, which hands docker a token. The verdict stays healthy, because whatever pulls here
may well sign in before each pull; the missing login is named beside it.

Fix
Log in with an identity that may pull. In Kubernetes attach the registry, or name a pull secret.

Still failing?
Docker keeps logins by account: what root stored, another user does not have, and the other way
round with sudo. A login holds for one exact host name. A token from "az acr login" ends after
about three hours.
"""

from checks.docker_runtime import DockerRuntime
from checks.host import Host
from checks.registry import Registry
from checks.stored import NoStoredLogin
from diagnose.causes.contract import Cause, Confidence, Evidence, Finding, Owner, Stage
from diagnose.causes.identity import _logins
from diagnose.causes.identity._pull import Pull


def find(
    *,
    nothing: NoStoredLogin,
    pull: Pull,
    docker: DockerRuntime | None,
    host: Host | None,
    registry: Registry | None,
) -> Finding | None:
    if not pull.wanted or not pull.anonymous:
        return None
    seen = (
        Evidence(check="anonymous-token", saw=pull.anonymous.summary),
        Evidence(check="stored-credentials", saw=nothing.summary),
    )
    fix = _logins.sign_in(pull.target, registry)
    missing = pull.missing
    if missing is None:
        if not docker or not pull.token or not pull.granted:
            return None
        note = "This machine's identity may pull; docker itself does not use it."
        sure = Confidence.PROVEN
        return Finding(confidence=sure, evidence=seen, fix=fix, note=note, aside=True)
    if missing.switched_off or missing.ambiguous:
        return None
    in_azure = bool(host and host.on_azure)
    if in_azure and not missing.none_assigned:
        return None  # there may be an identity that the metadata service did not give
    return Finding(
        confidence=Confidence.PROVEN,
        evidence=(*seen, Evidence(check="identity", saw=missing.summary)),
        fix=fix,
        note="" if in_azure else "This is not known to be an Azure machine.",
    )


CAUSE = Cause(
    id="credentials-missing",
    title="There is no login to present to the registry",
    stage=Stage.TOKEN,
    owner=Owner.IMAGE,
    find=find,
)
