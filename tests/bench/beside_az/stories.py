"""What is told to both: one fault of the simulated Azure each, by its name in `tests.e2e.serve`."""

from dataclasses import dataclass

from diagnose.lab.healthy import ADDRESSES
from tests.e2e.azure import addresses

# Those of the private endpoint, which one of the stories has, come on top.
EVERY = tuple(dict.fromkeys((*addresses(), *ADDRESSES.values(), "10.1.0.7", "10.1.0.8")))


@dataclass(frozen=True, kw_only=True)
class Story:
    """``slow`` ones are told once: az waits for minutes, and another round tells nothing new."""

    case: str
    title: str
    cause: str  # what is true then; empty: nothing is wrong
    slow: bool = False
    each_way: float = 0.0  # seconds that each packet takes


STORIES = (
    Story(case="healthy", title="all is well", cause=""),
    Story(
        case="subnet-not-allowed",
        title="the registry lacks the subnet's rule",
        cause="subnet-not-allowed",
    ),
    Story(
        case="service-endpoint-missing",
        title="the subnet lacks the endpoint",
        cause="service-endpoint-missing",
    ),
    Story(
        case="private-dns-record-missing",
        title="the private zone lacks the name",
        cause="private-dns-record-missing",
    ),
    Story(
        case="subnet-not-allowed",
        title="the registry lacks the rule, 10 ms each way",
        cause="subnet-not-allowed",
        each_way=0.01,
    ),
    Story(
        case="egress-blocked-registry",
        title="packets to the registry are dropped",
        cause="egress-blocked-registry",
        slow=True,
    ),
    Story(
        case="no-outbound",
        title="packets to everything outside are dropped",
        cause="no-outbound",
        slow=True,
    ),
    Story(
        case="resolver-silent",
        title="the DNS server is silent",
        cause="dns-server-unreachable",
        slow=True,
    ),
)
