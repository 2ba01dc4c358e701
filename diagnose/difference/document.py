"""The comparison as one JSON document; its keys are an API (``"schema": 1``)."""

import json
from typing import Any

from diagnose import __version__, vantage
from diagnose.difference import verdicts
from diagnose.difference.contract import Difference, Line, Uncompared
from diagnose.session import Result

Document = dict[str, Any]


def render(difference: Difference) -> str:
    return json.dumps(document(difference), indent=2, sort_keys=True) + "\n"


def document(difference: Difference) -> Document:
    return {
        "schema": 1,
        "tool": {"name": "acr-diagnose", "version": __version__},
        "good": _side(difference.good),
        "bad": _side(difference.bad),
        "remarks": list(verdicts.remarks(difference)),
        "names_compared": difference.named,
        "differs": difference.differs,
        "differences": [_line(line) for line in difference.lines],
        "follows": [_line(line) for line in difference.follows],
        "uncompared": [_uncompared(one) for one in difference.uncompared],
        "closing": verdicts.closing(difference),
    }


def _side(result: Result) -> Document:
    here, found = vantage.of(result.facts), result.verdict
    return {
        "name": here.name,
        "private_ip": here.private_ip,
        "subnet_id": here.subnet_id,
        "image": result.target.image,
        "status": str(found.status),
        "cause": found.primary.cause.id if found.primary else None,
        "confidence": found.primary.finding.confidence.word if found.primary else None,
        "verdict": verdicts.verdict(result),
    }


def _line(line: Line) -> Document:
    return {
        "aspect": line.aspect.word,
        "check": line.check,
        "good": line.good,
        "bad": line.bad,
        "facts": {"good": line.facts[0], "bad": line.facts[1]},
        "changes": [{"field": one.field, "good": one.good, "bad": one.bad} for one in line.changes],
    }


def _uncompared(one: Uncompared) -> Document:
    return {
        "check": one.check,
        "sides": list(one.sides),
        "why": one.why,
        "shown": one.shown,
        "skipped": one.skipped,
    }
