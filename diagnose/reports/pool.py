"""The report of ``agentpool``: a table of what the pool's subnet needs, as text or JSON; pure."""

import dataclasses
import json as codec
from typing import Any

from diagnose import vantage
from diagnose.causes.path.agent_pool_egress_blocked import CAUSE
from diagnose.pooling import PoolResult
from diagnose.reports import lines as words
from diagnose.reports.json import tool

_CAUTION = (
    "A service tag is a set of addresses: a host that answers stands for it and proves no more "
    "than itself. Those for Key Vault and Event Hubs are guessed from the registry's name, unless "
    "--host names better ones. Run this on a machine in the pool's own subnet; a pool's machines "
    "cannot be entered."
)


def text(result: PoolResult) -> str:
    here = vantage.of(result.facts)
    lines = [f"Agent pool of {result.target.login_server}, seen from {here.name or 'here'}", ""]
    rows = result.pool.rows if result.pool else ()
    for row in rows:
        lines += words.wrap(
            f"{row.way:<8} {row.tag:<21} {row.port:<6} {row.because}", "  ", " " * 40
        )
    lines += ["", "Service endpoints of the subnet (they do not replace the rules above)"]
    lines += [f"  {state:<10} {service}" for service, state in result.endpoints]
    if result.finding:
        lines += ["", f"ROOT CAUSE: {CAUSE.id} ({result.finding.confidence.word})", "", "Fix"]
        for number, step in enumerate(result.finding.fix, 1):
            lines += words.fix(number, step)
    if result.limits:
        lines += ["", "Could not be seen"]
        for sentence in result.limits:
            lines += words.wrap(sentence, "  ", "    ")
    return "\n".join([*lines, "", *words.wrap(_CAUTION, ""), "", closing(result)]) + "\n"


def closing(result: PoolResult) -> str:
    if result.finding:
        return f"Verdict: {CAUSE.id} ({result.finding.confidence.word}): {CAUSE.title}"
    if result.code:
        return "Verdict: inconclusive: not every way out could be tried"
    return "Verdict: healthy: what an agent pool needs can be reached from here"


def json(result: PoolResult) -> str:
    finding = result.finding
    status = {0: "healthy", 1: "cause"}.get(result.code, "inconclusive")
    steps = finding.fix if finding else ()
    seen = finding.evidence if finding else ()
    document: dict[str, Any] = {
        "schema": 1,
        "tool": tool(),
        "target": dataclasses.asdict(result.target) | {"image": result.target.image},
        "vantage": dataclasses.asdict(vantage.of(result.facts)),
        "verdict": {
            "status": status,
            "cause": CAUSE.id if finding else None,
            "confidence": finding.confidence.word if finding else None,
            "title": CAUSE.title if finding else None,
            "owner": CAUSE.owner if finding else None,
            "settle": finding.settle if finding else "",
            "evidence": [dataclasses.asdict(one) for one in seen],
            "fix": [dataclasses.asdict(step) for step in steps],
        },
        "rules": [dataclasses.asdict(row) for row in (result.pool.rows if result.pool else ())],
        "endpoints": [{"service": one, "state": state} for one, state in result.endpoints],
        "limits": list(result.limits),
        "timing": {"seconds": round(result.seconds, 3)},
    }
    return codec.dumps(document, indent=2, sort_keys=True, default=list) + "\n"


FORMATS = {"text": text, "json": json}
