"""What a story is: the healthy cloud with one thing changed, and the cause that is true then.

``with_arm`` is the cause for an identity that may read in Azure, ``without`` for one that may only
pull. An empty string is a pull that works; None stands where the data plane alone cannot name one
cause, and the verdict has to be inconclusive.
"""

from collections.abc import Callable
from dataclasses import dataclass

from diagnose.lab.cloud import Cloud
from diagnose.lab.roles import ROLES


@dataclass(frozen=True, kw_only=True)
class Story:
    """``image`` is what is asked for; ``sure`` the confidence with rights, ``unsure`` without."""

    name: str
    change: Callable[[Cloud], None]
    with_arm: str
    without: str | None
    sure: str = "proven"
    unsure: str = "likely"
    image: str = "contoso.azurecr.io/app:v1"


STORIES: list[Story] = []


def story(
    with_arm: str,
    without: str | None,
    *,
    sure: str = "proven",
    unsure: str = "likely",
    image: str = "contoso.azurecr.io/app:v1",
) -> Callable[[Callable[[Cloud], None]], Callable[[Cloud], None]]:
    def register(change: Callable[[Cloud], None]) -> Callable[[Cloud], None]:
        STORIES.append(
            Story(
                name=change.__name__,
                change=change,
                with_arm=with_arm,
                without=without,
                sure=sure,
                unsure=unsure,
                image=image,
            )
        )
        return change

    return register


def blind(cloud: Cloud) -> None:
    """Take every right to read in Azure away; the right to pull stays as it is."""
    cloud.role_assignments = [row for row in cloud.role_assignments if not ROLES[row.role].reads]
