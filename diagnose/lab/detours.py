"""Where to connect instead of a real-looking address, decided anew at each look-up."""

from collections.abc import Callable, Iterator, Mapping

from diagnose.lab.cloud import Cloud
from diagnose.lab.places import IMDS, services

LOOPBACK = "127.0.0.1"
Endpoint = tuple[str, int]


def endpoints(cloud: Cloud) -> list[Endpoint]:
    """Every address and port that exists in this cloud."""
    found = [(IMDS, 80), *((server, 53) for server in cloud.dns.servers)]
    found += [(s.address, port) for s in services(cloud) for port in s.ports]
    found += [(cloud.proxy.address, cloud.proxy.port)] if cloud.proxy else []
    return list(dict.fromkeys(found))


class Detours(Mapping[Endpoint, Endpoint]):
    """Every address but loopback has a detour, so that nothing in the lab leaves the machine:
    what does not exist is where SYNs are dropped. Look up for each connection; do not copy.
    """

    def __init__(self, cloud: Cloud, port_for: Callable[[Endpoint], int]) -> None:
        self._cloud = cloud
        self._port_for = port_for

    def __getitem__(self, key: Endpoint) -> Endpoint:
        if key[0].startswith("127.") or key[0] == "::1":
            raise KeyError(key)
        return LOOPBACK, self._port_for(key)

    def __iter__(self) -> Iterator[Endpoint]:
        return iter(endpoints(self._cloud))

    def __len__(self) -> int:
        return len(endpoints(self._cloud))
