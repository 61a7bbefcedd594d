"""The overview and the lists behind its numbers, counted by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.columns import Columns, row
from bot.core.filters import Filter, Where, narrowed
from bot.core.gate import Gate
from bot.core.lists import LISTS, listed
from bot.core.overview import Overview, overview
from bot.core.review import State
from bot.core.stats import MEASURES, Rate, Tally
from bot.core.tally import Counted, Place, place
from bot.core.tier import Tier

TODAY = date(2026, 3, 2)
AT = datetime(2026, 2, 24, 12, tzinfo=UTC)
DONE = Counted(
    "r1", State.DECIDED, Gate.COMPLETE, Tier.R1, False, False, False, False, AT,
    AT + timedelta(hours=2), AT + timedelta(hours=5), decided_at=AT + timedelta(hours=9),
    affected=("paying",), heard=("paying",), kinds=("asked",), age=10, level=3, percent=70,
    customer_facing=True,
)  # fmt: skip
GUESS = replace(DONE, kinds=("assumed",), heard=(), level=1, percent=20, age=None)
OPEN = replace(DONE, state=State.OPEN, gate=Gate.PENDING, completed_at=None, level=None,
               percent=None, decided_at=None, kinds=(), heard=())  # fmt: skip


def look(*reviews: Counted, by: Filter = Filter(since=date(2026, 2, 2))) -> Overview:  # noqa: B008
    columns = Columns.of(reviews)

    def places(key: str) -> Where:
        return Where({"r1": "acme/shop", "r2": "acme/pay", "c1": "#pricing"}[key])

    def team(key: str) -> str:
        return {"r1": "Shop", "r2": "Pay", "c1": "Shop"}[key]

    return overview(lambda by: narrowed(columns.all(), by, places, team), by, team, TODAY)


def test_a_team_asks_where_half_of_its_scored_decisions_are_at_level_three() -> None:
    shop = [DONE] * 3 + [GUESS] * 3
    pay = [replace(GUESS, repository="r2")] * 4 + [replace(DONE, repository="r2")]
    found = look(*shop, *pay)
    assert [(t.name, t.mature, t.asks) for t in found.teams] == [
        ("Pay", Rate(20.0, 5), False), ("Shop", Rate(50.0, 6), True),
    ]  # fmt: skip
    assert found.breadth == Rate(50.0, 2)
    assert found.levels == (0, 7, 0, 4, 0)


def test_a_team_with_few_scored_decisions_says_nothing() -> None:
    (team,) = look(*[DONE] * 4).teams
    assert (team.asks, team.mature) == (None, Rate(None, 4))


def test_weeks_without_reviews_are_there_and_small_ones_hide_their_rates() -> None:
    found = look(*[DONE] * 5, *[replace(GUESS, opened_at=AT - timedelta(weeks=2))] * 4)
    assert [(w.monday, w.eligible, w.coverage) for w in found.weeks] == [
        (date(2026, 2, 2), 0, None), (date(2026, 2, 9), 4, None), (date(2026, 2, 16), 0, None),
        (date(2026, 2, 23), 5, 100.0), (date(2026, 3, 2), 0, None),
    ]  # fmt: skip


def test_segments_that_nobody_heard_from_stand_out() -> None:
    found = look(DONE, GUESS, replace(GUESS, affected=("free", "paying")))
    assert [(s.name, s.affected, s.heard) for s in found.segments] == [
        ("paying", 3, 1), ("free", 1, 0),
    ]  # fmt: skip


def test_the_period_before_is_as_long() -> None:
    earlier = [replace(GUESS, opened_at=AT - timedelta(days=28))] * 5
    found = look(*[DONE] * 5, *earlier)
    assert found.before is not None
    assert found.now.values["heard_rate"] == Rate(100.0, 5)
    assert found.before.values["heard_rate"] == Rate(0.0, 5)


@pytest.mark.parametrize(
    ("by", "count"),
    [
        (Filter(), 4),
        (Filter(team="shop"), 3),
        (Filter(place="ACME/Pay"), 1),
        (Filter(source="slack"), 1),
        (Filter(tier=Tier.R2), 1),
        (Filter(overlay="pricing"), 1),
        (Filter(segment="free"), 1),
        (Filter(since=AT.date(), until=AT.date()), 0),
        (Filter(since=AT.date()), 4),
        (Filter(team="nobody"), 0),
    ],
)
def test_a_filter_lets_through_what_it_names(by: Filter, count: int) -> None:
    reviews = (
        DONE, replace(DONE, repository="r2", highest_tier=Tier.R2, overlays=("pricing",)),
        replace(DONE, repository="c1"), replace(DONE, affected=("free",)),
    )  # fmt: skip
    assert look(*reviews, by=by).now.values["eligible"] == count


REVIEWS = st.lists(
    st.builds(
        Counted,
        repository=st.sampled_from(["r1", "r2", "c1"]),
        state=st.sampled_from(State),
        gate=st.sampled_from(Gate),
        highest_tier=st.sampled_from(Tier),
        attested=st.booleans(), spared=st.booleans(), quiet=st.booleans(), bypassed=st.booleans(),
        opened_at=st.integers(0, 40).map(lambda days: AT - timedelta(days=days)),
        first_answer_at=st.none() | st.just(AT), completed_at=st.none() | st.just(AT),
        without_review=st.booleans(), decided_at=st.none() | st.just(AT),
        overlays=st.sampled_from([(), ("ui",), ("pricing", "ui")]),
        affected=st.sampled_from([(), ("free",), ("free", "paying")]),
        heard=st.sampled_from([(), ("free",)]),
        kinds=st.sampled_from([(), ("asked",), ("assumed",), ("observed", "signal")]),
        former=st.booleans(), age=st.none() | st.integers(0, 400),
        level=st.none() | st.integers(0, 4), percent=st.none(), customer_facing=st.booleans(),
        waivers=st.integers(0, 3), ran_out=st.integers(0, 2), raised=st.booleans(),
        lowered=st.booleans(), wrong=st.booleans(), minded=st.booleans(), changed=st.booleans(),
    ),
    max_size=30,
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(REVIEWS)
def test_arrays_count_as_one_would_by_hand(reviews: list[Counted]) -> None:
    tally = Tally(Columns.of(reviews).all())
    eligible = [each for each in reviews if place(each).eligible]
    assert tally.eligible == len(eligible)
    for where in Place:
        assert tally.place(where) == sum(place(each) is where for each in reviews)
    for flag in ("bypassed", "without_review", "minded", "raised", "lowered", "wrong"):
        assert tally.flagged(flag) == sum(getattr(each, flag) for each in eligible)
    done = [each for each in eligible if place(each) is Place.COMPLETE]
    heard = sum(bool({"asked", "observed"} & set(each.kinds)) for each in done)
    values = {measure.name: measure.of(tally) for measure in MEASURES}
    expected = Rate(round(100 * heard / len(done), 1) if len(done) >= 5 else None, len(done))
    assert values["heard_rate"] == expected
    assert values["waivers"] == sum(each.waivers for each in eligible)


@settings(max_examples=40, deadline=None)
@given(REVIEWS)
def test_the_list_behind_a_count_is_as_long_as_the_count(reviews: list[Counted]) -> None:
    chosen = Columns.of(reviews).all()
    tally = Tally(chosen)
    for measure in MEASURES:
        value = measure.of(tally)
        if isinstance(value, int) and measure.name not in ("waivers", "ran_out"):
            assert len(listed(chosen, measure.name)) == value, measure.name
    assert {measure.name for measure in MEASURES} <= LISTS.keys()


@settings(max_examples=40, deadline=None)
@given(REVIEWS, REVIEWS)
def test_what_changed_later_takes_the_place_of_what_was(
    first: list[Counted], then: list[Counted]
) -> None:
    grown = Columns.of(first)
    grown.put([tuple(row(each, id).values()) for id, each in enumerate(then, 1)])
    whole = Columns.of([*then, *first[len(then) :]])
    one, other = Tally(grown.all()), Tally(whole.all())
    assert [m.of(one) for m in MEASURES] == [m.of(other) for m in MEASURES]
