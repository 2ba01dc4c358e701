"""What an agent pool needs: each row's way, and the near-misses of the cause."""

import shlex
from dataclasses import replace

import pytest

from checks import agent_pool
from checks.agent_pool import PoolEgress, _Probe
from checks.layer import Layer
from checks.outbound_rules import OutboundRules, Rule
from checks.pool_services import NEEDED, Way
from checks.replies import DnsReply, Failure, TcpReply, Trouble
from checks.target import Asked, UsageError, parse
from diagnose import pooling
from diagnose.causes.contract import Confidence
from diagnose.causes.path import _steps
from diagnose.causes.path import agent_pool_egress_blocked as cause
from tests.unit.test_firewall_causes import NIC, ON

FINE = _Probe(host="a.example", addresses=("20.1.1.1",), trouble=None)
SILENT = replace(FINE, trouble=Trouble.TIMEOUT)
NOBODY = _Probe()
PRIVATE = _Probe(host="a.example", addresses=("10.0.0.9",), trouble=None)
NAMES = [(need.tag, need.port) for need in NEEDED]
GROUP = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/networkSecurityGroups/n"
HERE = _steps.Place(instance=None, interface=NIC, subnet=replace(ON, security_group=GROUP))


def rule(access, *to, ports="*", priority=200):
    return Rule(
        name=f"{access}-{'-'.join(to)}",
        priority=priority,
        allows=access == "allow",
        sources=("*",),
        destinations=to,
        ports=(ports,),
    )


def rules(*rows, hop=""):
    return OutboundRules(rules=rows, next_hop=hop)


def ways(changed=(), known=None):
    """Give tag and port -> way, where everything answers but what is changed."""
    probes = [dict(changed).get(name, FINE) for name in NAMES]
    rows = agent_pool.parse(probes, known).rows
    return {(row.tag, row.port): row.way for row in rows}


def pool(changed=(), known=None):
    return agent_pool.parse([dict(changed).get(name, FINE) for name in NAMES], known)


VAULT, MONITOR, DIAGNOSTICS = ("AzureKeyVault", 443), ("AzureMonitor", 443), ("AzureMonitor", 12000)


def test_everything_answers() -> None:
    assert set(ways().values()) == {Way.OK}
    assert cause.find(pool(), HERE, None) is None


@pytest.mark.parametrize("name", [name for name in NAMES if name != DIAGNOSTICS])
@pytest.mark.parametrize("trouble", [Trouble.TIMEOUT, Trouble.REFUSED, Trouble.UNREACHABLE])
def test_a_silent_host_is_a_closed_way(name, trouble) -> None:
    changed = {name: replace(FINE, trouble=trouble)}

    assert ways(changed)[name] is Way.BLOCKED
    assert cause.find(pool(changed), HERE, None).confidence is Confidence.PROVEN


@pytest.mark.parametrize("trouble", [Trouble.DEADLINE, Trouble.RESET])
def test_another_trouble_is_not_known_to_be_a_closed_way(trouble) -> None:
    changed = {VAULT: replace(FINE, trouble=trouble)}

    assert ways(changed)[VAULT] is Way.UNKNOWN
    assert cause.find(pool(changed), HERE, None) is None


def test_a_silent_12000_beside_an_open_443_is_unknown_without_the_rules() -> None:
    changed = {DIAGNOSTICS: SILENT}

    assert ways(changed)[DIAGNOSTICS] is Way.UNKNOWN
    assert ways(changed, rules())[DIAGNOSTICS] is Way.OK
    assert ways(changed, rules(hop="VirtualAppliance 10.0.0.4"))[DIAGNOSTICS] is Way.UNKNOWN


def test_a_rule_for_12000_closes_12000_alone() -> None:
    known = rules(rule("deny", "AzureMonitor", ports="12000"))

    assert ways(known=known)[DIAGNOSTICS] is Way.BLOCKED
    assert ways(known=known)[MONITOR] is Way.OK


def test_an_allow_above_a_deny_of_everything_counts() -> None:
    allow = rule("allow", "AzureKeyVault", ports="443", priority=100)
    found = ways(known=rules(allow, rule("deny", "Internet", priority=4000)))

    assert [name for name, way in found.items() if way is Way.OK] == [VAULT]


def test_a_service_without_a_known_host_is_unknown_but_for_its_rules() -> None:
    changed = {VAULT: NOBODY}

    assert ways(changed)[VAULT] is Way.UNKNOWN
    assert ways(changed, rules())[VAULT] is Way.OK
    assert ways(changed, rules(rule("deny", "AzureKeyVault")))[VAULT] is Way.BLOCKED
    assert cause.find(pool(changed), HERE, None) is None


def test_rules_alone_say_nothing_where_nothing_gets_out() -> None:
    everything = dict.fromkeys(NAMES, SILENT) | {VAULT: NOBODY}

    assert ways(everything, rules())[VAULT] is Way.UNKNOWN


def test_a_private_address_says_nothing_of_the_tag() -> None:
    assert ways({VAULT: PRIVATE})[VAULT] is Way.UNKNOWN


def test_where_nothing_answers_the_finding_is_less_sure_and_says_what_would_settle_it() -> None:
    found = cause.find(pool(dict.fromkeys(NAMES, SILENT)), replace(HERE, subnet=None), None)

    assert found.confidence is Confidence.LIKELY
    assert found.settle


def test_a_denying_rule_proves_it_and_the_fix_stands_above_it() -> None:
    known = rules(rule("deny", "EventHub", priority=1000), rule("allow", "x", priority=100))
    found = cause.find(pool(known=known), HERE, known)

    words = shlex.split(found.fix[0].command)
    assert found.confidence is Confidence.PROVEN
    assert words[words.index("--priority") + 1] == "101"
    assert words[words.index("--destination-address-prefixes") + 1] == "EventHub"
    assert words[words.index("-n") + 1] in found.fix[0].undo
    assert len(found.fix) == 1


def test_behind_an_appliance_the_firewall_is_named_too() -> None:
    known = rules(rule("deny", "EventHub"), hop="VirtualAppliance 10.0.0.4")
    found = cause.find(pool(known=known), HERE, known)

    assert "10.0.0.4" in found.fix[-1].why


def test_both_ports_of_a_tag_are_one_rule() -> None:
    known = rules(rule("deny", "AzureMonitor"))
    found = cause.find(pool(known=known), HERE, known)

    assert found.fix[0].command.endswith("--destination-port-ranges 443 12000")


class World:
    """Names that resolve, and what was connected to."""

    def __init__(self, *names):
        self.names, self.connected = names, []
        self.dns = self.net = self

    def system(self, name):
        if name not in self.names:
            return Failure(trouble=Trouble.NAME_UNKNOWN)
        return DnsReply(name=name, server="system", addresses=(f"20.0.0.{len(name)}",))

    def connect(self, address, port):
        self.connected.append((address, port))
        return TcpReply(peer=address, local="10.0.0.4")


def gathered(world, asked=None, layer=None):
    return agent_pool.gather(
        world=world,
        target=parse("contoso.azurecr.io/app:v1"),
        asked=asked or Asked(text="contoso.azurecr.io/app:v1"),
        rules=None,
        layer=layer,
        blocked=None,
        refused=None,
    )


def test_the_host_that_a_person_names_goes_before_the_guess() -> None:
    world = World("contoso.vault.azure.net", "mine.vault.azure.net")
    told = Asked(text="c", probes=(("AzureKeyVault", "mine.vault.azure.net"),))

    assert gathered(world, told).rows[0].host == "mine.vault.azure.net"
    assert gathered(world).rows[0].host == "contoso.vault.azure.net"


def test_the_storage_that_is_tried_is_the_one_of_the_redirect() -> None:
    world = World("weumanaged15.blob.core.windows.net")
    known = gathered(world, layer=Layer(host="weumanaged15.blob.core.windows.net"))

    assert known.rows[1].way is Way.OK
    assert gathered(world).rows[1].way is Way.UNKNOWN


def test_the_monitor_is_tried_on_both_ports() -> None:
    world = World("global.handler.control.monitor.azure.com")
    gathered(world)

    assert sorted(port for _, port in world.connected) == [443, 12000]


def test_the_options_words_are_checked() -> None:
    assert pooling.probes(["eventhub=A.servicebus.windows.net"]) == (
        ("EventHub", "a.servicebus.windows.net"),
    )
    for word in ("x", "Nobody=a.b", "Storage=", "Storage=a b", "Storage=https://a"):
        with pytest.raises(UsageError):
            pooling.probes([word])


def test_one_line_says_how_it_stands() -> None:
    assert pool({VAULT: SILENT}).summary.startswith("blocked: AzureKeyVault 443; ok: Storage 443")
    assert isinstance(pool(), PoolEgress)
