"""Which states of the simulated Azure come and go under an agent that stays up.

They are the stories whose change is one of the services: what is changed on the machine itself (a
file, a variable, its clock, its resolver) is not undone by a change of the cloud, and lack of SNAT
ports is simulated by detours alone.
"""

from collections.abc import Iterable

from diagnose.lab.cloud import Cloud
from diagnose.lab.detours import endpoints
from diagnose.lab.healthy import healthy_cloud
from tests.scenarios.stories import STORIES, Story

IMAGE = "contoso.azurecr.io/app:v1"


def state(name: str) -> Cloud:
    """Give the healthy cloud as the story changes it."""
    told = next(one for one in STORIES if one.name == name)
    cloud = healthy_cloud()
    told.change(cloud)
    return cloud


def fits(told: Story) -> bool:
    """Tell whether a story can begin and end under a machine that stays as it is."""
    if told.image != IMAGE:
        return False
    cloud, plain = healthy_cloud(), healthy_cloud()
    told.change(cloud)
    same = ("machine", "vm", "proxy", "clock_offset")
    return (
        all(getattr(cloud, field) == getattr(plain, field) for field in same)
        and cloud.name_servers == plain.name_servers
        and not cloud.vm_subnet.snat_every
    )


def coming_and_going() -> tuple[Story, ...]:
    return tuple(told for told in STORIES if fits(told))


def expected(told: Story) -> str:
    """Give the code that an agent tells of a story, with rights in Azure."""
    return told.with_arm or "healthy"


def addresses(stories: Iterable[Story]) -> list[str]:
    """Give every address of the services in any of the stories."""
    found = [place for told in stories for place, _ in endpoints(state(told.name))]
    return list(dict.fromkeys(found))
