"""How far a pull got, station by station, over every story."""

import pytest

from checks.challenge import Challenge
from checks.contract import Fact
from checks.docker_runtime import DockerDown, DockerRuntime
from checks.layer import Layer
from checks.manifest import Manifest
from diagnose.causes.contract import Stage
from diagnose.judging.verdict import Status, Verdict
from diagnose.reports.path import State, Station, stations
from tests.matrix.runs import BY_NAME, USUAL, cloud_of, told, told_blind
from tests.world import Judged, Wire, judged

ORDER = ["VM", "Subnet", "Resolver", "Network", "Registry firewall", "Token", "Manifest"]
ORDER += ["Layer host"]
AT = {
    Stage.DNS: "Resolver",
    Stage.TCP: "Network",
    Stage.TLS: "Network",
    Stage.ADMISSION: "Registry firewall",
    Stage.TOKEN: "Token",
    Stage.MANIFEST: "Manifest",
    Stage.LAYER: "Layer host",
    Stage.RUNTIME: "Runtime",
}
PROOF: dict[str, type[Fact]] = {"Manifest": Manifest, "Layer host": Layer}
# The kubelet's provider holds for its own pulls: this program gets through.
GOES_ON = {
    "the_kubelets_provider_speaks_for_another_cloud_alone",
    "the_kubelets_plugin_is_not_installed",
    "the_clusters_service_principal_has_an_old_secret",
}

EVERY = [(name, is_blind) for name in BY_NAME for is_blind in (False, True)]


def line_of(run: Judged) -> tuple[Station, ...]:
    return stations(run.facts, run.verdict)


def run_of(name: str, *, is_blind: bool = False) -> Judged:
    return (told_blind if is_blind else told)(name)


def at(name: str, title: str, *, is_blind: bool = False) -> Station:
    return next(s for s in line_of(run_of(name, is_blind=is_blind)) if s.title == title)


def expected(run: Judged) -> str:
    primary = run.verdict.primary
    assert primary is not None
    if primary.stage is Stage.CHALLENGE:
        challenge = run.facts.get(Challenge)
        return "Network" if challenge and not challenge.from_acr else "Registry firewall"
    return AT[primary.stage]


@pytest.mark.parametrize(("name", "is_blind"), EVERY)
def test_a_pull_stops_once_and_where_its_cause_is_met(name: str, is_blind: bool) -> None:
    run = run_of(name, is_blind=is_blind)
    line = line_of(run)
    stops = [s.title for s in line if s.state is State.STOPPED]

    if run.verdict.status is Status.HEALTHY:
        assert stops == []
        assert not [s for s in line if s.state is State.UNREACHED]
        assert line[-1].state is State.PASSED or BY_NAME[name].image == "contoso"
    elif run.verdict.primary:
        assert stops == [expected(run)]
    else:
        assert len(stops) == 1


@pytest.mark.parametrize(("name", "is_blind"), EVERY)
def test_nothing_behind_the_stop_is_passed_without_a_fact(name: str, is_blind: bool) -> None:
    run = run_of(name, is_blind=is_blind)
    line = line_of(run)
    stop = next((n for n, s in enumerate(line) if s.state is State.STOPPED), len(line))
    passed = [s.title for s in line[stop + 1 :] if s.state is State.PASSED]

    assert bool(passed) == (name in GOES_ON), passed
    assert all(run.facts.has(PROOF[title]) for title in passed)
    assert State.UNREACHED not in [s.state for s in line[:stop]]


@pytest.mark.parametrize(("name", "is_blind"), EVERY)
def test_a_stop_says_what_was_seen_there(name: str, is_blind: bool) -> None:
    line = line_of(run_of(name, is_blind=is_blind))

    assert [s.title for s in line][:8] == ORDER
    assert all(s.saw for s in line if s.state in (State.STOPPED, State.PASSED))


def test_each_station_bears_the_name_of_what_stands_there() -> None:
    assert [s.name for s in line_of(told("docker_pulls"))] == [
        "app-vm 10.1.0.4",
        "app-vnet/apps",
        "168.63.129.16",
        "20.62.128.10",
        "contoso.azurecr.io",
        "c11e47ed-0000-4000-8000-00000000e005",
        "app:v1",
        "eusmanaged15.blob.core.windows.net",
        "docker 28.2.2",
    ]


def test_what_was_not_to_be_read_is_not_looked_at() -> None:
    seen = at("a_sibling_subnet_is_allowed", "Subnet")
    denied = at("a_sibling_subnet_is_allowed", "Subnet", is_blind=True)

    assert (seen.state, seen.name) == (State.PASSED, "app-vnet/apps")
    assert (denied.state, denied.name) == (State.UNSEEN, "")
    assert "denied" in denied.saw


def test_without_an_image_nothing_is_asked_behind_the_token() -> None:
    states = [s.state for s in line_of(told("only_the_registry_is_named"))]

    assert states == [State.PASSED] * 6 + [State.UNSEEN] * 2


def test_without_an_image_a_stop_leaves_the_image_out() -> None:
    run = judged(Wire(cloud_of(BY_NAME["a_sibling_subnet_is_allowed"])), "contoso")
    states = [s.state for s in line_of(run)]

    assert states[4:] == [State.STOPPED, State.UNREACHED, State.UNSEEN, State.UNSEEN]


@pytest.mark.parametrize("name", ["docker_pulls", "docker_is_installed_and_does_not_run"])
def test_the_runtime_is_a_station_where_it_was_asked(name: str) -> None:
    facts = told(name).facts

    assert facts.has(DockerRuntime) or facts.has(DockerDown)
    assert line_of(told(name))[-1].title == "Runtime"
    assert line_of(told("everything_is_right"))[-1].title == "Layer host"


def test_a_runtime_that_nobody_asked_is_a_station_where_it_is_to_blame() -> None:
    last = line_of(told("containerd_is_sent_to_a_mirror_that_is_gone"))[-1]

    assert (last.title, last.state) == ("Runtime", State.STOPPED)
    assert last.saw.startswith("containerd asks mirror.contoso.internal")


def test_a_page_in_the_registrys_place_is_met_on_the_network() -> None:
    page = at("the_proxy_opens_tls_and_answers_itself", "Network")
    own = at("the_registry_throttles", "Registry firewall")

    assert (page.state, page.name) == (State.STOPPED, "http://10.9.0.20:3128")
    assert own.state is State.STOPPED
    assert "429" in own.saw


def test_a_resolver_that_the_proxy_makes_needless_is_no_stop() -> None:
    both = BY_NAME["the_resolver_is_silent"], BY_NAME["a_proxy_is_the_only_way_out"]
    run = judged(Wire(cloud_of(*both)), USUAL)
    by_title = {s.title: s for s in line_of(run)}

    assert run.verdict.status is Status.HEALTHY
    assert by_title["Resolver"].state is State.ASIDE
    assert by_title["Network"].state is State.PASSED


def test_an_inconclusive_pull_stops_behind_what_it_got_through() -> None:
    run = told("everything_is_right")
    verdict = Verdict(status=Status.INCONCLUSIVE, reached=Stage.LAYER)
    line = stations(run.facts, verdict)

    assert [s.title for s in line if s.state is State.STOPPED] == ["Runtime"]
    assert line[-2].state is State.PASSED


def test_an_inconclusive_refusal_stops_at_the_firewall() -> None:
    run = told("a_sibling_subnet_is_allowed")
    verdict = Verdict(status=Status.INCONCLUSIVE, reached=Stage.TOKEN)
    line = stations(run.facts, verdict)

    assert [s.title for s in line if s.state is State.STOPPED] == ["Registry firewall"]
