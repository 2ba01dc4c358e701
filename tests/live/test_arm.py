"""Proves that Resource Manager is only ever read, and briefly."""

import json
import time

import pytest
from live_servers import ARM, answer, silent

from checks.replies import Failure, Trouble

PATH = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerRegistry/registries/r"
IDENTITY = answer(200, b'{"access_token": "arm-secret"}')
TLS = {"tls_names": (ARM,)}


def test_a_resource_is_read_with_the_asked_version(start, world):
    arm = start(answer(200, b'{"a": 1}', Content_Type="application/json"), **TLS)
    reply = world(arm=arm, imds=start(IDENTITY)).arm.get(PATH, "2025-11-01")

    assert json.loads(reply.body) == {"a": 1}
    assert arm.requests[0].startswith(f"GET {PATH}?api-version=2025-11-01 ".encode())
    assert b"Bearer arm-secret" in arm.requests[0]


def test_no_provider_is_registered_on_409(start, world):
    body = b'{"error": {"code": "MissingSubscriptionRegistration", "message": "x"}}'
    arm = start(answer(409, body, Content_Type="application/json"), **TLS)
    reply = world(arm=arm, imds=start(IDENTITY)).arm.get(PATH, "2025-11-01")

    assert (reply.status, reply.body) == (409, body)
    assert len(arm.requests) == 1


@pytest.mark.parametrize("verb", ["POST", "PUT", "PATCH", "DELETE"])
def test_other_verbs_are_refused_before_they_are_sent(start, world, verb):
    from azure.core.rest import HttpRequest

    arm = start(answer(), **TLS)
    client = world(arm=arm, imds=start(IDENTITY)).arm._client()
    with pytest.raises(PermissionError):
        client.send_request(HttpRequest(verb, PATH))

    assert not arm.requests


@pytest.mark.parametrize("after", ["600", "Wed, 21 Oct 2037 07:28:00 GMT", "-5", "nan"])
def test_retry_after_is_capped_and_obeyed_once(start, world, after):
    arm = start(answer(429, b"{}", Retry_After=after), **TLS)
    here = world(arm=arm, imds=start(IDENTITY))
    began = time.monotonic()
    reply = here.arm.get(PATH, "2025-11-01")

    assert reply.status == 429
    assert len(arm.requests) == 2
    assert time.monotonic() - began < 2


def test_the_metadata_services_own_words(start, world):
    refusal = b'{"error": "invalid_request", "error_description": "Identity not found"}'
    reply = world(imds=start(answer(400, refusal))).arm.get(PATH, "2025-11-01")

    assert reply.trouble is Trouble.NO_IDENTITY
    assert reply.detail == "IMDS answered 400: Identity not found"


def test_silence_closed_doors_and_the_switch(start, world):
    imds = start(IDENTITY)
    quiet = world(arm=start(silent, **TLS), imds=imds).arm.get(PATH, "1")

    assert isinstance(quiet, Failure)
    assert quiet.trouble is Trouble.TIMEOUT
    assert world(imds=imds).arm.get(PATH, "1").trouble is Trouble.UNREACHABLE
    assert "secret" not in repr(quiet)


def test_a_redirect_takes_no_token_along(start, world):
    arm = start(answer(302, b"", Location="https://evil.example/"), **TLS)

    assert world(arm=arm, imds=start(IDENTITY)).arm.get(PATH, "1").status == 302
    assert len(arm.requests) == 1
