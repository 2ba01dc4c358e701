"""The causes that only the control plane tells: what each takes, and the near-misses it leaves."""

import json
import shlex

import pytest

from checks import interface, platforms, rule_subnets
from checks.instance import Instance
from checks.replies import Failure, HttpReply, Trouble
from checks.rule_subnets import RuleSubnets
from checks.target import Asked
from diagnose.causes.contract import Confidence, Finding, Rejected
from diagnose.facts import Facts
from tests.unit.test_firewall_causes import (
    APP,
    DB,
    NIC,
    OFF,
    ON,
    OTHER,
    OWN,
    PRIVATE,
    blind,
    front,
    full,
    host,
    judge,
    provider,
    refused,
    registry,
    rules,
    target,
)

TWIN = APP.replace("/resourceGroups/rg/", "/resourceGroups/old/")
RETIRED = DB.replace("/db", "/retired")
FOREIGN = APP.replace("/virtualNetworks/v/", "/virtualNetworks/w/")
CROWD = tuple(f"{FOREIGN}{number}" for number in range(100))


def subnets(*gone, unread=0):
    return RuleSubnets(gone=gone, present=0, unread=unread)


def answer(cause, facts):
    return judge(facts).get(cause)


def in_platform(platform, *, on_azure=False):
    whole = host(on_azure=on_azure)
    fields = {name: getattr(whole, name) for name in whole.__slots__} | {"platform": platform}
    return type(whole)(**fields)


def test_a_gone_twin_of_this_subnet_is_the_proven_cause() -> None:
    facts = full(PRIVATE, ON, rules(TWIN), subnets(TWIN))

    assert front(facts) == {"rule-subnet-deleted"}
    commands = [step.command for step in answer("rule-subnet-deleted", facts).fix]
    assert [shlex.split(command)[3] for command in commands] == ["remove", "add"]
    assert TWIN in commands[0]
    assert APP in commands[1]


@pytest.mark.parametrize(
    "facts",
    [
        full(PRIVATE, ON, rules(TWIN), subnets()),
        full(PRIVATE, ON, rules(RETIRED), subnets(unread=1)),
        full(PRIVATE, ON, rules(FOREIGN), subnets(FOREIGN)),
        full("10.0.7.7", ON, rules(TWIN), subnets(TWIN)),
        full(PRIVATE, ON, rules(TWIN), subnets(TWIN), registry(action="Allow")),
        full(OTHER, ON, rules(TWIN), subnets(TWIN)),
    ],
    ids=["there", "another unread", "foreign", "another subnet", "Allow", "public"],
)
def test_without_a_gone_rule_for_this_subnet_nothing_is_said(facts) -> None:
    assert answer("rule-subnet-deleted", facts) is None


@pytest.mark.parametrize("seen", [[subnets(unread=1)], []], ids=["unread", "unasked"])
def test_a_twin_of_which_nothing_is_known_is_possible_and_can_be_looked_up(seen) -> None:
    found = answer("rule-subnet-deleted", full(PRIVATE, ON, rules(TWIN), *seen))

    assert found.confidence is Confidence.POSSIBLE
    assert TWIN in found.settle


UNSEEN = (
    "rule-subnet-deleted",
    "rule-quota-reached",
    "ip-rule-defeated-by-endpoint",
    "provider-not-registered",
)


@pytest.mark.parametrize("cause", UNSEEN)
def test_what_the_rules_would_tell_stays_possible_while_they_are_unseen(cause) -> None:
    found = answer(cause, blind(PRIVATE))

    assert found.confidence is Confidence.POSSIBLE
    assert found.settle.startswith("az ")
    assert not isinstance(answer(cause, blind(OWN)), Finding)


def test_an_endpoint_of_which_nothing_is_known_may_be_not_ready() -> None:
    found = answer("service-endpoint-not-ready", blind(OWN))

    assert found.confidence is Confidence.POSSIBLE
    assert "$SUBNET_ID" in found.fix[-1].command
    assert answer("service-endpoint-not-ready", blind(PRIVATE)) is None
    assert answer("service-endpoint-not-ready", full(OWN, OFF)) is None


def test_another_gone_subnet_of_this_network_is_only_possible() -> None:
    facts = full(PRIVATE, ON, rules(RETIRED), subnets(RETIRED))
    found = answer("rule-subnet-deleted", facts)

    assert found.confidence is Confidence.POSSIBLE
    assert found.settle
    assert front(facts) == {"subnet-not-allowed"}


def test_a_gone_rule_waits_for_the_endpoint() -> None:
    assert front(full(OWN, OFF, rules(TWIN), subnets(TWIN))) == {"service-endpoint-missing"}


@pytest.mark.parametrize(
    "change",
    [
        provider("NotRegistered"),
        registry(public=False),
        registry(action="Allow"),
        refused("10.0.1.9"),
        OFF,
    ],
    ids=["provider", "public access", "Allow", "another machine", "endpoint off"],
)
def test_a_rule_with_this_subnets_id_is_suspected_only_where_all_else_is_right(change) -> None:
    facts = full(PRIVATE, ON, rules(APP))
    found = answer("rule-subnet-deleted", facts)

    assert found.confidence is Confidence.POSSIBLE
    assert found.fix[0].undo == found.fix[1].command
    assert answer("rule-subnet-deleted", facts.plus(change)) is None


def test_a_hundred_rules_leave_no_room_for_one_more() -> None:
    facts = full(PRIVATE, ON, rules(*CROWD))
    found = answer("rule-quota-reached", facts)

    assert front(facts) == {"rule-quota-reached"}
    assert not found.fix[0].command
    assert "network-rule add" in found.fix[1].command


@pytest.mark.parametrize(
    "facts",
    [
        full(PRIVATE, ON, rules(*CROWD[:99])),
        full(PRIVATE, ON, rules(*CROWD[:99], APP)),
        full(PRIVATE, ON, rules(*CROWD), registry(action="Allow")),
        full(OTHER, ON, rules(*CROWD)),
        blind(OWN),
    ],
    ids=["99", "ours is one", "Allow", "public", "unseen, public"],
)
def test_room_for_one_more_or_no_need_for_it_is_no_full_registry(facts) -> None:
    assert answer("rule-quota-reached", facts) is None


def test_a_full_registry_drops_what_is_gone_first() -> None:
    dead = CROWD[7]
    found = answer("rule-quota-reached", full(PRIVATE, ON, rules(*CROWD), subnets(dead)))

    assert found.fix[0].command.endswith(f"--subnet {dead}")
    assert "remove" in found.fix[0].command
    assert not found.fix[0].undo


def test_the_evidence_of_a_full_registry_is_readable() -> None:
    found = answer("rule-quota-reached", full(PRIVATE, ON, rules(*CROWD)))

    assert max(len(one.saw) for one in found.evidence) < 300


def test_a_full_registry_whose_endpoint_is_missing_waits_for_the_endpoint() -> None:
    assert front(full(OWN, OFF, rules(*CROWD))) == {"service-endpoint-missing"}


def foreign(platform, *facts):
    return Facts([target(), in_platform(platform), refused(OTHER), *facts])


HOSTED = [
    platforms.APP_SERVICE,
    platforms.CONTAINER_APPS,
    platforms.CONTAINER_INSTANCES,
    platforms.GITHUB_HOSTED,
]


@pytest.mark.parametrize("platform", HOSTED)
def test_a_managed_platform_is_named_before_the_endpoint(platform) -> None:
    found = answer("unsupported-host", foreign(platform))

    assert found.confidence is Confidence.LIKELY
    assert found.settle
    assert front(foreign(platform, registry(), rules(DB))) == {"unsupported-host"}


def test_on_a_registry_by_addresses_the_platform_is_ruled_out() -> None:
    facts = foreign(platforms.CONTAINER_APPS, registry(ranges=("8.0.0.0/8",)), rules())

    assert isinstance(answer("unsupported-host", facts), Rejected)
    assert front(facts) == {"ip-not-allowed"}


def test_a_virtual_machine_with_a_platforms_mark_is_a_virtual_machine() -> None:
    marked = in_platform(platforms.APP_SERVICE, on_azure=True)
    facts = full(OWN, OFF, marked)

    assert isinstance(answer("unsupported-host", facts), Rejected)
    assert front(facts) == {"service-endpoint-missing"}


def test_a_private_address_speaks_for_the_endpoint_whatever_the_mark() -> None:
    marked = in_platform(platforms.CONTAINER_APPS)

    assert answer("unsupported-host", Facts([target(), marked, refused(PRIVATE)])) is None


def test_no_mark_no_platform() -> None:
    assert answer("unsupported-host", foreign("")) is None
    assert answer("trusted-service-not-covered", foreign("")) is None


def test_a_job_of_a_trusted_service_is_told_that_the_bypass_does_not_count() -> None:
    unsure = answer("trusted-service-not-covered", foreign(platforms.MACHINE_LEARNING))
    with_rules = foreign(platforms.MACHINE_LEARNING, registry(), rules(DB))
    sure = answer("trusted-service-not-covered", with_rules)

    assert unsure.confidence is Confidence.LIKELY
    assert "--allow-trusted-services true" in unsure.fix[-1].command
    assert front(with_rules) == {"trusted-service-not-covered"}
    assert not any(step.command for step in sure.fix)  # switching the bypass on would not help


@pytest.mark.parametrize("platform", [platforms.CONTAINER_APPS, platforms.GITHUB_HOSTED])
def test_an_untrusted_platform_is_no_trusted_service(platform) -> None:
    assert answer("trusted-service-not-covered", foreign(platform)) is None


@pytest.mark.parametrize(
    ("environ", "hostname", "platform"),
    [
        ({"WEBSITE_SITE_NAME": "web"}, "x", platforms.APP_SERVICE),
        ({"CONTAINER_APP_JOB_NAME": "j"}, "x", platforms.CONTAINER_APPS),
        (
            {"WEBSITE_SITE_NAME": "f", "CONTAINER_APP_NAME": "f"},
            "x",
            platforms.CONTAINER_APPS,
        ),
        ({}, "SandboxHost-638055734008819914", platforms.CONTAINER_INSTANCES),
        ({"RUNNER_ENVIRONMENT": "github-hosted"}, "x", platforms.GITHUB_HOSTED),
        ({"RUNNER_ENVIRONMENT": "self-hosted"}, "x", ""),
        ({"WEBSITE_SITE_NAME": ""}, "my-sandboxhost", ""),
    ],
)
def test_marks(environ, hostname, platform) -> None:
    assert platforms.of(environ, hostname) == platform


def arm(status, code=""):
    body = {"error": {"code": code}} if code else {"id": APP}
    return HttpReply(status=status, body=json.dumps(body).encode())


@pytest.mark.parametrize(
    ("reply", "there"),
    [
        (arm(200), True),
        (arm(404, "NotFound"), False),
        (arm(404, "ResourceGroupNotFound"), False),
        (arm(404, "SubscriptionNotFound"), None),
        (arm(403, "AuthorizationFailed"), None),
        (arm(503, "ServiceUnavailable"), None),
        (Failure(trouble=Trouble.TIMEOUT), None),
    ],
)
def test_only_a_404_of_the_resource_means_gone(reply, there) -> None:
    assert rule_subnets.exists(reply) is there


class Azure:
    """An ARM that knows no subnet, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    @property
    def arm(self):
        return self

    def get(self, path, _version, _filter=""):
        self.asked.append(path)
        return arm(404, "NotFound")


def test_own_subnet_is_not_asked_for_and_the_nearest_come_first_within_the_cap() -> None:
    azure = Azure()
    listed = rules(*CROWD, APP.upper(), TWIN, RETIRED)
    found = rule_subnets.gather(azure, listed, refused(PRIVATE), NIC)

    assert len(azure.asked) == 20
    assert {TWIN, RETIRED} <= set(azure.asked)
    assert APP.upper() not in azure.asked
    assert found.unread == 82
    assert found.limit


def test_the_missing_rule_is_not_ruled_out_while_the_rules_are_unseen() -> None:
    assert answer("subnet-not-allowed", blind(OWN)) is None
    assert isinstance(answer("subnet-not-allowed", full(OTHER, ON, rules(DB))), Rejected)


def test_the_endpoints_undo_is_known_even_where_the_list_is_not() -> None:
    step = answer("service-endpoint-missing", blind(OWN)).fix[-1]

    assert step.command.startswith("ENDPOINTS=")
    assert step.command.count("$SUBNET_ID") == 2
    assert step.undo.endswith('"$SUBNET_ID" --remove serviceEndpoints "${ENDPOINTS:?}"')


def test_every_new_cause_gives_a_finding_that_says_what_settles_it() -> None:
    for facts in (full(PRIVATE, ON, rules(TWIN), subnets(TWIN)), foreign(platforms.APP_SERVICE)):
        for found in judge(facts).values():
            if isinstance(found, Finding):
                assert bool(found.settle) == (found.confidence is not Confidence.PROVEN)


class Nobody:
    """A world whose ARM finds no identity to ask with."""

    arm = property(lambda self: self)

    def get(self, *_):
        return Failure(trouble=Trouble.NO_IDENTITY, detail="switched off")


def test_the_interface_that_was_not_read_reads_well() -> None:
    hidden = interface.gather(Nobody(), Asked(text="c"), full(OWN).get(Instance), None)

    assert hidden.limit == (
        "The subnet's id is not known: the machine could not be read (no identity to ask Azure "
        "Resource Manager with: switched off). --subnet ID would supply it."
    )
