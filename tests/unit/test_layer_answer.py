"""Which answers are a layer's, and which stand in its place."""

import pytest

from checks.layer import Layer, LayerRefused, parse
from checks.replies import HttpReply

BLOB = "eusmanaged15.blob.core.windows.net"
SIZE = 3213


def reply(status: int = 206, **headers: str) -> HttpReply:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return HttpReply(status=status, headers=named, body=b"x")


@pytest.mark.parametrize(
    "answer",
    [
        reply(content_length="1"),
        reply(200, content_length=str(SIZE)),  # the question's Range was not heeded
        reply(200),  # chunked
        reply(200, content_length="99", content_encoding="gzip"),
        reply(200, content_length="x, -5"),
        reply(200, content_length="٣"),
    ],
)
def test_a_byte_of_it(answer: HttpReply) -> None:
    assert parse(answer, BLOB, SIZE) == Layer(host=BLOB)


@pytest.mark.parametrize(
    "answer",
    [reply(content_length="0"), reply(200, content_length="0"), reply(200, content_length="2")],
)
def test_no_byte_of_it(answer: HttpReply) -> None:
    found = parse(answer, BLOB, SIZE)

    assert isinstance(found, LayerRefused)
    assert "bytes, where the layer has 3213" in found.summary


def test_a_size_that_is_not_known_is_not_compared() -> None:
    assert parse(reply(200, content_length="2"), BLOB) == Layer(host=BLOB)


@pytest.mark.parametrize(
    ("host", "page"),
    [
        (BLOB, True),
        ("contoso.eastus.data.azurecr.io", True),
        ("contoso.azurecr.io", True),
        ("contoso.blob.core.windows.net.evil.example", False),
        ("evil.example", False),
    ],
)
def test_a_page_stands_in_for_azures_hosts_alone(host: str, page: bool) -> None:
    """Of any other host nobody knows how it answers: no firewall is blamed for its page."""
    found = parse(reply(404, content_type="text/html"), host)

    assert isinstance(found, LayerRefused)
    assert found.page is page
