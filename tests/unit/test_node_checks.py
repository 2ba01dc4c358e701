"""A node's configuration, a pod's network, what mirrors answer, the kubelet's words: by facts."""

import json
from dataclasses import replace
from types import SimpleNamespace

import pytest

from checks import mirror_answers, mirrors, node_config, pod_network, runtime_words
from checks.instance import Instance, InstanceUnknown, Nic
from checks.machine_replies import CloudConfigReply, MirrorReply
from checks.node_config import MANAGED, PRINCIPAL, NodeConfig, NodeConfigUnknown
from checks.pod_network import OwnNetwork, PodNetwork
from checks.replies import DnsReply, Failure, HttpReply, TcpReply, Trouble
from checks.runtime_log import RuntimeLog
from checks.runtime_words import Plugin
from tests.unit.judging import HOST

NAME = "contoso.azurecr.io"
WHOLE = CloudConfigReply(
    source="f",
    network_subscription="s",
    vnet_group="g",
    vnet="v",
    subnet="n",
    managed=True,
)
SUBNET = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v/subnets/n"


def test_the_subnets_id_is_built_of_its_four_parts():
    assert node_config.subnet_of(WHOLE) == SUBNET


@pytest.mark.parametrize("part", ["network_subscription", "vnet_group", "vnet", "subnet"])
@pytest.mark.parametrize("value", ["", "a/b", "a?b", "a b", "a%2fb", "a#b"])
def test_a_part_that_is_missing_or_no_name_leaves_no_id(part, value):
    assert node_config.subnet_of(replace(WHOLE, **{part: value})) == ""


@pytest.mark.parametrize(
    ("managed", "secret", "kind"),
    [
        (True, False, MANAGED),
        (False, True, PRINCIPAL),
        (None, True, PRINCIPAL),
        (None, False, ""),
    ],
)
def test_the_kind_of_identity_is_what_the_file_says(managed, secret, kind):
    found = node_config.parse(replace(WHOLE, managed=managed, has_secret=secret))

    assert isinstance(found, NodeConfig)
    assert found.identity == kind


def test_a_file_that_was_denied_is_a_limit_and_no_node_is_none():
    denied = node_config.parse(Failure(trouble=Trouble.FORBIDDEN, detail="for root alone"))
    other = node_config.gather(None, HOST)

    assert "for root alone" in denied.limit
    assert isinstance(other, NodeConfigUnknown)
    assert other.limit == ""


def test_a_cloud_of_ones_own_without_its_endpoints_is_a_limit():
    stack = replace(WHOLE, cloud="AzureStackCloud")

    assert node_config.parse(stack).limit
    assert not node_config.parse(replace(stack, endpoints={"k": "https://arm.local"})).limit


def subnet(**properties):
    return HttpReply(status=200, body=json.dumps({"properties": properties}).encode())


@pytest.mark.parametrize(
    ("reply", "held"),
    [
        (subnet(addressPrefix="10.1.0.0/24"), True),
        (subnet(addressPrefixes=["10.9.0.0/24", "10.1.0.0/24"]), True),
        (subnet(addressPrefix="10.9.0.0/24"), False),
        (subnet(), None),
        (HttpReply(status=403, body=b"{}"), None),
        (Failure(trouble=Trouble.TIMEOUT), None),
    ],
)
def test_a_subnet_that_could_not_be_read_neither_holds_nor_lacks_an_address(reply, held):
    assert node_config.holds(reply, ("10.1.0.4",)) is held


INSTANCE = Instance(
    name="n",
    resource_id="/r",
    subscription="s",
    resource_group="g",
    location="eastus",
    environment="AzurePublicCloud",
    scale_set="",
    flexible=False,
    nics=(Nic(mac="", private_ip="10.1.0.4", public_ip="", prefix="10.1.0.0/24"),),
    outbound_ips=(),
)
CROWDED = replace(INSTANCE, nics=(*INSTANCE.nics, replace(INSTANCE.nics[0], private_ip="10.1.0.5")))
SILENT = InstanceUnknown(why="timeout", trouble=Trouble.TIMEOUT, on_azure=True)
POD = replace(HOST, in_cluster=True, has_card=False, addresses=("10.244.1.9",))


@pytest.mark.parametrize(
    ("host", "instance", "is_pod"),
    [
        (POD, INSTANCE, True),
        (POD, None, True),
        (replace(POD, has_card=None), INSTANCE, True),
        (replace(POD, in_cluster=False, aks_node=True), INSTANCE, True),
        # With classic Azure CNI a pod's address is one of the machine's own, behind the first.
        (replace(POD, addresses=("10.1.0.5",)), CROWDED, True),
        # One thing changed, and it is not sure, or no pod's network.
        (replace(POD, addresses=("10.1.0.4",)), CROWDED, False),
        (replace(POD, has_card=True), INSTANCE, False),
        (replace(POD, has_card=None), None, False),
        (replace(POD, has_card=None, addresses=()), INSTANCE, False),
        (replace(POD, has_card=None, addresses=("10.1.0.4", "172.17.0.1")), INSTANCE, False),
        (replace(POD, in_cluster=False), INSTANCE, False),
        (replace(POD, in_cluster=False, aks_node=True), None, False),
    ],
)
def test_a_pods_network_is_told_by_its_card_and_its_addresses(host, instance, is_pod):
    found = pod_network.gather(host, instance, None if instance else SILENT)

    assert isinstance(found, PodNetwork if is_pod else OwnNetwork)
    assert bool(found.limit) is is_pod
    assert ("IMDS" in found.limit) is (is_pod and instance is None)


@pytest.mark.parametrize(
    ("host", "words"),
    [
        (replace(POD, has_card=True), "the node's network"),
        (replace(POD, has_card=None, addresses=("10.1.0.4",)), "the node's network"),
        (replace(POD, has_card=None, addresses=()), "a network that nothing was seen of"),
    ],
)
def test_a_network_of_which_nothing_was_seen_is_not_called_the_nodes(host, words):
    assert words in pod_network.gather(host, INSTANCE, None).summary


def world(get, lookup=None, connect=None):
    found = DnsReply(name="m", server="system", addresses=("10.0.0.1",))
    stood = TcpReply(peer="10.0.0.1", local="10.0.0.2")
    asked = []

    def ask(url):
        asked.append(url)
        return get

    return SimpleNamespace(
        dns=SimpleNamespace(system=lambda _name: lookup or found),
        net=SimpleNamespace(connect=lambda *_a, **_k: connect or stood),
        http=SimpleNamespace(get=ask),
        asked=asked,
    )


def reply(*hosts, own_trust=(), with_path=()):
    return MirrorReply(
        runtime="containerd",
        registry=NAME,
        hosts=hosts,
        source="f",
        own_trust=own_trust,
        with_path=with_path,
    )


UNTRUSTED = Failure(trouble=Trouble.UNTRUSTED)


@pytest.mark.parametrize(
    ("here", "told", "answer"),
    [
        (world(HttpReply(status=404)), reply("https://m"), "HTTP 404"),
        (world(Failure(trouble=Trouble.EOF)), reply("https://m"), "no answer: eof"),
        (world(UNTRUSTED), reply("https://m"), "a certificate that is not trusted"),
        (
            world(UNTRUSTED),
            reply("https://m", own_trust=("https://m",)),
            "a certificate for which the file has a setting of its own",
        ),
        (
            world(UNTRUSTED),
            reply("https://m", own_trust=("https://other",)),
            "a certificate that is not trusted (the file's ca is for another host alone)",
        ),
        (
            world(None, lookup=Failure(trouble=Trouble.NAME_UNKNOWN)),
            reply("https://m"),
            "no such name",
        ),
        (
            world(None, connect=Failure(trouble=Trouble.REFUSED)),
            reply("https://m"),
            "no connection: refused",
        ),
    ],
)
def test_a_mirrors_answer_is_told_in_a_few_words(here, told, answer):
    [(host, said, _)] = mirror_answers.asked(here, told, NAME)

    assert (host, said) == ("m", answer)


@pytest.mark.parametrize(
    ("url", "with_path", "asked"),
    [
        ("https://m", (), "https://m/v2/"),
        ("m", (), "https://m/v2/"),
        ("http://localhost:8578/", (), "http://localhost:8578/v2/"),
        ("https://m/v2", ("https://m/v2",), "https://m/v2/"),
        ("https://m/cache", (), "https://m/cache/v2/"),
    ],
)
def test_a_mirror_is_asked_where_the_runtime_would_ask(url, with_path, asked):
    here = world(HttpReply(status=200))
    mirror_answers.asked(here, reply(url, with_path=with_path), NAME)

    assert here.asked == [asked]


def test_the_registry_itself_is_not_asked_again():
    here = world(HttpReply(status=200))

    assert mirror_answers.asked(here, reply(f"https://{NAME}"), NAME) == ()
    assert here.asked == []


@pytest.mark.parametrize(
    ("hosts", "hides"),
    [
        ((f"https://{NAME}", "https://m"), True),
        (("https://m", f"https://{NAME}"), False),
        (("https://m",), False),
        ((f"https://{NAME}",), False),
    ],
)
def test_the_last_host_hides_what_the_registry_said(hosts, hides):
    assert mirrors.parse(reply(*hosts), ()).hides(NAME) is hides


PLUGIN = (
    '"Failed getting credential from external registry credential provider" err="error execing '
    f"credential provider plugin acr-credential-provider for image {NAME}/app: exit status 1: "
)


@pytest.mark.parametrize(
    ("stderr", "said"),
    [
        ("registry did not issue a valid AAD challenge, status: 403", Plugin.NETWORK_REFUSED),
        ("Registry did not issue a valid AAD challenge, status: 503", Plugin.OTHER),
        (
            f"error reaching registry endpoint https://{NAME}/v2/, error: dial tcp: i/o timeout",
            Plugin.UNREACHED,
        ),
        (
            f"auth url https://{NAME}/oauth2/exchange responded with status code 401",
            Plugin.IDENTITY_REFUSED,
        ),
        ("failed to get token credential for mi: no such identity", Plugin.NO_TOKEN),
        ('Get "http://169.254.169.254/metadata/identity": i/o timeout', Plugin.NO_TOKEN),
        ("", Plugin.OTHER),
    ],
)
def test_the_kubelets_plugin_failed_as_it_says(stderr, said):
    assert runtime_words.plugin(PLUGIN + stderr) is said


def test_other_lines_are_not_the_plugins():
    line = f"PullImage {NAME}/app: unexpected status from HEAD request: 403 Forbidden"

    assert runtime_words.plugin(line) is None


def test_the_last_fitting_line_of_the_kubelet_counts_and_nobody_elses():
    first, last = (f"{PLUGIN}{n} AAD challenge, status: 403" for n in "12")
    bad = PLUGIN + "registry did not issue a valid AAD challenge, status: 403"
    log = RuntimeLog(lines=(("containerd", bad), ("kubelet", first), ("kubelet", last)))
    own = RuntimeLog(lines=(("kubelet", bad), ("kubelet", f"{bad} again")))

    assert log.of_plugin(Plugin.NETWORK_REFUSED) == ""
    assert own.of_plugin(Plugin.NETWORK_REFUSED).endswith("again")
