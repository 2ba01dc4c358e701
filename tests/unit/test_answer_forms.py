"""One and the same answer in the forms that it comes in: what each is read as."""

import json

import pytest

from checks import (
    addresses,
    anonymous,
    challenge,
    identity,
    instance,
    network_rules,
    refusal,
    registry_list,
    token,
)
from checks.addresses import Kind
from checks.identity import IdentityMissing
from checks.instance import Instance, InstanceUnknown
from checks.refusal import AdmissionUnknown, Admitted, Refused
from checks.replies import Failure, HttpReply, Trouble
from checks.target import parse
from tests.unit.judging import HOST

TARGET = parse("contoso.azurecr.io/app:v1")
ACR = {"x-ms-correlation-request-id": "1", "server": "openresty"}
GROUP = "/subscriptions/s/resourceGroups/mc/providers/Microsoft.Compute"
DENIED = "client with IP {} is not allowed access. Refer https://aka.ms/acr/firewall"


def reply(status, body=b"", headers=None):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return HttpReply(status=status, body=raw, headers=ACR if headers is None else headers)


def errors(code, message):
    return {"errors": [{"code": code, "message": message}]}


def asked(answer):
    """What the firewall check makes of this answer to the question without credentials."""
    return refusal.gather(None, anonymous.parse(answer), None)


@pytest.mark.parametrize(
    ("written", "ip", "private"),
    [
        ("'10.1.0.4'", "10.1.0.4", "10.1.0.4"),
        ("10.1.0.4", "10.1.0.4", "10.1.0.4"),
        ("'::ffff:10.1.0.4'", "10.1.0.4", "10.1.0.4"),
        ("'::ffff:52.1.2.3'", "52.1.2.3", ""),
        (
            "'[fde4:8dba:1200:98db:6a12:300:0a01:0004]'",
            "fde4:8dba:1200:98db:6a12:300:a01:4",
            "10.1.0.4",
        ),
        ("'2603:1030:20E:3::23c'", "2603:1030:20e:3::23c", ""),
        ("'172.128.0.9'", "172.128.0.9", ""),
    ],
)
def test_an_address_is_the_same_however_it_is_written(written, ip, private):
    found = asked(reply(403, errors("DENIED", DENIED.format(written))))

    assert isinstance(found, Refused)
    assert (found.ip, found.private_ip) == (ip, private)
    assert (found.kind is Kind.PRIVATE) == bool(private)


@pytest.mark.parametrize("body", [b"", b"denied", errors("DENIED", "denied"), errors("DENIED", "")])
def test_acrs_403_to_somebody_without_credentials_is_the_firewalls_even_without_words(body):
    assert asked(reply(403, body)) == Refused(check="anonymous-token", ip="", private_ip="")


@pytest.mark.parametrize(
    "answer",
    [
        reply(403, b"denied", headers={}),  # nothing says that it is the registry's
        reply(403, errors("QUARANTINED", "x")),
        reply(500),
    ],
)
def test_what_may_be_anothers_403_is_not(answer):
    assert isinstance(asked(answer), AdmissionUnknown)


def test_a_page_in_front_of_the_registry_is_no_refusal_of_its_firewall():
    page = reply(403, b"<html>blocked</html>")

    assert isinstance(
        refusal.gather(challenge.parse(page, TARGET, now=0), None, None), AdmissionUnknown
    )


def test_a_denial_of_the_token_alone_is_not_the_firewalls_unless_it_names_an_address():
    let_in = anonymous.parse(reply(401, errors("UNAUTHORIZED", "")))
    plain = reply(403, errors("DENIED", "requested access to the resource is denied"))
    named = reply(403, errors("DENIED", DENIED.format("'10.1.0.4'")))

    assert isinstance(refusal.gather(None, let_in, token.refused(plain, "token", ())), Admitted)
    assert isinstance(refusal.gather(None, None, token.refused(plain, "exchange", ())), Refused)
    assert isinstance(refusal.gather(None, let_in, token.refused(named, "exchange", ())), Refused)


def test_what_a_ula_carries_may_lie_in_any_range_that_a_network_uses():
    ula = "fde4:8dba:1200:98db:6a12:300:6440:104"

    assert addresses.carried_ipv4(ula) == "100.64.1.4"
    assert addresses.private_ipv4(ula) == ""
    assert addresses.carried_ipv4("2603:1030:20e:3::23c") == ""


@pytest.mark.parametrize(
    "words",
    [
        "Multiple user assigned identities exist, please specify the clientId",
        "Multiple user-assigned identities exist, please specify the clientId",
    ],
)
def test_several_identities_are_several_with_or_without_a_hyphen(words):
    body = {"error": "invalid_request", "error_description": words}
    found = identity.parse(reply(400, body))

    assert isinstance(found, IdentityMissing)
    assert found.ambiguous
    assert not found.none_assigned


@pytest.mark.parametrize("status", [404, 410, 429, 500, 503])
def test_a_service_that_is_busy_or_away_has_not_said_no(status):
    found = identity.parse(reply(status, {"error": "unknown", "error_description": "later"}))

    assert isinstance(found, IdentityMissing)
    assert (found.again, found.answered, found.none_assigned) == (True, False, False)


def described(**compute):
    told = {"name": "np-vmss_3", "subscriptionId": "s", "resourceGroupName": "mc"} | compute
    silent = Failure(trouble=Trouble.TIMEOUT)
    return instance.parse(reply(200, {"compute": told}), silent, HOST)


@pytest.mark.parametrize(
    ("told", "resource_id", "is_uniform"),
    [
        (
            {"vmScaleSetName": "np-vmss"},
            f"{GROUP}/virtualMachineScaleSets/np-vmss/virtualMachines/3",
            True,
        ),
        ({"vmScaleSetName": ""}, f"{GROUP}/virtualMachines/np-vmss_3", False),
        (
            {"vmScaleSetName": "np-vmss", "name": "np-vmss_a1b2c3d4"},
            f"{GROUP}/virtualMachines/np-vmss_3",
            False,
        ),
        ({"vmScaleSetName": "other"}, f"{GROUP}/virtualMachines/np-vmss_3", False),
    ],
)
def test_a_uniform_sets_instance_told_as_a_plain_machine_gets_its_own_id(
    told, resource_id, is_uniform
):
    found = described(resourceId=f"{GROUP}/virtualMachines/np-vmss_3", **told)

    assert isinstance(found, Instance)
    assert (found.resource_id, found.uniform) == (resource_id, is_uniform)


def test_an_answer_without_use_keeps_its_status():
    found = instance.parse(reply(429, {"error": "x"}), Failure(trouble=Trouble.TIMEOUT), HOST)

    assert found == InstanceUnknown(why="HTTP 429", trouble=None, on_azure=True, status=429)


class Old:
    """A world whose ARM serves no api-version after 2023, as China's does not in a recording."""

    def __init__(self, status=400):
        self.arm, self.status, self.asked = self, status, []

    def get(self, path, api_version):
        self.asked.append(api_version)
        row = {"properties": {"loginServer": TARGET.login_server}}
        is_old = api_version < "2024"
        return reply(200, {"value": [row], "path": path}) if is_old else reply(self.status, {})


def test_a_cloud_that_does_not_serve_the_newest_api_version_is_asked_with_an_older_one():
    world = Old()

    assert registry_list.matching(registry_list.in_subscription(world, "s"), TARGET)
    assert world.asked == ["2025-11-01", "2023-07-01"]


def test_a_denial_is_not_asked_again_with_another_api_version():
    world = Old(status=403)

    assert registry_list.in_subscription(world, "s").denied
    assert world.asked == ["2025-11-01"]


@pytest.mark.parametrize(
    ("row", "ids"),
    [
        ({"action": "Allow", "id": "/s/A"}, ("/s/A",)),
        ({"action": "Allow", "virtualNetworkSubnetResourceId": "/s/A", "id": None}, ("/s/A",)),
        ({"action": "Allow", "id": None}, None),
        ({"action": "Allow"}, None),
    ],
)
def test_a_rule_whose_subnet_is_not_told_is_unknown_and_not_absent(row, ids):
    found = network_rules.parse({"properties": {"networkRuleSet": {"virtualNetworkRules": [row]}}})

    assert (found.subnet_ids if found else None) == ids
