"""A process of its own for one run among planted secrets: ``OUTPUT calm|verbose FILE MACHINE``.

``OUTPUT`` is a format of the reports, ``every`` for one run in each, or ``bundle``; ``MACHINE`` is
``docker``, or ``node:`` and how its plug-in ends.
"""

import json
import sys
from dataclasses import replace
from pathlib import Path

from checks.target import Asked
from diagnose import front, reports
from diagnose.lab.healthy import healthy_cloud
from diagnose.runs import bundling, demonstration
from tests.scenarios import canaries, canary_node

ASKED = Asked(text=f"{canaries.LOGIN}/app:v1")


def main(output: str, loudness: str, file: str, machine: str) -> int:
    cloud = healthy_cloud()
    canaries.plant(cloud)
    config = {**canaries.DOCKER_CONFIG, "credHelpers": {canaries.LOGIN: "canary"}}
    cloud.machine.files[canaries.HOME] = json.dumps(config)
    kind, _, ending = machine.partition(":")
    if kind == "node":
        canary_node.plant(cloud, ending)
    verbose = loudness == "verbose"
    with demonstration.laboratory(cloud) as lent:
        plugin = canary_node.loud(cloud, set()) if kind == "node" else lent.plugin
        options = replace(lent, plugin=plugin)
        program = Path(options.root) / "usr/bin/docker-credential-canary"
        program.parent.mkdir(parents=True)
        says = json.dumps({"Username": "robot", "Secret": canaries.in_url("helper")})
        program.write_text(f"#!/bin/sh\necho '{says}'\necho '{says}' >&2\n")
        program.chmod(0o755)
        if output != "bundle":
            formats = reports.FORMATS if output == "every" else [output]
            return max(
                front.run(ASKED, options, one, quiet=False, verbose=verbose) for one in formats
            )
        place = bundling.Place(file=file, redacted=False)
        return bundling.bundle(ASKED, options, place, quiet=False, verbose=verbose)


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
