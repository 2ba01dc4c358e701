"""The stations of a pull's way, one row each: what stands there, and which facts tell of it."""

from collections.abc import Callable
from dataclasses import dataclass

from checks import arm_answer
from checks.anonymous import Anonymous
from checks.challenge import Challenge, ChallengeSilent
from checks.contract import Fact
from checks.disk import DiskFull
from checks.dns_answer import DnsAnswer, DnsFailed
from checks.docker_pull import DockerPulled, DockerPullFailed, DockerPullUnasked
from checks.docker_runtime import DockerDown, DockerRuntime
from checks.host import Host
from checks.identity import Identity, IdentityMissing
from checks.instance import Instance
from checks.interface import Interface, InterfaceHidden
from checks.layer import Layer, LayerBlocked, LayerRefused
from checks.manifest import (
    Manifest,
    ManifestMissing,
    ManifestOtherPlatform,
    ManifestRefused,
    ManifestUnasked,
)
from checks.mirrors import Mirrors
from checks.provider_config import ProviderUnmatched
from checks.proxy import ProxyFailed, ProxyInPlace, ProxyUsed
from checks.refusal import AdmissionUnknown, Admitted, Refused
from checks.stored import StoredLogins
from checks.subnet import Subnet, SubnetHidden
from checks.target import Target
from checks.tcp_path import TcpBlocked, TcpReached
from checks.tls_session import TlsBroken, TlsTrusted, TlsUntrusted
from checks.token import PullToken, PullTokenRefused, PullTokenUnknown
from checks.units import Units
from diagnose import vantage
from diagnose.causes.contract import Stage
from diagnose.facts import Facts
from diagnose.judging import reached


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """``kinds`` are the facts that tell of the station, the most telling first."""

    title: str
    stages: tuple[Stage, ...]
    kinds: tuple[type[Fact], ...]
    name: Callable[[Facts], str]
    passed: Callable[[Facts], bool]

    def seen(self, facts: Facts) -> list[Fact]:
        return [fact for kind in self.kinds if (fact := facts.get(kind)) is not None]


def _machine(facts: Facts) -> str:
    here = vantage.of(facts)
    return " ".join(filter(None, (here.name, here.private_ip)))


def _subnet(facts: Facts) -> str:
    id_ = vantage.of(facts).subnet_id or ""
    parts = (arm_answer.part(id_, "virtualNetworks"), arm_answer.part(id_, "subnets"))
    return "/".join(filter(None, parts))


def _resolver(facts: Facts) -> str:
    host = facts.get(Host)
    return ", ".join(host.resolvers) if host else ""


def _address(facts: Facts) -> str:
    proxy = facts.get(ProxyFailed) or facts.get(ProxyInPlace) or facts.get(ProxyUsed)
    if proxy and proxy.url:
        return proxy.url
    tcp, dns = facts.get(TcpReached), facts.get(DnsAnswer)
    return tcp.address if tcp else ", ".join(dns.addresses) if dns else ""


def _registry(facts: Facts) -> str:
    target = facts.get(Target)
    return target.login_server if target else ""


def _identity(facts: Facts) -> str:
    identity = facts.get(Identity)
    return identity.client_id if identity else ""


def _image(facts: Facts) -> str:
    target = facts.get(Target)
    return target.image.partition("/")[2] if target else ""


def _layer_host(facts: Facts) -> str:
    layer = facts.get(Layer) or facts.get(LayerBlocked) or facts.get(LayerRefused)
    return layer.host if layer else ""


def _docker(facts: Facts) -> str:
    docker = facts.get(DockerRuntime)
    return f"docker {docker.version}" if docker else ""


def _through(facts: Facts) -> bool:
    """Tell whether anything of the registry's own came back."""
    challenge = facts.get(Challenge)
    own = bool(challenge and challenge.from_acr)
    return own or facts.has(Admitted) or facts.has(Refused) or facts.has(TlsTrusted)


def _has_token(facts: Facts) -> bool:
    return reached.has_token(facts) and not reached.kubelet_has_nothing(facts)


RUNTIME = Row(
    title="Runtime",
    stages=(Stage.RUNTIME,),
    kinds=(
        *(DockerPulled, DockerPullFailed, DockerDown, DockerPullUnasked, DockerRuntime),
        *(DiskFull, Mirrors, Units),
    ),
    name=_docker,
    passed=lambda facts: facts.has(DockerPulled),
)

ROWS = (
    Row(
        title="VM",
        stages=(),
        kinds=(Instance, Host),
        name=_machine,
        passed=lambda _facts: True,  # it is where the pull begins
    ),
    Row(
        title="Subnet",
        stages=(),
        kinds=(Subnet, SubnetHidden, Interface, InterfaceHidden),
        name=_subnet,
        passed=lambda facts: facts.has(Subnet),
    ),
    Row(
        title="Resolver",
        stages=(Stage.DNS,),
        kinds=(DnsAnswer, DnsFailed),
        name=_resolver,
        passed=lambda facts: facts.has(DnsAnswer),
    ),
    Row(
        title="Network",
        stages=(Stage.TCP, Stage.TLS),
        kinds=(
            *(ProxyFailed, ProxyInPlace, ProxyUsed),
            *(TlsTrusted, TlsUntrusted, TlsBroken, TcpBlocked, TcpReached),
        ),
        name=_address,
        passed=_through,
    ),
    Row(
        title="Registry firewall",
        stages=(Stage.CHALLENGE, Stage.ADMISSION),
        kinds=(Refused, Admitted, ChallengeSilent, Challenge, AdmissionUnknown),
        name=_registry,
        passed=lambda facts: facts.has(Admitted),
    ),
    Row(
        title="Token",
        stages=(Stage.TOKEN,),
        kinds=(
            *(ProviderUnmatched, PullToken, PullTokenRefused, PullTokenUnknown),
            *(StoredLogins, IdentityMissing, Anonymous),
        ),
        name=_identity,
        passed=_has_token,
    ),
    Row(
        title="Manifest",
        stages=(Stage.MANIFEST,),
        kinds=(Manifest, ManifestMissing, ManifestOtherPlatform, ManifestRefused, ManifestUnasked),
        name=_image,
        passed=lambda facts: facts.has(Manifest),
    ),
    Row(
        title="Layer host",
        stages=(Stage.LAYER,),
        kinds=(Layer, LayerBlocked, LayerRefused),
        name=_layer_host,
        passed=lambda facts: facts.has(Layer),
    ),
    RUNTIME,
)
