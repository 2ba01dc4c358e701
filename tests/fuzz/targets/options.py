"""What a person types: TARGET, ``--resolve``, ids and durations."""

from checks.target import UsageError, parse, without_login
from diagnose import front
from diagnose.commands import wait
from tests.fuzz import properties
from tests.fuzz.target import Target

_IMAGES = (
    "contoso",
    "contoso.azurecr.io",
    "contoso.azurecr.io/app:v1",
    "Contoso-1a2b3c.azurecr.cn:443/team/app",
    "contoso.westeurope.geo.azurecr.io/a/b__c/d-e@sha256:" + "0123456789abcdef" * 4,
    "contoso.azurecr.us/app:v1@sha256:" + "0" * 64,
    "https://user:hunter2@contoso.azurecr.io/app",
    "user:p@ss@contoso.azurecr.io/app@sha256:" + "1" * 64,
    "[::1]:5000/app",
    "localhost:5000/app",
)
_RESOLVED = ("contoso.azurecr.io:443:10.0.0.4", "a:1:[fd00::1]", "x.y:65535:::1", "h:080:1.2.3.4")
_TIMES = ("90", "90s", "10m", "1h", "999999h", "0", "10 m", "-1s", "1.5h")


def _text(data: bytes) -> str:
    """A shell's argument: bytes that are no UTF-8 are escapes of PEP 383."""
    return data.decode("utf-8", "surrogateescape")


def image(data: bytes) -> object:
    text = _text(data)
    bare = without_login(text)
    properties.same(without_login(without_login(bare)), without_login(bare), "a login left out")
    try:
        found = parse(text)
    except UsageError as error:
        return properties.line(str(error), "a refusal")
    properties.same(bare, text, "a target with a login")
    properties.line(found.summary)
    again = parse(found.image)
    properties.same(again, found, "a target by its own image")
    if not found.login_server.isascii() or not found.image.isascii():
        raise AssertionError(f"a target that is no ASCII: {found}")
    return found


def resolve(data: bytes) -> object:
    values = _text(data).split("\n")
    try:
        found = front.mappings(values)
    except UsageError as error:
        return properties.line(str(error), "a refusal")
    told = [f"{host}:{port}:{address}" for host, port, address in found]
    properties.same(front.mappings(told), found, "a mapping read again")
    return found


def duration(data: bytes) -> object:
    words = _text(data).split("\n")
    spelt = wait.spelt_out(words)
    properties.same(wait.spelt_out(spelt), spelt, "a command line spelt out")
    try:
        found = wait.seconds(words[0])
    except UsageError as error:
        return properties.line(str(error), "a refusal")
    if not 0 <= found <= 3600 * 999_999:
        raise AssertionError(f"{words[0]!r} is {found} seconds")
    return found


def ids(data: bytes) -> object:
    lines = [*_text(data).split("\n"), "", "", ""]
    try:
        return front.asked(lines[0], subnet_id=lines[1], registry_id=lines[2], client_id=lines[3])
    except UsageError as error:
        return properties.line(str(error), "a refusal")


_ASKED = b"contoso\n/subscriptions/1/x/subnets/a\n/subscriptions/1/x/registries/b\nid"
TARGETS = (
    Target(
        name="image",
        seeds=lambda: tuple(one.encode() for one in _IMAGES),
        use=image,
        words=(b"sha256:", b"@", b".azurecr.io", b":443", b"//", b"_", b"-"),
    ),
    Target(
        name="resolve",
        seeds=lambda: tuple(one.encode() for one in (*_RESOLVED, "\n".join(_RESOLVED))),
        use=resolve,
    ),
    Target(
        name="duration",
        seeds=lambda: (*(one.encode() for one in _TIMES), b"run\n--wait\n5m\n--wait\n-q"),
        use=duration,
        words=(b"--wait", b"--wait="),
    ),
    Target(name="ids", seeds=lambda: (_ASKED,), use=ids),
)
