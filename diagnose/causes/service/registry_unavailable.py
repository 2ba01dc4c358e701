"""The registry service fails.

What happened
The registry, or the storage behind it, answered with a server error (5xx). The fault is on the
service's side, most often for a short time and in one region.

How we know
A status from 500 to 599 was seen in this run, and the answer bears the service's mark. Without that
mark a proxy or gateway on the way may have answered in its place.

Fix
Pull again after a few minutes. If it lasts, look at Azure's status and open a support request with
the correlation id, which stands in the answer's headers and under timing in the JSON report.

Still failing?
With geo-replication, a login server of one region may work while another fails. In an artifact
cache, a failing upstream registry shows as an error of this one.
"""

import shlex

from checks.target import Target
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
from diagnose.causes.service._places import Places


def find(answers: Places, target: Target) -> Finding | None:
    places = answers.met(range(500, 600))
    if not places:
        return _by_storage(answers)
    proxy = answers.challenge.via_proxy if answers.challenge else ""
    certain = any(place.certain for place in places)
    url = shlex.quote(f"https://{target.login_server}/v2/")
    return Finding(
        confidence=Confidence.PROVEN if certain else Confidence.LIKELY,
        evidence=tuple(place.evidence for place in places),
        fix=(
            FixStep(
                command="",
                needs="nothing",
                risk=Risk.READ_ONLY,
                why="Pull again in a few minutes, and look at https://azure.status.microsoft and "
                "at Service Health in the portal.",
            ),
            FixStep(
                command=f"curl -sS -m 20 -o /dev/null -D - {url}",
                needs="a shell on this machine",
                risk=Risk.READ_ONLY,
                why="Shows who answers: the registry sends X-Ms-Correlation-Request-Id, which "
                "support asks for. 401 here is healthy.",
            ),
        ),
        note=f"The way goes over the proxy {proxy}." if proxy else "",
        settle="" if certain else "Try from a machine without the proxy or gateway in between.",
        stage=places[0].stage,
    )


def _by_storage(answers: Places) -> Finding | None:
    """Storage that denies a link which the registry has just signed may be the service's fault."""
    layer = answers.layer
    if not layer or (layer.status, layer.code) != (403, "AuthorizationFailure"):
        return None
    return Finding(
        confidence=Confidence.POSSIBLE,
        evidence=(Evidence(check="layer", saw=layer.summary),),
        fix=(
            FixStep(
                command="",
                needs="a support plan",
                risk=Risk.READ_ONLY,
                why="Where no policy of the subnet denies it: open a support request.",
            ),
        ),
        settle="Try from a subnet without service endpoint policies.",
        stage=Stage.LAYER,
    )


CAUSE = Cause(
    id="registry-unavailable",
    title="The registry service fails",
    stage=Stage.TOKEN,
    owner=Owner.SERVICE,
    find=find,
)
