"""The fleet as one JSON document (``"schema": 1``); what varies stands under ``timing``."""

import dataclasses
import json
from typing import Any

from diagnose.fleet import words
from diagnose.fleet.fleet import Fleet, Node, Section, places
from diagnose.grouping import json as grouped
from diagnose.grouping import words as sums
from diagnose.grouping.digest import Digest
from diagnose.grouping.summary import Summary
from diagnose.judging.verdict import Status
from diagnose.reports.json import tool

Document = dict[str, Any]


def render(fleet: Fleet, seconds: float) -> str:
    return json.dumps(document(fleet, seconds), indent=2, sort_keys=True) + "\n"


def document(fleet: Fleet, seconds: float) -> Document:
    return {
        "schema": 1,
        "tool": tool(),
        "summary": sums.closing(fleet.whole),
        "nodes": _counts(fleet.whole),
        "registries": [_section(section) for section in fleet.sections],
        "twice": list(fleet.twice),
        "unreadable": [dataclasses.asdict(one) for one in fleet.lost],
        "limits": words.notes(fleet),
        "timing": {"seconds": round(seconds, 3)},
    }


def _counts(summary: Summary) -> dict[str, int]:
    counts = {str(status): 0 for status in Status}
    for group in summary.groups.values():
        counts[str(group.status)] += group.count
    return {"total": summary.total, "silent": summary.unread, **counts}


def _section(section: Section) -> Document:
    summary = section.summary
    return {
        "registry": section.registry or None,
        "summary": sums.closing(summary),
        "counts": _counts(summary),
        "groups": [grouped.told(summary, group) for group in summary.ordered()],
        "places": [
            {
                "pool": place.pool or None,
                "subnet": place.subnet or None,
                "count": len(place.nodes),
                "failing": place.failing,
                "verdicts": dict(place.groups),
            }
            for place in places(section)
        ],
        "nodes": [_node(node) for node in section.nodes],
        "limits": words.section_notes(section),
    }


def _node(node: Node) -> Document:
    row = node.row
    verdict = row if isinstance(row, Digest) else None
    return {
        "name": row.name,
        "status": str(verdict.status) if verdict else "silent",
        "cause": (verdict.cause or None) if verdict else None,
        "confidence": (verdict.confidence or None) if verdict else None,
        "because": None if isinstance(row, Digest) else row.because,
        "pool": node.pool or None,
        "subnet": node.subnet or None,
        "cluster": node.more,
        "seen": list(node.seen),
    }
