"""Proves that tokens reach the hosts they were made for and show up nowhere else."""

import base64
import json
import threading
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from live_servers import REGISTRY, answer

from checks.ports import Failure, HttpReply, Trouble
from checks.target import Asked
from checks.token_replies import Granted
from diagnose import demonstration, front, reports
from diagnose.lab.cloud import Identity, RoleAssignment
from diagnose.lab.healthy import REGISTRY_ID, TENANT, healthy_cloud
from diagnose.live.jwt import claims
from diagnose.live.wording import tidy
from diagnose.verdict import Status

ACR = "https://containerregistry.azure.net"


def token(**payload):
    """Make a JWT nobody signed."""
    parts = [json.dumps(part).encode() for part in ({"alg": "none"}, payload)]
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts) + ".c2ln"


ENTRA = token(tid="tenant-1", oid="object-1", appid="client-1", aud=ACR, exp=1)
REFRESH = token(aud=REGISTRY, tenant="tenant-1", permissions={"actions": ["read"]})
ACCESS = token(access=[{"type": "repository", "name": "app", "actions": ["pull"]}])


def given(**body):
    return answer(200, json.dumps(body).encode())


def body_of(request):
    return {k: v[0] for k, v in parse_qs(request.partition(b"\r\n\r\n")[2].decode()).items()}


def test_the_whole_way_to_an_access_token(start, world):
    registry = start(
        given(refresh_token=REFRESH), given(access_token=ACCESS), answer(), tls_names=(REGISTRY,)
    )
    here = world(registry, imds=start(given(access_token=ENTRA)), client_id="me")
    identity = here.tokens.identity(ACR)
    refresh = here.tokens.exchange(REGISTRY, identity.token)
    access = here.tokens.repository(REGISTRY, "app", refresh.token)
    reply = here.http.get(f"https://{REGISTRY}/v2/app/manifests/1", bearer=access.token)

    assert (identity.how, identity.claims.tenant, identity.claims.expired) == (
        "msi",
        "tenant-1",
        True,
    )
    assert refresh.claims.permissions == ("read",)
    assert access.claims.access[0].actions == ("pull",)
    assert access.token == f"access:{REGISTRY}:app"
    assert body_of(registry.requests[0]) == {
        "grant_type": "access_token",
        "service": REGISTRY,
        "tenant": "tenant-1",
        "access_token": ENTRA,
    }
    assert body_of(registry.requests[1])["scope"] == "repository:app:pull"
    assert f"Authorization: Bearer {ACCESS}".encode() in registry.requests[2]
    shown = repr([identity, refresh, access, reply, here.vault, here.tokens, vars(here)])
    assert not [secret for secret in here.vault.secrets() if secret in shown]
    assert len(here.vault.secrets()) == 3


def test_a_bearer_goes_to_its_own_host_over_https_alone(start, world):
    names = (REGISTRY, "evil.example")
    server = start(answer(), tls_names=names)
    plain = start(answer())
    here = world(detours={("10.0.0.4", 443): server.place, ("10.0.0.4", 80): plain.place})
    name = here.vault.put("access:x", "hush-hush", REGISTRY)
    for url in ("https://evil.example/", f"https://{REGISTRY}@evil.example/"):
        assert here.http.get(url, bearer=name).status == 200
    here.http.get("http://10.0.0.4/", bearer=name)

    assert len(plain.requests) == 1
    assert len(server.requests) == 2
    assert b"hush-hush" not in b"".join(server.requests + plain.requests)


def test_no_token_is_sent_to_another_registry(start, world):
    server = start(answer(), tls_names=("evil.example",))
    here = world(server, imds=start(given(access_token=ENTRA)))
    identity = here.tokens.identity(ACR)
    reply = here.tokens.exchange("evil.example", identity.token)

    assert isinstance(reply, Failure)
    assert not server.requests


def test_an_echoed_token_is_taken_out(start, world):
    echo = answer(200, b"you sent hush-hush", X_Echo="Bearer hush-hush")
    here = world(start(echo, tls_names=(REGISTRY,)))
    name = here.vault.put("access:x", "hush-hush", REGISTRY)
    reply = here.http.get(f"https://{REGISTRY}/", bearer=name)

    assert reply.body == b"you sent [redacted]"
    assert reply.headers["x-echo"] == "Bearer [redacted]"


def test_a_short_password_does_not_break_the_way_to_the_layers(start, world):
    """It stands in the signature by chance; a token that a registry echoes there is no chance."""
    to = "https://layers.blob.core.windows.net/x?sig=ab3s3cd&t="
    here = world(start(answer(307, Location=to + "hush-hush-hush"), tls_names=(REGISTRY,)))
    here.vault.put("stored:x", "s3", REGISTRY)
    here.vault.put("access:x", "hush-hush-hush", REGISTRY)
    reply = here.http.get(f"https://{REGISTRY}/v2/app/blobs/x")

    assert reply.headers["location"] == to + "[redacted]"


def test_a_refusal_keeps_its_words_and_an_odd_200_loses_them(start, world):
    denied = b'{"errors":[{"code":"DENIED","message":"client with IP \'1.2.3.4\' ..."}]}'
    odd = b'{"other_token": "' + ACCESS.encode() + b'"}'
    server = start(answer(403, denied), answer(200, odd), tls_names=(REGISTRY,))
    here = world(server)
    first, second = here.tokens.anonymous(REGISTRY, "app"), here.tokens.anonymous(REGISTRY, "")

    assert (first.status, first.body) == (403, denied)
    assert (second.status, second.body) == (200, b"")
    assert b"GET /oauth2/token?service=reg.azurecr.io&scope=repository%3Aapp" in server.requests[0]
    assert b"scope" not in server.requests[1]


def test_html_from_the_metadata_service_is_a_reply(start, world):
    page = start(answer(200, b"<html>Sign in</html>"))
    here = world(imds=page)

    assert here.tokens.identity(ACR).body == b"<html>Sign in</html>"
    assert here.imds.instance().status == 200
    assert b"Metadata: true" in page.requests[0]


def test_the_metadata_service_is_asked_again_once(start, world):
    busy = start(answer(410, b""), answer(429, b""), answer(200, b"never"))

    assert world(imds=busy).imds.instance().status == 429
    assert len(busy.requests) == 2


def test_two_threads_send_one_request(start, world):
    imds = start(given(access_token=ENTRA))
    here, found = world(imds=imds), []
    threads = [
        threading.Thread(target=lambda: found.append(here.tokens.identity(ACR))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(imds.requests) == 1
    assert all(isinstance(item, Granted) for item in found)


def test_no_identity_when_switched_off_or_simulated(world):
    for auth in ("none", "cli", "env", "workload"):
        got = world(auth=auth).tokens.identity(ACR)

        assert isinstance(got, Failure)
        assert got.trouble is Trouble.NO_IDENTITY


def test_garbage_has_no_claims():
    for text in ("", "a", "a.b.c", "a.W10.c", "ä.ö.ü", "a." + "x" * 999 + ".c"):
        assert claims(text) == claims("")


def test_an_abac_token_has_no_permissions_claim():
    assert claims(token(aud="x")).permissions is None
    assert claims(token(permissions={})).permissions == ()


def test_tidy_takes_out_what_is_secret_or_varies():
    text = f"read tcp 10.0.0.4:51234->20.1.2.3:443\nhttps://a:b@h/?se=1&sig=abc%3D {ENTRA}"
    tail = " CorrelationId: 0f9b1b4c-0000-0000-0000-1234567890ab"

    wanted = "read tcp 10.0.0.4->20.1.2.3:443 https://h/?se=1&sig=[redacted] [token]"
    assert tidy(text + tail) == wanted
    assert HttpReply


PASSWORD = "the~secret~that~nobody~may~see"


def keeps_a_login(cloud, user, *, helper):
    """Let docker keep a login in its file, or in the hands of a helper."""
    packed = base64.b64encode(f"{user}:{PASSWORD}".encode()).decode()
    entry = (
        {"credsStore": "safe"} if helper else {"auths": {"contoso.azurecr.io": {"auth": packed}}}
    )
    cloud.machine.files["/root/.docker/config.json"] = json.dumps(entry)
    return packed


@pytest.mark.parametrize("helper", [False, True], ids=["file", "helper"])
@pytest.mark.parametrize("right", [True, False], ids=["accepted", "refused"])
def test_a_stored_login_shows_up_in_no_report_fact_or_log(tmp_path, helper, right):
    cloud = healthy_cloud()
    app = Identity("app", "5e4f1ce0-0000-4000-8000-00000000e0e0", "oid-1", TENANT)
    app.secret = PASSWORD if right else "another"
    cloud.identities = [app]
    cloud.role_assignments = [RoleAssignment("oid-1", "AcrPull", REGISTRY_ID)]
    packed = keeps_a_login(cloud, app.client_id, helper=helper)
    with demonstration.laboratory(cloud) as options:
        program = Path(options.root) / "usr/bin/docker-credential-safe"
        program.parent.mkdir(parents=True, exist_ok=True)
        says = json.dumps({"Username": app.client_id, "Secret": PASSWORD})
        program.write_text(f"#!/bin/sh\necho '{says}'\n")
        program.chmod(0o755)
        result = front.result_of(Asked(text="contoso.azurecr.io/app:v1"), options)
    shown = reports.text.render(result) + reports.json.render(result) + repr(result)

    assert result.verdict.status is (Status.HEALTHY if right else Status.CAUSE)
    assert app.client_id in shown
    assert PASSWORD not in shown
    assert packed not in shown
    assert "eyJ" not in shown
