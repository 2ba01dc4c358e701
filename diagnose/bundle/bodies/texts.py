"""What is kept of a body that is no JSON: the words of an error or of a page, in part.

Storage answers in XML, proxies and firewalls in HTML or plain text; the checks look at the opening
(`checks.answers.is_page`), for storage's ``<Code>`` and for a few words.
"""

import json
import re

_MOST = 4096  # characters; the checks look at as many octets of a page, and at 600 of a field
_LONGEST = 256  # characters: no name is longer (RFC 1035, 2.3.4: 255 octets)
_UNFINISHED = re.compile(r"[^\s<>\"'&;,]*\Z")
_ODD = re.compile(r"[\x01-\x08\x0e-\x1f\x7f\ufffd]")
# A redirect's page and a proxy's repeat the address that was asked for, with its signature.
_OPENING = re.compile(r"\?[\w%.~+&;-]{1,200}=[^\s\"'<>]*|(?<=://)[^\s/@\"'<>]{1,500}@")
_MARK = " [...]"  # no JSON ends like this


def cut(text: str) -> str:
    """Give the beginning of ``text``, without half a name at its end."""
    if len(text) <= _MOST:
        return text
    text = text[:_MOST]
    end = _UNFINISHED.search(text, _MOST - _LONGEST)
    return text[: end.start()] if end and end.start() > _MOST - _LONGEST else text


def readable(body: bytes) -> str:
    """Give the body's beginning as text, its URLs without credentials and query.

    Octets that are no UTF-8 become question marks.
    """
    # Without the zeros, a page in UTF-16 reads like ASCII, and the names in it can be found.
    text = body[: 4 * _MOST].replace(b"\0", b"").decode("utf-8", "replace")
    return cut(_OPENING.sub("", text.replace("\ufffd", "?")))


def is_text(body: bytes) -> bool:
    """Tell whether this is meant to be read: hardly a character in it is none, and no zero."""
    if b"\0" in body:
        return False
    text = body[:_MOST].decode("utf-8", "replace")
    return len(_ODD.findall(text)) * 20 <= len(text)


def never_json(text: str) -> bytes:
    """Give ``text`` as octets that no reader takes for JSON, as the whole body was none either."""
    body = text.encode("utf-8", "replace")
    try:
        json.loads(body)
    except ValueError:
        return body
    except RecursionError:
        pass  # another Python, or a shorter way to here, may read that deep
    return body if text.endswith(_MARK) else body + _MARK.encode()
