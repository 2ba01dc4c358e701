"""The words of a comparison: what may differ, one difference, and all of them together."""

from dataclasses import dataclass
from enum import Enum

from diagnose.causes.contract import Owner
from diagnose.session import Result


class Aspect(Enum):
    """What may differ: settings in the order in which they decide a pull, then what a pull meets.

    A proxy stands before the resolver: what goes by it never asks the resolver.
    """

    IMAGE = "image", (Owner.IMAGE,)
    SUBNET = "subnet", (Owner.NETWORK,)
    PROXY = "proxy", (Owner.NETWORK, Owner.HOST)
    RESOLVER = "resolver", (Owner.NETWORK,)
    ENDPOINT = "service endpoint", (Owner.NETWORK,)
    RULE = "registry rule", (Owner.REGISTRY,)
    ACCESS = "registry access", (Owner.REGISTRY,)
    PRIVATE = "private endpoint", (Owner.NETWORK, Owner.REGISTRY)
    REGISTRY = "registry", (Owner.REGISTRY,)
    ROUTE = "route", (Owner.NETWORK,)
    PROVIDER = "provider", (Owner.NETWORK,)
    IDENTITY = "identity", (Owner.IDENTITY,)
    RUNTIME = "runtime", (Owner.HOST,)
    TRUST = "trust", (Owner.HOST,)
    CLOCK = "clock", (Owner.HOST,)
    MACHINE = "machine", (Owner.HOST,)
    CONNECTION = "connection", ()
    CERTIFICATE = "certificate", ()
    ANSWER = "answer", ()
    ADMISSION = "admission", ()
    TOKEN = "pull token", ()
    MANIFEST = "manifest", ()
    LAYER = "layer", ()
    PULL = "docker's pull", ()
    LOG = "log", ()
    RUN = "run", ()  # how the program itself was started

    @property
    def word(self) -> str:
        return str(self.value[0])

    @property
    def owners(self) -> tuple[Owner, ...]:
        """Whose it is to change; nobody's where it is only met."""
        owners: tuple[Owner, ...] = self.value[1]
        return owners

    @property
    def place(self) -> int:
        return _PLACES[self]

    @property
    def is_met(self) -> bool:
        """Tell whether a pull meets this, as against what somebody has set."""
        return self.place >= _PLACES[Aspect.CONNECTION]


_PLACES = {aspect: number for number, aspect in enumerate(Aspect)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One field of a fact; the values are plain JSON."""

    field: str
    good: object
    bad: object


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One difference. ``good`` and ``bad`` are words, ``facts`` the facts' kinds on each side."""

    aspect: Aspect
    check: str
    good: str
    bad: str
    facts: tuple[str, str]
    changes: tuple[Change, ...] = ()
    moved: bool = False  # another subnet, or another image asked for: all else may hang on it
    idle: bool = False  # a look that was made, or left out, only because something else failed
    fails: tuple[bool, bool] = (False, False)  # on each side


@dataclass(frozen=True, slots=True, kw_only=True)
class Uncompared:
    """A check that told nothing on one side or both. ``sides`` are GOOD, BAD or both."""

    check: str
    sides: tuple[str, ...]
    why: str
    shown: str = ""  # what the other side saw
    skipped: bool = False  # it lacked what another check would have given


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """All that tells two runs apart. ``follows`` is what comes of the fault further down."""

    good: Result
    bad: Result
    lines: tuple[Line, ...]
    follows: tuple[Line, ...]
    uncompared: tuple[Uncompared, ...]
    named: bool  # names and addresses of the two could be compared

    @property
    def differs(self) -> bool:
        return bool(self.lines)
