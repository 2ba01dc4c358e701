"""The manual page: ``man.py OUT`` writes ``acr-diagnose.1`` there.

The commands come from the command line itself, the rest stands in ``packaging/man``. The language
is mdoc, which groff and mandoc both read: https://mandoc.bsd.lv/man/mdoc.7.html
"""

import textwrap
import time
from collections.abc import Iterator

import typer
from release import NAME, ROOT, epoch, out, write

from diagnose.cli import app

SOURCE = ROOT / "packaging" / "man" / f"{NAME}.mdoc"
Command = typer.core.TyperCommand
Described = dict[str, str]  # an option's whole text -> the command that described it first


def page() -> str:
    """Give the page; it follows from the command line, the source and the moment of the release."""
    moment = time.gmtime(epoch())
    date = f"{time.strftime('%B', moment)} {moment.tm_mday}, {moment.tm_year}"
    commands = "\n".join(_commands())
    return SOURCE.read_text().replace("@DATE@", date).replace("@COMMANDS@", commands)


def _commands() -> Iterator[str]:
    described: Described = {}
    top = typer.main.get_command(app)
    for words, command in _leaves(top, ()):
        yield from _command(" ".join(words), command, described)


def _leaves(found: object, words: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Command]]:
    """Walk down to what can be run; what is hidden from --help stays hidden."""
    if isinstance(found, typer.core.TyperGroup):
        for name, below in found.commands.items():
            yield from _leaves(below, (*words, name))
    elif isinstance(found, Command) and not found.hidden:
        yield words, found


def _command(name: str, command: Command, described: Described) -> Iterator[str]:
    arguments = [one for one in command.params if isinstance(one, typer.core.TyperArgument)]
    options = [one for one in command.params if isinstance(one, typer.core.TyperOption)]
    yield " ".join((f".Ss {name}", *map(_placed, arguments)))
    yield from _sentences(command.help or "")
    items = [(_option(one), one.help or "", _default(one)) for one in options if not one.hidden]
    texts = ["".join(item) for item in items]
    new = [item for item, text in zip(items, texts, strict=True) if text not in described]
    told = [(_word(one.name or ""), one.help or "", "") for one in arguments]
    if told or new:
        yield ".Bl -tag -width Ds"
        for head, help_, default in (*told, *new):
            yield f".It {head}"
            yield from _sentences(f"{help_} {default}".strip())
        yield ".El"
    yield from _elsewhere(items, described)
    for text in texts:
        described.setdefault(text, name)


def _elsewhere(items: list[tuple[str, str, str]], described: Described) -> Iterator[str]:
    """Name the options that an earlier command has in the same words."""
    by_command: dict[str, list[str]] = {}
    for item in items:
        if "".join(item) in described:
            by_command.setdefault(described["".join(item)], []).append(item[0])
    for command, heads in by_command.items():
        yield ".Pp"
        yield f"As for\n.Cm {command} :"
        for place, head in enumerate(heads, 1):
            name = head.split(" Ar ")[0].split(" , ")[-1]
            yield f".{name}{' .' if place == len(heads) else ' ,'}"


def _option(option: typer.core.TyperOption) -> str:
    """Give the words after ``.It``; mdoc's Fl has the first dash."""
    names = (*option.opts, *option.secondary_opts)
    head = " , ".join(f"Fl {_escaped(name[1:])}" for name in names)
    if option.is_flag or option.count:
        return head
    choices = getattr(option.type, "choices", None)
    value = option.metavar or ("|".join(map(str, choices)) if choices else _kind(option))
    return f"{head} {_word(value)}"


def _kind(option: typer.core.TyperOption) -> str:
    return "SECONDS" if (option.help or "").startswith("Seconds") else "VALUE"


def _default(option: typer.core.TyperOption) -> str:
    value = getattr(option.default, "value", option.default)
    if option.is_flag or option.count or value in (None, "", 0):
        return ""
    return f"Default: {f'{value:g}' if isinstance(value, float) else value}."


def _placed(argument: typer.core.TyperArgument) -> str:
    word = f"{_word(argument.name or '')}{' ...' if argument.nargs == -1 else ''}"
    return word if argument.required else f"Op {word}"


def _word(name: str) -> str:
    """Mark what the person fills in; an argument's name is written large, as in its help."""
    return f"Ar {_escaped(name.upper() if name.islower() and '|' not in name else name)}"


def _sentences(text: str) -> Iterator[str]:
    """Begin each sentence on a line of its own, which is how roff knows where one ends."""
    for sentence in " ".join(text.split()).replace(". ", ".\n").splitlines():
        yield from map(_escaped, textwrap.wrap(sentence, 70, break_on_hyphens=False))


def _escaped(text: str) -> str:
    found = text.replace("\\", "\\e").replace("--", "\\-\\-")
    return f"\\&{found}" if found.startswith((".", "'")) else found.replace(" -", " \\-")


if __name__ == "__main__":
    write(out() / f"{NAME}.1", page().encode())
