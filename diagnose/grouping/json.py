"""The summary as one JSON document (``"schema": 1``); what varies stands under ``timing``."""

import dataclasses
import json
from typing import Any

from diagnose.grouping import contrast, words
from diagnose.grouping.contrast import Difference
from diagnose.grouping.summary import Group, Summary
from diagnose.grouping.tally import Tally
from diagnose.judging.verdict import Status
from diagnose.reports.json import tool

Document = dict[str, Any]


def render(summary: Summary, seconds: float) -> str:
    return json.dumps(document(summary, seconds), indent=2, sort_keys=True) + "\n"


def document(summary: Summary, seconds: float) -> Document:
    counts = {str(status): 0 for status in Status}
    for group in summary.groups.values():
        counts[str(group.status)] += group.count
    return {
        "schema": 1,
        "tool": tool(),
        "summary": words.closing(summary),
        "bundles": {"total": summary.total, "unreadable": summary.unread, **counts},
        "groups": [told(summary, group) for group in summary.ordered()],
        "unreadable": [dataclasses.asdict(row) for row in summary.reasons],
        "limits": words.notes(summary),
        "timing": {"seconds": round(seconds, 3)},
    }


def told(summary: Summary, group: Group) -> Document:
    here, one = contrast.place(summary, group), summary.noun.one
    return {
        "status": str(group.status),
        "cause": group.cause or None,
        "title": group.title or None,
        "owner": group.owner or None,
        "count": group.count,
        "confidence": _table(group.confidence),
        "reached": _table(group.reached),
        "also": _table(group.also),
        "rivals": _table(group.rivals),
        "settle": [{"look": row.value, one: row.note} for row in group.looks.counts()],
        "subnets": {
            "known": [{"subnet": row.value, "count": row.times} for row in here.subnets],
            "different": here.different,
            "exact": here.exact,
            "unknown": here.unknown,
            "of": here.machines,
        },
        "differs": [_difference(row) for row in contrast.differences(summary, group)],
        "fixes": [
            {
                "count": row.times,
                one: row.note,
                "subnet": row.value.subnet or None,
                "fix": [dataclasses.asdict(step) for step in row.value.steps],
            }
            for row in group.fixes.counts()
        ],
        "examples": group.examples,
    }


def _table(tally: Tally[str]) -> dict[str, int]:
    return {row.value: row.times for row in tally.counts()}


def _difference(row: Difference) -> Document:
    return dataclasses.asdict(row)
