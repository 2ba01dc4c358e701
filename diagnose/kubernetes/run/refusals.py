"""What the words of a failed kubectl mean, and what to say of a right that is missing; pure."""

import re
from dataclasses import dataclass

from diagnose.kubernetes.api import ApiError, Posted, Reason

# The word in brackets is the reason of the API server's Status, see StatusReason in
# https://github.com/kubernetes/apimachinery/blob/master/pkg/apis/meta/v1/types.go
_SERVER = re.compile(r"Error from server \((\w+)\): (.*)", re.DOTALL)
_REASONS = {
    "Forbidden": Reason.FORBIDDEN,
    "Unauthorized": Reason.SIGNED_OUT,
    "NotFound": Reason.NOT_FOUND,
    "AlreadyExists": Reason.EXISTS,
    "Conflict": Reason.CONFLICT,
    "Expired": Reason.GONE,
    "Gone": Reason.GONE,
    "RequestEntityTooLarge": Reason.TOO_LARGE,
    "Invalid": Reason.INVALID,
    "BadRequest": Reason.INVALID,
    "TooManyRequests": Reason.BUSY,
    "InternalError": Reason.BROKEN,
    "ServiceUnavailable": Reason.BROKEN,
    "ServerTimeout": Reason.BROKEN,
    "Timeout": Reason.SILENT,
}
# Words of kubectl and its libraries, the first that fits.
_WORDS = (
    ("must be logged in to the server", Reason.SIGNED_OUT),
    ("getting credentials:", Reason.SIGNED_OUT),
    ("no auth provider found", Reason.SIGNED_OUT),
    ("no configuration has been provided", Reason.NO_CONFIG),
    ("error loading config file", Reason.NO_CONFIG),
    ("localhost:8080 was refused", Reason.NO_CONFIG),  # where kubectl asks when it is told nothing
    ("invalid configuration", Reason.NO_CONFIG),
    ("unable to read certificate-authority", Reason.NO_CONFIG),
    ("unable to read client-cert", Reason.NO_CONFIG),
    ("x509:", Reason.OTHER),
    ("timeout exceeded", Reason.SILENT),
    ("deadline exceeded", Reason.SILENT),
    ("request canceled", Reason.SILENT),
    ("i/o timeout", Reason.SILENT),
    ("handshake timeout", Reason.SILENT),
    ("was refused", Reason.UNREACHABLE),
    ("unable to connect to the server", Reason.UNREACHABLE),
    ("no such host", Reason.UNREACHABLE),
    ("connection reset", Reason.UNREACHABLE),
    ("unexpected eof", Reason.UNREACHABLE),
    ("connection lost", Reason.UNREACHABLE),
    ("unknown (get", Reason.BROKEN),
)
# kubectl has a sentence of its own for what is not valid: The ConfigMap "x" is invalid: ...
_INVALID = re.compile(r"\AThe (?:request|\S+ \"[^\"]*\") is invalid\b")
_THERE = "Error from server (AlreadyExists): "
_WHERE = 'error when creating "STDIN": '
_CONTEXT = re.compile(  # not from one such word on over the next: that takes long, for nothing
    r"context (?:(?!context ).)* does not exist"
    r"|stat (?:(?!stat ).)*: (?:no such file|permission denied)"
)


def understood(text: str) -> ApiError:
    """Give the error that kubectl's last words tell."""
    said = text.strip()
    server = _SERVER.search(said)
    if server:
        word, told = server.groups()
        if word == "InternalError" and "etcdserver: request is too large" in told:
            return ApiError(Reason.TOO_LARGE, told)
        return ApiError(_REASONS.get(word, Reason.OTHER), told)
    if said == "error: EOF":  # it asked for a user name, and there is nobody to give one
        return ApiError(Reason.SIGNED_OUT, "the kubeconfig holds no credentials for this cluster")
    if _INVALID.search(said):
        return ApiError(Reason.INVALID, said)
    if _CONTEXT.search(said):
        return ApiError(Reason.NO_CONFIG, said)
    lower = said.lower()
    reason = next((reason for words, reason in _WORDS if words in lower), Reason.OTHER)
    if ".privatelink." in lower:  # https://learn.microsoft.com/azure/aks/private-clusters
        said += " (a private cluster: run this on a machine in its network)"
    return ApiError(reason, said.removeprefix("error: "))


def posted(out: bytes, said: bytes, code: int) -> Posted:
    """Read what kubectl says of many objects: a name for each that it made, a line for each no."""
    made = len(out.splitlines())
    lines = [line for line in said.decode(errors="replace").splitlines() if line.strip()]
    fresh = [line for line in lines if not line.startswith(_THERE)]
    if not code or (lines and not fresh):
        return Posted(made + len(lines) - len(fresh))
    refused = [line for line in fresh if _SERVER.match(line) or _INVALID.match(line)]
    first = next(iter(refused or fresh), f"kubectl ended with code {code}")
    return Posted(made + len(lines) - len(fresh), understood(first.replace(_WHERE, "")))


@dataclass(frozen=True, slots=True)
class Right:
    """A verb on a resource; ``namespaced`` says whether a Role in the namespace can give it."""

    verb: str
    resource: str
    group: str = ""
    namespaced: bool = True

    @property
    def text(self) -> str:
        return f"{self.verb} {self.resource}{f'.{self.group}' if self.group else ''}"

    def rule(self) -> str:
        """Give the one line under ``rules:`` of a Role that allows it."""
        return (
            f'- {{apiGroups: ["{self.group}"], resources: ["{self.resource}"], '
            f'verbs: ["{self.verb}"]}}'
        )


def is_of_rbac(error: ApiError) -> bool:
    """Tell a right that is missing from an object that a rule of the cluster does not let in."""
    return error.reason is Reason.FORBIDDEN and bool(
        re.search(r"\bcannot \w+ resource\b|does not have access to the resource", error.said)
    )


def denied(right: Right, namespace: str, error: ApiError) -> str:
    """Name the verb, the resource, and the smallest rule that would do."""
    if right.namespaced:
        where, kind = f" in namespace {namespace}", "A Role there"
    else:
        where, kind = " in the cluster", "A ClusterRole"
    return (
        f"you may not {right.text}{where} ({error.said}). "
        f"{kind} with this rule would do: {right.rule()}"
    )
