"""How far the pull got: the stage at which it stopped, or the last one where it went through."""

from checks.anonymous import Anonymous
from checks.challenge import Challenge, ChallengeSilent
from checks.containerd_pull import ContainerdPulled, ContainerdPullFailed
from checks.containerd_runtime import ContainerdDown, ContainerdRuntime
from checks.contract import Fact, Health
from checks.dns_answer import DnsAnswer, DnsFailed
from checks.docker_pull import DockerPulled, DockerPullFailed
from checks.docker_runtime import DockerDown, DockerRuntime
from checks.kubelet_credentials import KubeletCredentialsFailed
from checks.layer import Layer, LayerBlocked, LayerRefused
from checks.manifest import Manifest, ManifestMissing, ManifestOtherPlatform, ManifestRefused
from checks.provider_config import ProviderUnmatched
from checks.proxy import ProxyFailed, ProxyInPlace
from checks.refusal import Refused
from checks.stored import StoredLogins
from checks.target import Target
from checks.tcp_path import TcpBlocked, TcpReached
from checks.tls_session import TlsBroken, TlsTrusted, TlsUntrusted
from checks.token import PullToken, PullTokenRefused, PullTokenUnknown
from diagnose.causes.contract import Evidence, Stage
from diagnose.facts import Facts


def has_token(facts: Facts) -> bool:
    """Tell whether the registry gave any token, to this machine or to anybody."""
    anonymous, stored = facts.get(Anonymous), facts.get(StoredLogins)
    kept = bool(stored and stored.usable)
    return facts.has(PullToken) or kept or bool(anonymous and anonymous.token)


def kubelet_has_nothing(facts: Facts) -> bool:
    """Tell whether the kubelet, which pulls on a node, asks without the credentials it needs."""
    anonymous = facts.get(Anonymous)
    lacks = facts.has(ProviderUnmatched) or facts.has(KubeletCredentialsFailed)
    return lacks and bool(anonymous and anonymous.status == 401)


def stage(facts: Facts) -> Stage:
    """Give the stage at which the pull stopped; where it works, the last one that was tried."""
    challenge = facts.get(Challenge)
    target = facts.get(Target)
    if facts.has(ProxyFailed):
        return Stage.TCP
    if challenge is None:
        if not facts.has(DnsAnswer):
            return Stage.DNS
        if not facts.has(TcpReached):
            return Stage.TCP
        return Stage.CHALLENGE if facts.has(TlsTrusted) else Stage.TLS
    if challenge.status not in (200, 401) and not facts.has(Manifest):
        return Stage.CHALLENGE
    pulls = has_token(facts) and not kubelet_has_nothing(facts)
    if not pulls or (target and not target.repository):
        return Stage.TOKEN
    if not facts.has(Manifest):
        return Stage.MANIFEST
    if not facts.has(Layer):
        return Stage.LAYER
    return Stage.RUNTIME if any(map(facts.has, _RUNTIMES)) else Stage.LAYER


_RUNTIMES = (
    *(DockerPulled, DockerPullFailed, DockerRuntime, DockerDown),
    *(ContainerdPulled, ContainerdPullFailed, ContainerdRuntime, ContainerdDown),
)


_TELLING: tuple[tuple[type[Fact], str], ...] = (
    (DnsFailed, "dns"),
    (TcpBlocked, "tcp"),
    (TlsUntrusted, "tls"),
    (TlsBroken, "tls"),
    (ProxyFailed, "proxy"),
    (ProxyInPlace, "proxy"),
    (Challenge, "challenge"),
    (ChallengeSilent, "challenge"),
    (Refused, "firewall"),
    (Anonymous, "anonymous-token"),
    (PullToken, "token"),
    (PullTokenRefused, "token"),
    (PullTokenUnknown, "token"),
    (Manifest, "manifest"),
    (ManifestMissing, "manifest"),
    (ManifestOtherPlatform, "manifest"),
    (ManifestRefused, "manifest"),
    (Layer, "layer"),
    (LayerBlocked, "layer"),
    (LayerRefused, "layer"),
    (KubeletCredentialsFailed, "kubelet-credentials"),
    (DockerDown, "docker"),
    (DockerPulled, "docker-pull"),
    (DockerPullFailed, "docker-pull"),
    (ContainerdDown, "containerd"),
    (ContainerdPulled, "containerd-pull"),
    (ContainerdPullFailed, "containerd-pull"),
)


def evidence(facts: Facts) -> tuple[Evidence, ...]:
    """Give what was seen on the way, for a verdict that names no cause.

    Where the pull works its proofs are given; where it does not, what failed.
    """
    seen = [(check, fact) for kind, check in _TELLING if (fact := facts.get(kind)) is not None]
    failed = [(check, fact) for check, fact in seen if fact.health is Health.FAIL]
    return tuple(Evidence(check=check, saw=fact.summary) for check, fact in failed or seen)
