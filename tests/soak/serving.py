"""The simulated Azure as a process whose state is another one with each line that it reads.

``python -m tests.soak.serving``: a line is the name of a story, its answer is ``READY`` and the
authority to trust. The end of stdin is the end of it all.
"""

import sys
import time

from diagnose.lab.cloud import Cloud
from diagnose.lab.healthy import healthy_cloud
from diagnose.lab.servers import Lab
from tests.soak import states

_KEPT = ("key",)  # what signed a token before still counts, as in Azure
_TRIES = 40


def become(cloud: Cloud, other: Cloud) -> None:
    """Put another state in the place of this one, which everybody goes on to look at."""
    kept = {name: getattr(cloud, name) for name in _KEPT}
    vars(cloud).update(vars(other) | kept)


def settle(lab: Lab) -> None:
    """Have the sockets agree with the state; an address that is just given up may take a while."""
    for attempt in range(_TRIES):
        try:
            lab.settle()
        except OSError:
            if attempt == _TRIES - 1:
                raise
            time.sleep(0.05)
        else:
            return


def main() -> None:
    cloud = healthy_cloud()
    with Lab.on_addresses(cloud) as lab:
        print("READY", lab.ca_file, flush=True)
        for line in sys.stdin:
            become(cloud, states.state(line.strip()))
            settle(lab)
            lab.log.clear()
            lab.questions.clear()
            print("READY", lab.ca_file, flush=True)


if __name__ == "__main__":
    main()
