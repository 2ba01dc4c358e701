"""The reports: each format is one file with ``render(result) -> str``, pure."""

from diagnose.reports import json, text

FORMATS = {"text": text.render, "json": json.render}
