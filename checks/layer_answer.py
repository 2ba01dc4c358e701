"""How to read what came in a layer's place: storage's own words, a page, or something else."""

import re

from checks import answers
from checks.replies import HttpReply

_CODE = re.compile(rb"<Code>([A-Za-z]{1,60})</Code>")
# https://learn.microsoft.com/azure/storage/common/storage-account-overview#storage-account-endpoints
_STORAGE = (".windows.net", ".azure.net", ".usgovcloudapi.net", ".chinacloudapi.cn")
_LENGTH = re.compile(r"[0-9]{1,18}")


def storage_code(reply: HttpReply) -> str:
    """Give the code of a storage account's refusal, or an empty string."""
    found = _CODE.search(reply.body[:4096])
    return found[1].decode() if found else ""


def is_page(reply: HttpReply, host: str) -> bool:
    """Tell whether something stands in the place of Azure's host; any other may have pages."""
    lower = f".{host.lower()}"
    if ".azurecr." not in lower and not (".blob." in lower and lower.endswith(_STORAGE)):
        return False
    return answers.is_page(reply) or _stands_in(reply, host)


def _stands_in(reply: HttpReply, host: str) -> bool:
    """Tell whether something else refused, or led elsewhere, in the place of a storage account.

    Storage sends x-ms-request-id with every answer, and a code with every refusal. What a
    registry's own data endpoint sends with a refusal is not documented, so it is left alone. A
    status of 470 is Azure Firewall's own.
    """
    own = answers.from_acr(reply) or ".data.azurecr." in host
    headers = reply.headers
    storage = "x-ms-request-id" in headers or "windows-azure" in headers.get("server", "").lower()
    refused = 300 <= reply.status < 500 and reply.status != 429
    return refused and not own and not storage and not storage_code(reply)


def another(reply: HttpReply, size: int) -> str:
    """Say why a success is not the layer of ``size`` bytes, by the length that it states.

    An answer to the question has a single byte (206); one that does not heed it has them all (200).
    """
    length = reply.headers.get("content-length", "")
    if not _LENGTH.fullmatch(length) or "content-encoding" in reply.headers:
        return ""
    told = int(length)
    other = reply.status == 200 and 0 < size != told
    wrong = reply.status in (200, 206) and (told == 0 or other)
    return f"with {told} bytes, where the layer has {size}" if wrong else ""
