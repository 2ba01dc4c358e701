"""Worlds in which nothing answers, and how long a run has to wait in each of them."""

from collections.abc import Callable
from dataclasses import dataclass

from diagnose.lab.cloud import Cloud, Fault
from diagnose.live.deadline import Limits


@dataclass(frozen=True, kw_only=True)
class Worst:
    """``waits`` gives the seconds of the time-outs that have to follow each other, no others."""

    name: str
    change: Callable[[Cloud], None]
    waits: Callable[[Limits], float]
    cause: str


def every_host_is_dropped(cloud: Cloud) -> None:
    cloud.faults["*"], cloud.imds_up = Fault.DROP, False


def every_resolver_is_dead(cloud: Cloud) -> None:
    for server in cloud.dns.servers.values():
        server.behaviour = "silent"


def every_host_and_resolver_is_dropped(cloud: Cloud) -> None:
    every_host_is_dropped(cloud)
    every_resolver_is_dead(cloud)


def every_server_is_half_open(cloud: Cloud) -> None:
    """They take a connection, and what is said on it, and say nothing."""
    cloud.faults["*"] = cloud.faults["imds"] = Fault.SILENT


WORST = (
    Worst(
        name="every host dropped",
        change=every_host_is_dropped,
        # Two tries of a connection, and then eight at once, which tell a block from a shortage.
        waits=lambda limits: limits.connect_first + 2 * limits.connect,
        cause="no-outbound",
    ),
    Worst(
        name="every resolver dead",
        change=every_resolver_is_dead,
        waits=lambda limits: limits.dns_try * limits.dns_tries,
        cause="dns-server-unreachable",
    ),
    Worst(
        name="every host and resolver dropped",
        change=every_host_and_resolver_is_dropped,
        waits=lambda limits: limits.dns_try * limits.dns_tries,
        cause="dns-server-unreachable",
    ),
    Worst(
        name="every server half-open",
        change=every_server_is_half_open,
        # Instance metadata is asked twice; then another name at the registry's address is tried.
        waits=lambda limits: max(2 * limits.imds_exchange, limits.read) + limits.read,
        cause="egress-filtered-registry",
    ),
)
