"""What is asked for."""

from diagnose.lab import cases
from diagnose.lab.cloud import Cloud
from diagnose.lab.image import build_image, build_index
from tests.scenarios.stories.story import story

DIGEST = build_image().digest


@story(
    "repository-not-found",
    "repository-not-found",
    unsure="proven",
    image="contoso.azurecr.io/nothere:v1",
)
def the_repository_is_not_there(cloud: Cloud) -> None:
    cases.healthy(cloud)


@story("tag-not-found", "tag-not-found", image="contoso.azurecr.io/app:v9")
def the_tag_is_not_there(cloud: Cloud) -> None:
    cases.healthy(cloud)


# Another processor than any machine has that runs these tests.
@story(
    "platform-mismatch",
    "platform-mismatch",
    unsure="proven",
    image="contoso.azurecr.io/app:multi",
)
def the_index_has_other_platforms_only(cloud: Cloud) -> None:
    cloud.registry.repositories["app"]["multi"] = build_index(("s390x", "riscv64"))


@story(
    "image-quarantined-or-locked",
    "image-quarantined-or-locked",
    unsure="proven",
    image=f"contoso.azurecr.io/app@{DIGEST}",
)
def the_digest_is_in_quarantine(cloud: Cloud) -> None:
    cloud.registry.quarantined = {DIGEST}


@story("image-quarantined-or-locked", "image-quarantined-or-locked", unsure="proven")
def the_image_is_locked_against_reading(cloud: Cloud) -> None:
    cloud.registry.locked = {DIGEST}
