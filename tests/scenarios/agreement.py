"""What a run on loopback and a run in this process must have in common: every fact, the verdict.

It is what lets `tests/matrix/` judge thousands of runs without a socket.
"""

from dataclasses import fields

from checks.contract import Fact
from diagnose.facts import Facts
from diagnose.judging.verdict import Verdict
from diagnose.lab.cloud import Cloud
from diagnose.session import Result
from tests.world import Judged

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


def compare(cloud: Cloud, outside: Result, inside: Judged) -> None:
    """Assert that both worlds of one state say the same."""
    assert inside.verdict.status == outside.verdict.status
    assert _cause(inside.verdict) == _cause(outside.verdict)
    if cloud.vm_subnet.snat_every:
        return  # there it is by chance which connection finds no port
    assert rows(inside.facts) == rows(outside.facts)
    assert inside.limits == outside.limits


def _cause(verdict: Verdict) -> str:
    return verdict.primary.cause.id if verdict.primary else ""
