"""What goes wrong with a bundle's file, in one sentence that is safe to print."""

_MOST = 300  # characters of a sentence
_QUOTED = 80  # characters of a name that somebody else chose


class BundleError(Exception):
    """A bundle cannot be used: the text names the member, and the field where there is one."""

    def __init__(self, sentence: str) -> None:
        super().__init__(printable(sentence))


class WriteError(Exception):
    """A file cannot be written: the text names it, and says why."""

    def __init__(self, sentence: str) -> None:
        super().__init__(printable(sentence, 2 * _MOST))


def printable(text: str, most: int = _MOST) -> str:
    """Escape what a terminal would obey or could not encode, and cap the length."""
    shown = text[: most + 1]
    if not shown.isprintable():
        shown = "".join(one if one.isprintable() else repr(one)[1:-1] for one in shown)
    return shown if len(shown) <= most else shown[: most - 3] + "..."


def quoted(name: str) -> str:
    """Give a foreign name in quotes, printable and not long."""
    return repr(name if len(name) <= _QUOTED else name[: _QUOTED - 3] + "...")
