"""Two faults at once: the one that a pull meets first is the verdict, the other is named too."""

import pytest

from diagnose.judging import verdict
from tests.matrix import pairs, relations
from tests.matrix.pairs import FAULTS
from tests.matrix.runs import CAUSES
from tests.scenarios.stories import Story


@pytest.mark.slow
@pytest.mark.parametrize("story", FAULTS, ids=lambda story: story.name)
def test_of_two_faults_the_first_is_the_verdict_and_the_other_is_named(story: Story) -> None:
    wrong = []
    for pair in pairs.standing_with(story):
        why = pairs.offence(pair)
        if why and not is_known(pair, why):
            wrong.append(f"{why}: {pair}")
        ties = [found.cause.id for found in verdict.ties(pair.run.verdict)]
        if ties:
            wrong.append(f"only the alphabet decides over {ties}: {pair}")

    assert not wrong, "\n".join([f"{len(wrong)} pairs, such as", *wrong[:8]])


def is_known(pair: pairs.Pair, why: str) -> bool:
    if why.startswith(pairs.SILENT):
        return relations.names_one_alone(pair.causes)
    return relations.makes(pair.causes, pair.run.cause)


def test_relations_name_causes_that_exist() -> None:
    rows = (*relations.MOOT, *relations.COVERED, *relations.THIRD)
    named = {cause for row in rows for cause in (*row.ones, *row.others)}
    named |= {row.verdict for row in relations.THIRD}

    assert named <= set(CAUSES)
