"""The world in this process says what the servers on loopback say: the same facts for every story.

It is what lets `tests/matrix/` judge thousands of runs without a socket.
"""

from dataclasses import fields

import pytest

from checks.contract import Fact
from checks.target import Asked
from diagnose import demonstration, front
from diagnose.facts import Facts
from diagnose.lab.healthy import healthy_cloud
from tests.scenarios.stories import STORIES, Story
from tests.world import Wire, judged

# Fact and field that may differ, and why.
MAY_DIFFER = {
    ("TcpReached", "local"): "on loopback our own address is 127.0.0.1, not the VM's",
    ("Host", "is_root"): "who runs the tests is not the world's to say",
}


def rows(facts: Facts) -> dict[str, dict[str, object]]:
    """Give fact -> field -> value, without what may differ."""
    return {
        type(fact).__name__: {
            name: getattr(fact, name)
            for name in names(fact)
            if (type(fact).__name__, name) not in MAY_DIFFER
        }
        for fact in facts
    }


def names(fact: Fact) -> list[str]:
    return [field.name for field in fields(fact)]  # type: ignore[arg-type]


@pytest.mark.slow
@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_both_worlds_give_the_same_facts_and_the_same_verdict(story: Story) -> None:
    cloud = healthy_cloud()
    story.change(cloud)
    with demonstration.laboratory(cloud) as options:
        outside = front.result_of(Asked(text=story.image), options)
    inside = judged(Wire(cloud), story.image)

    assert inside.verdict.status == outside.verdict.status
    assert inside.cause == (outside.verdict.primary.cause.id if outside.verdict.primary else "")
    if not cloud.vm_subnet.snat_every:  # there it is by chance which connection finds no port
        assert rows(inside.facts) == rows(outside.facts)
        assert inside.limits == outside.limits


def test_every_field_that_may_differ_exists() -> None:
    """A renamed field would leave an exception behind that excuses nothing."""
    seen = judged(Wire(healthy_cloud()), "contoso.azurecr.io/app:v1")
    known = {(type(fact).__name__, name) for fact in seen.facts for name in names(fact)}

    assert set(MAY_DIFFER) <= known
