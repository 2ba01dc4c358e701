"""Knows how to make a text fit to print: one line, no secret, nothing that varies by run."""

import re

_GUID = r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"
_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"eyJ[\w-]{5,}(?:\.[\w-]*){0,4}"), "[token]"),
    (
        re.compile(r"(?i)(authorization[\"']?\s*[:=]\W{0,3}\w+\s+)(?!\[)[^\s\"'\]]+"),
        r"\1[redacted]",
    ),
    (re.compile(r"(?i)((?:access|refresh)_token\W{1,5})[^\s\"'&,}]+"), r"\1[redacted]"),
    (re.compile(r"(?i)([?&](?:sig|signature|password|secret)=)[^&\s\"']+"), r"\1[redacted]"),
    (re.compile(r"(\w://)[^/\s\"']+@"), r"\1"),
    (re.compile(rf"(?i)(?<!\s)\s*Correlation\s?Id:\s*{_GUID}"), ""),
    (re.compile(r"([\d.]{7,15}|\[[0-9a-fA-F:]+\]):\d{1,5}->"), r"\1->"),  # our ephemeral port
    (re.compile(r"0x[0-9a-fA-F]{6,}"), "0x"),  # a memory address
)


def tidy(text: str, limit: int = 2000) -> str:
    """Return ``text`` as one line without tokens, passwords, correlation ids and our own ports."""
    if not text.isprintable():  # first: a rule that looks for a space would not see these
        text = "".join(one if one.isprintable() else " " for one in text)
    text = " ".join(text.split())
    for pattern, instead in _RULES:
        text = pattern.sub(instead, text)
    return " ".join(text.split())[:limit].rstrip()
