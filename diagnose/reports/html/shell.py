"""What is around a page: its policy, its style and its script.

The content security policy lets through nothing but the style and the script that stand in the
page, by their hashes. No foreign word comes into either: whatever was said by others goes through
`words` of `markup` into the text of the page.
"""

import base64
import hashlib
from functools import cache
from importlib import resources

from diagnose.reports.html.markup import words

_HERE = str(__package__)


def page(
    title: str, banner: str, body: str, footer: str, *, style: str = "", script: str = ""
) -> str:
    """Give the file; ``title`` is escaped here, and the other texts are markup or our own code.

    ``style`` and ``script`` come after those of every page.
    """
    style, script = own(_HERE, "page.css") + style, own(_HERE, "page.js") + script
    policy = (
        "default-src 'none'; base-uri 'none'; form-action 'none'; "
        f"style-src '{_hash(style)}'; script-src '{_hash(script)}'"
    )
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>{words(title)}</title>\n<style>{style}</style>\n</head>\n<body>\n"
        f"{banner}\n<main>\n{body}\n</main>\n{footer}\n"
        f"<script>{script}</script>\n</body>\n</html>\n"
    )


@cache
def own(package: str, name: str) -> str:
    # By name: within a zip, Python 3.10 takes no encoding by position (gh-101144).
    return resources.files(package).joinpath(name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    """Give a source expression of CSP (W3C, Content Security Policy Level 3, section 2.3.1)."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
