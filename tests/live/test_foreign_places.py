"""Proves that no answer, file or name makes the adapters send something to a third place."""

import base64
import contextlib
import json

import pytest
import requests
from live_servers import ARM, AUTHORITY, IMDS, REGISTRY, answer

from checks.layer import Layer, LayerBlocked, LayerRefused
from checks.layer import gather as first_byte
from checks.manifest import Manifest
from checks.replies import Failure, Trouble
from checks.target import parse
from checks.token_replies import Granted
from diagnose.live import Options, live_world
from diagnose.live.azure_wire import ClientSession

PATH = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerRegistry/registries/r"
IDENTITY = answer(200, b'{"access_token": "arm-secret"}')
EVIL, ENTRA = "evil.example", "login.microsoftonline.com"
TARGET = parse(f"{REGISTRY}/app:1")


@pytest.mark.parametrize(
    "path",
    [
        f"https://{EVIL}{PATH}",
        f"https://{EVIL}",
        f"HTTPS://{EVIL}{PATH}",
        f"http://{EVIL}{PATH}",
        f"https://{ARM}@{EVIL}{PATH}",
        f"//{EVIL}{PATH}",
        f"/\\{EVIL}{PATH}",
        f"@{EVIL}{PATH}",
        f".{EVIL}{PATH}",
        "file:///etc/passwd",
        PATH[1:],
        f"{PATH}/../../x",
        f"{PATH}/..",
        f"/./{PATH[1:]}",
        f"/%2e%2e{PATH}",
        f"{PATH}?api-version=1",
        f"{PATH}#x",
        f"{PATH}/{{subscriptionId}}",
        f"{PATH}/{{0.__class__}}",
        f"{PATH}\r\nX-Evil: 1",
        f"{PATH}\x1b[31m",
        "/",
        "",
    ],
)
def test_what_is_no_id_of_a_resource_is_not_asked_for(start, world, path):
    """An id comes from the metadata service, from a node's file, or from another resource."""
    evil = start(answer(), tls_names=(EVIL,))
    arm = start(answer(), tls_names=(ARM,))
    got = world(registry=evil, arm=arm, imds=start(IDENTITY)).arm.get(path, "1")

    assert isinstance(got, Failure)
    assert got.trouble is Trouble.PROTOCOL
    assert evil.connections == arm.connections == 0


@pytest.mark.parametrize("path", [PATH, f"{PATH}/", "/subscriptions", f"{PATH}/a-b_(c).é"])
def test_an_id_of_a_resource_is_asked_for(start, world, path):
    arm = start(answer(200, b"{}"), tls_names=(ARM,))

    assert world(arm=arm, imds=start(IDENTITY)).arm.get(path, "1").status == 200


def test_a_challenge_of_arms_takes_no_token_along(start, world):
    """Azure's library knows one that asks for other claims, and would sign in anew."""
    claims = base64.b64encode(b'{"access_token": {"nbf": {"essential": true}}}').decode()
    asks = (
        f'Bearer authorization_uri="https://{EVIL}/t", error="insufficient_claims", '
        f'claims="{claims}", resource="https://{EVIL}/"'
    )
    evil = start(answer(), tls_names=(EVIL,))
    arm = start(answer(401, b"{}", WWW_Authenticate=asks), tls_names=(ARM,))
    imds = start(IDENTITY)
    got = world(registry=evil, arm=arm, imds=imds).arm.get(PATH, "1")

    assert got.status == 401
    assert len(arm.requests) <= 2
    assert len(imds.requests) == 1
    assert evil.connections == 0


@pytest.fixture
def among(tmp_path):
    """Make a fenced world of servers, each at the host and port under which it stands."""
    ca = tmp_path / "ca.pem"
    AUTHORITY.cert_pem.write_to_path(ca)
    with contextlib.ExitStack() as stack:

        def make(servers, addresses=(), **more):
            own = dict(addresses)
            told, detours = [], {}
            for number, ((host, port), server) in enumerate(servers.items()):
                address = own.get(host) or f"10.9.0.{number}"
                told.append((host, port, address))
                detours[address, port] = server.place
            options = Options(
                timeout=5.0, resolve=tuple(told), detours=detours, ca_file=str(ca), **more
            )
            here = live_world(options, REGISTRY)
            stack.callback(here.close)
            return here

        yield make


@pytest.mark.parametrize(
    "url",
    [
        f"https://{EVIL}/",
        f"https://{ARM}.{EVIL}/",
        f"https://me@{ARM}/",
        f"http://{ARM}/",
        f"https://{ARM}:444/",
    ],
)
def test_azures_library_reaches_its_own_host_alone(url):
    """What the library makes of a path is its own affair, so its way out is narrow as well."""

    class Nobody:
        def send(self, *told):
            raise AssertionError(told)

    session = ClientSession(Nobody(), (ARM,))
    request = requests.Request("GET", url, headers={"Authorization": "Bearer x"}).prepare()
    with pytest.raises(requests.ConnectionError):
        session.send(request)
    own = requests.Request("GET", f"https://{ARM}:443/").prepare()
    with pytest.raises(AssertionError):
        session.send(own)


@pytest.mark.parametrize(
    ("endpoint", "sent"),
    [(f"https://{ENTRA}/t/oauth2/v2.0/token", True), (f"https://{EVIL}/token", False)],
    ids=["its-own", "another"],
)
def test_a_password_goes_to_the_sign_in_host_alone(start, among, endpoint, sent):
    """Where the token endpoint is, is what the sign-in host's document says."""
    base = f"https://{ENTRA}/t"
    document = {
        "token_endpoint": endpoint,
        "authorization_endpoint": f"{base}/authorize",
        "issuer": f"{base}/v2.0",
    }
    given = answer(200, json.dumps(document).encode(), Content_Type="application/json")
    token = answer(200, b'{"token_type": "Bearer", "expires_in": 3599, "access_token": "x.y.z"}')
    entra = start(given, token, tls_names=(ENTRA,))
    evil = start(token, tls_names=(EVIL,))
    told = {"AZURE_TENANT_ID": "t", "AZURE_CLIENT_ID": "c", "AZURE_CLIENT_SECRET": "hush-hush"}
    here = among({(ENTRA, 443): entra, (EVIL, 443): evil}, auth="env", environ=told)
    got = here.tokens.identity("https://containerregistry.azure.net")

    assert isinstance(got, Granted) is sent, got
    assert evil.connections == 0
    assert (b"hush-hush" in b"".join(entra.requests)) is sent


def test_the_two_names_of_chinas_sign_in_host_are_one(start, among):
    base = "https://login.partner.microsoftonline.cn/t"
    document = {
        "token_endpoint": f"{base}/oauth2/v2.0/token",
        "authorization_endpoint": f"{base}/authorize",
        "issuer": f"{base}/v2.0",
    }
    old = start(answer(200, json.dumps(document).encode()), tls_names=("login.chinacloudapi.cn",))
    token = answer(200, b'{"token_type": "Bearer", "expires_in": 3599, "access_token": "x.y.z"}')
    new = start(token, tls_names=("login.partner.microsoftonline.cn",))
    told = {"AZURE_TENANT_ID": "t", "AZURE_CLIENT_ID": "c", "AZURE_CLIENT_SECRET": "hush-hush"}
    places = {("login.chinacloudapi.cn", 443): old, ("login.partner.microsoftonline.cn", 443): new}
    here = among(places, auth="env", environ=told)
    here.tokens._credentials._authority = "login.chinacloudapi.cn"

    assert isinstance(here.tokens.identity("https://containerregistry.azure.net"), Granted)


def test_the_metadata_services_redirect_is_not_followed(start, among):
    evil = start(IDENTITY, tls_names=(EVIL,))
    imds = start(answer(302, b"", Location=f"https://{EVIL}/metadata/identity/oauth2/token"))
    here = among({(EVIL, 443): evil, (IMDS, 80): imds}, [(IMDS, IMDS)])

    assert here.tokens.identity("https://containerregistry.azure.net").status == 302
    assert here.imds.instance().status == 302
    assert evil.connections == 0


@pytest.mark.parametrize("step", ["exchange", "repository", "anonymous"])
def test_a_redirect_of_the_registrys_takes_no_token_along(start, among, step):
    evil = start(answer(), tls_names=(EVIL,))
    away = answer(307, b"", Location=f"https://{EVIL}/oauth2/token")
    registry = start(away, tls_names=(REGISTRY,))
    here = among({(REGISTRY, 443): registry, (EVIL, 443): evil})
    token = here.vault.put("x", "hush-hush", REGISTRY)
    ways = {
        "exchange": lambda: here.tokens.exchange(REGISTRY, token),
        "repository": lambda: here.tokens.repository(REGISTRY, "app", token),
        "anonymous": lambda: here.tokens.anonymous(REGISTRY, "app"),
    }

    assert ways[step]().status == 307
    assert (registry.connections, evil.connections) == (1, 0)


def test_an_engines_redirect_takes_no_login_along(start, among):
    """The SDK follows redirects, and what it sends beside Authorization is kept."""
    evil = start(answer())
    away = answer(307, b"", Location=f"http://127.0.0.1:{evil.place[1]}/images/create")
    kind = {"Content_Type": "application/json", "Connection": "close"}
    answers = {
        b"/version": answer(200, b'{"ApiVersion": "1.44"}', **kind),
        b"/images/json": answer(200, b"[]", **kind),
        b"/images/create": away,
    }

    def step(sock):
        path = engine.requests[-1].split(b" ")[1].partition(b"?")[0]
        found = (said for end, said in answers.items() if path.endswith(end))
        sock.sendall(next(found, answer(404, b'{"message": "No such image"}', **kind)))

    engine = start(step)
    here = among({}, docker_host=f"tcp://127.0.0.1:{engine.place[1]}")
    token = here.vault.put("refresh:x", "hush-hush", REGISTRY)
    reply = here.docker.pull(f"{REGISTRY}/app:1", token)

    assert any(b"/images/create" in one for one in engine.requests), reply
    assert isinstance(reply, Failure)
    assert evil.connections == 0


def test_no_login_of_a_persons_own_goes_to_the_engine(start, among, tmp_path, monkeypatch):
    """The SDK's library would take one for the engine's host from ~/.netrc."""
    (tmp_path / ".netrc").write_text("default login me password hush-hush\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("NETRC", raising=False)
    kind = {"Content_Type": "application/json", "Connection": "close"}
    engine = start(answer(200, b'{"ApiVersion": "1.44", "Version": "29.0"}', **kind))
    here = among({}, docker_host=f"tcp://127.0.0.1:{engine.place[1]}")
    here.docker.version()

    assert len(engine.requests) == 3
    assert b"authorization" not in b"".join(engine.requests).lower()


@pytest.mark.parametrize(
    "location", [f"https://{EVIL}/layer", f"https://{EVIL}:443/layer?sig=x", f"HTTPS://{EVIL}"]
)
def test_a_layer_is_asked_for_without_a_token_and_once(start, among, location):
    again = answer(307, b"", Location="https://third.example/x")
    evil, third = start(again, tls_names=(EVIL,)), start(answer(), tls_names=("third.example",))
    registry = start(answer(307, b"", Location=location), tls_names=(REGISTRY,))
    places = {(REGISTRY, 443): registry, (EVIL, 443): evil, ("third.example", 443): third}
    here = among(places)
    found = first_byte(here, TARGET, manifest(here))

    assert isinstance(found, LayerRefused)
    assert len(evil.requests) == 1
    assert b"hush-hush" in b"".join(registry.requests)
    assert b"hush-hush" not in b"".join(evil.requests)
    assert third.connections == 0


@pytest.mark.parametrize("address", [IMDS, "168.63.129.16", "127.0.0.1", "0.0.0.0", "fe80::1"])
def test_a_name_that_leads_to_this_machine_gets_no_request_without_its_certificate(
    start, among, address
):
    """A name may lead anywhere, as its owner likes. What is there speaks no TLS, or shows another
    name's certificate; nothing of a request is sent before that is settled.
    """
    registry = start(answer(307, b"", Location=f"https://{EVIL}/x"), tls_names=(REGISTRY,))
    for inside in (start(IDENTITY), start(IDENTITY, tls_names=("node.internal",))):
        places = {(REGISTRY, 443): registry, (EVIL, 443): inside}
        here = among(places, [(EVIL, address)])
        found = first_byte(here, TARGET, manifest(here))

        assert isinstance(found, LayerBlocked), found
        assert not any(b"HTTP/1" in one for one in inside.requests)


def test_a_layer_that_is_where_its_name_leads_is_fetched(start, among):
    registry = start(answer(307, b"", Location=f"https://{EVIL}/x"), tls_names=(REGISTRY,))
    store = start(answer(206, b"x", x_ms_request_id="1"), tls_names=(EVIL,))
    here = among({(REGISTRY, 443): registry, (EVIL, 443): store})

    assert isinstance(first_byte(here, TARGET, manifest(here)), Layer)


def manifest(here):
    token = here.vault.put("access:x", "hush-hush", REGISTRY)
    return Manifest(digest="sha256:1", layer="sha256:" + "a" * 64, layers=1, token=token)


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://evil.example/x",
        "gopher://evil.example/x",
        "unix:///run/docker.sock/x",
        "http+unix://%2Frun%2Fdocker.sock/x",
        "data:,x",
        "javascript:x",
        "//evil.example/x",
        "evil.example",
        "",
        "https://",
        "https://[::/",
        "https://evil.example:99999/",
        "https://a\x00b/",
    ],
)
def test_what_is_no_url_of_http_opens_nothing(among, url):
    assert isinstance(among({}).http.get(url), Failure)


@pytest.mark.parametrize("odd", ["\r\nX-Evil: 1", "\nX-Evil: 1", "\r\n\r\nGET /evil HTTP/1.1"])
def test_a_line_break_in_what_is_sent_begins_no_line(start, among, odd):
    """In a path, a query, a form and a header, from whatever file or answer it comes."""
    registry = start(answer(), tls_names=(REGISTRY,))
    imds = start(answer(400))
    here = among({(REGISTRY, 443): registry, (IMDS, 80): imds}, [(IMDS, IMDS)])
    token = here.vault.put("access:x", f"hush{odd}", REGISTRY)
    here.http.get(f"https://{REGISTRY}/v2/app{odd}/x?y={odd}")
    here.http.get(f"https://{REGISTRY}/v2/", bearer=token)
    here.http.get(f"https://{REGISTRY}/v2/", accept=f"*/*{odd}")
    here.tokens._tenants[token] = f"tenant{odd}"
    here.tokens.exchange(REGISTRY, token)
    here.tokens.anonymous(REGISTRY, f"app{odd}")
    here.imds.identity_token(f"https://x{odd}", f"client{odd}")
    here.imds.identity_token("https://x", f"/resource{odd}")

    assert len(registry.requests) >= 3
    for sent in (*registry.requests, *imds.requests):
        head = sent.partition(b"\r\n\r\n")[0]
        names = {line.partition(b":")[0].lower() for line in head.split(b"\r\n")[1:]}
        assert names <= HEADERS, sent
        assert [line for line in sent.split(b"\r\n") if line.endswith(b" HTTP/1.1")] == [
            sent.partition(b"\r\n")[0]
        ]


HEADERS = {
    *(b"host", b"accept", b"accept-encoding", b"user-agent", b"connection", b"metadata"),
    *(b"content-type", b"content-length", b"authorization"),
}


def test_the_metadata_services_header_is_sent_to_nobody_else(start, among):
    """Without it the service answers nothing, so no redirect and no name can make use of it."""
    registry = start(answer(), tls_names=(REGISTRY,))
    imds = start(IDENTITY)
    here = among({(REGISTRY, 443): registry, (IMDS, 80): imds}, [(IMDS, IMDS)])
    here.http.get(f"http://{IMDS}/metadata/identity/oauth2/token")
    here.http.get(f"https://{REGISTRY}/v2/")
    here.imds.instance()

    assert [b"metadata: true" in one.lower() for one in imds.requests] == [False, True]
    assert b"metadata:" not in b"".join(registry.requests).lower()
