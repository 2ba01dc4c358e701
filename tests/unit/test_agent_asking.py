"""One question of the agent: ARM is asked only where it may help, and a bug is no end."""

from collections.abc import Callable

from checks.target import Asked
from diagnose.agent import asking
from diagnose.agent.seen import Seen, Status
from diagnose.live.options import Options
from diagnose.session import Result
from tests.unit import reporting

ASKED = Asked(text="contoso.azurecr.io/app:v1")


def asked(story: str, *, arm: bool = True) -> tuple[Seen, list[bool]]:
    """Give what is seen of a story, and for each run that was made, whether it asked ARM."""
    runs: list[bool] = []

    def look(_asked: Asked, options: Options) -> Result:
        runs.append(options.arm)
        return reporting.of(story, blind=not options.arm)

    return asking.ask(ASKED, Options(arm=arm), look=look, clock=lambda: 7.0), runs


def test_what_works_needs_no_arm() -> None:
    seen, runs = asked("everything_is_right")

    assert (seen.status, seen.at, runs) == (Status.HEALTHY, 7.0, [False])


def test_what_does_not_work_is_looked_at_again_with_arm() -> None:
    seen, runs = asked("the_subnet_lost_its_endpoint")

    assert (seen.code, seen.confidence) == ("service-endpoint-missing", "proven")
    assert runs == [False, True]


def test_no_arm_is_no_arm() -> None:
    seen, runs = asked("the_subnet_lost_its_endpoint", arm=False)

    assert (seen.code, seen.confidence) == ("service-endpoint-missing", "likely")
    assert runs == [False]


def test_a_registry_with_too_many_requests_gets_no_second_run() -> None:
    seen, runs = asked("the_registry_throttles")

    assert (seen.code, seen.throttled, runs) == ("throttled", True, [False])


def failing(raise_: Callable[[], None]) -> Seen:
    def look(_asked: Asked, _options: Options) -> Result:
        raise_()
        raise AssertionError

    return asking.ask(ASKED, Options(), look=look, clock=lambda: 7.0)


def test_a_bug_is_an_error_and_its_text_stays_here() -> None:
    def bug() -> None:
        raise RuntimeError("password=hunter2")

    seen = failing(bug)

    assert (seen.status, seen.code, seen.probes) == (Status.ERROR, "error", ())
    assert seen.why.startswith("RuntimeError at test_agent_asking.py:")
    assert "hunter2" not in repr(seen)
