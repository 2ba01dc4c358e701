"""What a check may send, as rows beside its ``gather``: ``acr-diagnose plan`` prints them.

A name in braces stands for what is learned while running, or given with the target: within one
path segment, but for those in `LONG`. A test holds the rows against what really leaves the
simulated machine, so a request without a row fails there, and so does a row without a request.
"""

from dataclasses import dataclass

from checks.ports import AZURE_DNS

HERE = "this machine"
LONG = ("repository", "layer_path", "role_scope")  # these may hold slashes


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One kind of request. ``when`` names what has to be switched on for it to be made."""

    method: str  # GET | HEAD | POST | DNS | TCP | TLS | CRI | READ | RUN
    host: str  # a host, or what stands in its place: a resolver, a socket
    path: str = ""
    port: int = 443
    why: str = ""
    right: str = ""  # an Azure action; empty where none is asked for
    when: tuple[str, ...] = ()


SUBSCRIPTION = "/subscriptions/{subscription}"


def arm(path: str, right: str, why: str) -> Ask:
    """GET from Azure Resource Manager."""
    when = ("arm", "identity")
    return Ask(method="GET", host="{arm}", path=path, right=right, why=why, when=when)


def resource(kind: str, why: str, *, of: str = "") -> Ask:
    """GET one resource; its kind names both the path and the right.

    A final slash asks for the list of them. ``of`` is the kind of resource that it extends.
    """
    namespace, *types = kind.rstrip("/").split("/")
    names = [f"/{one}/{{{one}}}" for one in types]
    if kind.endswith("/"):
        names[-1] = f"/{types[-1]}"
    own = f"/providers/{namespace}{''.join(names)}"
    whole = resource(of, "").path if of else f"{SUBSCRIPTION}/resourceGroups/{{group}}"
    return arm(whole + own, f"{kind.rstrip('/')}/read", why)


def registry(method: str, path: str, why: str, *when: str) -> Ask:
    return Ask(method=method, host="{login_server}", path=path, why=why, when=when)


def imds(path: str, why: str, *when: str) -> Ask:
    return Ask(
        method="GET", host="169.254.169.254", path=f"/metadata/{path}", port=80, why=why, when=when
    )


def entra(method: str, path: str, why: str) -> Ask:
    """A sign-in with a credential that the person chose, by --auth env or workload."""
    return Ask(method=method, host="{authority}", path=path, why=why, when=("identity", "entra"))


def dns(name: str, why: str) -> tuple[Ask, Ask]:
    """A name asked of every resolver of this machine, and on Azure of the platform's own."""
    servers = ("{resolver}", AZURE_DNS)
    own, azure = (Ask(method="DNS", host=one, path=name, port=53, why=why) for one in servers)
    return own, azure


def tcp(host: str, why: str, port: int = 443) -> Ask:
    return Ask(method="TCP", host=host, port=port, why=why)


def mirror(why: str) -> Ask:
    """What a runtime's own first question is, sent to a host that it is told to ask."""
    return Ask(method="GET", host="{mirror}", path="/v2/", port=0, why=why)


def tls(host: str, why: str) -> Ask:
    return Ask(method="TLS", host=host, why=why)


def engine(method: str, path: str, why: str, *when: str) -> Ask:
    """A request to the docker engine's own socket; it stays on the machine."""
    right = "access to docker's socket"
    return Ask(
        method=method,
        host="docker engine",
        path=path,
        port=0,
        why=why,
        right=right,
        when=("docker", *when),
    )


def cri(method: str, why: str, *when: str) -> Ask:
    """A question to the kubelet's runtime over its own socket; it stays on the machine."""
    right = "access to containerd's socket"
    return Ask(
        method="CRI",
        host="containerd",
        path=f"/runtime.v1.{method}",
        port=0,
        why=why,
        right=right,
        when=("containerd", *when),
    )


def read(path: str, why: str, right: str = "") -> Ask:
    """A file of this machine's; nothing is sent."""
    return Ask(method="READ", host=HERE, path=path, port=0, why=why, right=right)


def run(program: str, why: str, *when: str) -> Ask:
    """A program on this machine; what it sends by itself is its own affair, and is named."""
    return Ask(method="RUN", host=HERE, path=program, port=0, why=why, when=when)
