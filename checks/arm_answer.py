"""How to read an answer of Azure Resource Manager, and what a missing one means.

A denied, failed or empty look is `Hidden`, never "absent": the same 403 is given for what exists
and for what does not.
"""

from dataclasses import dataclass

from checks import answers
from checks.replies import Failure, HttpReply, Json, Trouble


@dataclass(frozen=True, slots=True, kw_only=True)
class Hidden:
    """What could not be read in ARM. ``denied`` is a 401 or 403; ``gone`` is a 404.

    ``why`` reads well after a colon and in brackets: "the subnet could not be read (denied: ...)".
    """

    why: str
    denied: bool = False
    gone: bool = False


_WORDS = {
    Trouble.NO_IDENTITY: "no identity to ask Azure Resource Manager with",
    Trouble.SWITCHED_OFF: "Azure Resource Manager was not asked",
    Trouble.ABSENT: "the Azure library is not installed",
    Trouble.DEADLINE: "the run's time was up",
}


def read(reply: HttpReply | Failure) -> dict[str, Json] | Hidden:
    """Give the body of a 200, or why there is none."""
    if isinstance(reply, Failure):
        why = _WORDS.get(reply.trouble, f"no answer from Azure Resource Manager: {reply.trouble}")
        return Hidden(why=f"{why}: {reply.detail}" if reply.detail else why)
    body = answers.json_of(reply)
    if reply.status == 200 and isinstance(body, dict):
        return body
    error = answers.table(body, "error")
    code = answers.text(error, "code") or f"HTTP {reply.status}"
    if reply.status == 403:
        return Hidden(why=f"denied: {code}", denied=True)
    if reply.status == 401:
        return Hidden(why=f"sign-in refused: {code}", denied=True)
    if reply.status == 404:
        return Hidden(why=f"not found: {code}", gone=True)
    if reply.status == 200:
        return Hidden(why="Azure Resource Manager's answer is not a JSON object")
    return Hidden(why=f"HTTP {reply.status} {code}")


def listed(value: Json, key: str) -> tuple[dict[str, Json], ...] | None:
    """Give the objects of the list ``value[key]``, none where there is no such key.

    None: something else than a list of objects stands there, which is never taken for an empty one.
    """
    inner = value.get(key, []) if isinstance(value, dict) else None
    found = answers.rows(value, key)
    return found if isinstance(inner, list) and len(inner) == len(found) else None


def same_id(one: str, other: str) -> bool:
    """Compare two ARM ids as Azure does: without case and without a trailing slash."""
    return one.rstrip("/").lower() == other.rstrip("/").lower()


def part(resource_id: str, collection: str) -> str:
    """Give the segment after ``collection`` in an ARM id: ``part(id, "subscriptions")``."""
    segments = resource_id.strip("/").split("/")
    lowered = [segment.lower() for segment in segments]
    if collection.lower() not in lowered:
        return ""
    at = lowered.index(collection.lower()) + 1
    return segments[at] if at < len(segments) else ""


def prefixes(properties: Json) -> tuple[str, ...]:
    """Give the address ranges in a subnet's properties, which hold a list of them or just one."""
    listed = answers.texts(properties, "addressPrefixes")
    return tuple(filter(None, listed or (answers.text(properties, "addressPrefix"),)))
