"""What an agent sees and hears in tests: runs that were never made, on a clock that waits."""

import heapq
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from diagnose.agent.loop import Loop, Message, Stop
from diagnose.agent.pacing import Pace
from diagnose.agent.seen import Probe, Seen, Status

HEALTHY = Seen(
    at=1_700_000_000.5,
    status=Status.HEALTHY,
    code="healthy",
    reached="layer",
    probes=(
        Probe(check="challenge", success=True, seconds=0.25),
        Probe(check="network-rules", success=None, seconds=0.5),
    ),
)
REFUSED = replace(
    HEALTHY,
    status=Status.CAUSE,
    code="subnet-not-allowed",
    confidence="proven",
    title="The registry's firewall has no rule for this subnet",
    owner="registry",
    reached="token",
    probes=(Probe(check="firewall", success=False, seconds=0.125),),
)
UNCLEAR = replace(HEALTHY, status=Status.INCONCLUSIVE, code="inconclusive")
BUSY = replace(REFUSED, code="throttled", throttled=True)


@dataclass
class Stage:
    """Time, threads and the inbox of one `Loop`; nothing here takes any real time.

    ``answers`` gives for a registry what its next run comes to, and after how many seconds;
    ``asked`` holds when each run began, ``most`` how many there were at once.
    """

    answers: Callable[[str], tuple[Seen, float]]
    now: float = 0.0
    asked: list[tuple[float, str]] = field(default_factory=list)
    told: list[tuple[float, str, Seen, Seen | None]] = field(default_factory=list)
    under_way: set[str] = field(default_factory=set)
    most: int = 0
    chance: float = 0.5
    crowd: Callable[[], int] = lambda: 10

    def __post_init__(self) -> None:
        self._agenda: list[tuple[float, int, Callable[[], None]]] = []
        self._number = itertools.count()
        self._messages: list[Message] = []
        self._spell = 0.0

    def at(self, moment: float, act: Callable[[], None]) -> None:
        heapq.heappush(self._agenda, (moment, next(self._number), act))

    # -- what the loop takes for its inbox -----------------------------------------------------
    def put(self, message: Message) -> None:
        self._messages.append(message)

    def get(self, seconds: float) -> Message | None:
        assert 0.0 <= seconds <= 5.0
        until = self.now + seconds
        while not self._messages and self._agenda and self._agenda[0][0] <= until:
            self.now, _, act = heapq.heappop(self._agenda)
            act()
        if self._messages:
            return self._messages.pop(0)
        self.now = until
        return None

    # -- and for its threads -------------------------------------------------------------------
    def spawn(self, work: Callable[[], None]) -> None:
        self._spell = -1.0
        ended: list[Callable[[], None]] = []
        put, self.put = self.put, lambda message: ended.append(lambda: put(message))
        work()
        self.put = put
        registry = self.asked[-1][1]
        self.under_way.add(registry)
        self.most = max(self.most, len(self.under_way))
        if self._spell >= 0:
            self.at(self.now + self._spell, lambda: self._end(registry, ended[0]))

    def _end(self, registry: str, tell: Callable[[], None]) -> None:
        self.under_way.discard(registry)
        tell()

    def ask(self, registry: str) -> Seen:
        assert registry not in self.under_way, "two runs of one registry at a time"
        self.asked.append((self.now, registry))
        seen, self._spell = self.answers(registry)
        return seen

    def tell(self, registry: str, seen: Seen, before: Seen | None) -> None:
        self.told.append((self.now, registry, seen, before))

    def play(self, *registries: str, seconds: float, once: bool = False) -> int:
        """Run a loop for ``seconds`` of this stage's time, and give its exit code."""
        loop = Loop(
            registries,
            self.ask,
            self.tell,
            pace=Pace(interval=300.0),
            limit=50.0,
            once=once,
            inbox=self,  # type: ignore[arg-type]
            spawn=self.spawn,
            clock=lambda: self.now,
            now=lambda: 1_700_000_000.0 + self.now,
            chance=lambda: self.chance,
            crowd=self.crowd,
        )
        self.at(seconds, lambda: self.put(Stop()))
        return loop.run()

    def gaps(self, registry: str) -> list[float]:
        """Give the seconds from the end of one run to the start of the next."""
        starts = [moment for moment, name in self.asked if name == registry]
        ends = [moment for moment, name, seen, _ in self.told if name == registry]
        return [round(start - end, 3) for end, start in zip(ends, starts[1:], strict=False)]
