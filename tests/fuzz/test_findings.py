"""What the fuzzing found, one test for each finding, with the input that showed it.

Most of it was time: a text of some kilobytes that a regular expression, or a loop, took minutes
for, while no deadline counted. `QUICK` is far more than any of them takes now, and far less than
any took before.
"""

import json
import time
from collections.abc import Callable

import pytest

from checks import answers, challenge, manifest_body, outbound_rules, proxy_rules
from checks.challenge import Challenge
from checks.machine_replies import UnitReply
from checks.privacy import Sensitivity
from checks.replies import Failure, HttpReply
from checks.target import parse
from diagnose.bundle import errors
from diagnose.bundle.pseudonyms import Pseudonyms
from diagnose.bundle.pseudonyms.prose_rules import _CHOSEN
from diagnose.fleet import aks_replies, verdicts
from diagnose.kubernetes.api import Reason
from diagnose.kubernetes.run import refusals
from diagnose.live import journal, proxies, runtime_hosts, spotting, unit_files
from diagnose.live.granting import granted
from diagnose.live.vault import Vault
from diagnose.live.wording import tidy
from tests.fuzz.targets.fleet import lines
from tests.fuzz.targets.settings import HOSTS_TOML, OneFile

QUICK = 5.0  # seconds of the processor, on a machine that does much else
MANY = 300_000  # characters
SERVER = "contoso.azurecr.io"


def seconds(use: Callable[[], object]) -> float:
    began = time.process_time()
    use()
    return time.process_time() - began


@pytest.mark.parametrize(
    "piece", ["Bearer ", 'Bearer realm=" ', 'Bearer realm="a"', "Bearer error=x,"], ids=repr
)
def test_a_challenge_of_many_schemes_is_read_in_time(piece: str) -> None:
    reply = HttpReply(status=401, headers={"www-authenticate": piece * (MANY // len(piece))})

    assert seconds(lambda: challenge.parse(reply, parse(SERVER), now=0.0)) < QUICK


@pytest.mark.parametrize(
    ("header", "realm"),
    [
        ('Bearer realm="https://contoso.azurecr.io/oauth2/token",service="s"', "oauth2/token"),
        ('Basic realm="x", bearer service="s", realm="https://contoso.azurecr.io/t"', "/t"),
        ('Bearer service="Bearer of news",realm="https://contoso.azurecr.io/n"', "/n"),
        ('Basic realm="x"', ""),
        ("Bearer", ""),
    ],
)
def test_a_challenge_still_says_its_realm(header: str, realm: str) -> None:
    found = challenge.parse(
        HttpReply(status=401, headers={"www-authenticate": header}), parse(SERVER), now=0.0
    )

    assert isinstance(found, Challenge)
    assert found.realm.endswith(realm)
    assert bool(found.realm) == found.own_realm == bool(realm)


@pytest.mark.parametrize(
    "text",
    [
        "f" * MANY + "@",
        "eyJabcde" * (MANY // 8),
        "eyJabcde.-" * (MANY // 10),
        "token=" + " " * MANY,
        "password: [" + "\n" * MANY + "]",
        "name: KEY" + " " * MANY + "!",
        "name: " + "KEYin" * (MANY // 5),
        "name: " + "SECRET" * (MANY // 6) + ", ",
    ],
    ids=lambda text: repr(text[:12]),
)
def test_secrets_are_looked_for_in_time(text: str) -> None:
    assert seconds(lambda: list(spotting.of_settings(text))) < QUICK


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("HTTPS_PROXY=http://user:pass-word1@proxy", "pass-word1"),
        ("a x_y://u:pass-word1@h/", "pass-word1"),
        ("jwt eyJhbGciOi.eyJhdWQi.c2ln, more", "eyJhbGciOi.eyJhdWQi.c2ln"),
        ("cut short: eyJhbGciOiJSUzI1NiIs", "eyJhbGciOiJSUzI1NiIs"),
        ("token = [ 'abcd-1234' ]", "abcd-1234"),
        ("secret:\n  [ abcd-1234 ]", "abcd-1234"),
        ('{"name": "MY_API_KEY_1", "value": "abcd-1234"}', "abcd-1234"),
        ("- name: CLIENT_SECRET\n  value: abcd-1234\n", "abcd-1234"),
    ],
)
def test_secrets_are_found_as_before(text: str, secret: str) -> None:
    assert secret in set(spotting.of_settings(text))


@pytest.mark.parametrize(
    "text",
    ["eyJabcde" * (MANY // 8), "http://" + "i" * MANY, "i" * MANY, " " * MANY + "x", "\x1f" * MANY],
    ids=lambda text: repr(text[:12]),
)
def test_words_are_tidied_in_time(text: str) -> None:
    assert seconds(lambda: tidy(text)) < QUICK


@pytest.mark.parametrize(
    ("text", "tidied"),
    [
        ("http://user:pw@host/x", "http://host/x"),
        ("a  Correlation Id: 12345678-1234-1234-1234-123456789012 b", "a b"),
        ("x eyJhbGciOi.eyJhdWQi.c2ln y", "x [token] y"),
        ("x eyJhbGciOiJSUzI1NiIs", "x [token]"),
        ("a\x1b[2Jb\u202ec\x85d\ud800", "a [2Jb c d"),
    ],
)
def test_words_are_tidied_as_they_were(text: str, tidied: str) -> None:
    assert tidy(text) == tidied


@pytest.mark.parametrize("between", ["\x03", "\x1d", "\u200b", " \u202e ", "\x85"])
def test_no_odd_space_hides_what_is_taken_out(between: str) -> None:
    bare = f"Authorization: Basic{between}dXNlcjpwYXNzd29yZA=="
    told = f"denied. CorrelationId:{between}1a2b3c4d-0000-0000"

    assert tidy(bare) == "Authorization: Basic [redacted]"
    assert answers.clean(told) == "denied."


def test_a_text_that_is_cut_at_a_space_is_tidied_once() -> None:
    once = tidy("ab " * 1000, 30)

    assert tidy(once, 30) == once


@pytest.mark.parametrize(
    "url",
    ["http://u:p@x://y@proxy:1", "u:p@ss://w@proxy:1", "http://u:p@proxy:1", "u:p@proxy:1"],
)
def test_no_part_of_a_password_stays_in_a_url(url: str) -> None:
    assert proxies.without_credentials(url) in ("proxy:1", "http://proxy:1")


def test_a_login_with_a_scheme_in_it_leaves_no_scheme() -> None:
    assert proxies.without_credentials("user@name://pw@proxy:1") == "proxy:1"


def test_an_answer_of_very_many_tokens_is_read_in_time() -> None:
    body = json.dumps({f"{i}token": f"Abcdefgh{i}x" for i in range(20_000)}).encode()
    vault, reply = Vault(), HttpReply(status=200, body=body)

    assert seconds(lambda: granted(vault, reply, ("refresh_token",), "n", "h", SERVER)) < QUICK
    assert len(vault.secrets()) == 20


def test_a_log_line_without_end_is_read_in_time() -> None:
    line = f"containerd[1]: error {SERVER} " + " ".join(f"eyJabcde{i}.b" for i in range(20_000))

    assert seconds(lambda: journal.tagged(OneFile({}), [line], SERVER)) < QUICK


@pytest.mark.parametrize("cut", range(-26, 0, 3))
def test_half_a_secret_at_the_end_of_what_is_read_of_a_line_is_left_out(cut: int) -> None:
    """The token before it is shortened, so that the end of what is read would be shown."""
    head = f"error {SERVER} eyJabcdefgh."
    line = f"containerd[1]: {head}{'x' * (8192 - len(head) + cut)} http://u:hunter2hunter2@h/"
    (row,) = journal.tagged(OneFile({}), [line], SERVER)

    assert row.line.startswith(f"error {SERVER} [")
    assert "hunter" not in row.line


@pytest.mark.parametrize(
    "toml",
    [
        "a" + ".a" * 100_000 + " = 1\n",
        "[" + "a." * 100_000 + "a]\n",
        '"\u2028".' * 50_000 + "a = 1\n",
    ],
    ids=["key", "table", "quoted"],
)
def test_a_key_of_many_parts_is_refused_in_time(toml: str) -> None:
    files = OneFile({runtime_hosts.CONTAINERD: "version = 3\n", HOSTS_TOML: toml})
    found: list[object] = []

    assert seconds(lambda: found.append(runtime_hosts.mirrors(files, SERVER))) < QUICK
    assert isinstance(found[0], Failure)


def test_dots_in_a_comment_are_no_key() -> None:
    toml = f"# {'.' * 500}\n[host.'http://mirror']\n"
    found = runtime_hosts.mirrors(
        OneFile({runtime_hosts.CONTAINERD: "version = 3\n", HOSTS_TOML: toml}), SERVER
    )

    assert isinstance(found, tuple)
    assert found[0].hosts[0] == "http://mirror"


def test_where_the_tables_begin_is_found_in_time() -> None:
    assert seconds(lambda: aks_replies._TABLE.split("\n" * MANY + "x", 1)) < QUICK
    assert aks_replies._TABLE.split("root = '/x'\n\n \t[a]\n", 1)[0] == "root = '/x'\n\n"


@pytest.mark.parametrize(
    "line",
    [
        '{"schema":' * 60_000,
        '{"schema":1,' * 50_000,
        '{"schema":x' * 50_000,
        '{\\"schema\\":1,' + '\\"' * 200_000,
        '{\\"schema\\":1,"' + '\\"schema' * 50_000,
        '{"schema":"' + "{" * 300_000,
    ],
    ids=lambda text: text[:16],
)
def test_verdicts_are_looked_for_in_time(line: str) -> None:
    assert seconds(lambda: list(verdicts.within(line))) < QUICK


@pytest.mark.parametrize("cut", [20, 60, 300, -1, -2])
def test_a_verdict_behind_one_that_is_cut_short_is_still_found(cut: int) -> None:
    first, second = (one.decode() for one in lines()[1:3])
    found = list(verdicts.within(f"{first[:cut]}{second}"))

    assert type(found[0]).__name__ == "Unread"
    assert found[-1] == next(verdicts.within(second))


@pytest.mark.parametrize("words", ["context ", "stat ", "context a does not ", "stat : no such "])
def test_what_kubectl_says_is_understood_in_time(words: str) -> None:
    said = words * (MANY // len(words))

    assert seconds(lambda: refusals.understood(said)) < QUICK
    assert refusals.understood(f"{said} context x does not exist").reason is Reason.NO_CONFIG
    assert refusals.understood(f"{said} stat /x: no such file").reason is Reason.NO_CONFIG
    assert refusals.understood(said).reason is not Reason.NO_CONFIG


def test_what_is_chosen_is_told_in_time() -> None:
    assert seconds(lambda: _CHOSEN.search("a" * MANY)) < QUICK
    assert _CHOSEN.search("net-1")
    assert not _CHOSEN.search("network")


@pytest.mark.parametrize(
    "text", ["\x1b" * 1000, "\U000e0041" * 290, "a" * 299 + "\x1b\x1b", "é" * 400]
)
def test_a_sentence_that_was_escaped_keeps_its_cap(text: str) -> None:
    once = errors.printable(text)

    assert len(once) <= 300
    assert once.isprintable()
    assert errors.printable(once) == once


@pytest.mark.parametrize("kind", [Sensitivity.NAME, Sensitivity.HOST, Sensitivity.URL])
def test_a_name_of_many_labels_gets_its_alias_in_time(kind: Sensitivity) -> None:
    names = Pseudonyms(bytes(32))

    assert seconds(lambda: names.of(kind, "EastUSe." * 40_000)) < QUICK
    assert "secret" not in names.of(kind, "secret." * 200 + "example")


def test_a_units_variables_are_read_in_time() -> None:
    unit = "[Service]\nEnvironment=" + "tXY=h" * 200_000 + "\nEnvironment=HTTP_PROXY=http://p\n"
    files = OneFile({"/etc/systemd/system/docker.service": unit})
    found: list[UnitReply] = []

    assert seconds(lambda: found.extend(unit_files.units(files))) < QUICK
    assert found[0].proxies == {"HTTP_PROXY": "http://p"}


def test_a_truth_value_is_no_number_of_a_fact() -> None:
    """A bundle with such a fact in it could not be read again."""
    digest = f"sha256:{'0' * 64}"
    layers = {"layers": [{"digest": digest, "size": False}]}
    rule = {"direction": "Outbound", "protocol": "*", "priority": True}

    assert manifest_body.smallest(layers) is None
    assert manifest_body.smallest({"layers": [{"digest": digest, "size": 0}]})
    assert outbound_rules._rule(("x", rule)) is None
    assert outbound_rules._rule(("x", {**rule, "priority": 1}))


def test_a_digit_that_is_no_number_is_no_port() -> None:
    assert not outbound_rules._holds("\u00b2", 443)
    assert not outbound_rules._holds("1-\u00b2", 443)
    assert proxy_rules.chosen("https://a.example/", {"NO_PROXY": "a:\u00b2", "HTTPS_PROXY": "p"})
