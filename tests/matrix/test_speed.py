"""What judging costs: many runs depend on it, and `--wait` judges again and again."""

import time

from diagnose import causes, verdict
from tests.matrix.runs import told
from tests.scenarios.stories import STORIES

GOAL = 0.005  # seconds for all causes over one set of facts
MARGIN = 4  # a machine that does other work beside the tests is no regression


def test_all_causes_judge_one_set_of_facts_in_milliseconds() -> None:
    facts = [told(story.name).facts for story in STORIES]
    took = []
    for one in facts:
        began = time.perf_counter()
        verdict.decide(causes.ALL, one)
        took.append(time.perf_counter() - began)

    assert sorted(took)[len(took) // 2] < GOAL
    assert max(took) < MARGIN * GOAL
