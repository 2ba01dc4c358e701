"""This machine's clock against the registry's."""

from dataclasses import dataclass

from checks.challenge import Challenge
from checks.contract import Check, Fact, Health, Unseen


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock(Fact):
    minutes_off: int  # local minus server

    @property
    def health(self) -> Health:
        return Health.FAIL if abs(self.minutes_off) >= 5 else Health.OK

    @property
    def summary(self) -> str:
        if not self.minutes_off:
            return "within a minute of the registry's clock"
        side = "ahead of" if self.minutes_off > 0 else "behind"
        return f"{abs(self.minutes_off)} min {side} the registry's clock"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockUnknown(Unseen):
    @property
    def summary(self) -> str:
        return "the registry stated no time"


def gather(challenge: Challenge) -> Clock | ClockUnknown:
    if challenge.minutes_off is None:
        return ClockUnknown()
    return Clock(minutes_off=challenge.minutes_off)


CHECK = Check(id="clock", title="the clock agrees with the registry's", gather=gather)
