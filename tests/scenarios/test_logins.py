"""A login that a run is given, the proxy's or a service principal's, is in none of its reports."""

from collections.abc import Callable

import pytest

from checks.target import Asked
from diagnose import front, reports
from diagnose.lab.cloud import Cloud, Fault
from diagnose.lab.healthy import healthy_cloud
from diagnose.runs import demonstration
from tests.scenarios.stories.path import by_proxy, by_secret

SECRET = "Tr0ub4dor-and-3"


def proxy_refuses_the_login(cloud: Cloud) -> None:
    proxy = by_proxy(cloud)
    proxy.login = "app:another"
    cloud.machine.environ["HTTPS_PROXY"] = f"http://app:{SECRET}@{proxy.address}:{proxy.port}"


def proxy_takes_the_login_and_denies(cloud: Cloud) -> None:
    proxy = by_proxy(cloud)
    proxy.login, proxy.denied = f"app:{SECRET}", {"*"}
    cloud.machine.environ["HTTPS_PROXY"] = f"http://app:{SECRET}@{proxy.address}:{proxy.port}"


def proxy_with_a_login_is_not_there(cloud: Cloud) -> None:
    proxy_takes_the_login_and_denies(cloud)
    cloud.faults["10.9.0.20"] = Fault.REFUSE


def sign_in_refuses_the_secret(cloud: Cloud) -> None:
    by_secret(cloud)
    cloud.machine.environ["AZURE_CLIENT_SECRET"] = SECRET


CASES = (
    proxy_refuses_the_login,
    proxy_takes_the_login_and_denies,
    proxy_with_a_login_is_not_there,
    sign_in_refuses_the_secret,
)


@pytest.mark.parametrize("change", CASES, ids=lambda change: change.__name__)
def test_no_report_shows_a_login(
    change: Callable[[Cloud], None], capsys: pytest.CaptureFixture[str]
) -> None:
    cloud = healthy_cloud()
    change(cloud)
    with demonstration.laboratory(cloud) as options:
        result = front.result_of(Asked(text="contoso.azurecr.io/app:v1"), options, verbose=True)
    shown = [render(result) for render in reports.FORMATS.values()]
    captured = capsys.readouterr()

    assert result.verdict.status != "healthy"
    assert SECRET not in "".join((*shown, captured.out, captured.err))
