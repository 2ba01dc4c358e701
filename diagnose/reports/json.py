"""The report as one JSON document; its keys are an API (``"schema": 1``).

Everything that differs between two runs of one case stands under ``timing``.
"""

import dataclasses
import json
from typing import Any

from checks.contract import Fact
from diagnose import __version__, vantage
from diagnose.causes.contract import Evidence, FixStep
from diagnose.engine import Outcome, Step
from diagnose.judging.verdict import Found, Rival, Verdict
from diagnose.reports import advice
from diagnose.session import Result

Document = dict[str, Any]


def render(result: Result) -> str:
    return json.dumps(document(result), indent=2, sort_keys=True, default=list) + "\n"


def failure(message: str, target: str = "") -> str:
    """Give the one document of a run that broke before it had a result."""
    return (
        json.dumps(
            {"schema": 1, "tool": tool(), "target": {"asked": target}, "error": message},
            indent=2,
            sort_keys=True,
        )
        + "\n"
    )


def document(result: Result) -> Document:
    return {
        "schema": 1,
        "tool": tool(),
        "target": dataclasses.asdict(result.target) | {"image": result.target.image},
        "vantage": dataclasses.asdict(vantage.of(result.facts)),
        "verdict": verdict_of(result.verdict) | {"advice": advice.of(result.facts, result.verdict)},
        "checks": [check_of(step) for step in result.steps],
        "limits": list(result.limits),
        "facts": {type(fact).__name__: fields(fact) for fact in result.facts},
        "timing": {
            "seconds": round(result.seconds, 3),
            "checks": {
                step.check.id: {"began": round(step.began, 3), "took": round(step.took, 3)}
                for step in result.steps
            },
        },
    }


def fields(fact: Fact) -> Document:
    """Give a fact's fields; every fact is a dataclass, which the base class cannot say."""
    return dataclasses.asdict(fact) if dataclasses.is_dataclass(fact) else {}


def verdict_of(verdict: Verdict) -> Document:
    primary = verdict.primary
    evidence = primary.finding.evidence if primary else verdict.evidence
    return {
        "status": verdict.status,
        "cause": primary.cause.id if primary else None,
        "confidence": primary.finding.confidence.word if primary else None,
        "title": primary.cause.title if primary else None,
        "owner": primary.cause.owner if primary else None,
        "note": primary.finding.note if primary else "",
        "settle": primary.finding.settle if primary else "",
        "reached": verdict.reached.word,
        "evidence": [_evidence(one) for one in evidence],
        "also": [_also(one) for one in verdict.also],
        "rivals": [_rival(one) for one in verdict.rivals],
        "hidden": [cause.id for cause in verdict.hidden],
        "fix": [_fix(step) for step in primary.finding.fix] if primary else [],
    }


def check_of(step: Step) -> Document:
    status = {
        Outcome.SKIPPED: "skipped",
        Outcome.CRASHED: "crashed",
        Outcome.UNFINISHED: "unknown",
    }.get(step.outcome)
    return {
        "id": step.check.id,
        "status": status or (step.fact.health if step.fact else "unknown"),
        "summary": step.fact.summary if step.fact else step.check.title,
        "because": step.why,
    }


def tool() -> Document:
    return {"name": "acr-diagnose", "version": __version__}


def _evidence(evidence: Evidence) -> Document:
    return dataclasses.asdict(evidence)


def _fix(step: FixStep) -> Document:
    return dataclasses.asdict(step)


def _also(found: Found) -> Document:
    return {
        "cause": found.cause.id,
        "confidence": found.finding.confidence.word,
        "title": found.cause.title,
        "owner": found.cause.owner,
        "evidence": [_evidence(one) for one in found.finding.evidence],
        "fix": [_fix(step) for step in found.finding.fix],
    }


def _rival(rival: Rival) -> Document:
    return {
        "cause": rival.cause.id,
        "because": rival.because,
        "settle": rival.settle,
        "rejected": rival.rejected,
    }
