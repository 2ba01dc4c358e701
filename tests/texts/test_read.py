"""What is read from a text, and what is not: near-misses, one thing changed."""

import pytest

from diagnose.texts.read import MOST, Reading, read

REFUSED = "Get \"https://c.azurecr.io/v2/\": denied: client with IP '{}' is not allowed access."
NODE = 'Failed to pull image "c.azurecr.io/team/app:v1": failed to do request: Head '
NODE += '"https://c.azurecr.io/v2/team/app/manifests/v1": '


def causes(text: str) -> list[str]:
    return [one.cause for one in read([text]).candidates]


def likely(reading: Reading) -> list[str]:
    return [one.cause for one in reading.candidates if one.confidence == "likely"]


@pytest.mark.parametrize("address", ["10.0.0.4", "172.31.255.1", "192.168.1.9"])
def test_a_private_address_means_that_the_endpoint_is_in_effect(address: str) -> None:
    reading = read([REFUSED.format(address)])

    assert likely(reading) == ["subnet-not-allowed"]
    assert "service-endpoint-missing" not in causes(REFUSED.format(address))


def test_a_ula_that_carries_a_private_address_is_one() -> None:
    assert causes(REFUSED.format("fde4:8dba:1200:98db:6a12:300:a02:126"))[0] == "subnet-not-allowed"


@pytest.mark.parametrize("address", ["172.32.0.1", "172.214.169.102", "20.1.2.3", "2603:1030::5"])
def test_a_public_address_leaves_rivals(address: str) -> None:
    reading = read([REFUSED.format(address)])

    assert not likely(reading)
    assert causes(REFUSED.format(address))[:4] == [
        "ip-not-allowed",
        "public-access-disabled",
        "private-dns-zone-not-linked",
        "service-endpoint-missing",
    ]


@pytest.mark.parametrize(
    "address", ["x.x.x.x", "<ip>", "52.xxx.xxx.xxx", "100.64.0.9", "999.1.1.1"]
)
def test_an_address_that_says_nothing_proves_nothing(address: str) -> None:
    reading = read([REFUSED.format(address)])

    assert reading.candidates
    assert not likely(reading)


def test_a_bare_403_gives_the_firewall_family() -> None:
    text = "failed to fetch anonymous token: unexpected status: 403 Forbidden"

    assert "subnet-not-allowed" in causes(text)[:3]
    assert "public-access-disabled" in causes(text)[:3]
    assert causes(text.replace("403 Forbidden", "401 Unauthorized"))[0] == "credentials-missing"


@pytest.mark.parametrize(
    ("address", "cause"),
    [("10.1.2.4", "private-endpoint-unreachable"), ("20.1.2.4", "egress-blocked-registry")],
)
def test_a_silent_address_is_judged_by_its_kind(address: str, cause: str) -> None:
    assert causes(f"{NODE}dial tcp {address}:443: i/o timeout")[0] == cause


def test_digits_inside_a_digest_are_no_status() -> None:
    digest = "403" * 21 + "a"
    text = f"GET https://c.azurecr.io/v2/app/manifests/sha256:{digest} ok"

    assert causes(text) == []
    assert causes(f"{text}: 403 Forbidden")


def test_the_layers_host_is_not_the_login_server() -> None:
    layers = "Get https://w1.blob.core.windows.net/x: dial tcp 20.1.2.3:443: i/o timeout"

    assert causes(layers)[0] == "egress-blocked-data"
    assert causes(layers.replace("w1.blob.core.windows.net", "c.azurecr.io"))[0] == (
        "egress-blocked-registry"
    )


def test_a_request_with_ns_went_to_a_mirror() -> None:
    text = 'Head "https://mirror/v2/app/manifests/v1{}": dial tcp 20.1.2.3:443: i/o timeout'

    assert causes(text.format("?ns=c.azurecr.io"))[0] == "runtime-mirror-misconfigured"
    assert causes(text.format("")) == causes("dial tcp 20.1.2.3:443: i/o timeout")


def test_a_line_about_a_pull_comes_before_one_that_is_not() -> None:
    chatter = "telemetry: lookup metrics.example.com: no such host\n" * 3
    error = REFUSED.format("10.0.0.4") + "\n"

    assert causes(chatter + error)[0] == "subnet-not-allowed"
    assert causes(error + chatter)[0] == "subnet-not-allowed"


@pytest.mark.parametrize(
    ("words", "cause"),
    [
        ("dial tcp: lookup c.example.com on 10.0.0.10:53: no such host", "registry-name-not-found"),
        ("x509: certificate signed by unknown authority", "tls-intercepted"),
        ("dial tcp 20.1.2.3:443: i/o timeout", "egress-blocked-registry"),
        ("503 Service Unavailable", "registry-unavailable"),
    ],
)
def test_what_any_program_says_is_sure_only_beside_a_word_on_images(words: str, cause: str) -> None:
    other = read([f"failed calling webhook: Post https://w.example.com/validate: {words}"])
    ours = read([f"failed to pull c: Get https://c.example.com/: {words}"])

    assert likely(other) == []
    assert likely(ours) == [cause]
    assert [one.cause for one in other.candidates] == [one.cause for one in ours.candidates]


def test_a_host_of_packages_is_no_word_on_images() -> None:
    text = "request to https://registry.{}/x failed, reason: getaddrinfo ENOTFOUND"

    assert likely(read([text.format("example.com")])) == []
    assert likely(read([text.format("example.com/v2")])) == ["registry-name-not-found"]


def test_a_403_of_another_registry_may_be_a_missing_login() -> None:
    text = 'pull "{}/a:v1": failed to fetch anonymous token: unexpected status: 403 Forbidden'

    assert "credentials-missing" in causes(text.format("c.example.com"))
    assert "credentials-missing" not in causes(text.format("c.azurecr.io"))


@pytest.mark.parametrize(
    ("end", "cause"),
    [
        (": denied: requested access to the resource is denied", "pull-role-missing"),
        (": denied", "subnet-not-allowed"),
        (": unauthorized", "credentials-missing"),
    ],
)
def test_a_denial_is_judged_by_its_words(end: str, cause: str) -> None:
    assert causes(f'Head "https://c.azurecr.io/v2/a/manifests/v1"{end}')[0] == cause


def test_words_in_different_lines_are_not_one_denial() -> None:
    lines = "Registry 'c.azurecr.io' did not issue a challenge.\n"
    lines += "Error: requested access to the resource is denied.\n"

    assert causes(lines)[0] == "registry-unavailable"


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("dial tcp [2001:db8::1]:443: connect: cannot assign requested address", "no-outbound"),
        ("dial tcp 20.1.2.3:443: connect: cannot assign requested address", "snat-exhausted"),
        ("dial tcp: i/o timeout", "dns-server-unreachable"),
        ("dial tcp 20.1.2.3:443: i/o timeout", "egress-blocked-registry"),
        ("Could not resolve host: c.eastus.data.azurecr.io", "private-dns-data-record-missing"),
        ("Could not resolve host: c.azurecr.io", "registry-name-not-found"),
        ("error saving credentials: dial unix /run/x.sock: connect: refused", "runtime-down"),
        ("error saving credentials: out: pass not initialized", "credentials-missing"),
    ],
)
def test_near_words_lead_elsewhere(text: str, cause: str) -> None:
    assert causes(text)[0] == cause


def test_exact_words_come_before_vague_ones() -> None:
    text = 'Back-off pulling image "c.azurecr.io/a:v1"\nError: ErrImagePull\n'

    assert causes(text)[0] == "pull-role-missing"
    assert causes(text + f"{NODE}x509: certificate signed by unknown authority\n") == [
        "tls-intercepted",
        "tls-untrusted-ca",
        "runtime-untrusted-ca",
    ]


def test_a_second_error_adds_to_the_first() -> None:
    both = "pull a: manifest unknown\npull b: no space left on device\n"

    assert causes(both)[0] == "tag-not-found"
    assert "disk-full" in causes(both)
    assert likely(read([both])) == ["tag-not-found"]


def test_an_error_that_a_terminal_broke_is_read_whole() -> None:
    assert causes("failed to fetch anonymous\n  token: unexpected status: 403\n  Forbidden")


def test_at_most_a_handful_of_candidates() -> None:
    text = "manifest unknown\nno space left on device\ntoomanyrequests\nno such host\nx509: bad\n"

    assert len(causes(text)) == MOST


@pytest.mark.parametrize("text", ["", "\n", "hello", "all is well", "\x00\x1b[", "4" * 5000])
def test_no_idea_is_said_by_silence(text: str) -> None:
    assert causes(text) == []


@pytest.mark.parametrize(
    ("text", "image"),
    [
        (NODE + "x", "c.azurecr.io/team/app:v1"),
        ("https://c.azurecr.io/v2/team/app/manifests/v1: EOF", "c.azurecr.io/team/app:v1"),
        ("https://c.azurecr.io/v2/: EOF", "c.azurecr.io"),
        ("https://c.eastus.data.azurecr.io/x: EOF", "c.azurecr.io"),
        ("pull c.eastus.geo.azurecr.io/a:v1", "c.eastus.geo.azurecr.io/a:v1"),
        ("pull c.azurecr.cn/a@sha256:" + "0" * 64, "c.azurecr.cn/a@sha256:" + "0" * 64),
        ("pull c.azurecr.io/a", "c.azurecr.io/a"),
        ("pull c.azurecr.io.example.com/a:v1", "IMAGE"),
        ("pull c.azurecr.io/$(reboot):v1", "c.azurecr.io"),
        ("pull <name>.azurecr.io/a:v1", "IMAGE"),
        ("pull mcr.microsoft.com/a:v1", "IMAGE"),
    ],
)
def test_the_image_is_taken_from_the_text(text: str, image: str) -> None:
    assert read([text]).subject.image == image


@pytest.mark.parametrize("secret", ["?se=1&sig=aB%2Fcd123", "?token=abcdef12", " eyJ" + "a" * 40])
def test_a_secret_is_not_quoted(secret: str) -> None:
    reading = read([f"Get https://w1.blob.core.windows.net/x{secret} : i/o timeout"])

    assert reading.candidates[0].cause == "egress-blocked-data"
    assert secret[-8:] not in reading.candidates[0].because
    assert "..." in reading.candidates[0].because


def test_what_is_quoted_cannot_reach_the_terminal() -> None:
    odd = "\x1b]0;x\x07\x9b31m \u202e"
    reading = read(
        [f"failed to set docker credentials {odd} client with IP x is not allowed access"]
    )

    assert reading.candidates[0].because.isprintable()
    assert reading.candidates[0].because.isascii()
