"""``agentpool`` against the simulated Azure: exit codes, the table and the document."""

import json

import pytest
from typer.testing import CliRunner

from checks.target import Asked, parse
from diagnose import pooling
from diagnose.cli import app
from diagnose.lab.cloud import Cloud, Fault, SecurityRule
from diagnose.lab.healthy import healthy_cloud
from diagnose.reports import pool
from diagnose.runs import demonstration, pooled
from tests.scenarios.stories import blind
from tests.world import InsideWorld, Wire

IMAGE = "contoso.azurecr.io/app:v1"
VAULT = "contoso.vault.azure.net"


def answered(cloud: Cloud, image: str = IMAGE, output: str = "json") -> tuple[int, str]:
    """Give exit code and report, by the world in this process: no time-out is waited for."""
    asked = Asked(text=image)
    world = InsideWorld(Wire(cloud), parse(image).login_server)
    result = pooling.judge(asked, world, seconds=20.0, on_step=lambda _: None)
    assert not result.crashed
    return result.code, pool.FORMATS[output](result)


def ways(text: str) -> dict[tuple[str, int], str]:
    return {(row["tag"], row["port"]): row["way"] for row in json.loads(text)["rules"]}


def test_all_is_open() -> None:
    code, text = answered(healthy_cloud())

    assert code == 0
    assert set(ways(text).values()) == {"ok"}
    assert json.loads(text)["verdict"]["status"] == "healthy"


@pytest.mark.parametrize(
    "tag", ["AzureKeyVault", "Storage", "EventHub", "AzureActiveDirectory", "AzureMonitor"]
)
@pytest.mark.parametrize("sees", [True, False], ids=["rules seen", "rules unseen"])
def test_a_denied_tag_is_found(tag: str, sees: bool) -> None:
    cloud = healthy_cloud()
    cloud.vm_subnet.blocked = {tag}
    if not sees:
        blind(cloud)
    code, text = answered(cloud)
    verdict = json.loads(text)["verdict"]

    assert code == 1
    assert verdict["cause"] == "agent-pool-egress-blocked"
    assert verdict["confidence"] == "proven"
    assert ways(text)[tag, 443] == "blocked"
    assert {name for (name, _), way in ways(text).items() if way == "blocked"} == {tag}
    assert any(f"--destination-address-prefixes {tag}" in s["command"] for s in verdict["fix"])


def test_a_closed_diagnostics_port_is_found_by_the_rules_alone() -> None:
    cloud = healthy_cloud()
    row = SecurityRule("no-diagnostics", 300, "Deny", "AzureMonitor", "Tcp", "12000")
    cloud.vm_subnet.security_rules = [row]

    code, text = answered(cloud)
    assert code == 1
    assert ways(text)["AzureMonitor", 12000] == "blocked"
    assert ways(text)["AzureMonitor", 443] == "ok"

    blind(cloud)
    code, text = answered(cloud)
    assert code == 3
    assert ways(text)["AzureMonitor", 12000] == "unknown"


def test_a_host_that_nobody_has_is_unknown_and_not_blocked() -> None:
    cloud = healthy_cloud()
    del cloud.controls[VAULT]
    blind(cloud)
    code, text = answered(cloud)

    assert code == 3
    assert ways(text)["AzureKeyVault", 443] == "unknown"
    assert json.loads(text)["verdict"]["status"] == "inconclusive"


def test_a_dropped_host_whose_rules_are_open_is_still_found() -> None:
    cloud = healthy_cloud()
    cloud.faults[VAULT] = Fault.DROP
    code, text = answered(cloud)
    fix = json.loads(text)["verdict"]["fix"]

    assert code == 1
    assert "list-effective-nsg" in fix[0]["command"]


def test_the_table_and_the_endpoints_are_printed() -> None:
    code, text = answered(healthy_cloud(), output="text")

    assert code == 0
    assert "ok       AzureMonitor          12000" in text
    assert "Succeeded  Microsoft.ContainerRegistry" in text
    assert text.splitlines()[-1].startswith("Verdict: healthy")
    assert max(map(len, text.splitlines())) <= 100


def test_without_rights_the_endpoints_are_unknown_and_not_absent() -> None:
    cloud = healthy_cloud()
    blind(cloud)
    _, text = answered(cloud)
    document = json.loads(text)

    assert {row["state"] for row in document["endpoints"]} == {"unknown"}
    assert document["limits"]


def test_without_an_image_there_is_no_storage_to_try() -> None:
    cloud = healthy_cloud()
    blind(cloud)
    code, text = answered(cloud, image="contoso")

    assert code == 3
    assert ways(text)["Storage", 443] == "unknown"


def test_the_real_adapters_print_the_same(capsys) -> None:
    cloud = healthy_cloud()
    cloud.vm_subnet.blocked = {"EventHub"}
    with demonstration.laboratory(cloud) as options:
        code = pooled.run(Asked(text=IMAGE), options, "json", quiet=False)
    outside, (_, inside) = json.loads(capsys.readouterr().out), answered(cloud)

    assert code == 1
    assert {**outside, "timing": 0} == {**json.loads(inside), "timing": 0}


def test_a_host_for_no_tag_is_a_usage_error() -> None:
    done = CliRunner().invoke(app, ["agentpool", IMAGE, "--host", "Nobody=a.b", "-o", "json"])

    assert done.exit_code == 2
    assert "Nobody" in json.loads(done.stdout)["error"]
