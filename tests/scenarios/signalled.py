"""A command as a process of its own against the simulated Azure, to be sent signals.

Its words are ``COMMAND STORY FILE``. ``COMMAND`` is ``run``, ``wait``, ``bundle`` or ``agentpool``.
It says ``ready`` on stderr when the simulation stands, and what follows is the command's own.
"""

import sys

from checks.target import Asked
from diagnose import ending, front
from diagnose.lab.healthy import healthy_cloud
from diagnose.runs import bundling, demonstration, pooled
from tests.scenarios.stories import STORIES


def main(command: str, story: str, file: str) -> int:
    ending.obeyed()
    told = next(one for one in STORIES if one.name == story)
    cloud = healthy_cloud()
    told.change(cloud)
    asked = Asked(text=told.image)
    with demonstration.laboratory(cloud) as options:
        sys.stderr.write("ready\n")
        sys.stderr.flush()
        if command == "bundle":
            return bundling.bundle(
                asked, options, bundling.Place(file=file), quiet=False, verbose=False
            )
        if command == "agentpool":
            return pooled.run(asked, options, "json", quiet=False)
        wait = 600.0 if command == "wait" else 0.0
        return front.run(asked, options, "json", quiet=False, wait=wait)


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
