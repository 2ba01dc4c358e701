"""A page taken apart: its elements, what a person reads of it, and what a button would copy."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "link", "img", "br", "hr", "input", "base"}


@dataclass
class Element:
    tag: str
    attributes: dict[str, str | None]
    inside: list["Element | str"] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(one if isinstance(one, str) else one.text for one in self.inside)

    def all(self, tag: str = "", name: str = "") -> list["Element"]:
        """Give the elements below, in order; ``name`` is a class that they have."""
        found = []
        for one in self.inside:
            if isinstance(one, Element):
                fits = name in (one.attributes.get("class") or "").split() or not name
                found += [one] if fits and tag in ("", one.tag) else []
                found += one.all(tag, name)
        return found


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open = [Element("", {})]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        one = Element(tag, dict(attrs))
        assert len(one.attributes) == len(attrs), f"{tag} has an attribute twice"
        self.open[-1].inside.append(one)
        if tag not in VOID and self.get_starttag_text()[-2:] != "/>":
            self.open.append(one)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop().tag == tag, f"</{tag}> closes something else"

    def handle_data(self, data: str) -> None:
        self.open[-1].inside.append(data)


def outline(page: str) -> Element:
    """Read a page; raise `AssertionError` where its elements do not nest."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    assert len(reader.open) == 1, f"{reader.open[-1].tag} is never closed"
    return reader.open[0]
