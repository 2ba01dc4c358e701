"""What a node's own configuration is worth, and what a pod's place in the network takes away."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from checks.interface import Interface, InterfaceHidden
from checks.mirrors import Mirrors
from checks.pod_network import OwnNetwork, PodNetwork
from diagnose.bundle import archive, judging, lines, making, reading
from diagnose.bundle.pseudonyms import Pseudonyms
from diagnose.bundle.reading import Bundle
from diagnose.causes.contract import Confidence
from diagnose.engine import Outcome
from diagnose.lab import cases
from diagnose.lab.cloud import Cloud
from diagnose.lab.healthy import SIBLING_ID, SUBNET_ID, VNET_ID
from diagnose.lab.parts import RoleAssignment
from diagnose.lab.roles import ROLES
from tests.matrix.runs import cloud_of
from tests.scenarios.recorded import recorded
from tests.scenarios.stories import aks, blind, identity
from tests.scenarios.stories.aks import CERTS, REGISTRY, SYSLOG
from tests.world import Judged, Rights, Wire, judged

IMAGE = "contoso.azurecr.io/app:v1"
CONFIG = "/etc/kubernetes/azure.json"
Change = Callable[[Cloud], None]


def run(*changes: Change, rights: Rights | None = None) -> Judged:
    cloud = cloud_of()
    aks.node(cloud)
    for change in changes:
        change(cloud)
    return judged(Wire(cloud), IMAGE, rights) if rights else judged(Wire(cloud), IMAGE)


def primary(found: Judged) -> tuple[str, Confidence]:
    assert found.verdict.primary
    return found.verdict.primary.cause.id, found.verdict.primary.finding.confidence


def told(cloud: Cloud, **changes: object) -> None:
    """Mutates: the node's configuration says something else."""
    files = cloud.machine.files
    files[CONFIG] = json.dumps(json.loads(files[CONFIG]) | changes)


def of_another_pool(cloud: Cloud) -> None:
    told(cloud, subnetName=SIBLING_ID.rpartition("/")[2])


def sees(scope: str) -> Change:
    """The identity may read below ``scope`` and nothing else in Azure; pulls stay allowed."""

    def change(cloud: Cloud) -> None:
        who = next(row.principal for row in cloud.role_assignments if not ROLES[row.role].reads)
        blind(cloud)
        cloud.role_assignments.append(RoleAssignment(who, "Reader", scope))

    return change


def test_without_any_right_in_azure_the_fix_holds_the_subnets_whole_id() -> None:
    found = run(cases.subnet_not_allowed, blind)
    assert found.verdict.primary

    assert primary(found) == ("subnet-not-allowed", Confidence.LIKELY)
    commands = [step.command for step in found.verdict.primary.finding.fix]
    assert any(re.search(rf"--subnet {SUBNET_ID}(?: |$)", line) for line in commands)
    assert "SUBNET_ID" not in " ".join(commands)
    assert "configuration" in found.verdict.primary.finding.note
    assert any("not confirmed" in limit for limit in found.limits)


def test_a_file_that_root_alone_may_read_leaves_the_subnet_to_be_looked_up() -> None:
    """The near-miss: the same node, and nothing in the file."""
    found = run(cases.subnet_not_allowed, blind, lambda cloud: told(cloud, subnetName=""))
    assert found.verdict.primary

    commands = " ".join(step.command for step in found.verdict.primary.finding.fix)
    assert "SUBNET_ID" in commands
    assert found.facts.has(InterfaceHidden)


def registry_of(cloud: Cloud) -> None:
    sees(cloud.registry.id)(cloud)


def test_a_hint_and_the_registrys_rules_prove_nothing_together() -> None:
    """The node may stand in another subnet than the file names, which may have no rule either."""
    found = run(cases.subnet_not_allowed, registry_of)
    assert found.verdict.primary

    assert primary(found) == ("subnet-not-allowed", Confidence.LIKELY)
    assert "addressPrefixes" in found.verdict.primary.finding.settle


def test_a_rule_for_the_subnet_that_a_hint_names_rules_nothing_out() -> None:
    """The file speaks of the first pool's subnet, which is let in; the node stands in another."""
    found = run(cases.subnet_not_allowed, of_another_pool, registry_of)

    assert primary(found) == ("subnet-not-allowed", Confidence.LIKELY)
    assert "subnet-not-allowed" not in [r.cause.id for r in found.verdict.rivals if r.rejected]


def test_a_subnet_that_holds_the_nodes_address_is_no_hint_any_more() -> None:
    def network_and_registry(cloud: Cloud) -> None:
        registry_of(cloud)
        who = cloud.role_assignments[-1].principal
        cloud.role_assignments.append(RoleAssignment(who, "Reader", VNET_ID))

    found = run(cases.subnet_not_allowed, network_and_registry)
    interface = found.facts.get(Interface)

    assert interface is not None
    assert (interface.subnet_id, interface.hinted) == (SUBNET_ID, "")
    assert primary(found) == ("subnet-not-allowed", Confidence.PROVEN)


def test_a_subnet_that_does_not_hold_the_nodes_address_is_not_the_nodes() -> None:
    found = run(of_another_pool, sees(VNET_ID))
    hidden = found.facts.get(InterfaceHidden)

    assert hidden is not None
    assert "build, which does not hold 10.1.0.4" in hidden.limit


def test_with_rights_the_machine_decides_and_not_the_file() -> None:
    interface = run(of_another_pool).facts.get(Interface)

    assert interface is not None
    assert (interface.subnet_id, interface.hinted) == (SUBNET_ID, "")


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"subnetName": {"a": 1}}', "[" * 9000])
def test_half_a_configuration_is_none(text: str) -> None:
    def broken(cloud: Cloud) -> None:
        cloud.machine.files[CONFIG] = text

    found = run(cases.subnet_not_allowed, broken, blind)

    assert Outcome.CRASHED not in {step.outcome for step in found.steps}
    assert primary(found)[0] == "subnet-not-allowed"


def no_imds(cloud: Cloud) -> None:
    cloud.imds_up = False


def test_a_pod_that_is_kept_from_the_metadata_service_says_so_and_proves_nothing() -> None:
    found = run(aks.pod, no_imds)
    assert found.verdict.primary

    assert primary(found) == ("imds-unreachable", Confidence.LIKELY)
    assert "hostNetwork" in found.verdict.primary.finding.settle
    assert any("IMDS restriction" in limit for limit in found.limits)


def test_a_pod_with_the_nodes_network_proves_what_the_node_proves() -> None:
    def hosts_network(cloud: Cloud) -> None:
        cloud.machine.environ["KUBERNETES_SERVICE_HOST"] = "10.0.0.1"

    found = run(hosts_network, no_imds)

    assert primary(found) == ("imds-unreachable", Confidence.PROVEN)
    assert found.facts.has(OwnNetwork)
    assert primary(run(hosts_network, cases.subnet_not_allowed))[1] is Confidence.PROVEN


def test_what_is_the_same_from_everywhere_is_proven_in_a_pod_too() -> None:
    found = run(aks.pod, identity.the_identity_may_not_pull)

    assert found.facts.has(PodNetwork)
    assert primary(found) == ("pull-role-missing", Confidence.PROVEN)


def by_secret(cloud: Cloud) -> None:
    told(
        cloud,
        useManagedIdentityExtension=False,
        userAssignedIdentityID="",
        aadClientId="c11e47ed-0000-4000-8000-0000000000ff",
        aadClientSecret="hush~Hush.8Q~hush",
    )


def no_identity(cloud: Cloud) -> None:
    cloud.identities = []


def test_a_node_of_a_service_principal_lacks_no_managed_identity() -> None:
    found = run(by_secret, no_identity)

    assert found.verdict.primary is None
    assert any("service principal" in limit for limit in found.limits)
    assert primary(run(no_identity)) == ("no-managed-identity", Confidence.PROVEN)


def test_what_a_managed_identity_may_do_proves_nothing_of_a_service_principal() -> None:
    found = run(by_secret, identity.the_identity_may_not_pull)

    assert primary(found) == ("pull-role-missing", Confidence.LIKELY)
    assert primary(run(by_secret, cases.subnet_not_allowed))[1] is Confidence.PROVEN


HOSTS = """
server = "https://packages.microsoft.com"
[host."https://gone.contoso.internal"]
[host."https://mcr.microsoft.com/v2"]
  override_path = true
"""


def test_each_host_of_a_mirrors_file_is_asked_and_told() -> None:
    def elsewhere(cloud: Cloud) -> None:
        cloud.machine.files[f"{CERTS}/_default/hosts.toml"] = HOSTS

    mirrors = run(elsewhere).facts.get(Mirrors)
    assert mirrors is not None
    told = mirrors.for_registry("containerd")

    assert told is not None
    assert dict(told.answered) == {
        "gone.contoso.internal": "no such name",
        "mcr.microsoft.com": "HTTP 200",
        "packages.microsoft.com": "HTTP 200",
    }
    assert "shows the error of one of them alone" in mirrors.summary


def test_a_mirror_behind_the_registry_is_named_beside_the_refusal() -> None:
    def behind(cloud: Cloud) -> None:
        aks.a_mirror_that_is_asked_last_hides_the_refusal(cloud)

    found = run(behind)
    assert found.verdict.primary

    seen = [e.saw for e in found.verdict.primary.finding.evidence if e.check == "mirrors"]
    assert len(seen) == 1
    assert f"{REGISTRY}, mirror.contoso.internal (no such name)" in seen[0]


UNITS = "/run/systemd/units/invocation:{}.service"


@pytest.mark.parametrize("runs", [True, False])
def test_a_mirror_of_artifact_streaming_is_told_with_its_services_state(*, runs: bool) -> None:
    def streaming(cloud: Cloud) -> None:
        aks.a_mirror_that_is_asked_last_hides_the_refusal(cloud)
        hosts = cloud.machine.files[f"{CERTS}/{REGISTRY}/hosts.toml"]
        cloud.machine.files[f"{CERTS}/{REGISTRY}/hosts.toml"] = (
            f'{hosts}[host."http://localhost:8578"]\n'
        )
        cloud.machine.files["/etc/systemd/system/acr-mirror.service"] = "[Service]\n"
        cloud.machine.files[UNITS.format("acr-mirror" if runs else "kubelet")] = ""

    found = run(streaming)
    assert found.verdict.primary

    seen = [e.saw for e in found.verdict.primary.finding.evidence if e.check == "mirrors"]
    assert len(seen) == 1
    assert ("the unit acr-mirror, artifact streaming's, runs" in seen[0]) is runs
    assert ("the unit acr-mirror, artifact streaming's, does not run" in seen[0]) is not runs


def streaming_stopped(cloud: Cloud) -> None:
    """Mutates: sends containerd to artifact streaming's service alone, which does not run."""
    cloud.machine.files |= {
        f"{CERTS}/_default/hosts.toml": 'server = "http://localhost:8578"\n',
        "/etc/systemd/system/acr-mirror.service": "[Service]\n",
        UNITS.format("kubelet"): "",
        SYSLOG: (
            "Nov 23 13:00:00 aks-node containerd[7]: level=error "
            f'msg="PullImage \\"{IMAGE}\\" failed" error="failed to do request: Head '
            f'\\"http://localhost:8578/v2/app/manifests/v1?ns={REGISTRY}\\": dial tcp '
            '127.0.0.1:8578: connect: connection refused"\n'
        ),
    }


def bundled(path: Path) -> Bundle:
    """Give the redacted bundle of a run on a node whose artifact streaming is stopped."""
    cloud = cloud_of()
    aks.node(cloud)
    streaming_stopped(cloud)
    live = recorded(cloud, IMAGE)
    members = making.made(live.recording, live.result, lambda _: (), Pseudonyms(bytes(32)))
    path.write_bytes(archive.pack(members))
    return reading.read(path)


def test_a_stopped_service_of_artifact_streaming_is_named_live_and_from_a_bundle(
    tmp_path: Path,
) -> None:
    live, bundle = run(streaming_stopped), bundled(tmp_path / "a.tar.gz")
    again = judging.judged(bundle.recording).verdict

    assert bundle.redacted
    for verdict in (live.verdict, again):
        assert verdict.primary
        assert verdict.primary.cause.id == "runtime-mirror-misconfigured"
        seen = {one.check: one.saw for one in verdict.primary.finding.evidence}
        assert "the unit acr-mirror, artifact streaming's, does not run" in seen["mirrors"]
    assert primary(live)[1] is Confidence.PROVEN


def test_a_bundle_from_before_the_services_state_was_read_says_nothing_of_it(
    tmp_path: Path,
) -> None:
    bundle = bundled(tmp_path / "a.tar.gz")
    lines_then = [json.loads(lines.line_of(one)) for one in bundle.recording.answers]
    text = json.dumps(lines_then)
    assert text.count('"service": "stopped"') == 1
    before = json.loads(text.replace(', "service": "stopped"', ""))
    assert before != lines_then
    old = lines.recording(lines.run_of(bundle.recording), before)
    verdict = judging.judged(old).verdict

    assert verdict.primary
    assert verdict.primary.cause.id == "runtime-mirror-misconfigured"
    assert not any("acr-mirror" in one.saw for one in verdict.primary.finding.evidence)


LOGGED = {
    "registry did not issue a valid AAD challenge, status: 403": cases.subnet_not_allowed,
    "failed to get token credential": no_imds,
}


@pytest.mark.parametrize("stderr", LOGGED)
def test_the_kubelets_words_stand_beside_the_cause_that_they_speak_of(stderr: str) -> None:
    for words in LOGGED:
        found = run(LOGGED[stderr], lambda cloud, words=words: aks.logged(cloud, words))
        assert found.verdict.primary
        seen = [e.saw for e in found.verdict.primary.finding.evidence if e.check == "runtime-log"]

        assert len(seen) == (words == stderr)
