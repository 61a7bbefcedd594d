"""The decision record of a review, as a file that stands for itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import yaml

from bot.core.acts import Tell
from bot.core.course import Consent, Course, Decision, Prediction, Resolution, Stance
from bot.core.facts import Actor
from bot.core.grammar import Given
from bot.core.review import State
from bot.views.web import record
from tests.golden import same_as_golden
from tests.make import full_review
from tests.proposing import review

BY = Actor(12, "reviewer")


def test_the_record_is_madr() -> None:
    given = Given(picks=("paying",))
    why = Given(text="Shops pay for months in which they sell nothing.")
    text = record.markdown(review(Tell("who", given), Tell("why", why)))
    same_as_golden("pages/record.md", text)
    front = yaml.safe_load(text.split("---")[1])
    assert set(front) == {"status", "date", "decision-makers"}
    headings = [line for line in text.splitlines() if line.startswith("## ")]
    assert headings == [
        "## Context and Problem Statement", "## Decision Drivers", "## Decision Outcome",
        "## More Information",
    ]  # fmt: skip


def test_a_decision_says_what_was_decided_what_was_minded_and_what_is_expected() -> None:
    full = full_review()
    decision = Decision(
        Resolution.CONDITIONS, "We do it in <b>May</b>.", BY, full.opened_at,
        conditions="Tell shops first.", prediction=Prediction("exports", "120", "150", 70),
        look_back=date(2026, 6, 1),
    )  # fmt: skip
    objection = Consent(Stance.OBJECT, "Nobody asked them.", BY, full.opened_at)
    course = Course(consents=(objection,), decision=decision)
    text = record.markdown(replace(full, state=State.DECIDED, course=course))
    assert "Approved with conditions: We do it in &lt;b&gt;May&lt;/b&gt;." in text
    assert "Conditions: Tell shops first." in text
    assert "- object, reviewer: Nobody asked them." in text
    assert "We expect exports to go from 120 to 150; 70 % sure." in text
    assert "We look back on 2026-06-01." in text


def test_without_names_nobody_is_named() -> None:
    whole = record.as_json(full_review(), names=False)
    parts = [*whole["answers"], *whole["evidence"], *whole["waivers"], *whole["consents"]]
    assert {whole["author"], *(part["by"] for part in parts)} == {"somebody"}
