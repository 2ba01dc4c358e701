"""The report as a person reads it: what is to be pasted stands unbroken on its line."""

from checks.target import Asked, parse
from diagnose.causes.contract import Cause, Confidence, Evidence, Finding, Owner, Stage
from diagnose.facts import Facts
from diagnose.reports import text
from diagnose.session import Result
from diagnose.verdict import Found, Rival, Status, Verdict

LOOK = (
    "az rest --url " + '"$(az acr show --name contoso --query id --output tsv)?api-version=x" ' * 2
)


def cause(id_: str) -> Cause:
    return Cause(id=id_, title=id_, stage=Stage.TOKEN, owner=Owner.NETWORK, find=lambda: None)


def test_a_look_is_one_line_and_what_is_ruled_out_stands_apart() -> None:
    finding = Finding(
        confidence=Confidence.LIKELY,
        evidence=(Evidence(check="token", saw="403"),),
        fix=(),
        settle=LOOK.strip(),
    )
    verdict = Verdict(
        status=Status.CAUSE,
        reached=Stage.TOKEN,
        primary=Found(cause=cause("one"), finding=finding),
        rivals=(
            Rival(cause=cause("two"), because="possible", settle=LOOK.strip()),
            Rival(cause=cause("three"), because="seen not to be", rejected=True),
        ),
    )
    result = Result(
        target=parse("contoso"),
        facts=Facts([Asked(text="contoso")]),
        steps=(),
        verdict=verdict,
        limits=(),
        seconds=1.0,
    )

    lines = text.render(result).splitlines()

    assert f"  To be sure: {LOOK.strip()}" in lines
    assert f"    to tell: {LOOK.strip()}" in lines
    assert lines[lines.index("Ruled out") - 1] == ""
