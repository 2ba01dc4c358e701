"""The report for a test dashboard: JUnit's XML, one test case a check and one for the verdict.

The verdict's case comes first: it fails with the cause and the fix, and is an error where the run
is inconclusive. Seconds are of this run, so two reports of one case differ in them.
"""

import re
from xml.etree import ElementTree as ET

from diagnose import __version__
from diagnose.causes.contract import FixStep
from diagnose.engine import Step
from diagnose.judging.verdict import Status
from diagnose.reports import words
from diagnose.reports.json import check_of
from diagnose.session import Result

# What XML 1.0 section 2.2 does not allow in a document, not even as a reference, and what it allows
# and a terminal would obey: a return, and the control characters from 7f on.
_FORBIDDEN = re.compile(
    "[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u200b-\u200f\u2028-\u202e\u2066-\u2069]"
)
_KINDS = {"fail": "failure", "crashed": "error", "skipped": "skipped", "unknown": "skipped"}


def render(result: Result) -> str:
    suite = ET.Element("testsuite", name=_legal(f"acr-diagnose {result.target.image}"))
    suite.set("hostname", _legal(words.where(result)))
    suite.append(_properties(result))
    suite.append(_verdict(result))
    suite.extend(_check(step) for step in result.steps)
    cases = suite.findall("testcase")
    for name, kind in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(name, str(sum(case.find(kind) is not None for case in cases)))
    suite.set("tests", str(len(cases)))
    suite.set("time", f"{result.seconds:.3f}")
    root = ET.Element("testsuites")
    root.append(suite)
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _properties(result: Result) -> ET.Element:
    held = ET.Element("properties")
    for name, value in (
        ("version", __version__),
        ("target", result.target.image),
        ("status", result.verdict.status),
        ("reached", result.verdict.reached.word),
    ):
        ET.SubElement(held, "property", name=name, value=_legal(value))
    return held


def _verdict(result: Result) -> ET.Element:
    case = ET.Element("testcase", classname="acr-diagnose", name="verdict")
    case.set("time", f"{result.seconds:.3f}")
    status, primary = result.verdict.status, result.verdict.primary
    if status is Status.HEALTHY:
        return case
    kind = "failure" if primary else "error"
    end = ET.SubElement(case, kind, message=_legal(words.conclusion(result)))
    end.set("type", primary.cause.id if primary else "inconclusive")
    lines = [f"{one.check}: {one.saw}" for one in words.evidence(result)]
    lines += [f"could also be {one.cause.id}: {one.because}" for one in words.undecided(result)]
    if primary and primary.finding.settle:
        lines.append(f"to be sure: {primary.finding.settle}")
    for number, step in enumerate(primary.finding.fix if primary else (), 1):
        lines += _fix(number, step)
    end.text = _legal("\n".join(lines))
    return case


def _fix(number: int, step: FixStep) -> list[str]:
    told = [f"fix {number}: {step.command or step.why}", f"  risk: {step.risk}"]
    return told + ([f"  undo: {step.undo}"] if step.undo else [])


def _check(step: Step) -> ET.Element:
    case = ET.Element("testcase", classname="acr-diagnose.checks", name=step.check.id)
    case.set("time", f"{step.took:.3f}")
    kind = _KINDS.get(check_of(step)["status"])
    told = _legal(words.said(step))
    if kind == "skipped":
        ET.SubElement(case, kind, message=told)
    elif kind:
        end = ET.SubElement(case, kind, message=told, type=step.check.id)
        end.text = _legal(step.traceback)
    return case


def _legal(text: str) -> str:
    """Leave out what XML does not allow, a terminal obeys, or turns the reading order round."""
    return _FORBIDDEN.sub("", text)
