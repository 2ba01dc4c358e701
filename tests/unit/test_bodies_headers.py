"""Headers: those on the list, and of those what cannot open a door."""

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks import challenge, layer
from checks.privacy import Sensitivity
from checks.replies import HttpReply
from diagnose.bundle import bodies, changing
from diagnose.bundle.bodies import headers

REALM = 'Bearer realm="https://contoso.azurecr.io/oauth2/token",service="contoso.azurecr.io"'


def same(_kind: Sensitivity, text: str) -> str:
    return text


def kept(alias: bodies.Alias = same, **named: str) -> dict[str, str]:
    """Give what is kept of headers, whose names are written with underscores here."""
    told = {name.replace("_", "-"): value for name, value in named.items()}
    reply = HttpReply(status=307, headers=told)
    return dict(
        bodies.kept("http", "get", {"url": "https://contoso.azurecr.io/v2/"}, reply, alias).headers
    )


def test_a_header_that_is_not_on_the_list_is_gone() -> None:
    assert kept(set_cookie="s=hunter2", authorization="hunter2", x_user="alice", date="today") == {
        "date": "today"
    }


def test_each_goes_through_the_alias_with_its_class_and_in_its_place() -> None:
    def alias(kind: Sensitivity, text: str) -> str:
        return f"{kind}:{text}"

    found = kept(alias, via="1.1 gate.contoso.example", server="", x_ms_request_id="7", date="now")

    assert list(found.items()) == [
        ("via", "prose:1.1 gate.contoso.example"),
        ("server", ""),
        ("x-ms-request-id", "identity:7"),
        ("date", "public:now"),
    ]


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("https://store.blob.core.windows.net/a/data?sig=hunter2&se=1#hunter2",
         "https://store.blob.core.windows.net/a/data"),
        ("https://alice:hunter2@store.example/a", "https://store.example/a"),
        ("https://a@b:hunter2@store.example:443/a?hunter2", "https://store.example:443/a"),
        ("HTTPS://Store.example?hunter2", "https://Store.example"),
        ("/v2/app/blobs/x?hunter2", "/v2/app/blobs/x"),
        ("//store.example/a?hunter2", "//store.example/a"),
        ("https:///store.example/a?hunter2", "https:"),
        ("https:////store.example/a", "https:"),
        ("https://[hunter2", ""),
        ("", ""),
    ],
)  # fmt: skip
def test_a_redirect_loses_all_that_would_open_it(location: str, expected: str) -> None:
    assert kept(location=location) == {"location": expected}


URLS = st.lists(
    st.sampled_from(
        [
            *("https:", "http:", "//", "/", "@", "?", "#", ":", ":443", "[", "]", "store.example"),
            *("169.254.169.254", "sig=hunter2", "data", "\\", " ", "\t", "%2f", "É", ".", ""),
        ]
    ),
    max_size=9,
).map("".join)


@given(URLS)
def test_a_redirect_leads_where_it_led(url: str) -> None:
    found = headers.plain_url(url)

    assert layer.layer_host(found) == layer.layer_host(url)
    assert not {"?", "#"} & set(found)
    assert "@" not in urlsplit(found).netloc
    assert headers.plain_url(found) == found
    if layer.layer_host(url):  # then it is asked for, and has to be found again under that name
        url_of = Sensitivity.URL
        assert changing.bare(url_of, found) == changing.bare(url_of, url)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (REALM, REALM),
        (f'{REALM},scope="repository:app:pull",error="invalid_token"',
         f'{REALM},scope="repository:app:pull",error="invalid_token"'),
        ('Basic realm="Azure Container Registry"', 'Basic realm="Azure Container Registry"'),
        ("Negotiate aHVudGVyMg==", "Negotiate"),
        (f"NTLM aHVudGVyMg==, {REALM}", f"NTLM {REALM}"),
        ('Digest realm="proxy", nonce="hunter2", opaque="hunter2"', 'Digest realm="proxy"'),
        ("hunter2", ""),
    ],
)  # fmt: skip
def test_a_challenge_loses_what_is_not_asked_of_everybody(value: str, expected: str) -> None:
    assert kept(www_authenticate=value) == {"www-authenticate": expected}
    assert kept(proxy_authenticate=value) == {"proxy-authenticate": expected}


CHALLENGES = st.lists(
    st.sampled_from(
        [
            *("Bearer", "bearer", "xBearer", "Basic", " ", ",", "=", "é", "realm=d", 'realm=""'),
            *('realm="https://a/"', 'x-realm="c"', 'service="b"', 'nonce="Bearer"', 'scope=""'),
        ]
    ),
    max_size=8,
).map("".join)


@given(CHALLENGES)
def test_the_realm_that_a_check_finds_is_the_same(value: str) -> None:
    whole, left = (challenge._REALM.search(one) for one in (value, headers.challenge(value)))

    assert (left and left["realm"]) == (whole and whole["realm"])
    assert headers.challenge(headers.challenge(value)) == headers.challenge(value)
