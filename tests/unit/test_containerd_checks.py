"""What containerd and the kubelet's plug-in say, read into facts; and what these facts decide."""

from dataclasses import replace

import pytest

from checks import containerd_pull, containerd_runtime, kubelet_credentials
from checks.anonymous import Anonymous
from checks.containerd_pull import ContainerdPulled, ContainerdPullFailed, ContainerdPullUnasked
from checks.containerd_runtime import (
    ContainerdAbsent,
    ContainerdDown,
    ContainerdRuntime,
    ContainerdUnknown,
)
from checks.contract import Fact, Health
from checks.kubelet_credentials import (
    KubeletCredentials,
    KubeletCredentialsFailed,
    KubeletCredentialsUnknown,
    Meaning,
)
from checks.layer import Layer
from checks.machine_replies import PullReply
from checks.mirrors import Mirror, Mirrors, MirrorsUnknown
from checks.replies import Failure, Trouble
from checks.runtime_replies import ProviderRun, RuntimeReply
from checks.target import Target
from checks.token import PullToken
from checks.token_replies import Token
from checks.units import Unit, Units
from diagnose import causes
from diagnose.causes.contract import Confidence
from diagnose.facts import Facts
from diagnose.judging.works import works
from tests.unit import judging
from tests.unit.judging import UNITS

NAME = "contoso.azurecr.io"
TARGET = Target(
    login_server=NAME,
    registry="contoso",
    cloud="AzurePublicCloud",
    repository="app",
    reference="v1",
)
LAYER = Layer(host="eus.blob.core.windows.net")
RUNTIME = ContainerdRuntime(name="containerd", version="2.2.4")
TOKEN = PullToken(
    audience="https://containerregistry.azure.net",
    refresh=Token("refresh:x"),
    access=Token("access:x"),
    permissions=("read",),
    actions=("pull",),
)
POWERLESS = PullToken(
    audience=TOKEN.audience,
    refresh=TOKEN.refresh,
    access=TOKEN.access,
    permissions=(),
    actions=(),
)
PROVEN, LIKELY, POSSIBLE = Confidence.PROVEN, Confidence.LIKELY, Confidence.POSSIBLE
REFUSED = "unexpected status from GET request to https://contoso.azurecr.io/oauth2/token: "
HEAD = 'failed to do request: Head "https://contoso.azurecr.io/v2/app/manifests/v1": '
AWAY = 'failed to do request: Head "https://mirror.contoso.internal/v2/app/manifests/v1": EOF'
PROXY = "http://10.1.0.250:3128"
MIRROR = Mirror(
    runtime="containerd",
    registry=NAME,
    hosts=("mirror.contoso.internal",),
    silent=("mirror.contoso.internal",),
    source="/etc/containerd/certs.d/contoso.azurecr.io/hosts.toml",
)
MIRRORS = Mirrors(login_server=NAME, mirrors=(MIRROR,))
STREAMING = Mirrors(
    login_server=NAME, mirrors=(replace(MIRROR, hosts=("localhost", NAME), silent=()),)
)
UNAVAILABLE = (  # learn.microsoft.com, container-registry/troubleshoot-artifact-streaming
    "unexpected status from HEAD request to http://localhost:8578/v2/app/manifests/v1?ns="
    f"{NAME}: 503 Service Unavailable"
)
NO_MIRRORS = Mirrors(login_server=NAME, mirrors=())


def pull_failed(error: str) -> ContainerdPullFailed:
    return ContainerdPullFailed(login="the kubelet's credentials", error=error)


def units(proxy: str = "", *, silent: bool = False) -> Units:
    told = (("HTTPS_PROXY", proxy),) if proxy else ()
    one = Unit(name="containerd", proxies=told, source="/x.conf", other_proxy=proxy, silent=silent)
    return Units(units=(one,))


def anonymous(status: int) -> Anonymous:
    return Anonymous(
        status=status,
        from_acr=True,
        code="",
        message="",
        refused_ip="",
        token=Token("anonymous:x") if status == 200 else None,
    )


@pytest.mark.parametrize(
    ("trouble", "kind"),
    [
        (Trouble.REFUSED, ContainerdDown),
        (Trouble.TIMEOUT, ContainerdDown),
        (Trouble.EOF, ContainerdDown),
        (Trouble.ABSENT, ContainerdAbsent),
        (Trouble.SWITCHED_OFF, ContainerdAbsent),
        (Trouble.FORBIDDEN, ContainerdUnknown),
        (Trouble.PROTOCOL, ContainerdUnknown),
        (Trouble.DEADLINE, ContainerdUnknown),
    ],
)
def test_only_silence_at_the_socket_is_a_runtime_that_is_down(
    trouble: Trouble, kind: type[Fact]
) -> None:
    fact = containerd_runtime.parse(Failure(trouble=trouble, detail="so it is"))

    assert type(fact) is kind
    assert (fact.health is Health.FAIL) == (kind is ContainerdDown)
    assert bool(fact.limit) == (kind is ContainerdUnknown)


def test_a_runtime_may_answer_and_lack_something_for_pods() -> None:
    reply = RuntimeReply(name="containerd", version="2.2.4", not_ready=("NetworkReady",))

    assert containerd_runtime.parse(reply).health is Health.OK


@pytest.mark.parametrize(
    ("words", "meaning"),
    [
        ("registry did not issue a valid AAD challenge, status: 403", Meaning.NETWORK_REFUSED),
        ("auth url https://x/oauth2/exchange responded with status code 403",
         Meaning.NETWORK_REFUSED),
        ("auth url https://x/oauth2/exchange responded with status code 401",
         Meaning.IDENTITY_REFUSED),
        ("error reaching registry endpoint https://x/v2/, error: EOF", Meaning.UNREACHED),
        ("failed to get token credential for image x: no", Meaning.NO_TOKEN),
        ("ManagedIdentityCredential authentication failed", Meaning.NO_TOKEN),
        ("registry did not issue a valid AAD challenge, status: 503", Meaning.OTHER),
        ("panic: runtime error", Meaning.OTHER),
    ],
)  # fmt: skip
def test_the_plugins_words_have_one_reading(words: str, meaning: Meaning) -> None:
    assert kubelet_credentials.meaning(words) is meaning


def test_what_varies_from_run_to_run_is_no_part_of_its_words() -> None:
    said = (
        'E1123 17:31:02.123456    4242 main.go:72] "failed" err="AADSTS700016 '
        'Trace ID: 0f0f-aa Timestamp: 2026-11-23 17:31:02Z"'
    )
    fact = kubelet_credentials.parse(ProviderRun(name="acr", exit_code=1, stderr=said))

    assert fact.said == '"failed" err="AADSTS700016 "'  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("reply", "kind", "limited"),
    [
        (ProviderRun(name="acr", exit_code=0), KubeletCredentials, False),
        (ProviderRun(name="acr", exit_code=1), KubeletCredentialsFailed, False),
        (ProviderRun(name="acr", exit_code=0, understood=False), KubeletCredentialsFailed, False),
        (Failure(trouble=Trouble.REFUSED), KubeletCredentialsFailed, False),
        (Failure(trouble=Trouble.TIMEOUT), KubeletCredentialsFailed, False),
        (Failure(trouble=Trouble.ABSENT), KubeletCredentialsUnknown, False),
        (Failure(trouble=Trouble.SWITCHED_OFF), KubeletCredentialsUnknown, False),
        (Failure(trouble=Trouble.FORBIDDEN), KubeletCredentialsUnknown, True),
    ],
)
def test_a_plugin_that_was_not_run_is_unknown_and_one_that_hangs_has_failed(
    reply: ProviderRun | Failure, kind: type[Fact], limited: bool
) -> None:
    fact = kubelet_credentials.parse(reply)

    assert type(fact) is kind
    assert bool(fact.limit) is limited


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (PullReply(removed=True), ContainerdPulled),
        (PullReply(was_present=True), ContainerdPulled),
        (PullReply(error="no"), ContainerdPullFailed),
        (Failure(trouble=Trouble.RESET), ContainerdPullFailed),
        (Failure(trouble=Trouble.SWITCHED_OFF, detail="--no-pull"), ContainerdPullUnasked),
        (Failure(trouble=Trouble.DEADLINE), ContainerdPullUnasked),
    ],
)
def test_a_pull_ends_in_one_of_three_ways(reply: PullReply | Failure, kind: type[Fact]) -> None:
    assert type(containerd_pull.parse(reply, "no credentials")) is kind


def test_an_image_that_is_left_behind_is_a_limit() -> None:
    left = containerd_pull.parse(PullReply(), "no credentials")
    gone = containerd_pull.parse(PullReply(removed=True), "no credentials")

    assert left.limit
    assert not gone.limit


PULLED = ContainerdPulled(login="the kubelet's credentials", kept=False)
KEPT = ContainerdPulled(login="the kubelet's credentials", kept=True)
GAVE = KubeletCredentials(provider="acr", hosts=(NAME,), token=Token("provider:x"))
FAILED = KubeletCredentialsFailed(provider="acr", exit_code=1, said="no")
FAR = KubeletCredentialsFailed(
    provider="acr", exit_code=1, said="error reaching registry endpoint https://x/v2/: EOF"
)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ([LAYER, PULLED], True),
        ([PULLED], True),
        ([KEPT], False),  # no layer was asked for
        ([LAYER, KEPT, NO_MIRRORS, UNITS], True),
        ([LAYER, KEPT, UNITS], False),  # where a runtime is sent was not looked at
        ([LAYER, KEPT, NO_MIRRORS], False),
        ([LAYER, KEPT, MirrorsUnknown(why="denied"), UNITS], True),
        ([LAYER, pull_failed("no")], False),
        ([LAYER, ContainerdDown(trouble=Trouble.REFUSED, detail="")], False),
        ([LAYER, ContainerdAbsent(why="none"), NO_MIRRORS, UNITS], True),
        ([LAYER, FAILED, anonymous(401)], False),
        ([LAYER, FAILED, anonymous(200), NO_MIRRORS, UNITS], True),
        ([LAYER, MIRRORS, UNITS, RUNTIME], False),  # it is there, and was not asked to pull
        ([LAYER, MIRRORS, PULLED], True),
    ],
)
def test_whether_the_pull_works(facts: list[Fact], expected: bool) -> None:
    assert works(Facts([TARGET, *facts])) is expected


CASES = {
    "runtime/runtime_down": [
        ([ContainerdDown(trouble=Trouble.REFUSED, detail="")], PROVEN),
        ([ContainerdDown(trouble=Trouble.TIMEOUT, detail="")], PROVEN),
        ([ContainerdUnknown(why="no right")], judging.NOTHING),
        ([ContainerdAbsent(why="none")], judging.NOTHING),
    ],
    "runtime/runtime_proxy_misconfigured": [
        ([LAYER, units(PROXY), pull_failed(f"{HEAD}proxyconnect tcp: EOF")], PROVEN),
        ([LAYER, units(PROXY), pull_failed(f"{REFUSED}403 Forbidden")], PROVEN),
        ([LAYER, units(), pull_failed(f"{REFUSED}403 Forbidden")], judging.REJECTED),
        ([LAYER, units(PROXY), pull_failed(f"{REFUSED}401 Unauthorized")], judging.NOTHING),
        ([units(PROXY), pull_failed(f"{REFUSED}403 Forbidden")], judging.NOTHING),
        ([units(), pull_failed(f"{REFUSED}403 Forbidden")], judging.REJECTED),
        ([units(), pull_failed(f"{HEAD}EOF")], judging.NOTHING),
        ([LAYER, units(PROXY, silent=True)], LIKELY),
        ([LAYER, units(PROXY, silent=True), PULLED], judging.NOTHING),
        ([units(PROXY, silent=True)], judging.NOTHING),
    ],
    "runtime/runtime_mirror_misconfigured": [
        ([LAYER, MIRRORS, pull_failed(AWAY)], PROVEN),
        ([LAYER, NO_MIRRORS, pull_failed(AWAY)], judging.NOTHING),
        ([LAYER, STREAMING, pull_failed(UNAVAILABLE)], PROVEN),
        ([LAYER, NO_MIRRORS, pull_failed(UNAVAILABLE)], judging.NOTHING),
        ([STREAMING, pull_failed(UNAVAILABLE)], judging.NOTHING),
        ([LAYER, MIRRORS], LIKELY),
        ([LAYER, MIRRORS, PULLED], judging.NOTHING),
        ([NO_MIRRORS, pull_failed(f"{REFUSED}403 Forbidden")], judging.REJECTED),
        ([MIRRORS, pull_failed(f"{REFUSED}403 Forbidden")], judging.NOTHING),
        ([MIRRORS, pull_failed(AWAY)], judging.NOTHING),
    ],
    "runtime/runtime_untrusted_ca": [
        ([LAYER, pull_failed(f"{HEAD}x509: certificate signed by unknown authority")], PROVEN),
        (
            [
                LAYER,
                units(PROXY),
                pull_failed(f"{HEAD}x509: certificate signed by unknown authority"),
            ],
            LIKELY,
        ),
        (
            [LAYER, pull_failed(f"{AWAY[:-3]}x509: certificate signed by unknown authority")],
            judging.REJECTED,
        ),
        ([LAYER, PULLED], judging.NOTHING),
        ([pull_failed(f"{HEAD}x509: certificate signed by unknown authority")], judging.NOTHING),
        ([pull_failed(f"{REFUSED}401 Unauthorized")], judging.REJECTED),
    ],
    "runtime/disk_full": [
        ([pull_failed("write /var/lib/containerd/x: no space left on device")], PROVEN),
        ([pull_failed(f"{HEAD}EOF")], judging.NOTHING),
    ],
    "identity/credential_provider_failing": [
        ([FAILED, anonymous(401), TOKEN], PROVEN),
        ([FAR, anonymous(401), TOKEN], LIKELY),
        ([GAVE, anonymous(401), TOKEN, pull_failed(f"{REFUSED}401 Unauthorized")], PROVEN),
        ([GAVE, anonymous(401), TOKEN, pull_failed(f"{REFUSED}403 Forbidden")], judging.NOTHING),
        ([GAVE, anonymous(401), TOKEN, PULLED], judging.NOTHING),
        ([FAILED, anonymous(200), TOKEN], judging.REJECTED),
        ([FAILED, anonymous(403), TOKEN], judging.NOTHING),
        ([FAILED, anonymous(401)], judging.NOTHING),  # this program is refused alike
        ([FAILED, anonymous(401), POWERLESS], judging.NOTHING),
    ],
}


@pytest.mark.parametrize(
    ("path", "facts", "expected"),
    [(path, facts, expected) for path, rows in CASES.items() for facts, expected in rows],
)
def test_a_cause_is_found_by_what_containerd_says(
    path: str, facts: list[Fact], expected: Confidence | str
) -> None:
    judging.check(judging.find(judging.at(path), TARGET, judging.HOST, *facts), expected)


def test_every_cause_that_is_told_of_here_is_listed() -> None:
    assert {judging.at(path) for path in CASES} <= set(causes.ALL)
