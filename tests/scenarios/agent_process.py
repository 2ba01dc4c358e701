"""An agent as a process of its own against the simulated Azure, for ``python -m``.

Every connection is fenced, as in ``acr-diagnose demo``. Its arguments are the name of a story,
where it listens and the folder that it writes to.
"""

import sys
from pathlib import Path

from checks.target import Asked
from diagnose.agent import front, settings
from diagnose.lab.healthy import healthy_cloud
from diagnose.runs import demonstration
from tests.scenarios.stories import STORIES


def main(story: str, listen: str, folder: str) -> int:
    cloud = healthy_cloud()
    told = next(one for one in STORIES if one.name == story)
    told.change(cloud)
    with demonstration.laboratory(cloud) as options:
        chosen = settings.Settings(
            asked=settings.by_registry([Asked(text=told.image)]),
            interval=300.0,
            listen=settings.place(listen),
            textfile=Path(folder, settings.FILE),
        )
        return front.run(chosen, options)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
