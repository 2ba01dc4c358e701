"""All stories, by family; importing a family registers its stories."""

from tests.scenarios.stories import (
    aks,
    content,
    firewall,
    identity,
    names,
    nodes,
    path,
    runtime,
    service,
    works,
)
from tests.scenarios.stories.story import STORIES, Story, blind

__all__ = [
    "STORIES",
    "Story",
    "aks",
    "blind",
    "content",
    "firewall",
    "identity",
    "names",
    "nodes",
    "path",
    "runtime",
    "service",
    "works",
]
