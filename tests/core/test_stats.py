"""What is counted where, and what is told of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest

from bot.core.columns import Columns
from bot.core.gate import Gate
from bot.core.review import State
from bot.core.stats import APART, MEASURES, Hours, Rate, Stats, Value, stats
from bot.core.tally import Counted
from bot.core.tier import Tier
from tests.rows import NOW, hours

PENDING = Counted(
    repository="acme/shop",
    state=State.OPEN,
    gate=Gate.PENDING,
    highest_tier=Tier.R1,
    attested=False,
    spared=False,
    quiet=False,
    bypassed=False,
    opened_at=NOW,
    first_answer_at=None,
    completed_at=None,
)
COMPLETE = replace(PENDING, gate=Gate.COMPLETE, first_answer_at=hours(1), completed_at=hours(3))
ATTESTED = replace(PENDING, gate=Gate.NOT_NEEDED, attested=True)
PLACES = ("complete", "pending", "waived", "attested", "lowered")


def counted(reviews: Iterable[Counted], team_of: Callable[[str], str]) -> Stats:
    return stats(Columns.of(reviews).all(), str, team_of)


def total(*reviews: Counted) -> dict[str, Value]:
    return dict(counted(reviews, lambda _: "unmapped").total.values)


def counts(*reviews: Counted) -> dict[str, Value]:
    """The counts that are not 0."""
    return {name: n for name, n in total(*reviews).items() if isinstance(n, int) and n}


@pytest.mark.parametrize(
    ("review", "name"),
    [
        (COMPLETE, "complete"),
        (PENDING, "pending"),
        (replace(PENDING, state=State.DECIDED), "pending"),
        (replace(PENDING, gate=Gate.WAIVED), "waived"),
        (ATTESTED, "attested"),
        (replace(ATTESTED, gate=Gate.WAIVED), "waived"),
        (replace(ATTESTED, attested=False), "lowered"),
    ],
)
def test_an_eligible_review_is_counted_by_its_gate(review: Counted, name: str) -> None:
    assert counts(review) == {"eligible": 1, name: 1}


@pytest.mark.parametrize(
    ("review", "name"),
    [
        (replace(PENDING, highest_tier=Tier.R0, gate=Gate.NOT_NEEDED), "r0"),
        (replace(PENDING, spared=True, gate=Gate.NOT_NEEDED), "spared"),
        (replace(PENDING, quiet=True), "drafts"),
        (replace(COMPLETE, state=State.WITHDRAWN), "withdrawn"),
        (replace(PENDING, state=State.WITHDRAWN, quiet=True), "withdrawn"),
    ],
)
def test_what_is_not_eligible_is_counted_apart(review: Counted, name: str) -> None:
    assert counts(review) == {name: 1}
    assert name in {measure.name for measure in APART}


def test_a_draft_that_was_merged_as_it_was_counts() -> None:
    merged = replace(PENDING, quiet=True, state=State.DECIDED)
    assert counts(merged) == {"eligible": 1, "pending": 1}


def test_a_bypass_stays_one_when_it_is_answered_later() -> None:
    later = replace(COMPLETE, state=State.DECIDED, bypassed=True)
    assert counts(later) == {"eligible": 1, "complete": 1, "bypassed": 1}


def test_every_review_is_in_exactly_one_place() -> None:
    kinds = product(State, Gate, Tier, (False, True), (False, True), (False, True))
    for state, gate, tier, attested, spared, quiet in kinds:
        review = replace(
            PENDING, state=state, gate=gate, highest_tier=tier,
            attested=attested, spared=spared, quiet=quiet,
        )  # fmt: skip
        found = counts(review)
        eligible = found.pop("eligible", 0)
        assert sum(n for n in found.values() if isinstance(n, int)) == 1
        assert eligible == sum(found.get(name, 0) == 1 for name in PLACES)


def test_a_rate_is_hidden_below_five_and_counts_never_are() -> None:
    four = total(COMPLETE, COMPLETE, COMPLETE, ATTESTED)
    assert (four["complete"], four["coverage"]) == (3, Rate(None, 4))
    assert four["attested_rate"] == Rate(None, 4)
    five = total(COMPLETE, COMPLETE, ATTESTED, PENDING, PENDING)
    assert (five["coverage"], five["attested_rate"]) == (Rate(40.0, 5), Rate(20.0, 5))


def test_reviews_that_are_not_eligible_change_no_rate() -> None:
    apart = [replace(COMPLETE, state=State.WITHDRAWN), replace(PENDING, quiet=True)]
    assert total(*[COMPLETE] * 4, PENDING, *apart)["coverage"] == Rate(80.0, 5)


def test_medians_are_in_hours_over_those_that_have_one_and_carry_their_n() -> None:
    slow = replace(COMPLETE, first_answer_at=hours(48), completed_at=hours(72.54))
    begun = replace(PENDING, first_answer_at=hours(2))
    found = total(COMPLETE, slow, begun, PENDING)
    assert found["first_answer"] == Hours(2.0, 3)
    assert found["completion"] == Hours(37.8, 2)


def test_without_an_answer_there_is_no_median() -> None:
    assert total(PENDING)["first_answer"] == Hours(None, 0)


def test_an_answer_from_before_the_bot_looked_took_no_time() -> None:
    early = replace(PENDING, first_answer_at=NOW - timedelta(days=2))
    assert total(early)["first_answer"] == Hours(0.0, 1)


def test_hours_of_what_is_complete_no_longer_are_not_told() -> None:
    assert total(replace(COMPLETE, gate=Gate.WAIVED))["completion"] == Hours(None, 0)


def test_hours_of_withdrawn_reviews_are_not_told() -> None:
    assert total(replace(COMPLETE, state=State.WITHDRAWN))["first_answer"] == Hours(None, 0)


def test_repositories_stand_by_name_and_teams_add_theirs_up_with_unmapped_last() -> None:
    teams = {"acme/pay": "Web", "Acme/shop": "Web", "acme/zoo": "unmapped", "b/b": "apps"}
    reviews = [
        replace(COMPLETE, repository=name, completed_at=hours(n))
        for n, name in enumerate(("b/b", "acme/zoo", "Acme/shop", "acme/pay", "acme/pay"), start=1)
    ]
    found = counted(reviews, teams.__getitem__)
    assert [(line.name, line.team) for line in found.repositories] == [
        ("acme/pay", "Web"),
        ("Acme/shop", "Web"),
        ("acme/zoo", "unmapped"),
        ("b/b", "apps"),
    ]
    assert [line.name for line in found.teams] == ["apps", "Web", "unmapped"]
    assert found.teams[1].values["completion"] == Hours(4.0, 3)
    assert found.repositories[0].values["completion"] == Hours(4.5, 2)
    assert found.total.values["completion"] == Hours(3.0, 5)


def test_every_measure_has_a_name_of_its_own_and_says_what_it_means() -> None:
    assert len({measure.name for measure in MEASURES}) == len(MEASURES)
    assert all(measure.definition.endswith(".") for measure in MEASURES)
