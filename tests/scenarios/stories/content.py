"""What is asked for."""

from diagnose.lab import cases
from diagnose.lab.cloud import Cloud
from tests.scenarios.stories.story import story


@story(
    "repository-not-found",
    "repository-not-found",
    unsure="proven",
    image="contoso.azurecr.io/nothere:v1",
)
def the_repository_is_not_there(cloud: Cloud) -> None:
    cases.healthy(cloud)


@story("tag-not-found", "tag-not-found", unsure="proven", image="contoso.azurecr.io/app:v9")
def the_tag_is_not_there(cloud: Cloud) -> None:
    cases.healthy(cloud)
