"""Answers that do not count yet: whose are kept, how many, and how one is named."""

from __future__ import annotations

import re
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from bot.core.answers import Door
from bot.core.facts import Actor
from bot.core.grammar import Given, Piece
from bot.core.suggestions import MOST, MOST_OF_ONE, Suggestion, kept
from tests.examples import NOW


def suggestion(
    question: str, text: str = "It times out.", by: int = 15, held: bool = False
) -> Suggestion:
    actor = Actor(by, f"person-{by}")
    return Suggestion(question, Given(text=text), actor, NOW, Door.COMMAND, held)


def test_the_same_words_of_the_same_person_have_the_same_name_and_others_another() -> None:
    one = suggestion("why")
    assert re.fullmatch(r"[0-9a-f]{32}", one.id)
    assert replace(one, comment=901, at=NOW.replace(hour=1), door=Door.COMMENT).id == one.id
    assert replace(one, by=Actor(15, "new-login")).id == one.id
    others = [
        suggestion("tell"),
        suggestion("why", "It is slow."),
        suggestion("why", by=16),
        replace(one, given=Given(("better",), "It times out.")),
        replace(one, given=Given(piece=Piece("asked", "It times out."))),
    ]
    assert len({one.id, *(other.id for other in others)}) == 6


def test_of_one_person_for_one_question_the_newest_is_kept_and_stands_last() -> None:
    first, other = suggestion("why"), suggestion("why", by=16)
    newer = suggestion("why", "It is slow.")
    assert kept((first, other), newer) == (other, newer)
    assert kept((first,), suggestion("tell")) == (first, suggestion("tell"))
    held = suggestion("why", held=True)
    assert kept((first,), held) == (first, held)
    assert kept((held,), newer) == (held, newer)


def test_one_stranger_fills_no_comment_and_neither_do_many() -> None:
    mine = tuple(suggestion(f"q{n}") for n in range(MOST_OF_ONE))
    assert kept(mine, suggestion("more")) == mine
    assert kept(mine[1:], suggestion("more")) == (*mine[1:], suggestion("more"))
    changed = suggestion("q0", "It is slow.")
    assert kept(mine, changed) == (*mine[1:], changed)
    many = tuple(suggestion("why", by=100 + n) for n in range(MOST))
    assert kept(many, suggestion("why", by=99)) == many
    assert kept(many[1:], suggestion("why", by=99))[-1].by.id == 99


def test_what_is_held_back_is_always_kept() -> None:
    held = suggestion("more", held=True)
    mine = tuple(suggestion(f"q{n}") for n in range(MOST_OF_ONE))
    many = tuple(suggestion("why", by=100 + n) for n in range(MOST))
    assert kept(mine, held) == (*mine, held)
    assert kept(many, held) == (*many, held)


@given(st.lists(st.tuples(st.sampled_from(["why", "tell", "who"]), st.integers(1, 30))))
def test_there_are_never_too_many(told: list[tuple[str, int]]) -> None:
    known: tuple[Suggestion, ...] = ()
    for question, by in told:
        known = kept(known, suggestion(question, by=by))
        assert len(known) <= MOST
        assert len({(s.question, s.by.id) for s in known}) == len(known)
