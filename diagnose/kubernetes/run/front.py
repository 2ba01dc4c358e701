"""Between the command line and a run on a cluster: kubectl, the manifest, the report, the code."""

import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from checks.target import UsageError, parse, without_login
from diagnose import front, reports
from diagnose.fleet import front as fleet_front
from diagnose.fleet import roster
from diagnose.kubernetes.api import ApiError, Reason
from diagnose.kubernetes.manifest import front as manifest
from diagnose.kubernetes.manifest import objects
from diagnose.kubernetes.manifest.names import NAME, NAMESPACE
from diagnose.kubernetes.manifest.wanted import Profile, Wanted, wanted
from diagnose.kubernetes.run import collecting
from diagnose.kubernetes.run.kubectl import Kubectl
from diagnose.kubernetes.run.listing import Object
from diagnose.kubernetes.run.making import MakingError
from diagnose.kubernetes.run.progress import Progress
from diagnose.kubernetes.run.waiting import Patience
from diagnose.kubernetes.run.work import Order, Outcome, work
from diagnose.reports import style

SELECTOR = f"app.kubernetes.io/name={NAME}"
SECONDS = 300.0  # for a whole run, without what is deleted after it
_SILENT = 3  # the exit code where no node answered, or there may be more nodes than did
_SIGNAL = 128  # and the signal's number: the exit code that shells have for it
_NODES = "/api/v1/nodes"
_SLIPS = {Reason.NO_KUBECTL, Reason.NO_CONFIG}


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """The command's arguments. ``namespace`` is one that exists; without it one is made."""

    target: str
    context: str = ""
    kubeconfig: str = ""
    namespace: str = ""
    seconds: float = SECONDS
    profile: str = Profile.NETWORK.value
    zero_pull: bool = False
    image: str = ""
    identity: str = ""
    arm: bool = True
    most: int = 0
    keeps: bool = False
    events: bool = False
    node_log: bool = False
    program: str = "kubectl"
    patience: Patience = field(default_factory=Patience)


def run(request: Request, output: str, *, quiet: bool = False, colour: bool = True) -> int:
    """Run on every node, print the fleet's verdict, and give the exit code.

    0: every node pulls; 1: a cause was found; 3: none, but something is inconclusive or silent;
    5: nothing came of it; 128 and more: interrupted by that signal. Raises `UsageError`.
    """
    slips: list[UsageError] = []
    begun = time.monotonic()

    def show(outcome: Outcome) -> None:
        seconds = time.monotonic() - begun
        front.printed(_report(outcome, output, quiet=quiet, colour=colour, seconds=seconds))

    def job() -> tuple[str, int]:
        try:
            return "", _code(_outcome(request, show, quiet=quiet))
        except UsageError as error:
            slips.append(error)
            return "", 0
        except (ApiError, MakingError) as error:
            if isinstance(error, ApiError) and error.reason in _SLIPS:
                slips.append(UsageError(str(error)))
                return "", 0
            return _failed(str(error), request, output), front.BROKEN

    code = front.guarded(job, output, without_login(request.target))
    for slip in slips:
        raise slip
    return code


def live(
    output: str,
    *,
    context: str = "",
    kubeconfig: str = "",
    namespace: str = "",
    program: str = "kubectl",
    quiet: bool = False,
    colour: bool = True,
) -> int:
    """Print the fleet of what runs in a cluster already, and give the exit code, as for ``fleet``.

    ``namespace`` is where to look; empty means everywhere. Raises `UsageError`.
    """
    try:
        api = Kubectl(context, kubeconfig, program=program)
        api.get(_NODES, {"limit": "1"})
    except ApiError as error:
        if error.reason in _SLIPS:
            raise UsageError(str(error)) from None
    items = collecting.collected(api, namespace, SELECTOR)
    return fleet_front.shown(items, output, quiet=quiet, colour=colour)


def _outcome(request: Request, show: Callable[[Outcome], None], *, quiet: bool) -> Outcome:
    _wanted(request)  # a slip is told before anybody is asked anything
    order = Order(
        render=lambda nodes: _rendered(request, nodes),
        namespace=request.namespace,
        seconds=request.seconds,
        most=request.most,
        needs_nodes="--zero-pull" if request.zero_pull else "",
        keeps=request.keeps,
        events=parse(request.target).image if request.events else "",
        patience=request.patience,
    )
    api = Kubectl(request.context, request.kubeconfig, program=request.program)
    return work(api, order, Progress(sys.stderr, quiet=quiet), show)


def _wanted(request: Request, nodes: Sequence[Object] | None = None) -> Wanted:
    """Give what the manifest is made from; without ``nodes`` it is only checked."""
    chosen = nodes is not None and request.zero_pull
    return wanted(
        request.target,
        profile=request.profile,
        image=request.image,
        namespace=request.namespace or NAMESPACE,
        zero_pull=chosen,
        nodes={"items": nodes} if chosen else None,
        identity=request.identity,
        arm=request.arm,
        node_log=request.node_log,
    )


def _rendered(
    request: Request, nodes: Sequence[Object] | None
) -> tuple[list[Object], Sequence[str]]:
    asked = _wanted(request, nodes)
    return objects.objects(asked, manifest.code(asked)), asked.left_out


def _report(outcome: Outcome, output: str, *, quiet: bool, colour: bool, seconds: float) -> str:
    sys.stderr.writelines(f"acr-diagnose: {limit}\n" for limit in outcome.limits)
    fleet = roster.collected(outcome.items)
    fleet.limits = tuple(outcome.limits)
    look = style.of(sys.stdout, os.environ, colour=colour)
    return "" if quiet else fleet_front.rendered(fleet, output, look, seconds)


def _code(outcome: Outcome) -> int:
    if outcome.ended:
        return _SIGNAL + outcome.ended
    code = roster.collected(outcome.items).code
    unsure = code == 0 and not outcome.complete
    return _SILENT if unsure or not outcome.answered else code


def _failed(sentence: str, request: Request, output: str) -> str:
    """Say why nothing came of it; where JSON is awaited, as one document."""
    sys.stderr.write(f"acr-diagnose: {sentence}\n")
    target = without_login(request.target)
    return reports.json.failure(sentence, target) if output == "json" else ""
