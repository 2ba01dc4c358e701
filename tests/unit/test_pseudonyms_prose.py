"""The words of other programs: what they name goes, what they say stays."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.privacy import Sensitivity
from checks.runtime_words import Said
from checks.runtime_words import read as read_words
from diagnose.bundle.pseudonyms import Pseudonyms
from diagnose.bundle.pseudonyms.ordinary import ORDINARY
from diagnose.texts.read import read
from diagnose.texts.wordings import ALL
from tests.texts.recorded import Text, texts

SALT = b"a salt of bytes!"
FIELDS = (
    ("IMAGE", "contoso.azurecr.io/team/app:v1"),
    ("RESOURCE", "/subscriptions/x/resourceGroups/app-rg"),
    ("RESOURCE", "/virtualNetworks/app-vnet/subnets/apps"),
    ("HOST", "proxy.corp.zz"),
    ("SUBJECT", "O=Fabrikam Ltd"),
    ("NAME", "build"),
)  # fmt: skip


@pytest.fixture
def names() -> Pseudonyms:
    found = Pseudonyms(SALT)
    for kind, text in FIELDS:
        found.of(Sensitivity[kind], text)
    return found


def _reading(text: str) -> list[tuple[str, str]]:
    return [(one.cause, one.confidence) for one in read([text]).candidates]


@pytest.mark.parametrize("text", texts(), ids=lambda text: text.id)
def test_a_recorded_text_means_the_same(names: Pseudonyms, text: Text) -> None:
    names.of(Sensitivity.PROSE, text.error)  # the pass that collects
    changed = names.of(Sensitivity.PROSE, text.error)

    assert _reading(changed) == _reading(text.error)
    assert read_words(changed).said is read_words(text.error).said


def test_the_words_that_messages_are_known_by_are_never_taken_for_names() -> None:
    heard = [text for row in ALL for some in row.heard.values() for text in some]
    words = {
        word for text in heard for word in re.findall(r"[a-z]{3,}", re.sub("<.*?>", " ", text))
    }
    hosts = {"mcreus", "mcrprod", "myregistry", "sonartype"}

    assert words - ORDINARY - hosts == set()


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("dial tcp 20.62.128.10:443: i/o timeout", "20.62.128.10"),
        (r"client with IP \u0027172.214.169.102\u0027 is not allowed", "172.214"),
        ("client with IP '52.138.231.5' is not allowed", "52.138.231.5"),
        ("read udp [fd12::4:5]:47364", "fd12::4:5"),
        ("lookup fabrikam on 10.0.0.10:53: no such host", "fabrikam"),
        ("lookup dc1.fabrikam.zz: no such host", "fabrikam"),
        ('repository name "fabrikam" is unknown', "fabrikam"),
        ("user 'fabrikam' is not allowed", "fabrikam"),
        (r"{\"name\":\"fabrikam\"}", "fabrikam"),
        ("name: fabrikam-7 is unknown", "fabrikam"),
        ("open /home/fabrikam/.docker/config.json: permission denied", "fabrikam"),
        (r"open C:\Users\fabrikam\.docker: denied", "fabrikam"),
        ("mailto fabrikam@contoso.com", "fabrikam"),
        ("docker://fabrikam/nexus:1.0 is gone", "fabrikam"),
        ("fabrikam.corp.local/x/y: not found", "fabrikam"),
        ("https://fabrikam.zz/x?sig=abc", "fabrikam"),
        ("tenant c11e47ed-0000-4000-8000-00000000e005 differs", "c11e47ed"),
        ("over scope '/subscriptions/x/resourceGroups/fabrikam'.", "fabrikam"),
        ("Subnets snet-fabrikam of virtual network vnet-2 do not", "fabrikam"),
        ("app@sha256:" + "ab" * 32, "abab"),
        ("container " + "cd" * 32 + " is dead", "cdcd"),
        ("at 00:0d:3a:f8:06:ec", "06:ec"),
        ("Authorization: Bearer abcdefghijklmnop0123456789", "abcdefgh"),
        ("token eyJhbGciOiJub25l.eyJzdWIiOiJ4.c2ln refused", "eyJ"),
        ("password=Hunter2", "Hunter2"),
        (r"{\"refresh_token\":\"0.AXAbc-def\"}", "0.AXA"),
        ("key " + "Ab3dEf9h" * 8, "Ab3d"),
        ("signed for Fabrikam Ltd.", "Fabrikam"),
        ("FABRIKAM LTD signed", "FABRIKAM"),
        ("contoso-prod is down", "contoso"),
        ("\\ncontoso is down", "contoso"),
        ("pool of app-vnet/apps is full", "vnet/apps"),
        ("subnet apps is full", "apps"),
        ("no 'build' here", "build"),
        ("az acr show --image team/app:v1", "app:v1"),
    ],
)
def test_what_goes(names: Pseudonyms, text: str, gone: str) -> None:
    assert gone in text

    changed = names.of(Sensitivity.PROSE, text)

    assert gone.lower() not in changed.lower()
    assert names.of(Sensitivity.PROSE, text) == names.of(Sensitivity.PROSE, text)


@given(
    st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_-]{0,18}[A-Za-z0-9]", fullmatch=True),
    st.sampled_from(
        [
            *("{}", "({})", "{}: denied", "x{{{}}}", "a={};b", "<{}>", "[{}]", "{}'s", "/{}/{}/x"),
            *(
                "https://a.{}.zz/{}?{}",
                "{}.corp.zz:1",
                "x/{}:{}",
                "a {}/{} b",
                "pod={}/{}",
                "{}@{}",
            ),
            *(
                r"\"{}\"",
                r"\n{}\t",
                r"\u0022{}\u0022",
                '"{}":"{}"',
                "'{}",
                "user {} is",
                "lookup {}",
            ),
            *(
                "/home/{}/{}",
                "/var/lib/{}/x",
                r"C:\Users\{}\x",
                "//{}//",
                "{}.{}.{}",
                "-{}-",
                "{}...",
            ),
            *(
                "/subscriptions/{}/x/{}",
                "docker://{}/{}",
                "image {}@sha256:00",
                "%2F{}%2F",
                "{}|{}",
            ),
            *(
                "10.0.0.4:{}",
                "a:{}:b",
                "{},{};{}",
                "name: {}.",
                "tag {}",
                "+{}+",
                "#{}",
                "~{}",
                "${}",
            ),
        ]
    ),
)
def test_a_known_name_survives_nowhere(name: str, form: str) -> None:
    name = f"zq{name}".lower()
    found = Pseudonyms(SALT)
    found.of(Sensitivity.NAME, name)

    assert name not in found.of(Sensitivity.PROSE, form.format(*[name] * 4)).lower()
    assert name not in found.of(Sensitivity.PROSE, form.format(*[name.upper()] * 4)).lower()


@pytest.mark.parametrize(
    "text",
    [
        "this application cannot build the apps of a user that is applied",
        "net/http: request canceled while waiting for connection (Client.Timeout exceeded)",
        "no matching manifest for linux/arm64/v8 in the manifest list entries",
        "Could not perform action 'Microsoft.Network/virtualNetworks/subnets/read'",
        "invalid client secret: unauthorized; password: required",
        "at 10:22:33 after 30s, HTTP/1.1 401, AADSTS700024, x509: bad",
        "see https://aka.ms/acr/skus#sku-feature-matrix, aka.ms/acr/firewall.",
        "lookup timed out; user not found; service unavailable",
        "Cannot connect to unix:///var/run/docker.sock. Is it running?",
        "169.254.169.254 port 80: refused; 168.63.129.16:53",
        "java.net.UnknownHostException, System.Net.Http, _ssl.c:1032, main.go:17",
        "https://registry-1.docker.io/v2/: EOF",
        'manifest tagged by "latest" is not found',
        "client with IP '<ip>' is not allowed",
    ],
)
def test_what_stays(names: Pseudonyms, text: str) -> None:
    assert names.of(Sensitivity.PROSE, text) == text


def test_a_name_in_a_text_is_the_one_in_its_field(names: Pseudonyms) -> None:
    image = names.of(Sensitivity.IMAGE, "contoso.azurecr.io/team/app:v1")
    host, path = image.split("/", 1)
    repository, tag = path.rsplit(":", 1)
    url = f"https://{host}/v2/{repository}/manifests/{tag}"
    text = 'pull "{}": Head "{}": denied: {}, lookup {} on 168.63.129.16:53'
    told = ("contoso.azurecr.io/team/app:v1", "https://contoso.azurecr.io/v2/team/app/manifests/v1")

    assert names.of(Sensitivity.PROSE, text.format(*told, "CONTOSO", "contoso.azurecr.io")) == (
        text.format(image, url, host.partition(".")[0], host)
    )


def test_the_image_that_a_mirror_was_asked_for_stays_with_the_request(names: Pseudonyms) -> None:
    changed = names.of(
        Sensitivity.PROSE, 'Head "https://m.zz/v2/a/tags/list?ns=contoso.azurecr.io"'
    )

    assert changed.endswith(f'?ns={names.of(Sensitivity.HOST, "contoso.azurecr.io")}"')


def test_an_address_in_a_refusal_is_still_read(names: Pseudonyms) -> None:
    words = read_words(
        names.of(Sensitivity.PROSE, r"client with IP \u002710.1.0.4\u0027 is not allowed access")
    )

    assert words.said is Said.ADDRESS_REFUSED
    assert words.address == names.of(Sensitivity.ADDRESS, "10.1.0.4")


def test_a_run_is_redacted_in_no_time(names: Pseudonyms) -> None:
    prose = [text.error for text in texts()[:25]]  # some 4 kB
    hosts = [f"h{number}.corp.zz" for number in range(200)]
    for _warm in range(2):
        for text in (*prose, *hosts):
            names.of(Sensitivity.PROSE, text)
    fresh = Pseudonyms(SALT)
    began = time.process_time()
    for _pass in range(2):
        for host in hosts:
            fresh.of(Sensitivity.HOST, host)
        for text in prose:
            fresh.of(Sensitivity.PROSE, text)

    assert time.process_time() - began < 0.1  # a fifth of that on a machine at rest


@pytest.mark.parametrize(
    "piece",
    [
        *("user=", "a.b", "a-", "a---", ".", "/home/", "\\", "lookup ", 'image "', "eyJ", "x", "%"),
        *("1.1.1.1", "a@", "::", "bearer ", '"a', "password=", "/subscriptions/", "name name "),
        *("A1b2", "a/", "a:", "sig=", "[rpc error: ", "subnet s-"),
    ],
)
def test_no_text_is_slow(names: Pseudonyms, piece: str) -> None:
    text = piece * (50_000 // len(piece))
    began = time.process_time()
    names.of(Sensitivity.PROSE, text)

    assert time.process_time() - began < 3


@pytest.mark.parametrize("text", ["Premium", "Approved", "amd64", "docker", "Enabled", "overlay2"])
def test_a_word_of_a_protocol_stays_where_a_name_is_the_same(text: str) -> None:
    names = Pseudonyms(SALT)
    names.of(Sensitivity.IMAGE, f"{text.lower()}/{text.lower()}-7")

    assert names.of(Sensitivity.PUBLIC, text) == text
    assert text.lower() not in names.of(Sensitivity.PROSE, f"repository {text.lower()}-7 is gone")


def test_a_tokens_scope_names_its_repository_however_ordinary_that_is(names: Pseudonyms) -> None:
    told = names.of(Sensitivity.PROSE, 'error="insufficient_scope",scope="repository:app:pull"')

    assert told.endswith(f'scope="repository:{names.of(Sensitivity.IMAGE, "app")}:pull"')
