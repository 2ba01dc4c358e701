"""One meaning of an error text: the words that carry it, who says them, and the causes they fit."""

from dataclasses import dataclass, field

from diagnose.texts.template import Template


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """A row of `wordings/`.

    ``heard`` maps a source ("client: where its text comes from") to the templates of its words.
    ``likely`` and ``possible`` are cause ids, best first; with neither, the words are known and
    none of our causes fits them. Words that are ``vague`` count after exact ones, and where they
    are 2, after all others.
    """

    name: str
    says: str  # what the words mean, as the end of a sentence
    heard: dict[str, tuple[str, ...]]
    likely: tuple[str, ...] = ()
    possible: tuple[str, ...] = ()
    vague: int = 0
    templates: tuple[Template, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        templates = tuple(Template(text) for texts in self.heard.values() for text in texts)
        object.__setattr__(self, "templates", templates)

    @property
    def causes(self) -> tuple[str, ...]:
        return (*self.likely, *self.possible)
