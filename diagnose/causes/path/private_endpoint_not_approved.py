"""The registry has not approved the private endpoint.

What happened
A private endpoint to the registry exists, and its address is what the name resolves to here, but
the registry's owner has not approved the connection, or has rejected or cut it. Until it is
approved the endpoint carries no traffic.

How we know
Nothing answers at the private address, and the registry lists the connection of the endpoint that
has this address as Pending, Rejected or Disconnected.

Fix
The registry's owner approves a pending connection. A rejected one can be approved as well. A
disconnected one is beyond repair: delete the private endpoint and make it again.

Still failing?
An approval takes effect within some minutes. When it is approved and the address still does not
answer, look at the way to it: peering, routes and security groups.
"""

from shlex import quote

from checks.addresses import Kind, kind
from checks.challenge import Challenge
from checks.hosts_file import Override
from checks.private_endpoint import Endpoint
from checks.tcp_path import TcpBlocked
from diagnose.causes import commands
from diagnose.causes.contract import (
    Cause,
    Confidence,
    Evidence,
    Finding,
    FixStep,
    Owner,
    Rejected,
    Risk,
    Stage,
)
from diagnose.causes.private_link import PrivateLink


def find(
    tcp: TcpBlocked, link: PrivateLink, challenge: Challenge | None, override: Override | None
) -> Finding | Rejected | None:
    if challenge or not all(kind(address) is Kind.PRIVATE for address in tcp.addresses):
        return None
    address = tcp.addresses[0]
    known = link.endpoints.endpoints if link.endpoints else ()
    waiting = [endpoint for endpoint in known if not endpoint.approved]
    owner = link.owner_of(address)
    if override or link.proxied or link.nobodys(address):
        saw = override.summary if override else link.proxied
        return Rejected(because=saw or f"no private endpoint has {address}")
    if (owner and owner.approved) or (known and not waiting):
        return Rejected(because="the connection is approved")
    ours = owner or next(iter(waiting), None)
    return Finding(
        confidence=_confidence(link, owner, waiting),
        evidence=(Evidence(check="tcp", saw=tcp.summary), *link.evidence),
        settle="" if owner else link.settle,
        fix=_fix(link, ours),
    )


def _confidence(link: PrivateLink, owner: Endpoint | None, waiting: list[Endpoint]) -> Confidence:
    if owner:
        return Confidence.PROVEN
    every = link.endpoints is not None and len(waiting) == len(link.endpoints.endpoints)
    return Confidence.LIKELY if every else Confidence.POSSIBLE


def _fix(link: PrivateLink, endpoint: Endpoint | None) -> tuple[FixStep, ...]:
    name = quote(commands.registry_name(link.target, link.registry))
    registry = f"--registry-name {name}{commands.within(link.registry)}"
    own = quote(endpoint.connection.name) if endpoint else '"${CONNECTION_NAME:?}"'
    where = f"{registry} --name {own}"
    current = commands.in_current(link.registry)
    if endpoint and endpoint.connection.status.lower() == "disconnected":
        why = f"Delete the private endpoint {endpoint.name} and make it again: it is disconnected."
        return (
            FixStep(
                command="",
                needs="Microsoft.Network/privateEndpoints/write and delete",
                risk=Risk.DISRUPTIVE,
                why=why,
            ),
        )
    rights = "Microsoft.ContainerRegistry/registries/privateEndpointConnections"
    choose = FixStep(
        command=f"az acr private-endpoint-connection list {registry}",
        needs=f"{rights}/read{current}",
        risk=Risk.READ_ONLY,
        why="Find the connection of the endpoint that has this address, and put its name into the "
        "variable CONNECTION_NAME: the next command stops without it.",
    )
    return (
        *(() if endpoint else (choose,)),
        FixStep(
            command=f"az acr private-endpoint-connection approve {where}",
            needs=f"{rights}/write{current}",
            risk=Risk.CHANGES_ACCESS,
            why="Lets the network of this private endpoint in. Look first whose endpoint it is. "
            "The undo rejects it: nothing makes a connection wait again.",
            undo=f"az acr private-endpoint-connection reject {where}",
        ),
    )


CAUSE = Cause(
    id="private-endpoint-not-approved",
    title="The registry has not approved the private endpoint",
    stage=Stage.TCP,
    owner=Owner.REGISTRY,
    find=find,
)
