"""Finds a registry's resource by its login server, in the subscriptions that can be read.

A registry's name cannot be cut from its login server (which may carry a hash), so the lists are
searched. A list holds only what the caller may read: not in it is not "does not exist".
"""

from checks import answers, arm_answer
from checks.ports import World
from checks.replies import Failure, HttpReply, Json
from checks.target import Target
from checks.together import together

# GA; they model everything but the VNet rules, which have a ladder of their own. China's newest was
# 2024-11-01-preview in a recording of cloud-provider-azure's, so the second is the older GA.
LADDER = ("2025-11-01", "2023-07-01")
_SUBSCRIPTIONS_API = "2022-12-01"
_MOST = 20  # other subscriptions that are searched


def find(world: World, target: Target, home: str) -> dict[str, Json] | arm_answer.Hidden:
    """Look in the machine's own subscription ``home``, then in the others that can be seen."""
    listed = in_subscription(world, home)
    hidden = listed if isinstance(listed, arm_answer.Hidden) else None
    if hidden and not hidden.denied:
        return hidden  # no identity, no ARM: asking on would not help
    row = None if isinstance(listed, arm_answer.Hidden) else matching(listed, target)
    row = row or elsewhere(world, target, home)
    why = "it is not among the registries that this identity may read"
    return row or hidden or arm_answer.Hidden(why=why)


def elsewhere(world: World, target: Target, home: str) -> dict[str, Json] | None:
    """Look in the other subscriptions that this identity can see, all at the same time."""
    body = arm_answer.read(world.arm.get("/subscriptions", _SUBSCRIPTIONS_API))
    known = () if isinstance(body, arm_answer.Hidden) else subscriptions_in(body)
    others = [other for other in known if other.lower() != home.lower()][:_MOST]
    for rows in together(lambda other: in_subscription(world, other), others):
        found = None if isinstance(rows, arm_answer.Hidden) else matching(rows, target)
        if found:
            return found
    return None


def in_subscription(
    world: World, subscription: str
) -> tuple[dict[str, Json], ...] | arm_answer.Hidden:
    """List the registries of one subscription that this identity may read."""
    path = f"/subscriptions/{subscription}/providers/Microsoft.ContainerRegistry/registries"
    body = arm_answer.read(get(world, path))
    return body if isinstance(body, arm_answer.Hidden) else answers.rows(body, "value")


def get(world: World, path: str) -> HttpReply | Failure:
    """Ask with the newest api-version that this cloud serves; others are answered with 400."""
    reply = world.arm.get(path, LADDER[0])
    if isinstance(reply, HttpReply) and reply.status == 400:
        return world.arm.get(path, LADDER[1])
    return reply


def subscriptions_in(body: dict[str, Json]) -> tuple[str, ...]:
    ids = (answers.text(row, "subscriptionId") for row in answers.rows(body, "value"))
    return tuple(filter(None, ids))


def matching(rows: tuple[dict[str, Json], ...], target: Target) -> dict[str, Json] | None:
    """Give the registry whose login server is the target's; its name may differ from the host's."""
    for row in rows:
        server = answers.text(answers.table(row, "properties"), "loginServer").lower()
        if server == target.login_server or server in home_servers(target):
            return row
    return None


def ip_ranges(properties: Json) -> tuple[str, ...] | None:
    """Give the ranges of a registry's IP rules; None where what stands there are none."""
    listed = arm_answer.listed(answers.table(properties, "networkRuleSet"), "ipRules")
    found = tuple(answers.text(row, "value") for row in listed or ())
    return found if listed is not None and all(found) else None


def home_servers(target: Target) -> tuple[str, ...]:
    """Give the login server that a regional endpoint (name.region.geo.suffix) belongs to."""
    name, dot_geo, suffix = target.login_server.partition(".geo.")
    return (f"{name.split('.')[0]}.{suffix}",) if dot_geo else ()
