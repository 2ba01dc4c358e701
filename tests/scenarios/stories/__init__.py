"""All stories, by family; importing a family registers its stories."""

from tests.scenarios.stories import (
    content,
    firewall,
    identity,
    names,
    path,
    runtime,
    service,
    works,
)
from tests.scenarios.stories.story import STORIES, Story, blind

__all__ = [
    "STORIES",
    "Story",
    "blind",
    "content",
    "firewall",
    "identity",
    "names",
    "path",
    "runtime",
    "service",
    "works",
]
