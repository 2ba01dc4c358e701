"""One run of one state, judged in this process; a run that was made once is not made again."""

import copy
from functools import cache

from checks.refusal import Admitted
from diagnose import causes
from diagnose.causes.contract import Cause, Stage
from diagnose.judging import reached
from diagnose.lab.cloud import Cloud
from diagnose.lab.healthy import healthy_cloud
from tests.scenarios.stories import STORIES, Story, blind
from tests.world import Judged, Rights, Wire, judged
from tests.world.rights import take_away

CAUSES: dict[str, Cause] = {cause.id: cause for cause in causes.ALL}
BY_NAME = {story.name: story for story in STORIES}
USUAL = "contoso.azurecr.io/app:v1"
_KEY = bytes(32)  # clouds are compared by their state, in which the key says nothing


@cache
def _template() -> Cloud:
    cloud = healthy_cloud()
    cloud.key = _KEY
    return cloud


def cloud_of(*stories: Story) -> Cloud:
    """Give the healthy cloud with these stories told, one after the other."""
    cloud = copy.deepcopy(_template())
    for story in stories:
        story.change(cloud)
    return cloud


@cache
def told(name: str) -> Judged:
    """Judge a story for an identity that may read everything."""
    story = BY_NAME[name]
    return judged(Wire(cloud_of(story)), story.image)


@cache
def told_blind(name: str) -> Judged:
    """Judge a story for an identity that may pull and read nothing in Azure."""
    story = BY_NAME[name]
    cloud = cloud_of(story)
    blind(cloud)
    return judged(Wire(cloud), story.image)


@cache
def wire_of(name: str, *, network: bool, registry: bool, imds: bool) -> Wire:
    """Give a story's world as far as these rights change its state; many runs share it."""
    cloud = cloud_of(BY_NAME[name])
    take_away(cloud, Rights(network=network, registry=registry, imds=imds))
    return Wire(cloud)


def told_with(name: str, rights: Rights) -> Judged:
    """Judge a story for a run that has ``rights``."""
    wire = wire_of(name, network=rights.network, registry=rights.registry, imds=rights.imds)
    return judged(wire, BY_NAME[name].image, rights)


def progress(run: Judged) -> Stage:
    """Say where a pull stopped; the refusals of a network and of an identity are told apart."""
    stage = reached.stage(run.facts)
    return Stage.ADMISSION if stage is Stage.TOKEN and not run.facts.has(Admitted) else stage


def met(run: Judged) -> Stage:
    """Say where a pull meets what the verdict names; where it names nothing, where it stopped."""
    return run.verdict.primary.stage if run.verdict.primary else progress(run)
