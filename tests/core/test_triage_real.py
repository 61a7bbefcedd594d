"""Triage on real pull requests: how often it agrees with a careful reader."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from bot.cli.triage import change
from bot.core.tier import Tier
from bot.store import catalog
from tests.data import rows


@dataclass(frozen=True)
class Judged:
    """What triage and what the reader said of one pull request."""

    tier: Tier
    facing: bool
    wanted_tier: int
    wanted_facing: bool


@pytest.fixture(scope="module")
def judged() -> list[Judged]:
    triage = catalog.load_triage(None)
    found = []
    for row in rows("prs.jsonl"):
        label: dict[str, Any] = row["label"]
        verdict = triage.decide(change({k: v for k, v in row.items() if k != "label"}))
        found.append(
            Judged(
                verdict.tier,
                verdict.customer_facing,
                label["risk_tier"],
                label["customer_facing"],
            )
        )
    return found


def share(part: list[Judged], whole: list[Judged]) -> float:
    return len(part) / len(whole)


def test_nearly_every_change_that_customers_notice_is_found(judged: list[Judged]) -> None:
    wanted = [each for each in judged if each.wanted_facing]
    assert share([each for each in wanted if each.facing], wanted) >= 0.95


def test_few_changes_are_called_noticeable_that_are_not(judged: list[Judged]) -> None:
    said = [each for each in judged if each.facing]
    assert share([each for each in said if each.wanted_facing], said) >= 0.88


def test_the_tier_agrees_and_is_hardly_ever_off_by_two(judged: list[Judged]) -> None:
    off = [abs(each.tier - each.wanted_tier) for each in judged]
    assert off.count(0) / len(off) >= 0.55
    assert sum(each <= 1 for each in off) / len(off) >= 0.95


def test_the_highest_tier_is_found_and_not_cried_too_often(judged: list[Judged]) -> None:
    wanted = [each for each in judged if each.wanted_tier == Tier.R3]
    said = [each for each in judged if each.tier == Tier.R3]
    assert share([each for each in wanted if each.tier == Tier.R3], wanted) >= 0.85
    assert share([each for each in said if each.wanted_tier == Tier.R3], said) >= 0.6
