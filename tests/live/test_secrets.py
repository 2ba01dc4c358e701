"""Proves that tokens reach the hosts they were made for and show up nowhere else."""

import base64
import html
import json
import re
import threading
from pathlib import Path
from urllib.parse import parse_qs, quote, quote_plus

import pytest
from live_servers import REGISTRY, answer

from checks.replies import Failure, HttpReply, Trouble
from checks.target import Asked
from checks.token_replies import Granted
from diagnose import front, reports
from diagnose.bundle.secrets import Scan
from diagnose.judging.verdict import Status
from diagnose.lab.cloud import Identity, RoleAssignment
from diagnose.lab.healthy import REGISTRY_ID, TENANT, healthy_cloud
from diagnose.live import spotting
from diagnose.live.jwt import claims
from diagnose.live.vault import Vault
from diagnose.live.wording import tidy
from diagnose.runs import demonstration

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
    assert {ENTRA, REFRESH, ACCESS} <= {*here.vault.secrets()}


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


ODD = "p@ss/w:rd%41&é+"
PACKED = base64.b64encode(f"me:{ODD}".encode()).decode()


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("http://me:hunter2-x@proxy:3128", {"hunter2-x", "me:hunter2-x", "bWU6aHVudGVyMi14"}),
        ("http://me:p%40ss%3A1@proxy", {"p%40ss%3A1", "p@ss:1", "me:p@ss:1"}),
        ("http://me:p@ss-word1@proxy:3128/path", {"p@ss-word1"}),
        ("http://me:a%%2Db12345@proxy", {"a-b12345"}),
        ("https:\\/\\/me:slashed-1\\/@proxy", set()),
        ("https://ghp_0123456789@proxy", {"ghp_0123456789"}),
    ],
)
def test_the_credentials_of_a_url_are_known_in_every_form(url, wanted):
    assert wanted <= set(spotting.of_url(url))


@pytest.mark.parametrize(
    "url", ["https://git@proxy/x", "https://proxy/v2/app@sha256:00", "NO_PROXY=a,b", "me@x.io", ""]
)
def test_what_is_no_credential_is_not_taken_for_one(url):
    assert not set(spotting.of_url(url))


def test_what_signs_a_link_is_known_with_the_whole_query():
    query = "se=2026&sig=a%2Bb%2F0123%3D&sp=r"

    assert set(spotting.of_link(f"https://x.blob/y?{query}")) == {
        query,
        "a%2Bb%2F0123%3D",
        "a+b/0123=",
    }
    assert not set(spotting.of_link("https://x.blob/y?se=2026&comp=list"))


def test_variables_that_are_read_or_look_secret_are_known_and_settings_are_not():
    found = set(
        spotting.of_environment(
            {
                "AZURE_CLIENT_SECRET": "s3",
                "AZURE_CLIENT_CERTIFICATE_PASSWORD": "word",
                "https_proxy": "me:bare-secret-1@proxy:1",
                "DOCKER_HOST": "tcp://me:host-secret-1@h:1",
                "GITHUB_TOKEN": "ghp_0123456789abcdef",
                "AZURE_FEDERATED_TOKEN_FILE": "/var/run/secrets/azure/tokens/1",
                "AZURE_TOKEN_CREDENTIALS": "ManagedIdentityCredential",
                "TOKENS": "true",
                "EMAIL": "me:you@example.com",
            }
        )
    )

    assert {"s3", "word", "bare-secret-1", "host-secret-1", "ghp_0123456789abcdef"} <= found
    assert not [one for one in found if one.startswith(("/var", "Managed", "true")) or one == "you"]


SETTINGS = f"""
password = "toml-secret-1"
'token': 'yaml-secret-1'
    value: {{"auth": "{PACKED}"}}
  Authorization = ["Basic {PACKED}"]
--client-secret=flag-secret-1 --authentication-token-webhook=true --token-file=/etc/a1b2c3d4
- name: SOME_KEY
  value: named-secret-1
{{"name": "SOME_SECRET", "value": "json-secret-1"}}
"https:\\/\\/me:escaped-1@proxy"
tokenAttributes: plain
"""


def test_the_secrets_of_a_configuration_are_known_and_its_settings_are_not():
    found = set(spotting.of_settings(SETTINGS))
    kinds = ("toml", "yaml", "flag", "json", "named")

    assert {f"{kind}-secret-1" for kind in kinds} <= found
    assert {ODD, PACKED, f"me:{ODD}", "escaped-1"} <= found
    assert not found & {"true", "plain", "/etc/a1b2c3d4", "cat", ""}


def test_the_secrets_of_a_log_line_are_known_and_its_words_are_not():
    found = set(
        spotting.of_words(f'Bearer {ACCESS}; Basic {PACKED}; https://x/?a=1&sig=Ab%2B12345"')
    )
    challenge = 'Bearer realm="https://x/token",service="x": failed to authorize: token: unexpected'

    assert {ACCESS, PACKED, ODD, "Ab%2B12345", "Ab+12345"} <= found
    assert not set(spotting.of_words(challenge))


@pytest.mark.parametrize(
    "write",
    [
        lambda s: s,
        quote,
        lambda s: re.sub("%..", lambda m: m[0].lower(), quote(s, safe="")),
        quote_plus,
        json.dumps,
        html.escape,
        lambda s: base64.b64encode(f"x{s}".encode()).decode(),
        lambda s: base64.urlsafe_b64encode(json.dumps({"password": "me:" + s}).encode()).decode(),
    ],
)
def test_an_echo_is_taken_out_in_whatever_form(start, world, write):
    secret = "Hush/hush+hush=0"
    said = f"you sent {write(secret)} !"
    here = world(start(answer(401, said.encode(), X_Echo=said), tls_names=(REGISTRY,)))
    name = here.vault.put("access:x", secret, REGISTRY)
    reply = here.http.get(f"https://{REGISTRY}/", bearer=name)

    assert "[redacted]" in reply.body.decode()
    assert "[redacted]" in reply.headers["x-echo"]
    assert not Scan([secret]).found_in("a", repr(reply).encode())


def test_a_link_is_followed_with_its_signature_and_shown_without(start, world):
    to = "https://layers.blob.core.windows.net/x?se=1&sig=Sig%2F0123456789"
    echo = b"<Error>sig=Sig%2F0123456789 does not match</Error>"
    here = world(start(answer(307, echo, Location=to), tls_names=(REGISTRY,)))
    here.vault.put("access:x", "hush-hush", REGISTRY)
    replies = [here.http.get(f"https://{REGISTRY}/v2/app/blobs/x") for _ in range(2)]

    assert [reply.headers["location"] for reply in replies] == [to, to]
    assert [reply.body for reply in replies] == [
        b"<Error>sig=[redacted] does not match</Error>"
    ] * 2
    assert (
        here.vault.clean(f"cannot fetch {to}") == f"cannot fetch {to.partition('?')[0]}?[redacted]"
    )


def test_a_token_that_holds_another_one_is_told_without_it(start, world):
    imds = start(given(access_token=ENTRA))
    thief = token(aud=f"for {ENTRA}", access=[{"type": "x", "name": ENTRA, "actions": [ENTRA]}])
    here = world(start(given(refresh_token=thief), tls_names=(REGISTRY,)), imds=imds)
    got = here.tokens.exchange(REGISTRY, here.tokens.identity(ACR).token)

    assert isinstance(got, Granted)
    assert got.claims.audience == "for [redacted]"
    assert ENTRA not in repr(got)


def test_tokens_that_nobody_asked_for_are_known(start, world):
    imds = start(given(access_token=ENTRA, refresh_token="other-token-1", id_token="id-token-12"))
    here = world(imds=imds)
    here.tokens.identity(ACR)

    assert {"other-token-1", "id-token-12"} <= {*here.vault.secrets()}


def test_what_is_only_remembered_is_sent_to_nobody():
    vault = Vault()
    vault.remember(["hush-hush-1"])

    assert vault.secrets() == ("hush-hush-1",)
    assert vault.secret_for("hush-hush-1", REGISTRY) is None
    assert "hush" not in repr(vault)
