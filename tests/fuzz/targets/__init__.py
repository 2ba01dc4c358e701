"""Every target, by its name."""

from tests.fuzz.target import Target
from tests.fuzz.targets import (
    bundles,
    cri,
    files,
    fleet,
    kubernetes,
    options,
    parses,
    secrets,
    settings,
    texts,
    wire,
)

MODULES = (bundles, cri, files, fleet, kubernetes, options, parses, secrets, settings, texts, wire)
ALL: dict[str, Target] = {one.name: one for module in MODULES for one in module.TARGETS}
