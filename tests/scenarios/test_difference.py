"""The diff of a healthy run and each story names the story's fault first.

What is expected is declared here, by cause and by reason: the checks in which a fault of that kind
can be seen at its root. Nothing in these tables is taken from the program's output.
"""

import copy
import itertools
from collections.abc import Callable
from functools import cache

import pytest

from checks.target import parse
from diagnose import difference
from diagnose.bundle import redact
from diagnose.bundle.judging import judged as bundle_judged
from diagnose.bundle.pseudonyms import Pseudonyms
from diagnose.difference import Difference
from diagnose.lab.cloud import Cloud, PrivateEndpoint
from diagnose.lab.healthy import APP_GROUP, CLIENT_ID, PRINCIPAL, SIBLING_ID
from diagnose.session import Result
from tests.matrix.runs import BY_NAME, USUAL, cloud_of, told, told_blind
from tests.scenarios.recorded import Recorded, recorded
from tests.scenarios.recorded import told as recorded_story
from tests.scenarios.stories import STORIES, Story, blind, firewall, identity, path, runtime
from tests.scenarios.stories.names import private_link
from tests.world import Judged, Wire, judged

# Where somebody who may read Azure finds the fault: the settings in which it lies, or, where no
# setting can be read from the machine, the first thing that a pull meets of it.
ROOT: dict[str, set[str]] = {
    # What was asked for, or what the registry has of it.
    "repository-not-found": {"target"},
    "tag-not-found": {"target"},
    "platform-mismatch": {"manifest"},
    "image-quarantined-or-locked": {"registry", "manifest"},
    # The subnet's own settings.
    "service-endpoint-missing": {"subnet"},
    "service-endpoint-not-ready": {"subnet"},
    "storage-endpoint-policy-blocks-layers": {"subnet", "storage-policy"},
    # The registry's rules.
    "subnet-not-allowed": {"network-rules"},
    "rule-subnet-deleted": {"network-rules", "rule-subnets"},
    "rule-quota-reached": {"network-rules"},
    "public-access-disabled": {"registry"},
    "ip-not-allowed": {"registry", "network-rules"},  # the range is not in it, nor the subnet
    "ip-rule-defeated-by-endpoint": {"registry", "network-rules"},
    # Nothing on the machine shows a firewall on the route; a proxy does.
    "egress-path-bypasses-endpoint": {"anonymous-token", "firewall", "host", "proxy"},
    "provider-not-registered": {"provider"},
    "unsupported-cloud": {"target", "instance"},  # another cloud's login server
    "unsupported-host": {"host"},
    "trusted-service-not-covered": {"host"},
    "private-link-conflict": {"private-endpoint", "dns"},
    # Who asks.
    "imds-unreachable": {"instance"},
    "no-managed-identity": {"identity"},
    "identity-ambiguous": {"identity"},
    "pull-role-missing": {"roles"},
    "wrong-tenant": {"tenant", "identity"},
    "abac-role-missing": {"registry", "roles"},  # the mode changed, the roles did not follow
    "arm-audience-disabled": {"registry", "identity"},
    "credentials-missing": {"identity", "stored-credentials"},
    "credentials-rejected": {"stored-credentials"},
    "credential-provider-failing": {"kubelet-credentials", "containerd-pull"},
    "credential-provider-unmatched": {"credential-provider"},
    # Names. The list of name servers is a setting, what they answer is what they were set up for.
    "registry-name-not-found": {"dns"},
    "dns-server-unreachable": {"dns", "host"},
    "dns-server-failing": {"dns", "host"},
    "private-dns-record-missing": {"dns"},
    "private-dns-data-record-missing": {"layer-dns"},
    "private-dns-zone-not-linked": {"dns"},
    "custom-dns-not-forwarding": {"host", "vnet", "dns"},
    "dns-override-stale": {"hosts-file", "dns", "host"},
    # The way there. What drops or opens packets shows in rules and routes, or only by what is met.
    "no-outbound": {"subnet", "outbound-rules", "tcp", "outside"},
    "egress-blocked-registry": {"outbound-rules", "tcp"},
    "egress-blocked-data": {"outbound-rules", "layer"},
    "egress-blocked-entra": {"outbound-rules", "outside", "identity"},  # it signs in there
    "egress-filtered-registry": {"tls", "challenge"},
    "egress-filtered-data": {"layer"},
    "tls-intercepted": {"tls", "layer"},
    "tls-untrusted-ca": {"host", "tls"},
    "clock-skewed": {"clock"},
    "mtu-black-hole": {"mtu"},
    "snat-exhausted": {"repeats"},
    "proxy-denied": {"host", "proxy", "layer"},
    "proxy-auth-required": {"host", "proxy"},
    "proxy-unreachable": {"host", "proxy"},
    "private-endpoint-unreachable": {"private-endpoint", "tcp", "dns"},
    "private-endpoint-not-approved": {"private-endpoint"},
    # The runtime and the service.
    "runtime-down": {"docker", "containerd"},
    "runtime-proxy-misconfigured": {"units", "docker", "docker-pull"},
    "runtime-mirror-misconfigured": {"mirrors"},
    "runtime-untrusted-ca": {"docker-pull", "containerd-pull"},
    "disk-full": {"disk"},
    "throttled": {"challenge"},
    "registry-unavailable": {"challenge"},
    "cmk-key-unavailable": {"registry", "manifest"},
}

# Without rights a setting in Azure is out of sight. Nearest to it is then what a pull meets first:
# for the registry's firewall its refusal, for a role the token, for a policy the layer.
_REFUSED = {"anonymous-token", "firewall", "challenge"}
SEEN_BLIND: dict[str, set[str]] = {
    "service-endpoint-missing": _REFUSED,
    "service-endpoint-not-ready": _REFUSED,
    "subnet-not-allowed": _REFUSED,
    "rule-subnet-deleted": _REFUSED,
    "rule-quota-reached": _REFUSED,
    "public-access-disabled": {*_REFUSED, "dns"},  # the way to the private endpoint, too
    "ip-not-allowed": _REFUSED,
    "ip-rule-defeated-by-endpoint": _REFUSED,
    "provider-not-registered": _REFUSED,
    "private-link-conflict": {"dns"},
    "pull-role-missing": {"token"},
    "wrong-tenant": {"identity"},  # its token says of which tenant it is
    "abac-role-missing": {"token"},
    "arm-audience-disabled": {"identity", "token"},
    "image-quarantined-or-locked": {"manifest"},
    "storage-endpoint-policy-blocks-layers": {"layer"},
    "private-endpoint-unreachable": {"tcp", "dns"},
    "private-endpoint-not-approved": {"tcp", "dns"},
    "dns-override-stale": {"hosts-file", "dns", "host", "tcp"},
    "cmk-key-unavailable": {"manifest"},
}

# Stories in which the pull works: what was changed, read from their text; an empty set is nothing.
CHANGED: dict[str, set[str]] = {
    "the_registry_lists_our_address": {"subnet", "registry", "network-rules"},
    "this_subnet_is_one_of_a_hundred_with_a_rule": {"network-rules"},
    "the_registry_is_in_abac_mode_and_the_role_fits": {"registry", "roles"},
    "only_tokens_for_arm_are_to_be_had": {"identity"},
    "tokens_for_arm_are_refused_but_ours_is_for_acr": {"registry"},
    "the_stored_login_of_a_service_principal_works": {"identity", "stored-credentials"},
    "an_old_login_is_left_beside_an_identity_that_works": {"stored-credentials"},
    "the_kubelets_identity_is_one_of_several_on_the_node": {"host"},
    "the_kubelets_provider_speaks_for_the_registry": {"host"},
    "a_node_of_aks_pulls": {"host"},
    "the_pull_goes_by_a_private_endpoint": {"dns"},
    "an_own_dns_server_forwards_and_the_pull_goes_by_a_private_endpoint": {"host"},
    "the_registry_has_a_private_endpoint_elsewhere_and_a_rule_for_this_subnet": {"dns"},
    "the_first_of_two_resolvers_fails": {"host"},
    "a_proxy_is_the_only_way_out": {"host"},
    "the_proxy_gets_its_user": {"host"},
    "the_registry_is_exempt_from_a_dead_proxy": {"host"},
    "the_clock_is_an_hour_behind": {"clock"},
    "a_service_principal_pulls": {"identity"},
    "sign_in_is_dropped_and_a_managed_identity_pulls": {"outbound-rules", "subnet"},
    "a_policy_of_the_subnet_lets_registries_through": {"subnet", "storage-policy"},
    "dockers_mirror_is_for_docker_hub": {"mirrors"},
    "dockers_dead_proxy_does_not_hold_for_azure": {"units"},
    "the_old_image_store_does_not_read_hosts_toml": {"mirrors"},
    "the_registry_is_open_and_has_no_rules": {"registry", "network-rules"},
    "a_standard_registry_has_no_firewall_at_all": {"registry", "network-rules"},
    "the_only_way_out_is_the_endpoints": {"subnet", "outside"},  # no sight of Azure by then
    # A spelling, an older field, or what the healthy run is asked for as well. In the last a
    # healthy run without docker has nothing to compare it with.
    "everything_is_right": set(),
    "the_rule_is_written_in_another_case": set(),
    "the_rule_has_the_field_of_2023": set(),
    "the_tag_is_an_index": set(),
    "only_the_registry_is_named": set(),
    "docker_pulls": set(),
    "containerd_pulls_where_no_kubelet_is": set(),
    "dockers_containerd_speaks_no_cri": set(),
    "a_node_pulls": {"host"},
    "the_image_is_on_the_node_already": {"host"},
}
# What a node of AKS and its network differ by from the healthy machine, beside the fault.
BESIDE = {
    "a_network_that_aks_keeps_has_no_endpoint": {"interface"},
    "a_mirror_that_is_asked_last_hides_the_refusal": {"mirrors"},
    "a_nodes_mirror_hides_what_the_registry_said": {"mirrors"},
    "the_kubelets_identity_lacks_the_role": {"host", "token"},
    "the_kubelets_plugin_is_not_installed": {"host", "units"},
    "the_clusters_service_principal_has_an_old_secret": {"host", "units"},
    "containerd_does_not_run": {"host", "units"},
    "containerd_was_not_restarted_since_the_companys_authority_is_trusted": {"host", "units"},
    "containerds_disk_is_full": {"host", "units"},
}
OTHER_CLIENT = "77777777-0000-4000-8000-00000000e005"
OTHER_PRINCIPAL = "77777777-0000-4000-8000-00000000d004"
NAMES = [story.name for story in STORIES]


def result(run: Judged, image: str) -> Result:
    return Result(
        target=parse(image),
        facts=run.facts,
        steps=run.steps,
        verdict=run.verdict,
        limits=run.limits,
        seconds=0.0,
    )


def run_of(cloud: Cloud, image: str = USUAL, *, rights: bool = True) -> Result:
    if not rights:
        blind(cloud)
    return result(judged(Wire(cloud), image), image)


@cache
def healthy(image: str, *, rights: bool = True) -> Result:
    """Pull the story's image from a healthy cloud; where that has no such image, the usual one."""
    run = run_of(cloud_of(), image, rights=rights)
    return run if not run.verdict.primary else healthy(USUAL, rights=rights)


def diff(name: str, *, rights: bool = True) -> Difference:
    story = BY_NAME[name]
    run = told(name) if rights else told_blind(name)
    return difference.of(healthy(story.image, rights=rights), result(run, story.image))


def another_machine(cloud: Cloud) -> None:
    """Make the machine another one of the same subnet, with an identity of its own."""
    vm = cloud.vm
    old = vm.resource_id
    vm.name, vm.private_ip = "batch-7", vm.private_ip.rpartition(".")[0] + ".77"
    vm.nic_id = f"{APP_GROUP}/providers/Microsoft.Network/networkInterfaces/batch-7-nic"
    vm.mac, vm.vm_id = "000D3AF80777", "77777777-74ef-476e-8182-f6d2ba4166a6"
    if vm.public_ip:
        own, vm.public_ip = vm.public_ip, vm.public_ip.rpartition(".")[0] + ".77"
        rules = cloud.registry.ip_rules
        cloud.registry.ip_rules = [
            rule.replace(f"{own}/32", f"{vm.public_ip}/32") for rule in rules
        ]
    files = cloud.machine.files
    for place, text in files.items():
        files[place] = text.replace(CLIENT_ID, OTHER_CLIENT)
    for one in cloud.identities:
        if one.resource_id == old:
            one.resource_id = vm.resource_id
        if one.client_id == CLIENT_ID:
            one.client_id, one.object_id = OTHER_CLIENT, OTHER_PRINCIPAL
    for row in cloud.role_assignments:
        if row.principal == PRINCIPAL:
            row.principal = OTHER_PRINCIPAL


def checks_of(found: Difference) -> list[str]:
    return [line.check for line in found.lines]


def wanted(story: Story) -> set[str]:
    if not story.with_arm:
        return CHANGED[story.name]
    return ROOT[story.with_arm] | BESIDE.get(story.name, set())


@pytest.mark.parametrize("name", NAMES)
def test_the_first_difference_is_where_the_fault_lies(name: str) -> None:
    """With every right the fault's own setting comes first; nothing where nothing was changed."""
    found, expected = diff(name), wanted(BY_NAME[name])

    if expected:
        assert found.lines, "nothing tells the two apart"
        assert found.lines[0].check in expected
    else:
        assert not found.lines


@pytest.mark.parametrize("name", [story.name for story in STORIES if story.with_arm])
def test_without_rights_the_first_difference_is_the_nearest_that_was_visible(name: str) -> None:
    """What a pull meets first of a fault that cannot be read, or the fault where it can."""
    cause = BY_NAME[name].with_arm
    found = diff(name, rights=False)

    assert found.lines, "nothing tells the two apart"
    expected = SEEN_BLIND.get(cause, ROOT[cause]) | BESIDE.get(name, set())
    assert found.lines[0].check in expected


def test_the_tables_name_every_cause_and_every_healthy_story_and_no_others() -> None:
    """A new story has to say what its diff is to name; a row without a story is a leftover."""
    causes = {story.with_arm for story in STORIES} - {""}

    assert set(ROOT) == causes
    assert set(SEEN_BLIND) <= causes
    assert set(CHANGED) == {story.name for story in STORIES if not story.with_arm}


@pytest.mark.parametrize("rights", [True, False], ids=["rights", "blind"])
def test_another_healthy_machine_of_the_subnet_is_no_different(rights: bool) -> None:
    """Its own name, addresses and ids are noise."""
    cloud = cloud_of()
    another_machine(cloud)
    other = run_of(cloud, rights=rights)

    found = difference.of(healthy(USUAL, rights=rights), other)

    assert not other.verdict.primary
    assert [(line.check, line.good, line.bad) for line in found.lines] == []


@pytest.mark.parametrize("name", NAMES)
def test_a_story_on_another_machine_of_the_subnet_is_no_different(name: str) -> None:
    """The same fault on two machines does not tell them apart."""
    story = BY_NAME[name]
    cloud = cloud_of(story)
    another_machine(cloud)

    found = difference.of(result(told(name), story.image), run_of(cloud, story.image))

    assert [(line.check, line.good, line.bad) for line in found.lines] == []


Fault = tuple[Callable[[Cloud], None], str]

# Faults of different settings, none of which hides another's, each with the check that shows its
# setting; in the order in which a pull meets them.
FAULTS: tuple[Fault, ...] = (
    (path.the_registry_is_dropped, "outbound-rules"),
    (firewall.the_subnet_lost_its_endpoint, "subnet"),
    (firewall.no_subnet_is_allowed, "network-rules"),
    (identity.the_identity_may_not_pull, "roles"),
    (path.a_policy_of_the_subnet_denies_the_layers_storage, "storage-policy"),
    (runtime.docker_is_sent_to_a_mirror_that_is_gone, "mirrors"),
)


@pytest.mark.parametrize(
    ("first", "second"),
    list(itertools.combinations(FAULTS, 2)),
    ids=lambda fault: str(fault[0].__name__),
)
def test_two_unrelated_faults_are_both_named_in_order(first: Fault, second: Fault) -> None:
    """The second is not folded away as a consequence of the first."""
    cloud = cloud_of()
    for change, _ in (first, second):
        change(cloud)

    seen = checks_of(difference.of(healthy(USUAL), run_of(cloud)))

    assert seen[0] == first[1]
    assert second[1] in seen


def test_what_stops_no_pull_stands_behind_what_does() -> None:
    """A clock that is an hour behind is wrong, and not why this pull fails."""
    cloud = cloud_of()
    path.the_clock_is_an_hour_behind(cloud)
    firewall.public_access_is_off(cloud)

    seen = checks_of(difference.of(healthy(USUAL), run_of(cloud)))

    assert seen.index("registry") == 0
    assert "clock" in seen


def test_different_subnets_come_first_and_are_not_repeated() -> None:
    """What merely names the subnet is no second difference; that one alone has a rule is."""
    cloud = cloud_of()
    cloud.vm.subnet_id, cloud.vm.private_ip = SIBLING_ID, "10.1.1.4"

    found = difference.of(healthy(USUAL), run_of(cloud))

    assert [(line.aspect.word, line.check) for line in found.lines[:2]] == [
        ("subnet", "interface"),
        ("registry rule", "network-rules"),
    ]
    assert "its subnet has a rule: yes" in found.lines[1].good
    assert "its subnet has a rule: no" in found.lines[1].bad
    assert set(checks_of(found)) == {"interface", "network-rules", "anonymous-token"}


def test_different_subnets_that_both_have_a_rule_differ_by_the_subnet_alone() -> None:
    """Two healthy machines of two subnets: one line."""
    cloud = cloud_of()
    cloud.registry.vnet_rules.append(SIBLING_ID)
    good = run_of(copy.deepcopy(cloud))
    cloud.vm.subnet_id, cloud.vm.private_ip = SIBLING_ID, "10.1.1.4"

    found = difference.of(good, run_of(cloud))

    assert checks_of(found) == ["interface"]


def test_without_sight_of_azure_the_subnets_range_says_that_it_is_another() -> None:
    """Instance metadata names no subnet, but its range."""
    cloud = cloud_of()
    cloud.vm.subnet_id, cloud.vm.private_ip = SIBLING_ID, "10.1.1.4"

    found = difference.of(healthy(USUAL, rights=False), run_of(cloud, rights=False))

    assert ("subnet", "instance") in [(line.aspect.word, line.check) for line in found.lines]


def test_a_private_endpoint_that_waits_is_told_from_one_that_is_approved() -> None:
    """The same set-up on both sides, and one word of difference."""
    good, bad = cloud_of(), cloud_of()
    for cloud in (good, bad):
        private_link(cloud)
    bad.registry.private_endpoints[0].status = "Pending"

    found = difference.of(run_of(good), run_of(bad))

    assert isinstance(bad.registry.private_endpoints[0], PrivateEndpoint)
    assert found.lines[0].check == "private-endpoint"
    assert "Approved" in found.lines[0].good
    assert "Pending" in found.lines[0].bad


# A machine that pulls by the same set-up, and stories of that set-up: only the fault is left.
ALIKE = {
    "the_pull_goes_by_a_private_endpoint": (
        "the_linked_zone_lacks_the_registry",
        "the_linked_zone_lacks_the_data_endpoint",
        "the_zone_is_not_linked",
        "the_zone_is_not_linked_and_the_public_side_takes_others",
        "the_zone_is_not_linked_and_the_public_way_is_closed",
        "the_zone_is_linked_to_the_hub_alone",
        "the_hosts_file_has_an_old_private_address",
        "the_hosts_file_has_the_public_address",
        "the_zone_has_the_address_of_an_older_endpoint",
        "the_private_endpoint_does_not_answer",
        "the_private_endpoint_is_in_a_vnet_that_is_not_peered",
        "the_private_endpoint_waits_for_approval",
        "the_private_endpoint_was_disconnected",
        "a_proxy_goes_round_the_private_endpoint",
    ),
    "an_own_dns_server_forwards_and_the_pull_goes_by_a_private_endpoint": (
        "the_networks_own_resolver_does_not_forward",
        "an_own_dns_server_keeps_an_old_address",
        "the_networks_own_resolver_is_silent",
    ),
    "the_proxy_gets_its_user": (
        "the_proxy_denies_the_registry",
        "the_proxy_denies_the_layers",
        "the_proxy_opens_tls_and_answers_itself",
        "the_proxy_wants_a_user",
        "the_proxy_is_dropped",
        "nothing_listens_at_the_proxys_port",
        "the_proxys_name_does_not_exist",
    ),
    "docker_pulls": (
        "docker_is_installed_and_does_not_run",
        "dockers_own_proxy_is_dead",
        "dockers_own_proxy_refuses_it",
        "docker_is_sent_to_a_mirror_that_is_gone",
        "docker_alone_does_not_trust_the_registry",
        "dockers_disk_is_full",
    ),
    "a_node_pulls": (
        "the_kubelets_plugin_is_not_installed",
        "containerd_does_not_run",
        "containerds_proxy_on_a_node_is_dead",
        "a_nodes_mirror_is_gone",
        "containerds_disk_is_full",
    ),
    "the_kubelets_provider_speaks_for_the_registry": (
        "the_kubelets_provider_speaks_for_another_cloud_alone",
    ),
    "the_stored_login_of_a_service_principal_works": (
        "the_stored_token_ended_hours_ago",
        "the_service_principals_secret_ran_out",
    ),
}


@pytest.mark.parametrize(
    ("like", "name"), [(like, name) for like, names in ALIKE.items() for name in names]
)
def test_against_a_machine_of_the_same_set_up_hardly_more_than_the_fault_is_told(
    like: str, name: str
) -> None:
    """What the set-up has in common with the healthy one of its kind is no difference."""
    good = result(told(like), BY_NAME[like].image)
    found = difference.of(good, result(told(name), BY_NAME[name].image))

    assert found.lines[0].check in ROOT[BY_NAME[name].with_arm]
    assert len(found.lines) <= 4


# Redacted bundles. Where the salts differ no name of the one means anything in the other.
_SALTS = {
    "two salts": (b"a" * 16, b"b" * 16),
    "one salt": (b"a" * 16, b"a" * 16),
    "one side alone": (b"", b"b" * 16),
}
_ONE_OF_A_CAUSE = list({story.with_arm or story.name: story.name for story in STORIES}.values())
# What was asked for is a name; without it, what the registry says of it is the nearest.
_BY_NAME_ALONE = {"repository-not-found", "tag-not-found"}


def redacted(run: Recorded, salt: bytes) -> Result:
    """Give the run as it is judged from its recording, with names of this salt."""
    if not salt:
        return bundle_judged(run.recording)
    return bundle_judged(redact.redacted(run.recording, Pseudonyms(salt).of))


@cache
def healthy_redacted(image: str, salt: bytes) -> Result:
    run = redacted(recorded(cloud_of(), image), salt)
    return healthy_redacted(USUAL, salt) if run.verdict.primary else run


@pytest.mark.parametrize(
    ("name", "salts"),
    [
        *((name, "two salts") for name in NAMES),
        *((name, salts) for name in _ONE_OF_A_CAUSE for salts in ("one salt", "one side alone")),
    ],
)
def test_redaction_leaves_the_first_difference_where_it_is(name: str, salts: str) -> None:
    """The fault is found by roles and kinds where the names cannot be compared."""
    story = BY_NAME[name]
    left, right = _SALTS[salts]
    bad = redacted(recorded_story(name), right)

    found = difference.of(healthy_redacted(story.image, left), bad, named=left == right)

    expected = wanted(story)
    if left != right and story.with_arm in _BY_NAME_ALONE:
        expected = {"manifest"}
    assert found.named is (left == right)
    assert bool(found.lines) == bool(expected)
    assert not expected or found.lines[0].check in expected


@pytest.mark.parametrize("name", NAMES)
def test_names_of_two_salts_are_no_difference(name: str) -> None:
    """The same fault on two machines, each redacted by a salt of its own."""
    cloud = cloud_of(BY_NAME[name])
    another_machine(cloud)
    one = redacted(recorded_story(name), b"a" * 16)
    other = redacted(recorded(cloud, BY_NAME[name].image), b"b" * 16)

    found = difference.of(one, other, named=False)

    assert [(line.check, line.good, line.bad) for line in found.lines] == []
