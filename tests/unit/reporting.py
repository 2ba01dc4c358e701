"""Results to render: those of stories, and one in which every foreign word is a given text."""

import dataclasses
from dataclasses import dataclass

from checks.contract import Check, Fact, Health
from checks.instance import Instance
from checks.target import parse
from diagnose.causes.contract import (
    Cause,
    Confidence,
    Evidence,
    Finding,
    FixStep,
    Owner,
    Risk,
    Stage,
)
from diagnose.engine import Outcome, Step
from diagnose.facts import Facts
from diagnose.judging.verdict import Found, Rival, Status, Verdict
from diagnose.session import Result
from tests.matrix.runs import BY_NAME, told, told_blind


def of(story: str, *, blind: bool = False) -> Result:
    """Give the result of a story, with times that do not vary."""
    run = (told_blind if blind else told)(story)
    return Result(
        target=parse(BY_NAME[story].image),
        facts=run.facts,
        steps=tuple(dataclasses.replace(step, began=0.0, took=0.001) for step in run.steps),
        verdict=run.verdict,
        limits=run.limits,
        seconds=1.0,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreign(Fact):
    """A fact whose line is somebody else's text."""

    text: str
    state: Health

    @property
    def health(self) -> Health:
        return self.state

    @property
    def summary(self) -> str:
        return self.text


def cause(id_: str) -> Cause:
    return Cause(id=id_, title=id_, stage=Stage.TOKEN, owner=Owner.NETWORK, find=lambda: None)


def steps(text: str) -> tuple[Step, ...]:
    """Give one step of each kind of end."""

    def row(id_: str) -> Check:
        return Check(id=id_, title="", gather=lambda: Foreign(text=text, state=Health.OK))

    return (
        *(
            Step(check=row(state), outcome=Outcome.DONE, fact=Foreign(text=text, state=state))
            for state in Health
        ),
        Step(check=row("skip"), outcome=Outcome.SKIPPED, why=text),
        Step(check=row("crash"), outcome=Outcome.CRASHED, why=text, traceback=text),
        Step(check=row("late"), outcome=Outcome.UNFINISHED, why=text),
    )


def foreign(text: str, *, number: int = 2) -> Result:
    """Give a result in which ``text`` stands wherever a registry or a file may have put it."""
    step = FixStep(
        command=text, needs=text, risk=Risk.CHANGES_ACCESS, why=text or "words", undo=text
    )
    finding = Finding(
        confidence=Confidence.LIKELY,
        evidence=(Evidence(check="token", saw=text),) * number,
        fix=(step, dataclasses.replace(step, command="")) * number,
        note=text,
        settle=text,
    )
    verdict = Verdict(
        status=Status.CAUSE,
        reached=Stage.TOKEN,
        primary=Found(cause=cause("one"), finding=finding),
        also=(Found(cause=cause("beside"), finding=finding),),
        rivals=(
            Rival(cause=cause("two"), because=text, settle=text + "?"),
            Rival(cause=cause("three"), because=text, rejected=True),
        ),
    )
    return Result(
        target=parse("contoso.azurecr.io/app:v1"),
        facts=Facts([_machine(text)]),
        steps=steps(text),
        verdict=verdict,
        limits=(text,),
        seconds=1.0,
    )


def _machine(name: str) -> Instance:
    return Instance(
        name=name,
        resource_id="",
        subscription="",
        resource_group="",
        location="eastus",
        environment="AzurePublicCloud",
        scale_set="",
        flexible=False,
        nics=(),
        outbound_ips=(),
    )
