"""A verdict without its words: what must be the same whichever names stand in it."""

from typing import Any

from diagnose.causes.contract import Evidence
from diagnose.judging.verdict import Found, Verdict


def of(verdict: Verdict) -> tuple[Any, ...]:
    """Give status, causes, confidences, the checks that speak for them, rivals and fixes."""
    return (
        verdict.status,
        verdict.reached,
        verdict.primary and _found(verdict.primary),
        tuple(map(_found, verdict.also)),
        tuple((rival.cause.id, rival.rejected, bool(rival.settle)) for rival in verdict.rivals),
        tuple(cause.id for cause in verdict.hidden),
        _checks(verdict.evidence),
    )


def _found(found: Found) -> tuple[Any, ...]:
    finding = found.finding
    return (
        found.cause.id,
        found.stage,
        finding.confidence,
        _checks(finding.evidence),
        tuple((step.risk, bool(step.command), bool(step.undo)) for step in finding.fix),
    )


def _checks(evidence: tuple[Evidence, ...]) -> tuple[str, ...]:
    return tuple(one.check for one in evidence)
