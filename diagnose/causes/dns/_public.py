"""How a pull fails that takes the public way by mistake; no cause of its own."""

from checks.dns_answer import Resolver
from checks.refusal import Refused
from checks.tcp_path import TcpBlocked
from diagnose.causes.contract import Evidence, FixStep, Risk, Stage
from diagnose.causes.private_link import PrivateLink

# A pull that takes the private way meets none of these.
BEATS = (
    "egress-blocked-registry",
    "egress-filtered-registry",
    "no-outbound",
    "public-access-disabled",
    "service-endpoint-missing",
    "service-endpoint-not-ready",
    "subnet-not-allowed",
    "ip-not-allowed",
    "ip-rule-defeated-by-endpoint",
    "egress-path-bypasses-endpoint",
    "rule-subnet-deleted",
    "rule-quota-reached",
    "provider-not-registered",
    "registry-not-premium",
    "unsupported-cloud",
    "trusted-service-not-covered",
    "unsupported-host",
)


def stage(refused: Refused | None, tcp: TcpBlocked | None) -> Stage | None:
    """Give the point at which the public side was met as closed, or None where it was not."""
    if refused:
        return Stage.CHALLENGE if refused.check == "challenge" else Stage.ADMISSION
    return Stage.TCP if tcp else None


def met(refused: Refused | None, tcp: TcpBlocked | None) -> tuple[Evidence, ...]:
    seen = ((refused.check if refused else "", refused), ("tcp", tcp))
    return tuple(Evidence(check=check, saw=fact.summary) for check, fact in seen if fact)


def own_setting(link: PrivateLink, wrong: list[Resolver]) -> tuple[FixStep, ...]:
    """The VNet names none of these servers: the machine, or its NIC, has a setting of its own."""
    told = link.vnet.dns_servers if link.vnet else None
    strange = [r.server for r in wrong if told is not None and r.server not in told]
    if not strange:
        return ()
    return (
        FixStep(
            command="resolvectl status",
            needs="a shell on this machine",
            risk=Risk.READ_ONLY,
            why=f"The VNet does not name {', '.join(strange)}: a setting of this machine or of its "
            "NIC does. Let it take the VNet's servers again, or else:",
        ),
    )
