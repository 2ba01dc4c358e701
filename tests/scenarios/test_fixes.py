"""Each fix is run as it is printed, in a shell, against the simulated Azure; then all is well.

`az` here is tests/az, whose forms are checked against azure-cli 2.91.0. What a fix leaves to people
stands in tables below, with its reason: a story is in exactly one of them, or it heals.
"""

import copy
import dataclasses
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import pytest

from checks.ports import AZURE_DNS
from checks.target import Asked
from diagnose import front
from diagnose.causes.contract import FixStep, Risk
from diagnose.judging import verdict
from diagnose.lab.cloud import Cloud, SecurityRule, ServiceEndpoint
from diagnose.lab.healthy import (
    APP_GROUP,
    CLIENT_ID,
    REGISTRY_SUBSCRIPTION,
    SUBNET_ID,
    SUBSCRIPTION,
    healthy_cloud,
)
from diagnose.lab.servers import Lab
from diagnose.live.options import Options
from diagnose.runs import demonstration
from diagnose.session import Result
from tests.az import acr, contents, elsewhere, machines, network, zones
from tests.az.arm import Arm, Json
from tests.az.forms import Az
from tests.az.shell import Reply, Shell, shell
from tests.matrix import runs
from tests.scenarios.stories import STORIES, Story, blind
from tests.world import Judged

IMAGE = "contoso.azurecr.io/app:v1"
# What no command of the fix can mend, and who does. The steps that are commands are run all the
# same, and must not fail.
BY_HAND = {
    "registry-name-not-found": "the name of the image has to be corrected where it is written",
    "dns-server-unreachable": "a DNS server of one's own has to be brought back",
    "tls-intercepted": "the inspecting firewall exempts the hosts, or the machine trusts it",
    "egress-path-bypasses-endpoint": "the appliance's owner routes the registry past it",
    "unsupported-cloud": "a private endpoint is a plan that two owners make",
    "imds-unreachable": "a rule or a proxy on the machine itself has to go",
    "identity-ambiguous": "only its owner knows which identity is meant",
    "wrong-tenant": "an identity has to be made in the other tenant, beside ARM",
    "arm-audience-disabled": "a client that asks for the right audience, or the tenant's owner",
    "credentials-missing": "docker is signed in on the machine itself",
    "credentials-rejected": "docker is signed in again on the machine itself",
    "credential-provider-failing": "the kubelet's program or its login is made anew by its owner",
    "credential-provider-unmatched": "a file of the kubelet's, or the image's name, is changed",
    "repository-not-found": "the image has to be named right, or pushed",
    "tag-not-found": "the tag has to be named right, or pushed",
    "throttled": "one waits; the registry is Premium already",
    "registry-unavailable": "one waits for the service",
    "rule-quota-reached": "a rule has to go first, and only its owner knows which",
    "trusted-service-not-covered": "the services trusted by ACR are let in past the VNet's rules, "
    "of which the machine's own subnet shows nothing",
    "platform-mismatch": "the image has to be built for this platform too",
    "image-quarantined-or-locked": "the lock or the scan is the registry's own, beside ARM",
    "cmk-key-unavailable": "the key is in a vault, beside ARM",
    "runtime-down": "docker is started on the machine itself",
    "runtime-proxy-misconfigured": "docker's unit is changed on the machine itself",
    "runtime-mirror-misconfigured": "a file of docker's is moved on the machine itself",
    "runtime-untrusted-ca": "docker is restarted on the machine itself",
    "disk-full": "only its owner knows what may be removed",
    "custom-dns-not-forwarding": "a DNS server of one's own has to forward",
    "dns-server-failing": "a DNS server of one's own has to be mended",
    "egress-filtered-registry": "a firewall beside Azure's settings lets the name through",
    "egress-filtered-data": "a firewall beside Azure's settings lets the name through",
    "proxy-denied": "the proxy's owner allows the host, or the machine goes past the proxy",
    "proxy-auth-required": "the machine is given a login for the proxy, or goes past it",
    "proxy-unreachable": "the proxy is set on the machine itself",
    "tls-untrusted-ca": "the authorities are set on the machine itself",
    "clock-skewed": "the clock is set on the machine itself",
    "mtu-black-hole": "the path's owner mends it, or the machine's interface is set lower",
    "unsupported-host": "the pull has to be made from another kind of machine",
    "private-endpoint-unreachable": "the owners of two networks peer them, or open the way",
}
# As above, for one story: its cause can be mended by command elsewhere.
STORY_BY_HAND = {
    "a_network_that_aks_keeps_has_no_endpoint": "nobody edits a network that AKS keeps",
    "the_appliance_on_the_route_drops_the_registry": "its owner lets the registry through",
    "the_layers_are_dropped": "the drop is a firewall's, of which Azure's settings show nothing: "
    "the subnet has no security group for the rule to be put into",
    "an_own_dns_server_keeps_an_old_address": "the record is on a DNS server of one's own",
    "the_hosts_file_has_an_old_private_address": "the line is in a file on the machine",
    "the_hosts_file_has_the_public_address": "the line is in a file on the machine",
    "the_private_endpoint_was_disconnected": "the private endpoint has to be made again",
}
# Where a second fault stands behind the first, the causes that the next runs name.
TWO_FAULTS = {
    "public_access_is_off_and_the_private_endpoint_is_out_of_reach": ("service-endpoint-missing",),
}
# What a person chooses and puts into a variable, as the step before says; by what the line holds.
NAT = f"{APP_GROUP}/providers/Microsoft.Network/natGateways/build-nat"
CHOSEN = (
    ("--nat-gateway ", "NAT_GATEWAY_ID", NAT),
    ("link vnet update ", "LINK_NAME", "app-vnet-link"),
    ("--record-set-name contoso ", "ADDRESS", "10.1.0.7"),
    ("--record-set-name contoso.eastus.data ", "ADDRESS", "10.1.0.8"),
    ("private-endpoint-connection ", "CONNECTION_NAME", "acr-pe"),
    ("az login --identity ", "CLIENT_ID", CLIENT_ID),
    ("az ad sp delete ", "APP_ID", CLIENT_ID),
    ("az ad app credential delete ", "KEY_ID", "a-key"),
    ("az keyvault key ", "KEY_ID", "https://vault.vault.azure.net/keys/acr"),
)
NOTHING_ADDED = "doesn't exist on serviceEndpoints"
# Undos that cannot bring the very same state back, and why that is all right.
NOT_AS_BEFORE = {
    "the_private_endpoint_waits_for_approval": "an approval is taken back by a rejection: nothing "
    "makes the connection wait again",
    "one_in_four_connections_finds_a_port": "the new gateway has ports of its own, and what ports "
    "the old way out lacked is not brought back",
    "the_endpoint_failed_to_provision": "the subnet is written as it is; that its endpoint then "
    "works has no way back, and needs none",
    "the_network_was_built_again_in_another_group": "a rule for a subnet that does not exist is "
    "not taken again",
    "the_subnet_has_no_way_out": "the gateway that was there without effect is not put back; "
    "which one it was is not known to the tool, to which Azure was unreachable",
}


@dataclass
class Operator:
    """Somebody with a shell, az and the rights, who pastes what is printed."""

    cloud: Cloud
    az: Az
    shell: Shell

    def paste(self, line: str) -> Reply:
        # az account set, as whoever it is that mends this has done.
        is_net = "az network " in line
        self.az.arm.subscription = SUBSCRIPTION if is_net else REGISTRY_SUBSCRIPTION
        for part, name, value in CHOSEN:
            if part in line:
                self.shell.variables[name] = value
        return self.shell.run(line)

    def follow(self, steps: tuple[FixStep, ...]) -> None:
        """Paste every step that is for az; one that fails ends the test."""
        for step in steps:
            if is_for_az(step.command):
                reply = self.paste(step.command)
                assert not self.az.failures, self.az.failures
                assert reply.code == 0, (step.command, reply.err)

    def go_back(self, steps: tuple[FixStep, ...]) -> None:
        for step in reversed(steps):
            if is_for_az(step.undo):
                reply = self.paste(step.undo)
                assert not self.az.failures, self.az.failures
                # What was there before was not added again, so there is none to take out.
                assert reply.code == 0 or NOTHING_ADDED in reply.err, (step.undo, reply.err)


_QUOTED = re.compile(r"'[^']*'")


def is_for_az(line: str) -> bool:
    return bool(re.match(r'az |[A-Z_]+="?\$\(az ', line))


@contextmanager
def operator(cloud: Cloud, role: str = "Owner") -> Iterator[Operator]:
    az = Az(Arm(cloud, REGISTRY_SUBSCRIPTION, role))
    with shell(az) as running:
        yield Operator(cloud, az, running)


def judged(cloud: Cloud, image: str) -> Result:
    with demonstration.laboratory(cloud) as options:
        return front.result_of(Asked(text=image), options)


def told(name: str) -> Cloud:
    cloud = healthy_cloud()
    next(story for story in STORIES if story.name == name).change(cloud)
    return cloud


def state(cloud: Cloud) -> dict[str, Any]:
    """Return all that Azure's settings are made of, without the lab's own secrets and faults."""
    whole = {field.name: getattr(cloud, field.name) for field in dataclasses.fields(cloud)}
    del whole["key"]
    kept = copy.deepcopy(whole)
    # Azure itself says Unregistered after a registration is taken back, NotRegistered before.
    for states in kept["subscriptions"].values():
        for namespace, word in states.items():
            states[namespace] = word.replace("Unregistered", "NotRegistered")
    for vnet in kept["vnets"]:
        for subnet in vnet.subnets:  # a rule's group and an endpoint's list are sets in effect
            subnet.service_endpoints.sort(key=lambda endpoint: endpoint.service)
    kept["registry"].vnet_rules.sort()
    return kept


def steps_of(result: Result) -> tuple[FixStep, ...]:
    assert result.verdict.primary, front.reports.text.render(result)
    return result.verdict.primary.finding.fix


def is_by_hand(story: Story) -> bool:
    return story.with_arm in BY_HAND or story.name in STORY_BY_HAND


SICK = [story for story in STORIES if story.with_arm]
MENDABLE = [story for story in SICK if not is_by_hand(story)]
# The look-ups are the same in every story of one cause.
BLIND = list(
    {story.with_arm: story for story in MENDABLE if story.without == story.with_arm}.values()
)

LEFT_TO_PEOPLE = list(
    {
        (story.with_arm, story.name * (story.name in STORY_BY_HAND)): story
        for story in SICK
        if is_by_hand(story)
    }.values()
)


def each(stories: list[Story]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("story", stories, ids=lambda story: story.name)


def mended(person: Operator, image: str) -> dict[str, tuple[FixStep, ...]]:
    """Run and follow the fix until all is well; give each cause met on the way, and its fix."""
    done: dict[str, tuple[FixStep, ...]] = {}
    while (result := judged(person.cloud, image)).verdict.primary:
        cause = result.verdict.primary.cause.id
        assert cause not in done, front.reports.text.render(result)
        done[cause] = steps_of(result)
        person.follow(done[cause])
    assert result.verdict.status is verdict.Status.HEALTHY, front.reports.text.render(result)
    return done


@each(MENDABLE)
def test_a_fix_heals_and_its_undos_lead_back(story: Story) -> None:
    cloud = told(story.name)
    with operator(cloud) as person:
        before = state(cloud)
        done = mended(person, story.image)
        assert tuple(done) == (story.with_arm, *TWO_FAULTS.get(story.name, ()))

        for steps in reversed(done.values()):
            person.go_back(steps)
    changed = [name for name, part in state(cloud).items() if part != before[name]]
    assert bool(changed) is (story.name in NOT_AS_BEFORE), changed


@each(BLIND)
def test_a_fix_that_looks_its_ids_up_heals_too(story: Story) -> None:
    """The tool had no rights in Azure and printed look-ups; the operator has them. Two faults
    may take two runs then, as the second shows only once the first is gone.
    """
    cloud = told(story.name)
    blind(cloud)
    with operator(cloud) as person:
        before = state(cloud)
        done = mended(person, story.image)
        assert next(iter(done)) == story.without

        for steps in reversed(done.values()):
            person.go_back(steps)
    changed = [name for name, part in state(cloud).items() if part != before[name]]
    assert bool(changed) is (story.name in NOT_AS_BEFORE), changed


@each(LEFT_TO_PEOPLE)
def test_what_is_left_to_people_says_so_and_its_commands_are_sound(story: Story) -> None:
    cloud = told(story.name)
    with operator(cloud) as person:
        steps = steps_of(judged(cloud, story.image))
        looks = tuple(step for step in steps if step.risk is Risk.READ_ONLY)
        by_people = [step for step in steps if not is_for_az(step.command)]
        assert by_people or looks == steps or story.name in STORY_BY_HAND
        person.follow(looks)
        for line in (line for step in steps for line in (step.command, step.undo)):
            if is_for_az(line):  # it may be refused here, but az has to know it
                person.paste(line)
                assert not person.az.failures, person.az.failures


@pytest.mark.parametrize("run", [runs.told, runs.told_blind])
def test_nothing_is_left_to_fill_in(run: Callable[[str], Judged]) -> None:
    """A word of a person's goes into a variable that a step names; an unset one stops the line."""
    for story in STORIES:
        judgement = run(story.name).verdict
        every = (judgement.primary, *judgement.also) if judgement.primary else judgement.also
        for steps in (one.finding.fix for one in every):
            assert not list(unset(steps)), story.name
            for line in (line for step in steps for line in (step.command, step.undo)):
                # What is quoted whole, a query or a word of another's, is no placeholder.
                bare = re.findall(r"(?<![\w\"${/'-])[A-Z][A-Z_]{2,}\b(?!=)", _QUOTED.sub("", line))
                assert not (bare and is_for_az(line)), (story.name, line)


def unset(steps: tuple[FixStep, ...]) -> Iterator[str]:
    """Give each variable that a line uses before a step has set it, or has told a person to."""
    known: set[str] = set()
    for step in steps:
        known |= set(re.findall(r"(?:^|&& )([A-Z_]+)=", step.command))
        known |= set(re.findall(r"variable ([A-Z_]+)", step.why))
        for line in filter(is_for_az, (step.command, step.undo)):
            yield from set(re.findall(r"\$\{?([A-Z][A-Z_]+)", line)) - known


def test_the_tables_name_what_exists() -> None:
    assert set(BY_HAND) <= {story.with_arm for story in SICK}
    assert {*STORY_BY_HAND, *NOT_AS_BEFORE, *TWO_FAULTS} <= {story.name for story in SICK}
    assert not {story.with_arm for story in SICK if story.name in STORY_BY_HAND} & set(BY_HAND)
    assert {acr, contents, elsewhere, machines, network, zones}  # each registers its forms


def test_the_rule_is_refused_before_the_endpoint_and_taken_after_it() -> None:
    cloud = told("neither_endpoint_nor_rule")
    with operator(cloud) as person:
        endpoint, rule = steps_of(judged(cloud, IMAGE))
        rules = list(cloud.registry.vnet_rules)

        refused = person.paste(rule.command)
        assert refused.code == 1
        assert "NetworkRuleValidationError" in refused.err
        assert "do not have ServiceEndpoints for Microsoft.ContainerRegistry" in refused.err
        assert cloud.registry.vnet_rules == rules

        person.follow((endpoint, rule))
    assert cloud.registry.vnet_rules == [*rules, SUBNET_ID]


def test_what_else_the_lists_hold_survives_the_fix() -> None:
    cloud = told("neither_endpoint_nor_rule")
    others = [
        ServiceEndpoint("Microsoft.KeyVault"),
        ServiceEndpoint("Microsoft.Sql", locations=["westus2"]),
    ]
    cloud.vm_subnet.service_endpoints += others
    cloud.vm_subnet.storage_policy = True
    cloud.registry.ip_rules = ["16.17.18.0/24"]
    endpoints, rules = (
        copy.deepcopy(cloud.vm_subnet.service_endpoints),
        [*cloud.registry.vnet_rules],
    )
    with operator(cloud) as person:
        person.follow(steps_of(judged(cloud, IMAGE)))

    added = ServiceEndpoint("Microsoft.ContainerRegistry")
    assert cloud.vm_subnet.service_endpoints == [*endpoints, added]
    assert cloud.vm_subnet.storage_policy
    assert cloud.vm_subnet.nat_public_ip
    assert cloud.registry.vnet_rules == [*rules, SUBNET_ID]
    assert cloud.registry.ip_rules == ["16.17.18.0/24"]


def test_service_endpoints_alone_would_have_dropped_the_others() -> None:
    """Why the fix appends: the shorter command is the one that every tutorial gives."""
    cloud = told("the_subnet_lost_its_endpoint")
    name = "Microsoft.ContainerRegistry"
    with operator(cloud) as person:
        line = f"az network vnet subnet update --ids {SUBNET_ID} --service-endpoints {name}"
        assert person.paste(line).code == 0
    assert [one.service for one in cloud.vm_subnet.service_endpoints] == [name]


def test_whoever_changes_the_rules_in_between_loses() -> None:
    """What the caution is about: az sends the whole list that it read a moment ago."""
    cloud = told("a_sibling_subnet_is_allowed")
    (rule,) = steps_of(judged(cloud, IMAGE))
    assert "sends the whole list of rules again" in rule.why
    other = SUBNET_ID.replace("/apps", "/build")
    cloud.registry.vnet_rules = []
    with operator(cloud) as person:
        arm, ask = person.az.arm, person.az.arm.ask

        def late(method: str, path: str, version: str, body: Json | None = None, **query: str):
            if method == "PATCH":
                cloud.registry.vnet_rules = [other]
            return ask(method, path, version, body, **query)

        arm.ask = late
        person.follow((rule,))
    assert cloud.registry.vnet_rules == [SUBNET_ID]


def test_a_run_itself_only_reads() -> None:
    cloud = told("neither_endpoint_nor_rule")
    before = state(cloud)
    with Lab.on_loopback(cloud) as lab:
        options = Options(detours=lab.detours, resolver=AZURE_DNS, ca_file=str(lab.ca_file))
        front.result_of(Asked(text=IMAGE), replace(options, runtime="none"))
        asked = {method for method, host, _ in lab.log if host == "management.azure.com"}
    assert asked == {"GET"}
    assert state(cloud) == before


def test_cautions_stand_beside_what_cuts_or_opens() -> None:
    endpoint, _ = steps_of(judged(told("neither_endpoint_nor_rule"), IMAGE))
    assert "keeps Microsoft.Storage" in endpoint.why
    assert "Cuts open connections" in endpoint.why
    assert "IP rules stop matching" in endpoint.why

    *_, switch = steps_of(judged(told("public_access_is_off"), IMAGE))
    assert "default action" in switch.why


def test_a_rule_goes_to_a_priority_that_is_free() -> None:
    cloud = told("the_registry_is_dropped")
    with operator(cloud) as person:
        stale = steps_of(judged(cloud, IMAGE))[-1].command
        (priority,) = re.findall(r"--priority (\d+) ", stale)
        cloud.vm_subnet.security_rules = [SecurityRule("corp", int(priority), "Deny", "Sql")]
        refused = person.paste(stale)
        assert (refused.code, "SecurityRuleConflict" in refused.err) == (1, True)

        fresh = steps_of(judged(cloud, IMAGE))[-1].command
        assert fresh != stale
        assert person.paste(fresh).code == 0


@pytest.mark.parametrize("role", ["Reader", "Network Contributor"])
def test_an_operator_without_the_right_that_a_step_needs_is_refused(role: str) -> None:
    cloud = told("a_sibling_subnet_is_allowed")
    (rule,) = steps_of(judged(cloud, IMAGE))
    before = state(cloud)["registry"]
    with operator(cloud, role) as person:
        refused = person.paste(rule.command)
    assert refused.code == 1
    assert role != "Reader" or "registries/write" in refused.err
    assert state(cloud)["registry"] == before


@pytest.mark.parametrize(
    "line",
    [
        "az network vnet subnet update --ids $SUBNET_ID",
        f"az network vnet subnet update --ids {SUBNET_ID} --add-endpoint x",
        f"az network vnet subnet update --ids {SUBNET_ID}x y",
        "az acr network-rules add --name contoso --subnet s",
        "az acr network-rule add --name contoso --sub s",
        "az acr show-endpoints --name contoso",
        "az acr show --name contoso --query [?x]",
        "curl https://contoso.azurecr.io/v2/",
    ],
)
def test_a_line_that_is_misspelt_does_not_pass(line: str) -> None:
    cloud = healthy_cloud()
    before = state(cloud)["vnets"]
    with operator(cloud) as person:
        assert person.paste(line).code not in (0, 1)
    assert state(cloud)["vnets"] == before
