"""What differs between two machines: a pure comparison of two results, most telling first.

``of`` (`compare`) reads facts, steps and verdicts alone. What two healthy machines of one kind
differ by anyway is left out (`fields`), and what is a machine's own counts by its role and not by
its name (`side`). The order follows what the failing side's verdict rests on (`order`).
"""

from collections.abc import Callable

from diagnose.difference import document, markdown, text
from diagnose.difference.compare import of
from diagnose.difference.contract import Difference

__all__ = ["FORMATS", "Difference", "of"]

FORMATS: dict[str, Callable[[Difference], str]] = {
    "text": text.render,
    "json": document.render,
    "markdown": markdown.render,
}
