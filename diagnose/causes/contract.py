"""What a root cause is: a row with a pure ``find`` over facts, and what it may answer.

``find`` takes facts by its annotations, like a check: ``T`` required, ``T | None`` wanted. It gives

* a `Finding`: this is (or may be) what is wrong;
* a `Rejected`: the symptom would fit, but this observation speaks against it;
* None: nothing here points to it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

from checks.contract import Needs
from checks.words import Word


class Confidence(IntEnum):
    """How sure a finding is; compare with ``<``."""

    POSSIBLE = 1
    LIKELY = 2  # the data plane points here, a named rival remains
    PROVEN = 3  # control and data plane agree, or the data plane cannot mean anything else

    @property
    def word(self) -> str:
        return self.name.lower()


class Stage(IntEnum):
    """Where a pull meets the fault, in the order in which a pull goes."""

    DNS = 1
    TCP = 2
    TLS = 3
    CHALLENGE = 4
    ADMISSION = 5  # the token endpoint refuses the network, whoever asks
    TOKEN = 6  # the token endpoint refuses the identity
    MANIFEST = 7
    LAYER = 8
    RUNTIME = 9

    @property
    def word(self) -> str:
        """The report's word; both refusals at the token endpoint are met at the token."""
        return "token" if self is Stage.ADMISSION else self.name.lower()


class Owner(Word):
    NETWORK = "network"
    REGISTRY = "registry"
    IDENTITY = "identity"
    HOST = "host"
    IMAGE = "image"
    SERVICE = "service"


class Risk(Word):
    READ_ONLY = "read-only"
    CHANGES_ACCESS = "changes-access"
    DISRUPTIVE = "disruptive"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One observation: the id of the check that made it, and what it saw."""

    check: str
    saw: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FixStep:
    """One command, ready to paste, with the right it needs and the way back.

    ``command`` is empty where no command can do it; then ``why`` says what to do.
    """

    command: str
    needs: str
    risk: Risk
    why: str
    undo: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A cause that fits. ``settle`` says what look would make it sure, when it is not proven.

    ``stage`` overrides the cause's own where the same fault can be met at different points, such
    as a firewall that refuses ``/v2/`` or only the token. ``aside`` marks what is true for other
    clients while this machine's pull got past it: it is never why this pull fails.
    """

    confidence: Confidence
    evidence: tuple[Evidence, ...]
    fix: tuple[FixStep, ...]
    note: str = ""
    settle: str = ""
    stage: Stage | None = None
    aside: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """A cause that would fit the symptom, and the observation that speaks against it."""

    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """One row of the catalogue of causes.

    Two relations order the causes of one stage, and nothing else does:

    * ``beats`` names causes that this one explains away when both are found: while public access
      is switched off, a missing rule is moot.
    * ``before`` names causes that stay true beside this one but are to be mended after it: the
      registry refuses a rule for a subnet whose endpoint is missing.

    ``hides`` names causes of the same stage that cannot be seen while this one stands: a server
    that is silent says nothing of a name.
    """

    id: str
    title: str
    stage: Stage
    owner: Owner
    find: Callable[..., Finding | Rejected | None]
    beats: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    hides: tuple[str, ...] = ()

    @property
    def needs(self) -> Needs:
        return Needs.of(self.find)
