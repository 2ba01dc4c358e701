"""Where on a pull's way an HTTP status was met; no cause of its own.

A failure that a later success passed over did not stop the pull: it is left out.
"""

from collections.abc import Container
from dataclasses import dataclass

from checks.anonymous import Anonymous
from checks.challenge import Challenge
from checks.contract import View
from checks.docker_pull import DockerPullFailed
from checks.layer import LayerRefused
from checks.manifest import Manifest, ManifestRefused
from checks.token import PullToken, PullTokenRefused
from diagnose.causes.contract import Evidence, Stage

_TOO_MANY = 429


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    stage: Stage
    certain: bool  # it bears the mark of the service itself
    evidence: Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Places(View):
    """What each place on a pull's way answered."""

    challenge: Challenge | None
    anonymous: Anonymous | None
    granted: PullToken | None
    refused: PullTokenRefused | None
    manifest: Manifest | None
    unread: ManifestRefused | None
    layer: LayerRefused | None
    docker: DockerPullFailed | None  # it asks /v2/ first, which other clients need not

    def met(self, statuses: Container[int]) -> tuple[Place, ...]:
        """Give the places that answered with one of ``statuses``, in the order of a pull."""
        found = []
        stopped = not self.granted and not self.manifest
        if self.challenge and self.challenge.status in statuses and (stopped or self._met_again()):
            found.append(_place(Stage.CHALLENGE, "challenge", self.challenge))
        if stopped:
            if self.anonymous and self.anonymous.status in statuses:
                found.append(_place(Stage.TOKEN, "anonymous-token", self.anonymous))
            if self.refused and self.refused.status in statuses:
                found.append(_place(Stage.TOKEN, "token", self.refused))
        if self.unread and self.unread.status in statuses:
            found.append(_place(Stage.MANIFEST, "manifest", self.unread))
        if self.layer and self.layer.status in statuses:
            # The code is of the registry's JSON or of Storage's XML: a proxy has neither.
            evidence = Evidence(check="layer", saw=self.layer.summary)
            certain = bool(self.layer.code) or self.layer.from_acr
            found.append(Place(stage=Stage.LAYER, certain=certain, evidence=evidence))
        return tuple(found)

    def _met_again(self) -> bool:
        """Tell whether docker's own words name the status that we met at ``/v2/``."""
        if not self.docker or not self.challenge:
            return False
        error, status = self.docker.error.lower(), self.challenge.status
        throttled = status == _TOO_MANY and "toomanyrequests" in error
        return throttled or f"http status: {status}" in error


def _place(
    stage: Stage, check: str, answer: Challenge | Anonymous | PullTokenRefused | ManifestRefused
) -> Place:
    evidence = Evidence(check=check, saw=answer.summary)
    return Place(stage=stage, certain=answer.from_acr, evidence=evidence)
