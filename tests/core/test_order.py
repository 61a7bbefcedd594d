"""The order of edits is told by their texts, where GitHub's whole seconds tell nothing."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from bot.core.acts import Act, Tick
from bot.core.answers import Door
from bot.core.facts import Actor
from bot.core.order import in_order
from bot.flows.identity import edit_key, text_hash
from tests.examples import NOW

TRIALS, TOGGLES = 2_000, 8
BOXES = ("effect=better", "effect=worse", "feeling=relieved", "who=new")
PEOPLE = (Actor(1, "author"), Actor(2, "reviewer"))
TEXT = "comment:900"


def written(ticked: frozenset[str]) -> str:
    """A comment with these boxes ticked."""
    return "\n".join(f"- [{'x' if box in ticked else ' '}] {box}" for box in BOXES)


def toggles(chance: random.Random) -> tuple[list[Act], frozenset[str]]:
    """Somebody clicks a box, eight times within a few seconds; and what is ticked in the end."""
    at, ticked, alike = NOW, frozenset[str](), Counter[str]()
    start = text_hash(written(ticked))
    acts = [Act("first", Actor(9, "bot", True), at, Door.COMMENT, (), TEXT, "", start)]
    for _ in range(TOGGLES):
        at += timedelta(seconds=chance.choice((0, 0, 0, 1)))
        by, box = chance.choice(PEOPLE), chance.choice(BOXES)
        hashes = text_hash(written(ticked)), text_hash(written(ticked ^ {box}))
        ticked ^= {box}
        same = edit_key(TEXT, at, by.id, *hashes)
        key = edit_key(TEXT, at, by.id, *hashes, alike[same])
        alike[same] += 1
        acts.append(Act(key, by, at, Door.COMMENT, (Tick(box, box in ticked),), TEXT, *hashes))
    return acts, ticked


def ticked_after(acts: Sequence[Act]) -> frozenset[str]:
    ticked: frozenset[str] = frozenset()
    for act in acts:
        for deed in act.deeds:
            assert isinstance(deed, Tick)
            ticked = ticked | {deed.box} if deed.on else ticked - {deed.box}
    return ticked


def test_clicks_within_whole_seconds_end_as_they_did_whatever_order_they_arrive_in() -> None:
    chance = random.Random(7)  # shuffles need to differ, not to be secret
    wrong = wrong_by_time = 0
    for _ in range(TRIALS):
        acts, ticked = toggles(chance)
        chance.shuffle(acts)
        arrived = [replace(act, arrived=number) for number, act in enumerate(acts, 1)]
        wrong += ticked_after(in_order(arrived)) != ticked
        by_time = sorted(arrived, key=lambda act: (act.at, act.arrived))
        wrong_by_time += ticked_after(by_time) != ticked
    assert wrong == 0
    assert wrong_by_time > TRIALS / 4  # so the texts are needed


def test_a_tick_and_its_untick_in_one_second_end_unticked_whichever_is_heard_of_first() -> None:
    empty, full = text_hash(written(frozenset())), text_hash(written(frozenset(BOXES[:1])))
    by, later = PEOPLE[0], NOW + timedelta(seconds=1)
    first = Act("1", by, NOW, Door.COMMENT, (), TEXT, "", empty, arrived=1)
    tick = Act("2", by, later, Door.COMMENT, (Tick(BOXES[0], True),), TEXT, empty, full, arrived=3)
    off = Act("3", by, later, Door.COMMENT, (Tick(BOXES[0], False),), TEXT, full, empty, arrived=2)
    assert in_order([first, tick, off]) == [first, tick, off]
