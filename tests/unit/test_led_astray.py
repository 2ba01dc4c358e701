"""Addresses in a registry's answers that must not be gone to, and logins that must not be given."""

from types import SimpleNamespace

import pytest

from checks import challenge, containerd_pull, docker_pull
from checks.layer import layer_host
from checks.manifest_body import smallest
from checks.replies import HttpReply
from checks.target import parse
from checks.token import PullToken
from checks.token_replies import Token

LOGIN = "contoso.azurecr.io"
TARGET = parse(f"{LOGIN}/app:v1")
EVIL = "evil.example"
STORE = "eusmanaged15.blob.core.windows.net"


@pytest.mark.parametrize(
    "location",
    [
        f"https://{STORE}/x?se=1&sig=a%2Fb",
        f"HTTPS://{STORE.upper()}/x",
        f"https://{STORE}:443/x",
        f"https://{STORE}?sig=x",
        f"https://{STORE}",
        f"https://{STORE}/a\\b@c",
        "https://contoso.eastus.data.azurecr.io/x",
        "https://a.b.xn--p1ai/x",
    ],
)
def test_a_layers_place_is_a_full_name_of_the_public_dns(location: str) -> None:
    host = location.lower().removeprefix("https://")
    for end in "/?:":
        host = host.partition(end)[0]

    assert layer_host(location) == host


@pytest.mark.parametrize(
    "location",
    [
        # Addresses, in every spelling that a resolver or inet_aton takes for one.
        "https://169.254.169.254/x",
        "https://169.254.169.254./x",
        "https://2852039166/x",
        "https://0xa9fea9fe/x",
        "https://0xa9.0xfe.0xa9.0xfe/x",
        "https://0251.0376.0251.0376/x",
        "https://169.254.43518/x",
        "https://[::1]/x",
        "https://[::ffff:a9fe:a9fe]/x",
        "https://[fe80::1%25eth0]/x",
        "https://127.1/x",
        # Names that mean this machine, or that a search list completes.
        "https://localhost/x",
        "https://localhost./x",
        "https://a.localhost/x",
        "https://metadata/x",
        # An authority that two readers take apart differently.
        f"https://169.254.169.254\\@{STORE}/x",
        f"https://{STORE}\\@169.254.169.254/x",
        f"https://me:word@{STORE}/x",
        f"https://{STORE}@169.254.169.254/x",
        f"https://{STORE}%2f@169.254.169.254/x",
        f"https://169.254.169.254%2f{STORE}/x",
        f"https://{STORE}\t.evil.example/x",
        f"https://{STORE}\r\nX: y",
        # Other ways to write a host, a port or a scheme.
        f"https://{STORE}:80/x",
        f"https://{STORE}:443:80/x",
        f"https://{STORE}:/x",
        "https://１６９.２５４.１６９.２５４/x",  # noqa: RUF001 full-width digits
        "https://169。254。169。254/x",
        "https://①②⑦.example/x",
        "https://еusmanaged15.blob.core.windows.net/x",  # noqa: RUF001 a Cyrillic letter
        f"http://{STORE}/x",
        f"//{STORE}/x",
        f"https:{STORE}/x",
        f"https:/{STORE}/x",
        f" https://{STORE}/x",
        f"ht\ttps://{STORE}/x",
        f"file://{STORE}/etc/passwd",
        "file:///etc/passwd",
        "/v2/app/blobs/x",
        "",
    ],
)
def test_no_layer_is_at_any_other_place(location: str) -> None:
    assert layer_host(location) == ""


@pytest.mark.parametrize("url", ["http://169.254.169.254/", "file:///etc/passwd"])
def test_a_foreign_layers_urls_are_never_taken(url: str) -> None:
    own = {"digest": "sha256:" + "a" * 64, "size": 9}
    foreign = {"digest": "sha256:" + "b" * 64, "size": 1, "urls": [url]}

    assert smallest({"layers": [own, foreign]}) == (own["digest"], 9, 1)
    assert smallest({"layers": [foreign], "config": own}) == (own["digest"], 9, 0)
    assert smallest({"layers": [foreign]}) is None


def asked(*realms: str) -> challenge.Challenge:
    said = ", ".join(f'Bearer realm="{realm}",service="{LOGIN}"' for realm in realms)
    reply = HttpReply(status=401, headers={"www-authenticate": said, "server": "openresty"})
    found = challenge.parse(reply, TARGET, now=0.0)
    assert isinstance(found, challenge.Challenge)
    return found


OWN = f"https://{LOGIN}/oauth2/token"
FOREIGN = (
    "https://evil.example/oauth2/token",
    f"https://{LOGIN}.evil.example/oauth2/token",
    f"https://evil-{LOGIN}/oauth2/token",
    f"https://{LOGIN}@evil.example/oauth2/token",
    f"https://{LOGIN}:x@evil.example/oauth2/token",
    f"https://{LOGIN}\\@evil.example/oauth2/token",
    f"https://evil.example/{LOGIN}/oauth2/token",
    f"https://me@{LOGIN}/oauth2/token",
    f"https://{LOGIN}./oauth2/token",
    f"https://{LOGIN}:8443/oauth2/token",
    f"https://{LOGIN}:4430/oauth2/token",
    f"http://{LOGIN}/oauth2/token",
    f"http://{LOGIN}:443/oauth2/token",
    "https://c\u043entoso.azurecr.io/oauth2/token",  # a Cyrillic letter
    "https://contoso\u3002azurecr\u3002io/oauth2/token",
    f"https://{LOGIN}",
    "https://169.254.169.254/oauth2/token",
    "http://169.254.169.254/metadata/identity/oauth2/token",
    "file:///etc/shadow",
    "/oauth2/token",
    "\x1b[31m",
)


@pytest.mark.parametrize("realm", [OWN, OWN.upper(), f"https://{LOGIN}:443/oauth2/token"])
def test_the_registrys_own_realm_leads_nowhere_else(realm: str) -> None:
    assert not asked(realm).leads_away
    assert asked(realm).own_realm


@pytest.mark.parametrize("realm", FOREIGN)
@pytest.mark.parametrize("before", [(), (OWN,)], ids=["alone", "behind-its-own"])
def test_every_other_realm_is_told_as_one_that_leads_away(
    before: tuple[str, ...], realm: str
) -> None:
    found = asked(*before, realm)

    assert found.leads_away
    assert "sends logins to" in found.summary
    assert found.summary.isprintable()


@pytest.mark.parametrize(
    "said",
    [
        f'Bearer realm="{OWN}",realm="{FOREIGN[0]}"',
        f'Bearer service="x",REALM="{FOREIGN[0]}"',
        f'Bearer realm="{FOREIGN[0]}{"x" * 1000}"',
        f'Bearer realm="{OWN}", Basic realm="x", Bearer realm="{FOREIGN[0]}"',
        f'bearer realm="{FOREIGN[0]}',
    ],
    ids=["twice", "shouted", "long", "third", "unended"],
)
def test_a_realm_that_some_client_would_take_is_seen(said: str) -> None:
    found = challenge.parse(
        HttpReply(status=401, headers={"www-authenticate": said}), TARGET, now=0
    )

    assert isinstance(found, challenge.Challenge)
    assert found.leads_away
    assert EVIL in found.realm


@pytest.mark.parametrize("said", ['Basic realm="Azure Container Registry"', "Bearer", ""])
def test_what_names_no_realm_of_tokens_leads_nowhere(said: str) -> None:
    found = challenge.parse(
        HttpReply(status=401, headers={"www-authenticate": said}), TARGET, now=0
    )

    assert isinstance(found, challenge.Challenge)
    assert not found.leads_away


def test_an_answer_without_a_realm_leads_nowhere() -> None:
    assert not asked().leads_away


class NobodyPulls:
    """A runtime that must not be asked."""

    def pull(self, *told: object) -> None:
        raise AssertionError(f"asked to pull: {told}")


@pytest.mark.parametrize("realm", FOREIGN)
def test_no_runtime_is_given_a_login_that_it_would_take_away(realm: str) -> None:
    world = SimpleNamespace(docker=NobodyPulls(), containerd=NobodyPulls())
    token = PullToken(
        audience="", refresh=Token("r"), access=None, permissions=None, actions=("pull",)
    )
    away = asked(realm)
    by_docker = docker_pull.gather(world, TARGET, None, token, None, away)
    by_containerd = containerd_pull.gather(world, TARGET, None, None, None, None, token, None, away)

    for found in (by_docker, by_containerd):
        assert "sends logins to" in found.summary
        assert "not its own" in found.limit


@pytest.mark.parametrize("own", [asked(OWN), asked(), None], ids=["own", "no-realm", "silent"])
def test_a_runtime_pulls_where_no_realm_leads_away(own: challenge.Challenge | None) -> None:
    world = SimpleNamespace(docker=NobodyPulls(), containerd=NobodyPulls())
    with pytest.raises(AssertionError, match="asked to pull"):
        docker_pull.gather(world, TARGET, None, None, None, own)
    with pytest.raises(AssertionError, match="asked to pull"):
        containerd_pull.gather(world, TARGET, None, None, None, None, None, None, own)
