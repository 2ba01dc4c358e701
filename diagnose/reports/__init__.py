"""The reports: each format is one file with ``render(result) -> str``, pure.

Only the text for a person looks at a `Style`; whatever a program reads or somebody pastes is the
same everywhere.
"""

from collections.abc import Callable

from diagnose.reports import html, json, junit, markdown, npd, short, text
from diagnose.reports.style import PLAIN, Style
from diagnose.session import Result

FORMATS: dict[str, Callable[[Result], str]] = {
    "text": text.render,
    "short": short.render,
    "json": json.render,
    "markdown": markdown.render,
    "junit": junit.render,
    "html": html.render,
    "npd": npd.render,
}


def rendered(result: Result, output: str, style: Style = PLAIN) -> str:
    """Give the report in the format ``output``, one of `FORMATS`."""
    return text.render(result, style) if output == "text" else FORMATS[output](result)
