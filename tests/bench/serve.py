"""The simulated Azure of the benches: ``python -m tests.bench.serve``, in a namespace of its own.

Each line on stdin is the name of a story, which is then what the servers answer from; each is
answered by ``READY`` and, as JSON, where the simulated machine's files and sockets stand.
"""

import json
import pickle
import sys
from contextlib import ExitStack

from diagnose.lab import cri_socket, engine_socket
from diagnose.lab.servers import Lab
from tests.matrix import runs


def serving(name: str, stack: ExitStack) -> dict[str, str]:
    """Serve a story until the stack is closed."""
    story = runs.BY_NAME[name]
    cloud = runs.cloud_of(story)
    lab = Lab.on_addresses(cloud)
    folder = lab.root.parent
    stack.enter_context(lab)
    state = folder / "cloud.pickle"
    state.write_bytes(pickle.dumps(cloud))
    return {
        "image": story.image,
        "cloud": str(state),
        "root": str(lab.root),
        "ca_file": lab.store,
        "docker_host": stack.enter_context(engine_socket.serving(cloud, folder)),
        "cri_socket": stack.enter_context(cri_socket.serving(cloud, folder)),
    }


if __name__ == "__main__":
    with ExitStack() as served:
        for line in sys.stdin:
            served.pop_all().close()
            print("READY", json.dumps(serving(line.strip(), served)), flush=True)
