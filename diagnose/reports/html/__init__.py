"""The report as one HTML file that asks nobody for anything and reads well on paper.

It works without its script, which only copies commands.
"""

from diagnose.reports.html import evidence, head, shell, timing, way
from diagnose.reports.words import conclusion
from diagnose.session import Result


def render(result: Result) -> str:
    parts = (
        head.verdict(result),
        head.fix(result),
        way.picture(result.facts, result.verdict),
        *evidence.sections(result),
        timing.waterfall(result),
    )
    return shell.page(
        f"{conclusion(result)} - {result.target.image}",
        head.banner(result),
        "\n".join(part for part in parts if part),
        evidence.footer(result),
    )
