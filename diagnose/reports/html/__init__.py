"""The report as one HTML file that asks nobody for anything and reads well on paper.

It works without its script, which only copies commands. Its content security policy lets through
nothing but the style and the script that stand in it, by their hashes. No foreign word comes into
either: whatever was said by others goes through `words` of `markup` into the text of the page.
"""

import base64
import hashlib
from collections.abc import Iterator
from functools import cache
from importlib import resources

from diagnose.reports.html import evidence, head, timing, way
from diagnose.reports.html.markup import words
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
    body = "\n".join(part for part in parts if part)
    return "".join(_page(result, body))


def _page(result: Result, body: str) -> Iterator[str]:
    style, script = _own("page.css"), _own("page.js")
    policy = (
        "default-src 'none'; base-uri 'none'; form-action 'none'; "
        f"style-src '{_hash(style)}'; script-src '{_hash(script)}'"
    )
    title = words(f"{conclusion(result)} - {result.target.image}")
    yield '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
    yield f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    yield '<meta name="color-scheme" content="light dark">\n'
    yield '<meta name="referrer" content="no-referrer">\n'
    yield f"<title>{title}</title>\n<style>{style}</style>\n</head>\n<body>\n"
    yield f"{head.banner(result)}\n<main>\n{body}\n</main>\n{evidence.footer(result)}\n"
    yield f"<script>{script}</script>\n</body>\n</html>\n"


@cache
def _own(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text("utf-8")


def _hash(text: str) -> str:
    """Give a source expression of CSP (W3C, Content Security Policy Level 3, section 2.3.1)."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
