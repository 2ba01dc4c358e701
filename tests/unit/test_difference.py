"""What counts as a difference of two machines, in which order, and how it is told."""

import dataclasses
import json
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

import checks
from checks.challenge import Challenge
from checks.clock import Clock
from checks.contract import Fact, Health
from checks.dns_answer import DnsAnswer
from checks.docker_runtime import DockerDown
from checks.host import Host
from checks.layer import Layer
from checks.manifest import Manifest
from checks.outbound_rules import OutboundRules, Rule
from checks.registry import Registry
from checks.subnet import Subnet, SubnetHidden
from checks.target import parse
from checks.tcp_path import TcpReached
from diagnose import causes, difference
from diagnose.bundle import archive, making
from diagnose.bundle.pseudonyms import Pseudonyms
from diagnose.commands.diff import diff
from diagnose.difference import Difference, fields, noise, side, words
from diagnose.difference.contract import Aspect
from diagnose.facts import Facts
from diagnose.judging import verdict
from diagnose.session import Result
from tests.matrix.runs import USUAL, cloud_of, told
from tests.scenarios.recorded import recorded
from tests.scenarios.recorded import told as recorded_story
from tests.world import Judged, Wire, judged


def result(run: Judged) -> Result:
    return Result(
        target=parse(USUAL),
        facts=run.facts,
        steps=run.steps,
        verdict=run.verdict,
        limits=run.limits,
        seconds=0.0,
    )


@cache
def healthy() -> Result:
    return result(judged(Wire(cloud_of()), USUAL))


def given(*facts: Fact, of: Result | None = None) -> Result:
    """Give the healthy run with these facts in the place of what their checks gave."""
    start = of or healthy()
    steps = {step.check.id: step for step in start.steps}
    for fact in facts:
        check = next(one for one in checks.ALL if type(fact) in one.needs.gives)
        steps[check.id] = replace(steps[check.id], fact=fact)
    known = Facts([*(step.fact for step in steps.values() if step.fact)])
    return replace(
        start,
        facts=known,
        steps=tuple(steps.values()),
        verdict=verdict.decide(causes.ALL, known),
    )


def one(kind: type[Fact], **changes: object) -> Fact:
    """Give the healthy run's fact of this kind with fields changed."""
    fact = healthy().facts.get(kind)
    assert fact is not None
    assert dataclasses.is_dataclass(fact)
    changed: Fact = replace(fact, **changes)  # type: ignore[type-var] # every fact is a dataclass
    return changed


def seen(found: Difference) -> list[tuple[str, str]]:
    return [(line.aspect.word, line.check) for line in found.lines]


def against_healthy(*facts: Fact) -> Difference:
    return difference.of(healthy(), given(*facts))


def test_the_tables_name_fields_and_checks_that_exist() -> None:
    """A row for what was renamed would be dead, and what it silenced would make noise."""
    kinds = {kind.__name__: kind for check in checks.ALL for kind in check.needs.gives}
    known = {
        f"{name}.{field.name}" for name, kind in kinds.items() for field in dataclasses.fields(kind)
    }
    ids = {check.id for check in checks.ALL}

    assert set(fields.FIELDS) <= known
    assert known >= noise.NOISE
    assert not noise.NOISE & set(fields.FIELDS)
    assert set(fields.ASPECTS) == ids
    assert {*fields.TOLD_BY.values(), *(check for check, _ in fields.TOLD_BY)} <= ids
    assert ids >= fields.FOLLOW_UPS | fields.SETTINGS | fields.SPELT_OUT


@pytest.mark.parametrize(
    "fact",
    [
        one(Manifest, digest="sha256:" + "0" * 64, layers=9),
        one(Layer, host="eusmanaged99.blob.core.windows.net"),
        one(TcpReached, local="10.1.0.99"),
        one(DnsAnswer, addresses=("20.62.128.11", "20.62.128.10")),
        one(Clock, minutes_off=4, source="the registry's clock"),
        one(Challenge, minutes_off=3),
        one(Host, addresses=("10.1.0.99", "127.0.0.1")),
    ],
    ids=lambda fact: type(fact).__name__,
)
def test_what_varies_by_chance_is_no_difference(fact: Fact) -> None:
    """A digest, a storage account, a round robin, a few minutes."""
    assert against_healthy(fact).lines == ()


@pytest.mark.parametrize(
    ("fact", "expected"),
    [
        (one(Layer, host="contoso.eastus.data.azurecr.io"), ("layer", "layer")),
        (one(DnsAnswer, addresses=("10.1.0.7",)), ("resolver", "dns")),
        (one(Clock, minutes_off=8), ("clock", "clock")),
        (one(Host, resolvers=("10.1.0.53",)), ("resolver", "host")),
        (one(Host, proxies=(("HTTPS_PROXY", "http://10.9.0.20:3128"),)), ("proxy", "host")),
        (one(Host, is_root=not healthy().facts.get(Host).is_root), ("run", "host")),  # type: ignore[union-attr]
        (one(Subnet, endpoints=()), ("service endpoint", "subnet")),
        (one(Subnet, default_outbound=False), ("route", "subnet")),
        (one(Registry, ip_ranges=("16.17.18.0/24",)), ("registry rule", "registry")),
        (one(Registry, public_access=False), ("registry access", "registry")),
        (one(Registry, sku="Standard"), ("registry", "registry")),
    ],
)
def test_a_setting_that_differs_is_one_line_under_its_aspect(
    fact: Fact, expected: tuple[str, str]
) -> None:
    """The near-misses of the above, and one field at a time."""
    assert seen(against_healthy(fact)) == [expected]


def test_the_order_of_name_servers_counts_and_that_of_lists_does_not() -> None:
    """The first server is asked first; a registry's ranges are a set."""
    servers = ("10.1.0.53", "168.63.129.16")
    ranges = ("16.17.18.0/24", "16.17.19.0/24")
    turned = difference.of(
        given(one(Host, resolvers=servers)), given(one(Host, resolvers=servers[::-1]))
    )
    shuffled = difference.of(
        given(one(Registry, ip_ranges=ranges)), given(one(Registry, ip_ranges=ranges[::-1]))
    )

    assert seen(turned) == [("resolver", "host")]
    assert shuffled.lines == ()


def test_a_security_rule_is_what_it_does_and_not_its_name() -> None:
    """Two groups with other names for the same rules; then one that allows."""
    deny = Rule(
        name="deny-acr",
        priority=1000,
        allows=False,
        sources=("*",),
        destinations=("AzureContainerRegistry",),
        ports=("443",),
    )
    good = given(OutboundRules(rules=(deny,), next_hop=""))
    renamed = given(OutboundRules(rules=(replace(deny, name="r1", priority=200),), next_hop=""))
    turned = given(OutboundRules(rules=(replace(deny, allows=True),), next_hop=""))

    assert difference.of(good, renamed).lines == ()
    assert difference.of(good, turned).lines[0].bad == (
        "outbound rules: allow AzureContainerRegistry on 443"
    )


def test_a_look_that_was_denied_is_a_note_and_no_difference() -> None:
    """Rights differ, not machines."""
    found = against_healthy(SubnetHidden(id="/subscriptions/a", why="denied"))

    assert found.lines == ()
    assert [(note.check, note.sides) for note in found.uncompared] == [("subnet", ("BAD",))]
    assert not found.differs


def test_what_fails_there_and_was_not_seen_where_it_works_is_a_difference() -> None:
    """GOOD's docker was not asked, and GOOD pulls: it has no docker that is down."""
    down = result(told("docker_is_installed_and_does_not_run"))
    up = result(told("docker_pulls"))

    assert down.facts.get(DockerDown).health is Health.FAIL  # type: ignore[union-attr]
    assert seen(difference.of(healthy(), down)) == [("runtime", "docker")]
    assert difference.of(healthy(), down).lines[0].good.startswith("not seen: ")
    assert "docker" in [note.check for note in difference.of(healthy(), up).uncompared]
    assert difference.of(healthy(), up).lines == ()


def test_pseudonyms_of_one_salt_are_compared_without_their_kind() -> None:
    """The same name may be met first as a group in one bundle, and as a name in the other."""
    good, bad = "group6ocnqxk6vmlzdi/x", "name6ocnqxk6vmlzdi/x"
    other = "name6ocnqxk6vmlzdj/x"
    here = side.Side.of(healthy().facts, named=True)

    assert here.plain(good) == here.plain(bad)
    assert here.plain(good) != here.plain(other)


def test_what_follows_from_the_fault_is_folded() -> None:
    """Of all that fails behind a missing endpoint, the refusal alone is a line."""
    bad = result(told("the_subnet_lost_its_endpoint"))
    found = difference.of(healthy(), bad)

    assert seen(found) == [("service endpoint", "subnet"), ("admission", "anonymous-token")]
    assert [line.check for line in found.follows] == [
        "firewall",
        "token",
        "arm-audience",
        "manifest",
        "layer",
    ]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("the_proxy_wants_a_user", [("proxy", "host"), ("proxy", "proxy")]),
        ("the_networks_own_resolver_is_silent", [("resolver", "host"), ("resolver", "dns")]),
        ("a_variable_names_a_file_that_is_not_there", [("trust", "host"), ("certificate", "tls")]),
    ],
)
def test_a_local_setting_stands_before_what_was_met_with_it(
    name: str, expected: list[tuple[str, str]]
) -> None:
    """Cause before symptom, although the verdict rests on the symptom."""
    assert seen(difference.of(healthy(), result(told(name))))[:2] == expected


def test_ids_with_the_same_last_name_are_said_with_what_tells_them_apart() -> None:
    """Subnets of one name: in two groups, and in two subscriptions."""
    path = "/subscriptions/{}/resourceGroups/{}/providers/Microsoft.Network/virtualNetworks/v"
    one, other, far = (
        f"{path.format(*names)}/subnets/apps" for names in (("s", "a"), ("s", "b"), ("t", "a"))
    )

    assert words.both((one,), ()) == ("v/apps", "none")
    assert words.both((one,), (other,)) == ("a/v/apps", "b/v/apps")
    assert words.both((one,), (far,)) == (one, far)


def test_of_long_lists_only_what_the_other_lacks_is_named() -> None:
    """A hundred rules, of which one is missing on the other side."""
    many = tuple(f"10.0.{number}.0/24" for number in range(20))

    assert words.both(many, many[1:]) == (
        "20, here alone: 10.0.0.0/24",
        "10.0.1.0/24, 10.0.2.0/24, 10.0.3.0/24, 10.0.4.0/24, 10.0.5.0/24, 10.0.6.0/24 and 13 more",
    )


def test_words_of_a_foreign_bundle_cannot_command_a_terminal() -> None:
    """A kept fact may hold anything."""
    told_as = difference.FORMATS["text"](
        against_healthy(one(Host, proxies=(("HTTPS_PROXY", "http://a\x1b[2J\nb"),)))
    )

    assert "\x1b" not in told_as
    assert "http://a [2J b" in told_as


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("168.63.129.16", "168.63.129.16"),
        ("10.1.0.4", "a private address"),
        ("10.1.0.0/24", "a private range"),
        ("52.188.17.34", "a public address"),
        ("100.64.0.4", "an address"),
        ("fde4:8dba:1200:98db:6a12:300:a01:4", "a private address"),
        ("http://10.9.0.20:3128", "http://a private address:3128"),
        ("http://proxy.contoso.example:3128", "http://<host>:3128"),
        ("microsoft.containerregistry (succeeded)", "microsoft.containerregistry (succeeded)"),
        ("5f0c1d2e-0000-4000-8000-00000000a001", "<id>"),
        (
            "/subscriptions/5f0c1d2e-0000-4000-8000-00000000a001/resourcegroups/app-rg",
            "/subscriptions/<name>/resourcegroups/<name>",
        ),
    ],
)
def test_without_names_a_text_keeps_its_kinds(text: str, expected: str) -> None:
    """What redaction keeps as well: whether an address is private, and Azure's own resolver."""
    assert side.without_names(text) == expected


def test_machines_given_the_wrong_way_round_are_still_told_apart() -> None:
    """The failing side's verdict orders the list, and the report says what it noticed."""
    bad = result(told("the_identity_may_not_pull"))
    found = difference.of(bad, healthy())

    assert found.lines[0].check == "roles"
    assert "the wrong way round" in difference.FORMATS["text"](found)
    assert "the wrong way round" not in difference.FORMATS["text"](difference.of(healthy(), bad))


def test_nothing_that_differs_is_said_with_what_it_may_mean() -> None:
    """One fault on both sides is the case that a reader would take for none."""
    bad = result(told("the_identity_may_not_pull"))

    assert "the same fault may stand on both" in difference.FORMATS["text"](difference.of(bad, bad))
    calm = difference.FORMATS["text"](difference.of(healthy(), healthy()))
    assert calm.endswith("\n\nNothing that was seen tells the two apart.\n")


def test_the_last_line_says_the_most_telling_difference_again() -> None:
    """The line that a terminal shows."""
    found = difference.of(healthy(), result(told("the_identity_may_not_pull")))
    last = difference.FORMATS["text"](found).rstrip("\n").rpartition("\n\n")[2]

    assert " ".join(last.split()) == (
        "Most telling: identity: GOOD on the registry it holds: AcrPull, Reader; "
        "BAD on the registry it holds: Diagnose Reader (custom)"
    )


def test_markdown_gives_foreign_text_no_power() -> None:
    """A proxy's URL that would end the cell, and one that would be a tag."""
    evil = one(Host, proxies=(("HTTPS_PROXY", "http://a|b<script>`*_[x](y)"),))
    told_as = difference.FORMATS["markdown"](against_healthy(evil))

    row = next(line for line in told_as.splitlines() if line.startswith("| 1 |"))
    assert row.replace("\\|", "").count("|") == 5
    assert "<script>" not in told_as
    assert "\\`\\*\\_\\[x\\](y)" in told_as


def test_json_has_each_changed_field() -> None:
    """Words for people, fields for programs."""
    document = json.loads(
        difference.FORMATS["json"](against_healthy(one(Registry, ip_ranges=("16.17.18.0/24",))))
    )

    assert document["schema"] == 1
    assert document["differs"] is True
    assert document["good"]["status"] == "healthy"
    assert document["differences"][0]["aspect"] == "registry rule"
    assert document["differences"][0]["changes"] == [
        {"field": "ip_ranges", "good": [], "bad": ["16.17.18.0/24"]}
    ]


def test_every_aspect_that_somebody_sets_stands_before_those_that_are_met() -> None:
    """`Aspect.is_met` splits the enumeration in two."""
    met = [aspect.is_met for aspect in Aspect]

    assert met == sorted(met)
    assert all(aspect.is_met or aspect.owners for aspect in Aspect)


def written(path: Path, name: str, salt: bytes = b"") -> str:
    run = recorded_story(name) if name else recorded(cloud_of(), USUAL)
    members = making.made(
        run.recording, run.result, lambda _: (), Pseudonyms(salt) if salt else None
    )
    path.write_bytes(archive.pack(members))
    return str(path)


def called(*arguments: str) -> tuple[int, str]:
    app = typer.Typer()
    app.command()(diff)
    ended = CliRunner().invoke(app, list(arguments))
    return ended.exit_code, ended.stdout or ended.stderr


def test_the_command_exits_as_diff_does(tmp_path: Path) -> None:
    """0 alike, 1 different, 2 not a bundle; salts decide whether names are compared."""
    good = written(tmp_path / "good.tar.gz", "")
    bad = written(tmp_path / "bad.tar.gz", "the_identity_may_not_pull")
    aliased = written(tmp_path / "aliased.tar.gz", "", b"s" * 16)
    (tmp_path / "none.tar.gz").write_bytes(b"nothing")

    code, said = called(good, bad, "-o", "json")
    assert (code, json.loads(said)["differences"][0]["check"]) == (1, "roles")
    code, said = called(good, aliased, "-o", "json")
    assert (code, json.loads(said)["names_compared"]) == (0, False)
    assert called(good, good, "-q") == (0, "")
    for name in ("none.tar.gz", "missing.tar.gz"):
        code, said = called(good, str(tmp_path / name))
        assert (code, said.count(name)) == (2, 1)
