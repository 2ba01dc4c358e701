"""``acr-diagnose demo``: a real run, by the real adapters, against the simulated Azure on loopback.

Every connection is fenced: what the simulation does not serve is refused before it is sent.
"""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial

from checks.target import Asked, UsageError
from diagnose.lab.cases import CASES
from diagnose.lab.cloud import Cloud
from diagnose.lab.healthy import healthy_cloud
from diagnose.lab.machine import disks
from diagnose.live.options import Options

IMAGE = "contoso.azurecr.io/app:v1"


def listing() -> str:
    width = max(map(len, CASES))
    rows = (f"{name:<{width}}  {case.__doc__}\n" for name, case in CASES.items())
    return "Cases of `acr-diagnose demo CASE`:\n\n" + "".join(rows)


def run(case: str, output: str, *, quiet: bool, verbose: bool = False, colour: bool = True) -> int:
    """Run one case; raise `UsageError` on a name that is none."""
    from diagnose import front

    if case not in CASES:
        raise UsageError(f"{case[:60]!r} is no case; `acr-diagnose demo` lists them")
    cloud = healthy_cloud()
    CASES[case](cloud)
    sys.stderr.write(f"A simulated Azure on loopback: {CASES[case].__doc__}\n\n")
    with laboratory(cloud) as options:
        asked = Asked(text=IMAGE)
        return front.run(asked, options, output, quiet=quiet, verbose=verbose, colour=colour)


@contextmanager
def laboratory(cloud: Cloud, latency: float = 0.0) -> Iterator[Options]:
    """Serve ``cloud`` on loopback and give the options that lead a run there."""
    try:
        from diagnose.lab import cri_socket, engine_socket
        from diagnose.lab.servers import Lab
    except ImportError as missing:  # certificates are the one thing that needs a compiled library
        name = missing.name or "a library"
        told = f"pip install 'acr-diagnose[lab]', or the distribution's own python3-{name}"
        raise UsageError(f"demo needs {name}: {told}") from None
    lab = Lab.on_loopback(cloud, latency=latency)
    folder = lab.root.parent
    sockets = engine_socket.serving(cloud, folder), cri_socket.serving(cloud, folder)
    with lab, sockets[0] as docker_host, sockets[1] as cri_socket_path:
        yield options_of(
            cloud,
            detours=lab.detours,
            root=str(lab.root),
            ca_file=lab.store,
            docker_host=docker_host,
            cri_socket=cri_socket_path,
        )


def options_of(
    cloud: Cloud,
    *,
    detours: Mapping[tuple[str, int], tuple[str, int]],
    root: str,
    ca_file: str,
    docker_host: str,
    cri_socket: str,
) -> Options:
    """Give the options of a run on the simulated machine, whose files stand under ``root``."""
    from diagnose.lab import provider  # asks DNS: to list the cases, nobody needs dnspython

    runtimes = {(True, False): "docker", (False, True): "containerd", (False, False): "none"}
    return Options(
        detours=detours,
        ca_file=ca_file,
        asset_tag=cloud.vm.asset_tag,
        root=root,
        environ=cloud.machine.environ,
        auth=cloud.machine.auth,
        runtime=runtimes.get((bool(docker_host), bool(cri_socket)), "auto"),
        docker_host=docker_host,
        cri_socket=cri_socket,
        plugin=partial(provider.run, cloud) if cloud.machine.containerd else None,
        disks=disks(cloud.machine),
    )
