"""How many questions a review asks: rules, answers and people together."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.acts import (
    Accept,
    Act,
    Deed,
    Found,
    Inapplicable,
    Judge,
    Suggest,
    Tell,
    Tick,
    Undo,
    Use,
)
from bot.core.answers import Door
from bot.core.checklist import Checklist
from bot.core.grammar import Given
from bot.core.missing import required
from bot.core.prefill import Prefill
from bot.core.review import Review
from bot.core.rulings import Ruled, Sample, standing_ruling
from bot.core.suggestions import Suggestion
from bot.core.tier import Tier
from bot.core.tiering import consequence, held_back, news, raising_answers, retiered, seen_rules
from bot.core.triage import Reason
from tests.acting import STRANGER, UNTOUCHED, act, done, played
from tests.examples import AUTHOR, LOCK, NOW, PRICE, REVIEWER, THEME, review, told

R0, R1, R2, R3 = Tier
LINE = "The export button moves into the menu."
WORSE, BETTER = Tick("effect=worse", True), Tick("effect=better", True)
UNKNOWN = Tick("reach=unknown", True)
TODAY = ("visible", *(f"rule-{tier}" for tier in Tier))  # the rules that match in these tests
ANSWER_WORSE, ANSWER_UNKNOWN = "answer:effect=worse", "answer:reach=unknown"


def on(tier: Tier) -> Review:
    """The review as if the rules had found this tier."""
    reasons = (Reason(f"rule-{tier}", tier, "it changed"),)
    return retiered(replace(UNTOUCHED, triaged=tier, tier=tier, reasons=reasons))


def raised(to: Tier) -> Judge:
    return Judge(Ruled.RAISED, to, "everybody will meet it")


def lowered(to: Tier, *saw: str) -> Judge:
    """By somebody who saw the rules of today, and these."""
    return Judge(Ruled.LOWERED, to, "it is not released yet", (*TODAY, *saw))


def attested(*saw: str, sample: Sample = Sample.NOT_DRAWN) -> Judge:
    return Judge(Ruled.ATTESTED, R0, "only a comment in it", (*TODAY, *saw), sample)


# -- the formula -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rules", "deeds", "tier"),
    [
        (R0, [], R0),
        (R1, [], R1),
        (R3, [], R3),
        (R0, [WORSE, UNKNOWN], R0),  # what nobody notices is worse for nobody
        (R1, [BETTER], R1),
        (R1, [WORSE], R2),
        (R1, [UNKNOWN], R2),
        (R1, [WORSE, UNKNOWN], R2),
        (R2, [WORSE], R2),
        (R2, [UNKNOWN], R3),
        (R3, [WORSE, UNKNOWN], R3),
        (R1, [WORSE, BETTER], R1),
        (R1, [WORSE, Undo("effect")], R1),
        (R1, [raised(R2)], R2),
        (R1, [raised(R3), WORSE], R3),
        (R0, [raised(R1)], R1),
        (R0, [raised(R1), WORSE], R1),
        (R3, [raised(R2)], R3),
        (R1, [raised(R2), raised(R3)], R3),
        (R1, [raised(R3), raised(R2)], R3),
        (R3, [lowered(R1)], R1),
        (R1, [lowered(R2)], R1),  # a lowering never raises
        (R1, [attested()], R0),
        (R1, [raised(R3), lowered(R1)], R1),
        (R1, [lowered(R0), raised(R1)], R1),
        (R2, [lowered(R1), raised(R3)], R3),
        (R3, [lowered(R1), raised(R2)], R3),
        (R3, [lowered(R2), lowered(R1)], R1),
        (R3, [lowered(R1), lowered(R2)], R2),
        (R1, [attested(), raised(R1)], R1),
        (R1, [attested(), lowered(R0)], R0),
        (R1, [attested(), lowered(R0), raised(R2)], R2),
    ],
)
def test_the_tier_is_the_highest_of_all_then_lowered(
    rules: Tier, deeds: list[Deed], tier: Tier
) -> None:
    assert done(*deeds, on=on(rules)).tier is tier


@pytest.mark.parametrize("judged", [lowered(R1), attested()])
@pytest.mark.parametrize(("answer", "seen"), [(WORSE, ANSWER_WORSE), (UNKNOWN, ANSWER_UNKNOWN)])
def test_what_lowers_ends_with_a_raising_answer_that_it_did_not_see(
    judged: Judge, answer: Tick, seen: str
) -> None:
    ended = done(judged, answer, on=on(R1))
    assert (ended.tier, [r.ended for r in ended.rulings]) == (R2, [True])
    known = replace(judged, rules=(*judged.rules, seen))
    orders: list[list[Deed]] = [[answer, known], [known, answer]]
    for deeds in orders:
        stands = done(*deeds, on=on(R1))
        assert (stands.tier, [r.ended for r in stands.rulings]) == (judged.tier, [False])


@pytest.mark.parametrize("judged", [lowered(R1, "a", "b"), attested("a", "b")])
def test_what_lowers_ends_with_a_rule_that_it_did_not_see(judged: Judge) -> None:
    for rules, ended in ((("a",), False), (("a", "b"), False), (("c",), True), (("a", "c"), True)):
        found = done(judged, Found(rules, (), "news"), on=on(R1))
        assert [r.ended for r in found.rulings] == [ended], rules
        assert found.tier is (R1 if ended else judged.tier)


@pytest.mark.parametrize("judged", [lowered(R1), attested()])
def test_what_lowers_holds_no_longer_than_the_rules_that_it_saw_whatever_came_first(
    judged: Judge,
) -> None:
    saw_less = replace(judged, rules=("another rule", "rule-R0"))
    for deeds in ([saw_less], [Found(("rule-R3",), (), "news"), saw_less]):
        found = done(*deeds, on=on(R3))
        assert (found.tier, [r.ended for r in found.rulings]) == (R3, [True])


def test_a_new_rule_ends_no_raise() -> None:
    found = done(raised(R2), Found(("c",), (), "news"), WORSE, on=on(R1))
    assert [r.ended for r in found.rulings] == [False]


def test_a_ruling_that_ended_does_not_come_back() -> None:
    found = done(lowered(R0), Found(("c",), (), "news"), Found((), (), ""), on=on(R1))
    assert found.tier is R1
    again = done(lowered(R0), raised(R2), lowered(R1), on=on(R1))
    assert [(r.ruled, r.ended) for r in again.rulings] == [
        (Ruled.LOWERED, True),
        (Ruled.RAISED, True),
        (Ruled.LOWERED, False),
    ]


def test_a_raise_that_was_overruled_does_not_come_back_with_what_ends_the_lowering() -> None:
    by_rule = done(raised(R3), lowered(R0, "a"), Found(("c",), (), "news"), on=on(R1))
    by_somebody = done(raised(R3), lowered(R0), raised(R1), on=on(R1))
    for found in (by_rule, by_somebody):
        assert found.tier is R1
        assert found.rulings[0].ended


def test_only_a_lowering_to_r0_says_that_an_attestation_was_right_to_ask_nothing() -> None:
    for tier, ended in ((R0, False), (R1, True)):
        found = done(attested(), lowered(tier), on=on(R1))
        assert [r.ended for r in found.rulings] == [ended, False]


def test_a_ruling_keeps_who_why_when_and_where() -> None:
    judge = replace(lowered(R0, "visible"), open_to_all=True)
    found = played(act(1, judge, by=REVIEWER, door=Door.COMMAND, comment=900))
    ruling = found.rulings[0]
    assert (ruling.by, ruling.at.minute, ruling.door, ruling.comment) == (
        REVIEWER,
        31,
        Door.COMMAND,
        900,
    )
    assert (ruling.reason, ruling.rules, ruling.open_to_all) == (judge.reason, judge.rules, True)


@pytest.mark.parametrize(
    ("by", "then", "sample", "ended"),
    [
        (REVIEWER, lowered(R0), Sample.RIGHT, False),
        (REVIEWER, raised(R1), Sample.WRONG, True),
        (REVIEWER, raised(R2), Sample.WRONG, True),
        (AUTHOR, raised(R1), Sample.WAITING, True),
        (REVIEWER, attested(), Sample.RIGHT, True),
    ],
)
def test_a_drawn_attestation_is_right_or_wrong_by_the_word_of_somebody_else(
    by: object, then: Judge, sample: Sample, ended: bool
) -> None:
    drawn = act(1, attested(sample=Sample.WAITING))
    found = played(drawn, act(2, then, by=by), on=on(R1))  # type: ignore[arg-type]
    assert (found.rulings[0].sample, found.rulings[0].ended) == (sample, ended)
    plain = played(act(1, attested()), act(2, then, by=REVIEWER), on=on(R1))
    assert plain.rulings[0].sample is Sample.NOT_DRAWN


def test_what_ended_before_anybody_looked_was_neither_right_nor_wrong() -> None:
    drawn = act(1, attested(sample=Sample.WAITING))
    rule = act(2, Found(("c",), (), "news"))
    for then in (lowered(R1), raised(R3)):
        found = played(drawn, rule, act(3, then, by=REVIEWER), on=on(R2))
        assert found.rulings[0].sample is Sample.WAITING


def test_of_rulings_the_newest_of_the_kind_that_holds_stands() -> None:
    found = done(raised(R2), replace(raised(R3), reason="more"), on=on(R1)).rulings
    ruling = standing_ruling(found, Ruled.RAISED)
    assert ruling is not None
    assert ruling.reason == "more"
    assert standing_ruling(found, Ruled.LOWERED, Ruled.ATTESTED) is None
    assert standing_ruling([replace(r, ended=True) for r in found], Ruled.RAISED) is None


def test_a_ruling_sees_the_rules_and_raising_answers_of_now() -> None:
    found = done(WORSE, UNKNOWN, BETTER, UNKNOWN, on=on(R1))
    assert seen_rules(found) == ("rule-R1", ANSWER_UNKNOWN)
    both = done(UNKNOWN, WORSE, on=on(R1))
    assert raising_answers(both) == (ANSWER_WORSE, ANSWER_UNKNOWN)
    assert raising_answers(done(WORSE, UNKNOWN, on=on(R2))) == (ANSWER_UNKNOWN,)
    assert raising_answers(done(WORSE, UNKNOWN, on=on(R3))) == ()
    names = "edcbafab"
    many = replace(UNTOUCHED, reasons=tuple(Reason(name, R1, "") for name in names))
    assert seen_rules(many) == tuple("abcdef")


JUDGED: list[Deed] = [
    WORSE, UNKNOWN, BETTER, Undo("effect"), Tick("reach=unknown", False), raised(R2), raised(R3),
    lowered(R0), lowered(R1, ANSWER_WORSE), lowered(R2, ANSWER_WORSE, ANSWER_UNKNOWN, "c"),
    attested(), Found(("c",), (), "news"),
]  # fmt: skip


@given(st.sampled_from(Tier), st.lists(st.sampled_from(JUDGED), max_size=8))
def test_only_what_lowers_asks_less_than_rules_and_only_rules_answers_and_raises_ask_more(
    rules: Tier, deeds: list[Deed]
) -> None:
    found = done(*deeds, on=on(rules))
    lowering = standing_ruling(found.rulings, Ruled.LOWERED, Ruled.ATTESTED)
    raising = standing_ruling(found.rulings, Ruled.RAISED)
    assert not (lowering and raising)
    if lowering is None:
        assert found.tier >= rules
    else:
        assert found.tier <= lowering.tier
    if raising is None and not raising_answers(found):
        assert found.tier <= rules
    assert retiered(found) == found


# -- saying so before it counts --------------------------------------------------------------------

OFFER = Prefill("effect", ("worse",), LINE, "your description")


@pytest.mark.parametrize(
    ("deed", "given_then"),
    [
        (WORSE, Given(("worse",))),
        (Tick("reach=unknown", True), Given(("unknown",))),
        (Tell("effect", Given(("worse",), LINE)), Given(("worse",), LINE)),
        (Tell("reach", Given(("over-50",))), Given(("over-50",))),
        (Accept("effect", OFFER), Given(("worse",), LINE)),
        (Tick("effect=accept-1a2b3c", True, OFFER), Given(("worse",), LINE)),
    ],
)
def test_what_would_raise_is_held_back_at_every_door(deed: Deed, given_then: Given) -> None:
    question = "reach" if "unknown" in repr(deed) or "over-50" in repr(deed) else "effect"
    assert held_back(UNTOUCHED, deed) == Suggest(question, given_then, held=True)


@pytest.mark.parametrize(
    "deed",
    [
        BETTER,
        Tick("effect=worse", False),
        Tick("effect=nonsense", True),
        Tick("effect=done", True),
        Tick("nonsense=worse", True),
        Tick("effect=accept-1a2b3c", True),
        Tick("effect=accept-1a2b3c", False, OFFER),
        Tick("effect=accept-1a2b3c", True, replace(OFFER, too_short=True)),
        Tick("effect=accept-1a2b3c", True, replace(OFFER, picks=("better",))),
        Tell("effect", Given(("different",), LINE)),
        Tell("why", Given(text=LINE)),
        Tell("nonsense", Given(("worse",))),
        Use("1a2b3c"),
        Undo("effect"),
        Inapplicable("effect", "nobody sees it in this form"),
        raised(R3),
    ],
)
def test_what_does_not_raise_counts_at_once(deed: Deed) -> None:
    assert held_back(UNTOUCHED, deed) is deed


def test_nothing_is_held_back_where_it_adds_nothing() -> None:
    for review_of in (on(R2), on(R3), on(R0), done(raised(R2)), done(UNKNOWN), done(WORSE)):
        assert held_back(review_of, WORSE) is WORSE
    said = Tell("effect", Given(("worse",), LINE))
    assert held_back(done(WORSE), said) is said


def test_where_somebody_lowered_an_answer_is_held_back_only_if_it_ends_that() -> None:
    below_the_rules = done(lowered(R1), on=on(R2))
    assert held_back(below_the_rules, WORSE) is WORSE
    assert done(lowered(R1), WORSE, on=on(R2)).tier is R1
    assert held_back(below_the_rules, UNKNOWN) == Suggest("reach", Given(("unknown",)), held=True)
    attested_away = done(attested())
    assert isinstance(held_back(attested_away, WORSE), Suggest)


def test_the_line_beside_a_pick_need_not_be_said_again() -> None:
    before = done(told("effect", f"better, {LINE}"))
    assert held_back(before, WORSE) == Suggest("effect", Given(("worse",)), held=True)
    away = done(Inapplicable("effect", "nobody sees it in this form"))
    assert held_back(away, WORSE) == Suggest("effect", Given(("worse",)), held=True)


def organisation_that_raises(id: str, option: str) -> Review:
    """A checklist in which this pick raises."""
    questions = tuple(
        q.model_copy(update={"raises": {option: "R3"}}) if q.id == id else q
        for q in UNTOUCHED.checklist.questions
    )
    return replace(UNTOUCHED, checklist=Checklist("own", "Own", questions))


def test_groups_that_were_picked_stay_beside_one_that_waits() -> None:
    own = organisation_that_raises("who", "partners")
    before = done(told("who", "new; shop owners in Japan"), on=own)
    held = held_back(before, Tick("who=partners", True))
    assert held == Suggest("who", Given(("new", "partners"), "shop owners in Japan"), held=True)
    ticked = done(told("who", "new; shop owners in Japan"), held, on=own)
    use = Use(ticked.suggestions[0].id)
    found = done(told("who", "new; shop owners in Japan"), held, use, on=own).answer("who")
    assert found is not None
    assert (found.picks, found.text) == (("new", "partners"), "shop owners in Japan")


ANSWERS: list[Deed] = [
    *[Tick(f"effect={o}", True) for o in ("better", "worse", "mixed", "different")],
    *[Tick(f"reach={o}", True) for o in ("none", "10-to-50", "over-50", "unknown")],
    told("effect", f"mixed, {LINE}"),
    Accept("effect", OFFER),
]


@given(
    st.sampled_from(Tier),
    st.lists(st.sampled_from([*JUDGED, *ANSWERS]), max_size=6),
    st.sampled_from(ANSWERS),
)
def test_what_an_answer_adds_is_what_is_asked_once_it_counts(
    rules: Tier, before: list[Deed], deed: Deed
) -> None:
    current = done(*before, on=on(rules))
    held = held_back(current, deed)
    if not isinstance(held, Suggest):
        assert done(*before, deed, on=on(rules)).tier <= current.tier
        return
    waiting = done(*before, held, on=on(rules))
    assert waiting.tier is current.tier
    suggestion = next(s for s in waiting.suggestions if s.held and s.question == held.question)
    tier, added = consequence(waiting, suggestion)
    agreed = done(*before, held, Use(suggestion.id), on=on(rules))
    assert tier is agreed.tier > current.tier
    now = {q.id for q, _ in required(waiting)}
    assert [q.id for q in added] == [q.id for q, _ in required(agreed) if q.id not in now]


def test_worse_at_r1_says_that_it_adds_five_questions() -> None:
    suggestion = Suggestion("effect", Given(("worse",)), STRANGER, NOW, Door.COMMAND)
    tier, added = consequence(UNTOUCHED, suggestion)
    assert tier is R2
    assert [q.id for q in added] == ["reach", "value", "not_served", "measure", "tell"]
    nothing = replace(suggestion, given=Given(("better",)))
    assert consequence(UNTOUCHED, nothing) == (R1, [])
    assert consequence(UNTOUCHED, replace(suggestion, question="nonsense")) == (R1, [])


# -- news ------------------------------------------------------------------------------------------

ALL_ANSWERED = done(
    told("who", "existing"), told("why", LINE), told("effect", "better"), told("reach", "none"),
    told("value", "both"), told("journey", "use"), told("future", "up"), told("stance", "internal"),
    told("voice", "assumed"),
)  # fmt: skip


def reasoned(*tiers: Tier, on: Review = ALL_ANSWERED) -> Review:
    """The same after a push that matches one more rule for each of these tiers."""
    more = tuple(Reason(f"new-{n}", tier, f"news {n}") for n, tier in enumerate(tiers))
    return replace(on, reasons=(*on.reasons, *more))


@pytest.mark.parametrize(
    ("tiers", "questions"),
    [
        ((R1,), ()),
        ((R2,), ("who", "effect", "reach")),
        ((R3,), ("who", "effect", "reach", "value", "journey", "future")),
        ((R1, R2), ("who", "effect", "reach")),
        ((R3, R1), ("who", "effect", "reach", "value", "journey", "future")),
    ],
)
def test_the_tier_of_a_new_rule_decides_what_is_asked_again(
    tiers: tuple[Tier, ...], questions: tuple[str, ...]
) -> None:
    found = news(ALL_ANSWERED, reasoned(*tiers))
    assert found is not None
    assert found.questions == questions
    assert found.rules == tuple(f"new-{n}" for n in range(len(tiers)))


def test_only_what_was_answered_is_asked_again() -> None:
    found = news(done(told("effect", "better")), reasoned(R3, on=UNTOUCHED))
    assert found is not None
    assert found.questions == ("effect",)


def test_a_rule_that_matched_before_is_no_news_and_neither_is_one_that_asks_nothing() -> None:
    assert news(ALL_ANSWERED, ALL_ANSWERED) is None
    assert news(reasoned(R3), reasoned(R3)) is None
    assert news(reasoned(R3), ALL_ANSWERED) is None
    assert news(ALL_ANSWERED, reasoned(R0)) is None
    other_words = tuple(replace(r, text="other words") for r in ALL_ANSWERED.reasons)
    assert news(ALL_ANSWERED, replace(ALL_ANSWERED, reasons=other_words)) is None


def test_where_nobody_said_anything_there_is_no_news() -> None:
    assert news(UNTOUCHED, reasoned(R3, on=UNTOUCHED)) is None
    heard = done(told("voice", 'asked "It is slow"'))
    judged = done(raised(R2))
    for said in (ALL_ANSWERED, heard, judged):
        assert news(said, reasoned(R3, on=UNTOUCHED)) is not None


def test_news_names_two_reasons_and_all_rules_sorted() -> None:
    new = reasoned(R1, R2, R3)
    found = news(ALL_ANSWERED, replace(new, reasons=new.reasons[::-1]))
    assert found is not None
    assert found.news == "news 2; news 1"
    assert found.rules == ("new-0", "new-1", "new-2")
    one = news(ALL_ANSWERED, reasoned(R2))
    assert one is not None
    assert one.news == "news 0"


def test_a_push_that_changes_a_price_asks_again_and_ends_what_was_attested() -> None:
    begun = done(told("effect", "better"), attested("visible"))
    pushed = review(PRICE, THEME, old=begun)
    found = news(begun, pushed)
    assert found is not None
    acts: list[Act] = [
        act(1, told("effect", "better")),
        act(2, attested("visible")),
        act(3, found),
    ]
    after = played(*acts, on=pushed)
    assert after.tier is R3
    answer = after.answer("effect")
    assert answer is not None
    assert "pricing/plans.json" in answer.again


def test_lock_files_only_ask_nothing_whatever_was_said() -> None:
    harmless = review(LOCK)
    assert done(WORSE, UNKNOWN, on=harmless).tier is R0
    assert raising_answers(done(WORSE, on=harmless)) == ()
    assert held_back(harmless, WORSE) is WORSE
    assert done(raised(R2), on=harmless).tier is R2
