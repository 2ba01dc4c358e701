"""Service endpoint or Private Link: when the report says so, and when it has no reason to."""

from dataclasses import replace

import pytest

from checks.network_rules import NetworkRules
from checks.refusal import Refused
from checks.registry import Connection, Registry
from checks.target import parse
from diagnose import causes
from diagnose.facts import Facts
from diagnose.judging import verdict
from diagnose.judging.verdict import Verdict
from diagnose.reports import advice, json, text
from diagnose.session import Result
from tests.unit.judging import HOST

TARGET = parse("contoso.azurecr.io/app:v1")
CHINA = parse("contoso.azurecr.cn/app:v1")
REFUSED = Refused(check="anonymous-token", ip="20.1.2.3", private_ip="")
REGISTRY = Registry(
    id="/subscriptions/s/resourceGroups/r/providers/Microsoft.ContainerRegistry/registries/c",
    name="contoso",
    sku="Premium",
    location="eastus",
    public_access=True,
    default_action="Deny",
    ip_ranges=(),
    data_endpoint=False,
    private_endpoints=(),
    abac=False,
)
CLOSED = replace(REGISTRY, public_access=False)
LINKED = replace(
    REGISTRY, private_endpoints=(Connection(name="c", endpoint_id="", status="Approved"),)
)
RULES, NO_RULES = NetworkRules(subnet_ids=("/s/subnets/a",)), NetworkRules(subnet_ids=())
OUTSIDE = replace(HOST, on_azure=False)


def judged(*facts) -> tuple[Facts, Verdict]:
    known = Facts(facts)
    return known, verdict.decide(causes.ALL, known)


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ((CHINA, HOST, REFUSED), "21Vianet"),
        ((CHINA, HOST), ""),
        ((TARGET, HOST, REFUSED), ""),
        ((TARGET, OUTSIDE, REFUSED), "VPN or ExpressRoute"),
        ((TARGET, HOST, REFUSED, CLOSED), "public access is disabled"),
        ((TARGET, HOST, CLOSED), ""),
        ((TARGET, HOST, REFUSED, REGISTRY), ""),
        ((TARGET, HOST, LINKED, RULES), "the two together"),
        ((TARGET, HOST, REFUSED, LINKED, RULES), "the two together"),
        ((TARGET, HOST, LINKED, NO_RULES), ""),
        ((TARGET, HOST, LINKED), ""),
        ((TARGET, HOST, REGISTRY, RULES), ""),
    ],
)
def test_the_reason_is_named_or_nothing_is_said(facts, reason):
    told = advice.of(*judged(*facts))

    assert bool(told) == bool(reason)
    assert reason in told
    assert "Private Link" in told or not told


def test_a_platform_that_has_no_service_endpoint_is_told_so():
    inside = replace(HOST, platform="Azure Container Apps")
    facts, judgement = judged(TARGET, inside, REFUSED)

    assert judgement.primary is not None
    assert judgement.primary.cause.id == "unsupported-host"
    assert "AKS nodes" in advice.of(facts, judgement)


def test_the_advice_is_one_sentence():
    for facts in ((CHINA, HOST, REFUSED), (TARGET, OUTSIDE, REFUSED), (TARGET, LINKED, RULES)):
        told = advice.of(*judged(*facts))

        assert told.count(".") == 1
        assert told.endswith(".")


def test_both_reports_carry_it() -> None:
    facts, judgement = judged(CHINA, HOST, REFUSED)
    result = Result(target=CHINA, facts=facts, steps=(), verdict=judgement, limits=(), seconds=0.0)
    told = advice.of(facts, judgement)

    assert json.document(result)["verdict"]["advice"] == told
    assert f"Advice: {told}" in " ".join(text.render(result).split())


def test_a_report_without_advice_has_no_line_for_it() -> None:
    facts, judgement = judged(TARGET, HOST, REFUSED)
    result = Result(target=TARGET, facts=facts, steps=(), verdict=judgement, limits=(), seconds=0.0)

    assert json.document(result)["verdict"]["advice"] == ""
    assert "Advice" not in text.render(result)
