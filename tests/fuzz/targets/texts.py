"""Foreign words: what ``explain --text`` reads, and what any report makes printable."""

import io
import json
from functools import cache
from pathlib import Path

from checks import answers, runtime_words
from diagnose.bundle import errors
from diagnose.fleet import foreign
from diagnose.reports import escapes, lines
from diagnose.reports.html import markup
from diagnose.texts import front
from diagnose.texts.read import read
from tests.fuzz import properties
from tests.fuzz.target import Target

_RECORDED = Path(__file__).parents[2] / "recorded" / "texts.jsonl"
_LONGEST = 4000  # characters of a page of `explain`, however long the text was


@cache
def pasted() -> tuple[bytes, ...]:
    """Give errors that people pasted, some as a terminal or a JSON log wraps them."""
    rows = [json.loads(line) for line in _RECORDED.read_text().splitlines()]
    words = [str(row["error"]) for row in rows]
    odd = (
        "\ufeff" + words[0],
        json.dumps({"log": words[1], "stream": "stderr"}),
        json.dumps(json.dumps({"msg": words[2]})),
        "\x1b[31m" + words[3].replace(" ", "\x1b[0m "),
        "\n".join(words[4:10]),
        "[" + ", ".join(words[10:14]) + "]",
    )
    return (*(one.encode() for one in (*words, *odd)), words[0].encode("utf-16"))


def explain(data: bytes) -> object:
    reading = read(front.blocks(io.BytesIO(data)))
    page = properties.page(front._page(reading))
    document = json.loads(front._document(reading))
    for text in properties.texts(document):
        properties.line(text, "a text of the document")
    if len(page) > _LONGEST:
        raise AssertionError(f"a page of {len(page)} characters")
    return page, document


def runtime(data: bytes) -> object:
    """The words of docker and containerd, as checks read them."""
    text = data.decode("utf-8", "replace")
    return {
        name: function(text)
        for name, function in sorted(vars(runtime_words).items())
        if callable(function)
        and getattr(function, "__module__", "") == runtime_words.__name__
        and not isinstance(function, type)
        and function.__code__.co_argcount == 1
        and not name.startswith("_")
    }


def shown(data: bytes) -> object:
    """What any report does with words that came from elsewhere."""
    text = data.decode("utf-8", "surrogatepass") if _is_text(data) else data.decode("latin-1")
    once = answers.clean(text)
    properties.line(once, "a cleaned text")
    properties.same(answers.clean(once), once, "a text cleaned twice")
    for make in (lines.printable, errors.printable, foreign.short):
        line = properties.line(make(text), make.__module__)
        properties.same(make(line), line, f"{make.__module__} twice")
        if not line.isprintable():
            raise AssertionError(f"{make.__module__}: {line!r}")
    for make in (escapes.prose, escapes.code, markup.words):
        properties.line(make(lines.printable(text)), make.__module__)
    if set(markup.words(text)) & set("<>\"'"):
        raise AssertionError(f"HTML: {markup.words(text)!r}")
    for line in (*escapes.block(text), *lines.wrap(text, "  "), lines.shortened(text, 80)):
        properties.line(line, "a line of a report")
    properties.same(len(lines.shortened(text, 80).encode()) <= 80, True, "the length of a line")
    escapes.prose(text)
    fence, _, end = escapes.block(text)
    if end in escapes.block(text)[1]:
        raise AssertionError(f"a fence that its own text closes: {fence}")
    return once


def _is_text(data: bytes) -> bool:
    try:
        data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return False
    return True


_SHOWN = (
    "client with IP '10.0.0.4' is not allowed access. CorrelationId: 1a2b3c4d-0000-0000",
    "\x1b[2J\x1b]0;title\x07\u202eevil\u2066 ```` `code` | <b>@name</b> #12 GH-1 https://x.y",
    "1. - + = # * _a_ [x](y) :smile: &amp; \u200b \U000e0041 \ud800 \u0130",
    " ".join("word" for _ in range(100)),
)
TARGETS = (
    Target(
        name="explain",
        seeds=pasted,
        use=explain,
        words=(b"\\n", b'\\"', b"\\u0022", b"&quot;", b"[rpc error: ", b", rpc error: code = "),
    ),
    Target(name="runtime-words", seeds=pasted, use=runtime),
    Target(
        name="shown",
        seeds=lambda: (*(one.encode("utf-8", "surrogatepass") for one in _SHOWN), *pasted()[:20]),
        use=shown,
    ),
)
