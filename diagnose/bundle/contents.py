"""What stands in a bundle: the recording, what is made from it, and a manifest of it all.

The same recording gives the same bytes: nothing here asks for the time or for a random number.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from diagnose import __version__, reports
from diagnose.bundle import codec, lines, questions
from diagnose.bundle.recording import Recording
from diagnose.bundle.verified import MANIFEST, SCHEMA
from diagnose.engine import Outcome
from diagnose.reports import words
from diagnose.session import Result

_HOST_PORTS = ("host", "node", "docker")


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What the manifest says of how the bundle was made."""

    command: tuple[str, ...]
    redacted: bool
    salt_id: str = ""  # bundles of one salt use the same names; empty where nothing was redacted
    redactions: Mapping[str, int] | None = None  # class -> how many different values
    holds: bool = True  # the recording gives the verdict that the run gave


def members(recording: Recording, result: Result, about: About) -> dict[str, bytes]:
    """Give every file of the bundle by its name; ``result`` is what ``recording`` comes to."""
    files = {
        lines.RUN: _json(lines.run_of(recording)),
        lines.REPLIES: "".join(lines.line_of(one) + "\n" for one in recording.answers).encode(),
        lines.FACTS: _json(lines.facts_of(result.facts)),
        "host.json": _json(_host(recording)),
        "log.txt": _log(recording, result).encode(),
        "report.txt": reports.text.render(result).encode(),
        "report.json": reports.json.render(result).encode(),
        "report.html": reports.FORMATS["html"](result).encode(),
    }
    return {MANIFEST: _json(_manifest(recording, result, about, files)), **files}


def _manifest(
    recording: Recording, result: Result, about: About, files: Mapping[str, bytes]
) -> dict[str, Any]:
    primary = result.verdict.primary
    return {
        "schema": SCHEMA,
        "tool": reports.json.tool(),
        "command": list(about.command),
        "redacted": about.redacted,
        "salt_id": about.salt_id,
        "redactions": dict(about.redactions or {}),
        "denied": list(result.limits),
        "unfinished": list(recording.unfinished),
        "verdict": {
            "status": result.verdict.status,
            "cause": primary.cause.id if primary else None,
            "confidence": primary.finding.confidence.word if primary else None,
            "holds": about.holds,
        },
        "files": {
            name: {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
            for name, data in files.items()
        },
    }


def _host(recording: Recording) -> list[dict[str, Any]]:
    """Give what the machine said of itself, once each: its settings, its runtimes, their logs."""
    known = questions.methods()
    rows = {
        (one.port, one.method): {
            "port": one.port,
            "method": one.method,
            "reply": codec.encoded(one.reply, known[one.port, one.method].reply),
        }
        for one in recording.answers
        if one.port in _HOST_PORTS
    }
    return [rows[key] for key in sorted(rows)]


def _log(recording: Recording, result: Result) -> str:
    """Give the tool's own log: how each check ended, in the order in which they ended."""
    said = {step.check.id: words.said(step) for step in result.steps}
    rows = [f"acr-diagnose {__version__}\n"]
    for step in sorted(recording.steps, key=lambda step: (step.began + step.took, step.check)):
        told = said.get(step.check, step.why)
        rows.append(
            f"{step.began:7.3f}s +{step.took:6.3f}s {step.outcome:<10} {step.check}: {told}\n"
        )
        rows += [f"    {line}\n" for line in step.traceback.splitlines()]
    if any(step.outcome is Outcome.UNFINISHED for step in recording.steps):
        rows.append(f"{recording.seconds:7.3f}s the run's time was up\n")
    return "".join(rows)


def _json(document: Any) -> bytes:
    return (json.dumps(document, indent=1, sort_keys=True) + "\n").encode()
