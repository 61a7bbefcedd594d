"""No authorised answer is ever lost, none is invented: whatever people, deliveries and the network
do, in whatever order, there is one comment and one check, and both equal the record."""

from __future__ import annotations

import itertools
import os
import random
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.torture.play import Play
from tests.torture.stage import running

FULL = os.environ.get("EMPTYCHAIR_TORTURE") == "full"
STEPS = int(os.environ.get("EMPTYCHAIR_TORTURE_STEPS", "10000"))
IN_ONE_PLAY, PLAYS_A_ROUND = 40, 20  # of many examples in one round too many are alike
# Threads decide when the bot hears of what, so a shorter story may end well: nothing is shrunk.
COMMON = settings(
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
    stateful_step_count=IN_ONE_PLAY,
    report_multiple_bugs=False,
)


def test_whatever_happens_the_record_is_what_people_did(tmp_path: Path) -> None:
    Play.steps.clear()
    with running(tmp_path) as pair:
        Play.pair, Play.progress = pair, False
        run_state_machine_as_test(
            Play, settings=settings(COMMON, max_examples=14, derandomize=True)
        )


@pytest.mark.skipif(not FULL, reason="`make torture` runs it")
@pytest.mark.timeout(7200)
def test_ten_thousand_steps(tmp_path: Path) -> None:
    chosen = int(os.environ.get("EMPTYCHAIR_TORTURE_SEED") or random.randrange(2**32))
    sys.stderr.write(f"\nEMPTYCHAIR_TORTURE_SEED={chosen}\n")
    Play.steps.clear()
    with running(tmp_path) as pair:
        Play.pair, Play.progress = pair, True
        few = settings(COMMON, max_examples=PLAYS_A_ROUND, derandomize=False)
        for number in itertools.count():
            play = seed(chosen + number)(type("SeededPlay", (Play,), {}))
            run_state_machine_as_test(play, settings=few)
            if sum(Play.steps.values()) >= STEPS:
                break
    lines = [f"{count:>7,} {name}" for name, count in Play.steps.most_common()]
    sys.stderr.write("\n".join(["", *lines, f"{sum(Play.steps.values()):>7,} steps", ""]))
    assert sum(Play.steps.values()) >= STEPS
