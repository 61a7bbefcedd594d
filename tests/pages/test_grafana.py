"""The dashboard asks for numbers that there are."""

from __future__ import annotations

import json
import re
from pathlib import Path

from bot.core.stats import MEASURES

FILE = Path(__file__).parents[2] / "deploy/grafana/empty-chair.json"
OURS = {"emptychair_measure", "emptychair_jobs", "emptychair_queue_age_seconds"}


def test_every_query_names_a_measure_of_ours() -> None:
    panels = json.loads(FILE.read_text())["panels"]
    asked = [target["expr"] for panel in panels for target in panel["targets"]]
    assert len(asked) >= 10
    assert {re.split(r"[{ ]", each)[0] for each in asked} == OURS
    named = {name for each in asked for name in re.findall(r'measure="(\w+)"', each)}
    assert named <= {measure.name for measure in MEASURES}
