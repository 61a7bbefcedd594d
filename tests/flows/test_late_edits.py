"""Edits of our comment that are told late, in another order, twice, or not at all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from bot.cli.pair import Pair
from bot.core.facts import Version
from bot.errors import Rejected, Transient
from bot.flows.explain import PATIENCE, asked
from bot.flows.patience import Patience
from bot.store import surfaces
from bot.store.surfaces import COMMENT
from tests.flows.people import (
    ALL,
    BODY,
    answer,
    answered,
    body,
    calls,
    click,
    describe,
    events,
    later,
    one_second,
    only_comment,
    opened,
    record,
    say,
    says,
    settle,
    tick,
    ticked,
    until,
)

GRAPHQL = "POST /graphql"
THREE = list(permutations(range(3)))


def lost(pair: Pair, number: int, *boxes: tuple[str, str], on: bool = True) -> None:
    """Somebody clicks, and the delivery never leaves GitHub."""
    pair.github.faults.lose_deliveries = 1
    for box, by in boxes:
        click(pair, number, box, by, on)
        later(pair)
    pair.github.faults.lose_deliveries = 0


# -- what no delivery told us ----------------------------------------------------------------------


def test_a_tick_that_was_lost_counts_for_who_made_it_after_our_next_edit(pair: Pair) -> None:
    number = opened(pair)
    lost(pair, number, ("effect=better", "reviewer"))
    pair.github.call_counts.clear()
    say(pair, number, "/impact feeling: relieved")
    assert answered(pair, number) == {"feeling": "author", "effect": "reviewer"}
    assert ticked(pair, number) == ["effect=better", "feeling=relieved"]
    assert says(pair, number)[1] == "2 of 5 answered"
    assert calls(pair)[GRAPHQL] == 1


def test_the_lost_delivery_that_comes_after_all_counts_no_second_time(pair: Pair) -> None:
    number = opened(pair)
    lost(pair, number, ("effect=better", "reviewer"))
    say(pair, number, "/impact feeling: relieved")
    before = events(pair, number)
    say(pair, number, "/impact undo effect")
    pair.github.redeliver_lost()
    settle(pair)
    assert answered(pair, number) == {"feeling": "author"}
    assert events(pair, number) == [*before, "answer.undone"]


def test_several_lost_ticks_count_for_each_of_those_who_made_them(pair: Pair) -> None:
    number = opened(pair)
    lost(pair, number, ("effect=better", "reviewer"), ("feeling=relieved", "author"))
    lost(pair, number, ("who=existing", "author"))
    describe(pair, number, "Another reason, which is long enough to count as one.")
    assert answered(pair, number) == {
        "effect": "reviewer", "feeling": "author", "who": "author",
    }  # fmt: skip
    assert says(pair, number)[1] == "3 of 5 answered"


def test_a_tick_that_is_heard_of_explains_the_one_before_it_that_was_lost(pair: Pair) -> None:
    number = opened(pair)
    lost(pair, number, ("effect=better", "reviewer"))
    tick(pair, number, "feeling=relieved", by="author")
    assert answered(pair, number) == {"effect": "reviewer", "feeling": "author"}


def test_a_lost_untick_is_an_undo_all_the_same(pair: Pair) -> None:
    number = opened(pair)
    tick(pair, number, "effect=better")
    lost(pair, number, ("effect=better", "author"), on=False)
    say(pair, number, "/impact feeling: relieved")
    assert answered(pair, number) == {"feeling": "author"}
    assert ticked(pair, number) == ["feeling=relieved"]


def test_what_a_bot_ticked_unheard_answers_nothing(pair: Pair) -> None:
    number = opened(pair)
    pair.github.grant("tidy[bot]", "write")
    lost(pair, number, ("effect=better", "tidy[bot]"))
    say(pair, number, "/impact feeling: relieved")
    assert answered(pair, number) == {"feeling": "author"}
    assert ticked(pair, number) == ["feeling=relieved"]


def test_a_tick_made_while_the_bot_was_away_counts_after_its_next_edit(pair: Pair) -> None:
    number = opened(pair)
    pair.stop_bot()
    click(pair, number, "effect=better", "reviewer")
    assert pair.github.wait_idle(10)
    later(pair)
    pair.start_bot()
    settle(pair)
    say(pair, number, "/impact feeling: relieved")
    assert answered(pair, number) == {"effect": "reviewer", "feeling": "author"}


# -- GitHub does not say ---------------------------------------------------------------------------


def test_where_github_knows_no_history_the_delivery_is_waited_for(pair: Pair) -> None:
    number = opened(pair)
    pair.github.faults.add("404-before", on="POST /graphql")
    lost(pair, number, ("effect=better", "reviewer"))
    say(pair, number, "/impact feeling: relieved")
    assert answered(pair, number) == {"feeling": "author"}
    assert ticked(pair, number) == ["feeling=relieved"]
    pair.github.redeliver_lost()
    settle(pair)
    assert answered(pair, number) == {"feeling": "author", "effect": "reviewer"}
    assert "effect=better" in ticked(pair, number)


@pytest.mark.parametrize("fault", ["502-after", "stale-read"])
def test_where_github_stumbles_it_is_asked_again(pair: Pair, fault: str) -> None:
    number = opened(pair)
    pair.github.faults.add(fault, on="POST /graphql", times=1)  # type: ignore[arg-type]
    lost(pair, number, ("effect=better", "reviewer"))
    say(pair, number, "/impact feeling: relieved")
    assert until(lambda: len(answered(pair, number)) == 2)
    assert answered(pair, number) == {"feeling": "author", "effect": "reviewer"}
    settle(pair)
    assert ticked(pair, number) == ["effect=better", "feeling=relieved"]


# -- within one second -----------------------------------------------------------------------------


@pytest.mark.parametrize("order", THREE)
def test_ticks_of_one_second_count_in_whatever_order_they_are_told(
    pair: Pair, order: tuple[int, ...]
) -> None:
    number = opened(pair)
    pair.github.hold_deliveries()
    with one_second(pair):
        click(pair, number, "feeling=relieved", "author")
        click(pair, number, "effect=better", "reviewer")
        click(pair, number, "effect=different", "author")
    pair.github.release(order, copies=2)
    settle(pair)
    assert answered(pair, number) == {"feeling": "author", "effect": "author"}
    assert answer(pair, number, "effect").picks == ("different",)
    assert ticked(pair, number) == ["effect=different", "feeling=relieved"]


@pytest.mark.parametrize("order", THREE[::2])
def test_a_box_ticked_unticked_and_ticked_in_one_second_is_ticked(
    pair: Pair, order: tuple[int, ...]
) -> None:
    number = opened(pair)
    pair.github.hold_deliveries()
    with one_second(pair):
        for on in (True, False, True):
            click(pair, number, "effect=better", "reviewer", on)
    pair.github.release(order)
    settle(pair)
    assert answered(pair, number) == {"effect": "reviewer"}
    assert ticked(pair, number) == ["effect=better"]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_box_ticked_and_unticked_in_one_second_is_not_ticked(
    pair: Pair, order: tuple[int, ...]
) -> None:
    number = opened(pair)
    pair.github.hold_deliveries()
    with one_second(pair):
        for on in (True, False):
            click(pair, number, "effect=better", "reviewer", on)
    pair.github.release(order, copies=2)
    settle(pair)
    assert answered(pair, number) == {}
    assert ticked(pair, number) == []


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_two_people_who_move_one_pick_end_where_the_last_one_left_it(
    pair: Pair, order: tuple[int, ...]
) -> None:
    number = opened(pair)
    pair.github.hold_deliveries()
    click(pair, number, "effect=better", "reviewer")
    later(pair)
    click(pair, number, "effect=different", "author")
    pair.github.release(order)
    settle(pair)
    assert answered(pair, number) == {"effect": "author"}
    assert ticked(pair, number) == ["effect=different"]


# -- doors beside each other -----------------------------------------------------------------------


@pytest.mark.parametrize("order", THREE[::2])
def test_a_tick_a_command_and_a_line_of_the_description_in_any_order_make_the_same_record(
    pair: Pair, order: tuple[int, ...]
) -> None:
    number = opened(pair)
    pair.github.hold_deliveries()
    click(pair, number, "effect=better", "reviewer")
    later(pair)
    pair.github.comment(number, "/impact effect: different\n/impact feeling: relieved", "author")
    later(pair)
    text = f"{BODY}\n\n## Customer impact\n\nfeeling: confident\n"
    pair.github.edit_pull_request(number, body=text, by="reviewer")
    pair.github.release(order)
    settle(pair)
    assert answered(pair, number) == {"effect": "author", "feeling": "reviewer"}
    assert answer(pair, number, "feeling").picks == ("confident",)
    assert ticked(pair, number) == ["effect=different", "feeling=confident"]


def test_a_late_tick_does_not_undo_what_was_said_since(pair: Pair) -> None:
    number = opened(pair)
    lost(pair, number, ("effect=better", "reviewer"))
    pair.github.faults.add("404-before", on="POST /graphql")
    say(pair, number, "/impact effect: different, the menu turns grey")
    pair.github.redeliver_lost()
    settle(pair)
    found = answer(pair, number, "effect")
    assert (found.picks, found.by.login) == (("different",), "author")


def test_a_late_tick_after_the_merge_counts(pair: Pair) -> None:
    number = opened(pair)
    lost(pair, number, ("effect=better", "reviewer"))
    assert pair.github.merge(number, bypass=True).merged
    settle(pair)
    pair.github.redeliver_lost()
    settle(pair)
    assert "effect" in answered(pair, number)


def test_deliveries_lost_doubled_and_shuffled_end_in_what_people_did(pair: Pair) -> None:
    number = opened(pair)
    pair.github.faults.duplicate_deliveries = 0.5
    pair.github.faults.reorder_deliveries = 0.5
    pair.github.faults.lose_deliveries = 0.3
    for box, by in (("who=existing", "author"), ("effect=better", "reviewer")):
        click(pair, number, box, by)
        later(pair)
    for question in ("why", "voice"):
        pair.github.comment(number, f"/impact accept {question}", "author")
        later(pair)
    pair.github.comment(number, "/impact feeling: relieved", "reviewer")
    settle(pair)
    pair.github.faults.clear()
    pair.github.redeliver_lost()
    settle(pair)
    assert answered(pair, number) == {
        "who": "author", "effect": "reviewer", "why": "author", "feeling": "reviewer",
    }  # fmt: skip
    assert len(record(pair, number).evidence) == 1
    assert says(pair, number)[0] == "success"
    assert "complete ✅" in body(pair, number)


def test_after_all_of_it_our_comment_is_written_no_more(pair: Pair) -> None:
    number = opened(pair)
    lost(pair, number, ("effect=better", "reviewer"))
    say(pair, number, ALL)
    versions = len(only_comment(pair, number).history)
    pair.github.redeliver_lost()
    settle(pair)
    assert len(only_comment(pair, number).history) <= versions + 1
    pair.github.call_counts.clear()
    settle(pair)
    assert calls(pair) == {}


def test_a_deletion_that_is_heard_first_takes_the_suggestion_along(pair: Pair) -> None:
    number = opened(pair)
    pair.github.hold_deliveries()
    comment = pair.github.comment(number, "/impact why: Nobody can read the page.", "outsider")
    pair.github.delete_comment(comment, "outsider")
    pair.github.release([1, 0])
    settle(pair)
    assert record(pair, number).suggestions == ()


def test_where_the_clock_was_set_back_the_comment_follows_all_the_same(pair: Pair) -> None:
    number = opened(pair)
    assert pair.bot is not None
    ahead = datetime.now(UTC) + timedelta(hours=1)
    at = (COMMENT, pair.github.state.repository_id, str(number))
    with pair.bot.store.read() as connection:
        stands = surfaces.load(connection, *at)
    id = stands.external_id
    assert id is not None
    pair.bot.store.write(lambda tx: surfaces.heard(tx, *at, id, stands, ahead))
    say(pair, number, "/impact effect: better")
    assert "✅ Effect" in body(pair, number)


def test_a_history_that_never_holds_what_we_know_blocks_nobody_for_ever() -> None:
    start, patience = datetime(2026, 3, 2, tzinfo=UTC), Patience()
    asked_at = [start + timedelta(seconds=seconds) for seconds in (0, 30, 59, 60, 90)]
    left = [patience.left("an edit", at, PATIENCE) for at in asked_at]
    assert left == [True, True, True, False, False]
    assert patience.left("another edit", asked_at[-1], PATIENCE)


@pytest.mark.parametrize("error", [Transient("bad gateway"), Rejected("gone", 404)])
def test_who_waited_long_enough_goes_on_without_the_history(error: Exception) -> None:
    def fails() -> tuple[Version, ...]:
        raise error

    assert asked(fails, "a hash", patient=False) == ()
    assert asked(lambda: (Version(None, datetime.now(UTC), "old"),), "a hash", patient=False)
    with pytest.raises(Transient):
        asked(lambda: (Version(None, datetime.now(UTC), "old"),), "a hash", patient=True)
