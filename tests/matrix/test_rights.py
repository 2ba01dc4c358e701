"""Rights taken away one by one and in every combination: a verdict may lose its certainty, never
its truth.
"""

import pytest

from diagnose.causes.contract import Stage
from tests.matrix.runs import CAUSES, cloud_of, met, told, told_with
from tests.scenarios.stories import STORIES, Story
from tests.world import Judged, Rights
from tests.world.rights import combinations

# What a lack is itself the cause of, and why that is no mistake.
OF_ITS_OWN = {
    # Without the metadata service a managed identity has no token, and no pull works: to whatever
    # comes behind the token, a machine that cannot reach it never gets.
    "imds": "imds-unreachable",
}
EVERY = pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
COMBINATIONS = tuple(combinations())


@EVERY
def test_a_verdict_may_lose_its_certainty_never_its_truth(story: Story) -> None:
    wrong = {}
    machine = cloud_of(story).machine
    has_engine = bool(machine.engine or machine.containerd)
    for rights in COMBINATIONS:
        if not rights.docker and not has_engine:
            continue  # nothing is taken away
        run = told_with(story.name, rights)
        if why := offence(story, rights, run):
            wrong[rights.lacking] = f"{why}: {run.cause} {run.sure}, open: {run.open}"

    worst = sorted(wrong.items(), key=lambda row: len(row[0]))[:5]
    lines = "\n".join(f"  {lacking}: {why}" for lacking, why in worst)
    assert not wrong, f"{story.with_arm}: {len(wrong)} combinations, such as\n{lines}"


def offence(story: Story, rights: Rights, run: Judged) -> str:
    """Say what is wrong with a verdict; nothing where it is honest."""
    truth = story.with_arm
    if run.cause == truth or is_of_its_own(story, rights, run):
        return ""
    if run.cause is None:
        says = run.limits or any(run.open.values())
        return "" if says else "inconclusive, and says neither why nor what would settle it"
    if run.cause == "":
        return "" if is_unseen(truth, rights) else "it works, says the verdict"
    if run.sure == "proven":
        return "proven, and not true"
    if not truth:  # it cannot be seen that the pull works; then there has to be a look that tells
        return "" if run.settle else "not true, with no look that would tell"
    return "" if run.open.get(truth) else "the truth is no open rival with a look that settles it"


def is_of_its_own(story: Story, rights: Rights, run: Judged) -> bool:
    """Tell whether the verdict names what was done to the machine, before anything that is true."""
    for lack, cause in OF_ITS_OWN.items():
        if run.cause == cause and not getattr(rights, lack):
            return not story.with_arm or met(told(story.name)) >= CAUSES[cause].stage
    return False


def is_unseen(truth: str, rights: Rights) -> bool:
    """Tell whether all that a pull needs was seen to work, but for the engine, which was not asked.

    The report's line on docker says so. Root alone may run the kubelet's plug-in: a limit says so.
    """
    if truth == "credential-provider-failing" and not (rights.root and rights.docker):
        return True
    return not rights.docker and CAUSES[truth].stage is Stage.RUNTIME


def test_every_combination_differs() -> None:
    assert len(set(COMBINATIONS)) == len(COMBINATIONS)
    assert Rights() in COMBINATIONS


@pytest.mark.parametrize("lack", OF_ITS_OWN)
def test_a_lack_that_is_a_cause_is_judged_as_one(lack: str) -> None:
    run = told_with("everything_is_right", Rights(**{lack: False}))

    assert run.cause == OF_ITS_OWN[lack]
