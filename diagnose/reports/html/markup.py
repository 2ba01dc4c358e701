"""How words become markup: escaped first, then put into an element."""

import html
import re
from collections.abc import Iterable

from diagnose.reports.lines import printable

# A look that would tell is mostly a line to paste; the others are sentences.
_LINE = re.compile(r"(?:az|sudo|docker|curl|acr-diagnose) |[A-Z_]+=")


def words(text: str) -> str:
    """Escape for an element's text or a quoted attribute; nothing in it acts on the page."""
    return html.escape(printable(text), quote=True)


def section(name: str, title: str, *parts: str) -> str:
    """Give a landmark with a heading; nothing where there is nothing to put in it."""
    body = "\n".join(part for part in parts if part)
    if not body:
        return ""
    return (
        f'<section class="{name}" aria-labelledby="{name}">\n'
        f'<h2 id="{name}">{words(title)}</h2>\n{body}\n</section>'
    )


def listed(items: Iterable[str], name: str = "plain") -> str:
    """Give a list of what is markup already."""
    rows = "\n".join(f"<li>{item}</li>" for item in items)
    return f'<ul class="{name}">\n{rows}\n</ul>' if rows else ""


def pairs(rows: Iterable[tuple[str, str]], name: str = "facts") -> str:
    """Give names with what is said of them, which is markup already."""
    told = "\n".join(
        f"<div><dt>{words(title)}</dt><dd>{markup}</dd></div>" for title, markup in rows if markup
    )
    return f'<dl class="{name}">\n{told}\n</dl>' if told else ""


def command(text: str, label: str) -> str:
    """Give a line to paste with its button, which the script brings to life."""
    return (
        f'<div class="command"><pre><code>{_words_of(text)}</code></pre>'
        f'<button type="button" hidden aria-label="{words(label)}">Copy</button></div>'
    )


def look(text: str) -> str:
    """Give a look that would tell: in the letters of a terminal where it is mostly a line."""
    return f"<code>{_words_of(text)}</code>" if _LINE.match(text) else words(text)


def _words_of(line: str) -> str:
    """Keep each word of a line in one piece: a browser would break after the dashes of ``--ids``.

    The text stays what it was, so that what is copied is what was meant.
    """
    return " ".join(f"<i>{words(word)}</i>" if word else "" for word in line.split(" "))
