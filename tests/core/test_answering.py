"""How a review takes answers: each deed on each kind of question, and what replaces what."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.acts import (
    Accept,
    Confirm,
    Deed,
    Found,
    Inapplicable,
    Suggest,
    TakeOver,
    Tell,
    Tick,
    Undo,
    Untell,
    Use,
    Withdraw,
)
from bot.core.answers import Answer, Door, Evidence, Fate
from bot.core.checklist import Checklist, Kind, Option, Question
from bot.core.grammar import Given, Piece
from bot.core.offers import accepted
from bot.core.prefill import Prefill
from bot.core.review import Review
from bot.core.tier import Tier
from tests.acting import STRANGER, UNTOUCHED, act, done, played
from tests.examples import AUTHOR, NOW, REVIEWER, told

KINDS = {
    "who": Kind.SEGMENTS,
    "why": Kind.LINE,
    "effect": Kind.PICK_LINE,
    "voice": Kind.EVIDENCE,
    "reach": Kind.PICK,
    "journey": Kind.PICKS,
    "spoke_for": Kind.PICK_PERSON,
    "measure": Kind.MEASURE,
    "look_back": Kind.DATE_PERSON,
}
LINE = "The export button moves into the menu."
OTHER_LINE = "The export begins by itself at night."
IN_WORDS = {
    "who": "existing, paying; shop owners in Japan",
    "why": LINE,
    "effect": f"different, {LINE}",
    "voice": "assumed we ask three shops next week",
    "reach": "under-1",
    "journey": "start, use",
    "spoke_for": "colleague, Dana from support",
    "measure": "exports per week, 120 → 150, 70 %",
    "look_back": "2026-12-01, Dana",
}
OFFER = Prefill("why", (), LINE, "your description")
QUOTE = Piece("asked", "I export every Friday", "", date(2026, 2, 20), "admins")


def on(box: str) -> Tick:
    return Tick(box, True)


def off(box: str) -> Tick:
    return Tick(box, False)


def picks(found: Review, question: str) -> tuple[str, ...]:
    answer = found.answer(question)
    return answer.picks if answer else ()


def line(found: Review, question: str) -> str:
    answer = found.answer(question)
    return answer.text if answer else ""


def held(question: str, *options: str, text: str = "") -> Suggest:
    return Suggest(question, Given(options, text), held=True)


def asked_again(*questions: str) -> Found:
    return Found(("price-page",), questions, "a price changed")


def with_questions(*changed: Question) -> Review:
    """The review with some questions of its checklist in another form."""
    known = UNTOUCHED.checklist
    by_id = {question.id: question for question in changed}
    questions = tuple(by_id.get(q.id, q) for q in known.questions)
    return replace(UNTOUCHED, checklist=Checklist(known.id, known.title, questions))


def question(id: str) -> Question:
    found = UNTOUCHED.checklist.question(id)
    assert found is not None
    return found


def test_the_table_of_kinds_is_true() -> None:
    assert {id: question(id).kind for id in KINDS} == KINDS
    assert set(KINDS.values()) == set(Kind)


# -- every deed on every kind ----------------------------------------------------------------------


@pytest.mark.parametrize("id", KINDS)
def test_an_answer_in_words_is_kept_as_it_was_said(id: str) -> None:
    said = told(id, IN_WORDS[id])
    answer = done(said).answer(id)
    piece = said.given.piece
    given = Given(("assumed",), piece.text) if piece else said.given
    assert answer is not None
    assert (answer.picks, answer.text) == (given.picks, given.text)
    assert (answer.by, answer.at.minute, answer.door) == (AUTHOR, 31, Door.COMMENT)


@pytest.mark.parametrize("id", KINDS)
def test_undo_takes_back_whatever_was_said(id: str) -> None:
    for said in (told(id, IN_WORDS[id]), Inapplicable(id, "nobody sees it in this form")):
        assert done(said, Undo(id)).answers == ()
    assert done(told(id, IN_WORDS[id]), Undo("tell")).answer(id)


@pytest.mark.parametrize("id", KINDS)
def test_what_does_not_apply_says_why_and_gives_way_to_an_answer(id: str) -> None:
    reason = "nobody sees it in this form"
    answer = done(told(id, IN_WORDS[id]), Inapplicable(id, reason)).answer(id)
    assert answer is not None
    assert answer.not_applicable
    assert (answer.picks, answer.text) == ((), reason)
    again = done(Inapplicable(id, reason), told(id, IN_WORDS[id])).answer(id)
    assert again is not None
    assert not again.not_applicable
    assert reason not in again.text


@pytest.mark.parametrize("id", [id for id in KINDS if question(id).options])
def test_a_tick_answers_and_an_untick_takes_it_back(id: str) -> None:
    first, second = question(id).options[:2]
    assert picks(done(on(f"{id}={first.id}")), id) == (first.id,)
    both = done(on(f"{id}={second.id}"), on(f"{id}={first.id}"))
    assert picks(both, id) == ((first.id, second.id) if KINDS[id].many else (first.id,))
    assert done(on(f"{id}={first.id}"), off(f"{id}={first.id}")).answers == ()
    assert picks(done(on(f"{id}={first.id}"), off(f"{id}={second.id}")), id) == (first.id,)


@pytest.mark.parametrize("id", [id for id in KINDS if question(id).options])
def test_a_tick_that_changes_nothing_stays_with_who_answered(id: str) -> None:
    box = f"{id}={question(id).options[0].id}"
    found = played(act(1, on(box)), act(2, on(box), by=REVIEWER))
    answer = found.answer(id)
    assert answer is not None
    assert answer.by == AUTHOR


@pytest.mark.parametrize("id", [id for id in KINDS if question(id).options])
def test_a_tick_on_what_does_not_apply_is_an_answer_without_the_reason(id: str) -> None:
    option = question(id).options[0].id
    found = done(Inapplicable(id, "nobody sees it in this form"), on(f"{id}={option}"))
    answer = found.answer(id)
    assert answer is not None
    assert (answer.picks, answer.text, answer.not_applicable) == ((option,), "", False)


@pytest.mark.parametrize("id", KINDS)
def test_a_suggestion_counts_once_it_is_used_in_the_name_of_who_used_it(id: str) -> None:
    said = told(id, IN_WORDS[id])
    suggested = act(1, Suggest(id, said.given), by=STRANGER)
    waiting = played(suggested)
    assert waiting.answers == ()
    assert [s.by for s in waiting.suggestions] == [STRANGER]
    use = Use(waiting.suggestions[0].id)
    found = played(suggested, act(2, use))
    answer = found.answer(id)
    assert answer is not None
    assert (answer.by, answer.source) == (AUTHOR, "suggested by passer-by")
    assert found.suggestions == ()
    ticked = played(suggested, act(2, on(f"{id}=use-{use.suggestion}")))
    assert ticked == found
    assert played(suggested, act(2, off(f"{id}=use-{use.suggestion}"))) == waiting


@pytest.mark.parametrize("id", KINDS)
def test_asked_again_is_answered_by_still_confirm_or_the_same_words(id: str) -> None:
    said = told(id, IN_WORDS[id])
    again = done(said, asked_again(id))
    assert [a.again for a in again.answers] == ["a price changed"]
    for deed in (on(f"{id}=still"), Confirm(id), said):
        found = played(act(1, said), act(2, asked_again(id)), act(3, deed, by=REVIEWER))
        answer = found.answer(id)
        assert answer is not None
        assert (answer.again, answer.by) == ("", REVIEWER)
    assert done(said, asked_again(id), off(f"{id}=still")) == again


def test_what_is_asked_again_is_answered_by_ticking_what_was_picked_and_by_no_other_untick() -> (
    None
):
    again = done(on("effect=better"), asked_again("effect"))
    ticked = done(on("effect=better"), asked_again("effect"), on("effect=better"))
    assert [a.again for a in ticked.answers] == [""]
    assert done(on("effect=better"), asked_again("effect"), off("effect=worse")) == again
    assumed = told("voice", "assumed we ask three shops next week")
    voice = done(assumed, asked_again("voice"), on("voice=assumed"))
    assert line(voice, "voice") == "we ask three shops next week"


def test_who_says_that_it_still_holds_says_it_then_and_there_and_only_if_it_was_asked() -> None:
    said, asked = act(1, on("effect=better")), act(2, asked_again("effect"))
    confirm = act(3, Confirm("effect"), by=REVIEWER, door=Door.COMMAND, comment=900)
    answer = played(said, asked, confirm).answer("effect")
    assert answer is not None
    assert (answer.by, answer.at, answer.door, answer.comment) == (
        REVIEWER,
        confirm.at,
        Door.COMMAND,
        900,
    )
    assert played(said, confirm) == played(said)


def test_only_the_questions_that_depend_on_it_are_asked_again() -> None:
    found = done(on("effect=better"), on("reach=none"), asked_again("effect", "who"))
    assert [(a.question, bool(a.again)) for a in found.answers] == [
        ("effect", True),
        ("reach", False),
    ]


# -- lines and picks -------------------------------------------------------------------------------


def test_a_tick_and_a_bare_pick_in_words_keep_the_line_beside_them() -> None:
    for deed in (on("effect=better"), told("effect", "better")):
        found = done(told("effect", f"different, {LINE}"), deed)
        assert (picks(found, "effect"), line(found, "effect")) == (("better",), LINE)


def test_an_untick_keeps_the_line_until_it_is_undone() -> None:
    found = done(told("effect", f"different, {LINE}"), off("effect=different"))
    assert (picks(found, "effect"), line(found, "effect")) == ((), LINE)


def test_a_line_replaces_the_line_and_groups_in_words_replace_the_groups() -> None:
    found = done(told("effect", f"worse, {LINE}"), told("effect", f"worse, {OTHER_LINE}"))
    assert line(found, "effect") == OTHER_LINE
    found = done(told("who", "existing, paying; shop owners in Japan"), told("who", "new"))
    assert (picks(found, "who"), line(found, "who")) == (("new",), "")


def test_a_bare_pick_beside_a_reason_why_it_does_not_apply_takes_no_line_from_it() -> None:
    found = done(Inapplicable("effect", "nobody sees it in this form"), told("effect", "better"))
    assert line(found, "effect") == ""


def test_the_same_words_of_somebody_else_change_nothing() -> None:
    for again in (told("effect", f"better, {LINE}"), told("effect", "better")):
        found = played(act(1, told("effect", f"better, {LINE}")), act(2, again, by=REVIEWER))
        answer = found.answer("effect")
        assert answer is not None
        assert answer.by == AUTHOR


def test_a_line_from_elsewhere_keeps_its_source_until_another_line_is_written() -> None:
    offer = Prefill("effect", ("better",), LINE, "your description")
    found = done(Accept("effect", offer), on("effect=worse"))
    assert [(a.picks, a.source) for a in found.answers] == [(("worse",), "your description")]
    found = done(Accept("effect", offer), told("effect", "worse"))
    assert [(a.picks, a.source) for a in found.answers] == [(("worse",), "your description")]
    found = done(Accept("effect", offer), told("effect", f"worse, {OTHER_LINE}"))
    assert [(a.text, a.source) for a in found.answers] == [(OTHER_LINE, "")]


def test_an_answer_in_a_comment_names_the_comment() -> None:
    found = played(act(1, told("why", LINE), comment=900), act(2, on("effect=better")))
    assert [(a.question, a.comment) for a in found.answers] == [("why", 900), ("effect", None)]


# -- which question is being ticked ----------------------------------------------------------------


def test_a_question_of_several_options_is_busy_until_done_or_another_answer() -> None:
    offer = Prefill("why", (), LINE, "your description")
    assert done(on("who=new")).last_picked == "who"
    assert done(on("who=new"), off("who=new")).last_picked == "who"
    assert done(on("who=new"), off("who=done")).last_picked == "who"
    settling: list[Deed] = [
        on("who=done"),
        on("effect=better"),
        told("why", LINE),
        told("who", "existing"),
        told("voice", "signal https://example.com/1"),
        told("voice", "assumed"),
        Accept("why", offer),
        Accept("voice", PIECES),
        Inapplicable("effect", "nobody sees it in this form"),
        Undo("who"),
        held("effect", "worse"),
    ]
    for deed in settling:
        assert done(on("who=new"), deed).last_picked == "", deed
    again = done(on("effect=better"), asked_again("effect"), on("who=new"), Confirm("effect"))
    assert again.last_picked == ""
    accept = Accept("why", offer)
    rows: list[tuple[Deed, Deed]] = [
        (on("effect=better"), off("effect=better")),
        (told("why", LINE), told("why", LINE)),
        (accept, accept),
        (accept, Tick("why=accept-1", False, offer)),
    ]
    for first, second in rows:
        assert done(first, on("who=new"), second).last_picked == "", second
    stranger = done(on("who=new"), Suggest("why", Given(text=LINE)))
    assert stranger.last_picked == "who"


# -- the customer's voice --------------------------------------------------------------------------


def test_what_was_heard_joins_what_is_known_once() -> None:
    found = done(
        told("voice", 'asked 2026-02-20 [admins] "I export every Friday"'),
        told("voice", "signal https://example.com/ticket/7"),
        told("voice", 'observed "I export every Friday"'),
    )
    assert [(e.kind, e.text, e.link) for e in found.evidence] == [
        ("asked", "I export every Friday", ""),
        ("signal", "", "https://example.com/ticket/7"),
    ]
    first = found.evidence[0]
    assert (first.on, first.segment, first.by) == (date(2026, 2, 20), "admins", AUTHOR)
    assert (first.at.minute, first.door, first.source) == (31, Door.COMMENT, "")


def test_what_was_heard_takes_the_place_of_an_assumption_and_of_what_does_not_apply() -> None:
    heard = told("voice", "signal https://example.com/ticket/7")
    assumed = told("voice", "assumed we ask three shops next week")
    for before in (assumed, on("voice=assumed"), Inapplicable("voice", "no customer has it yet")):
        found = done(before, heard)
        assert found.answers == ()
        assert len(found.evidence) == 1
    asked = done(on("voice=asked"), heard)
    assert picks(asked, "voice") == ("asked",)
    again = done(on("voice=asked"), asked_again("voice"), heard)
    assert again.answers == ()


def test_the_line_of_an_assumption_is_no_line_of_what_was_asked() -> None:
    assumed = told("voice", "assumed we ask three shops next week")
    found = done(assumed, on("voice=asked"))
    assert (picks(found, "voice"), line(found, "voice")) == (("asked",), "")
    assert done(assumed, off("voice=assumed")).answers == ()
    assert line(done(assumed, on("voice=assumed")), "voice") == "we ask three shops next week"


def test_undo_takes_every_piece_of_the_voice_and_nothing_else_takes_one() -> None:
    heard = told("voice", "signal https://example.com/ticket/7")
    assert done(heard, Undo("voice")).evidence == ()
    assert len(done(heard, Undo("why")).evidence) == 1
    assert len(done(heard, on("voice=asked"), off("voice=asked")).evidence) == 1


PIECES = Prefill("voice", (), "", "your description", (Piece("", "They give up"), QUOTE))


@pytest.mark.parametrize(
    ("ticked", "kind"),
    [(None, "signal"), ("asked", "asked"), ("observed", "observed"), ("signal", "signal")],
)
def test_a_piece_that_does_not_say_how_it_was_heard_is_of_the_kind_that_is_ticked(
    ticked: str | None, kind: str
) -> None:
    before = [on(f"voice={ticked}")] if ticked else []
    found = done(*before, Accept("voice", PIECES))
    assert [(e.kind, e.text) for e in found.evidence] == [
        (kind, "They give up"),
        ("asked", "I export every Friday"),
    ]
    assert {e.source for e in found.evidence} == {"your description"}
    assert picks(found, "voice") == ((ticked,) if ticked else ())


def test_beside_an_assumption_such_a_piece_says_whom_we_will_ask() -> None:
    found = done(on("voice=assumed"), Accept("voice", PIECES))
    assert (picks(found, "voice"), line(found, "voice")) == (("assumed",), "They give up")
    assert [e.text for e in found.evidence] == ["I export every Friday"]
    back = done(on("voice=assumed"), Accept("voice", PIECES), Tick("voice=accept-1", False, PIECES))
    assert (picks(back, "voice"), line(back, "voice"), back.evidence) == (("assumed",), "", ())


def test_whom_we_will_ask_is_the_piece_that_does_not_say_how_it_was_heard() -> None:
    other_way_round = replace(PIECES, pieces=PIECES.pieces[::-1])
    found = done(on("voice=assumed"), Accept("voice", other_way_round))
    assert line(found, "voice") == "They give up"


def test_an_accepted_piece_answers_what_did_not_apply_or_was_asked_again() -> None:
    befores: list[list[Deed]] = [
        [Inapplicable("voice", "no customer has it yet")],
        [on("voice=signal"), asked_again("voice")],
    ]
    for before in befores:
        found = done(*before, Accept("voice", PIECES))
        assert found.answers == ()
        assert len(found.evidence) == 2


def test_unaccepting_takes_only_the_pieces_of_that_offer() -> None:
    own = told("voice", "signal https://example.com/ticket/7")
    found = done(own, Accept("voice", PIECES), Tick("voice=accept-1", False, PIECES))
    assert [e.link for e in found.evidence] == ["https://example.com/ticket/7"]
    line_too = done(
        Accept("why", OFFER), Accept("voice", PIECES), Tick("why=accept-1", False, OFFER)
    )
    assert len(line_too.evidence) == 2


# -- offers ----------------------------------------------------------------------------------------


def test_an_offer_is_taken_back_by_its_own_box_only() -> None:
    later = Prefill("why", (), OTHER_LINE, "your description")
    elsewhere = replace(OFFER, source="your first lines")
    accepted = done(Accept("why", later))
    assert line(accepted, "why") == OTHER_LINE
    for other in (OFFER, elsewhere):
        assert done(Accept("why", later), Tick("why=accept-1", False, other)) == accepted
    assert done(Accept("why", later), Tick("why=accept-1", False, later)).answers == ()
    by_hand = done(told("why", LINE))
    assert done(told("why", LINE), Tick("why=accept-1", False, OFFER)) == by_hand


def test_an_offer_keeps_a_pick_by_hand_and_brings_its_own_where_there_is_none() -> None:
    offer = Prefill("effect", ("better",), LINE, "your description")
    assert picks(done(Accept("effect", offer)), "effect") == ("better",)
    assert picks(done(on("effect=worse"), Accept("effect", offer)), "effect") == ("worse",)
    reason = Inapplicable("effect", "nobody sees it in this form")
    found = done(reason, Accept("effect", offer))
    assert [(a.picks, a.text, a.not_applicable) for a in found.answers] == [
        (("better",), LINE, False)
    ]


def test_accepting_what_counts_already_stays_with_who_accepted_it_first() -> None:
    found = played(act(1, Accept("why", OFFER)), act(2, Accept("why", OFFER), by=REVIEWER))
    assert [a.by for a in found.answers] == [AUTHOR]


def test_only_just_what_is_offered_counts_as_accepted() -> None:
    why, effect, voice = question("why"), question("effect"), question("voice")
    assert accepted(done(Accept("why", OFFER)), why, OFFER)
    for other in (
        UNTOUCHED,
        done(told("why", LINE)),
        done(Accept("why", replace(OFFER, text=OTHER_LINE))),
        done(Accept("why", replace(OFFER, source="your first lines"))),
        done(Inapplicable("why", LINE)),
    ):
        assert not accepted(other, why, OFFER)
    title = Prefill("effect", ("better",), "", "your title")
    assert accepted(done(Accept("effect", title)), effect, title)
    assert not accepted(done(Accept("effect", title), on("effect=worse")), effect, title)
    line_of = Prefill("effect", ("better",), LINE, "your description")
    assert accepted(done(Accept("effect", line_of), on("effect=worse")), effect, line_of)
    assert accepted(done(Accept("voice", PIECES)), voice, PIECES)
    assert accepted(done(on("voice=assumed"), Accept("voice", PIECES)), voice, PIECES)
    assert not accepted(done(told("voice", 'asked "They give up"')), voice, PIECES)
    assert not accepted(UNTOUCHED, voice, Prefill("voice", (), "", "your description"))


def test_an_offer_that_is_too_short_or_gone_is_not_taken() -> None:
    short = replace(OFFER, text="Faster", too_short=True)
    assert done(Accept("why", short)) == UNTOUCHED
    assert done(Tick("why=accept-1a2b3c", True, short)) == UNTOUCHED
    assert done(Tick("why=accept-1a2b3c", True)) == UNTOUCHED
    assert line(done(Tick("why=accept-1a2b3c", True, OFFER)), "why") == LINE


# -- answers that wait -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "newer",
    [
        on("effect=better"),
        off("effect=worse"),
        told("effect", "better"),
        told("effect", f"better, {LINE}"),
        Accept("effect", Prefill("effect", ("better",), "", "your title")),
        Inapplicable("effect", "nobody sees it in this form"),
        Undo("effect"),
    ],
)
def test_a_held_answer_gives_way_to_any_newer_answer_of_that_question(newer: Deed) -> None:
    assert done(held("effect", "worse"), newer).suggestions == ()
    agreed = done(on("effect=better"), held("effect", "worse"), on("effect=better"))
    assert agreed.suggestions == ()
    assert picks(agreed, "effect") == ("better",)


@pytest.mark.parametrize("before", ["effect=better", "effect=mixed"])
def test_unticking_the_old_pick_leaves_the_one_that_waits(before: str) -> None:
    found = done(on(before), held("effect", "worse"), off(before))
    assert found.answers == ()
    assert [s.given.picks for s in found.suggestions] == [("worse",)]


def test_an_untick_of_what_only_somebody_suggests_leaves_what_waits() -> None:
    found = played(
        act(1, Suggest("effect", Given(("mixed",))), by=STRANGER),
        act(2, held("effect", "worse")),
        act(3, off("effect=mixed")),
    )
    assert [s.given.picks for s in found.suggestions] == [("mixed",), ("worse",)]


def test_of_several_suggestions_the_one_that_is_named_is_used() -> None:
    two = [
        act(1, Suggest("why", Given(text=LINE)), by=STRANGER),
        act(2, Suggest("why", Given(text=OTHER_LINE)), by=REVIEWER),
    ]
    for index, text in enumerate([LINE, OTHER_LINE]):
        found = played(*two, act(3, Use(played(*two).suggestions[index].id)))
        assert line(found, "why") == text
        assert [s.given.text for s in found.suggestions] == [(OTHER_LINE, LINE)[index]]


def test_a_held_answer_outlives_answers_to_other_questions_and_a_suggestion_outlives_all() -> None:
    found = done(held("effect", "worse"), on("feeling=annoyed"), told("why", LINE), Undo("why"))
    assert len(found.suggestions) == 1
    found = done(Suggest("effect", Given(("worse",))), on("effect=better"), Undo("effect"))
    assert len(found.suggestions) == 1


def test_of_held_answers_to_one_question_the_newest_waits_whoever_gave_it() -> None:
    found = played(act(1, held("effect", "worse")), act(2, held("effect", "mixed"), by=REVIEWER))
    assert [(s.given.picks, s.by) for s in found.suggestions] == [(("mixed",), REVIEWER)]
    with_stranger = played(
        act(1, Suggest("effect", Given(("mixed",))), by=STRANGER), act(2, held("effect", "worse"))
    )
    assert [s.held for s in with_stranger.suggestions] == [False, True]


def test_a_held_voice_gives_way_as_well() -> None:
    waits = held("voice", "assumed")
    for newer in (
        Accept("voice", PIECES),
        told("voice", "assumed"),
        told("voice", "signal https://example.com/1"),
        Undo("voice"),
    ):
        assert done(waits, newer).suggestions == ()


def test_a_held_answer_that_counts_is_its_own_and_keeps_the_line_beside_it() -> None:
    before = done(told("effect", f"better, {LINE}"), held("effect", "worse"))
    use = Use(before.suggestions[0].id)
    found = done(told("effect", f"better, {LINE}"), held("effect", "worse"), use)
    assert [(a.picks, a.text, a.source) for a in found.answers] == [(("worse",), LINE, "")]
    own_line = held("effect", "worse", text=OTHER_LINE)
    found = done(own_line, Use(done(own_line).suggestions[0].id))
    assert [(a.text, a.source) for a in found.answers] == [(OTHER_LINE, "")]


# -- the description -------------------------------------------------------------------------------


def test_a_line_taken_out_of_the_description_takes_only_what_it_had_said() -> None:
    said = act(1, told("why", LINE), door=Door.DESCRIPTION)
    gone = act(3, Untell("why"), door=Door.DESCRIPTION)
    assert played(said, gone).answers == ()
    assert line(played(said, act(2, told("why", OTHER_LINE)), gone), "why") == OTHER_LINE
    other = act(3, Untell("effect"), door=Door.DESCRIPTION)
    assert line(played(said, other), "why") == LINE


def test_so_does_one_that_said_what_customers_said() -> None:
    own = act(1, told("voice", 'asked "I export every Friday"'), door=Door.DESCRIPTION)
    others = act(2, told("voice", 'observed "They give up half way"'), door=Door.COMMAND)
    found = played(own, others, act(3, Untell("voice"), door=Door.DESCRIPTION))
    assert [e.kind for e in found.evidence] == ["observed"]
    kept = played(own, others, act(3, Untell("why"), door=Door.DESCRIPTION))
    assert len(kept.evidence) == 2


def test_what_waited_for_a_yes_goes_with_its_line() -> None:
    gone = act(3, Untell("effect"), door=Door.DESCRIPTION)
    assert played(act(1, held("effect", "worse"), door=Door.DESCRIPTION), gone).suggestions == ()
    for kept in (
        act(1, held("effect", "worse")),
        act(1, held("reach", "unknown"), door=Door.DESCRIPTION),
        act(1, Suggest("effect", Given(("worse",))), door=Door.DESCRIPTION, by=STRANGER),
    ):
        assert len(played(kept, gone).suggestions) == 1


# -- comments that changed, answers of elsewhere ---------------------------------------------------

HELD_IN_A_COMMENT = (
    told("why", LINE),
    told("effect", "better"),
    told("voice", "signal https://example.com/1"),
    Suggest("reach", Given(("none",))),
)


def test_a_deleted_comment_marks_all_that_it_said_and_takes_its_suggestions() -> None:
    said = act(1, *HELD_IN_A_COMMENT, comment=900)
    other = act(2, on("feeling=relieved"), told("who", "existing"), comment=901)
    found = played(said, other, act(3, Withdraw(900, deleted=True)))
    assert {a.question: a.fate for a in found.answers} == {
        "why": Fate.DELETED,
        "effect": Fate.DELETED,
        "feeling": Fate.STANDS,
        "who": Fate.STANDS,
    }
    assert [e.fate for e in found.evidence] == [Fate.DELETED]
    assert found.suggestions == ()


def test_an_edited_comment_marks_only_the_lines_that_are_gone() -> None:
    said = act(1, *HELD_IN_A_COMMENT, comment=900)
    found = played(said, act(2, Withdraw(900, False, ("why",))))
    assert {a.question: a.fate for a in found.answers} == {
        "why": Fate.EDITED,
        "effect": Fate.STANDS,
    }
    assert [e.fate for e in found.evidence] == [Fate.STANDS]
    assert len(found.suggestions) == 1
    found = played(said, act(2, Withdraw(900, False, ("voice", "reach"))))
    assert {a.fate for a in found.answers} == {Fate.STANDS}
    assert [e.fate for e in found.evidence] == [Fate.EDITED]
    assert found.suggestions == ()
    assert played(said, act(2, Withdraw(901, False, ("why", "voice", "reach")))) == played(said)


def test_what_is_said_anew_or_confirmed_stands_again() -> None:
    said, gone = act(1, told("why", LINE), comment=900), act(2, Withdraw(900, deleted=True))
    again = played(said, gone, act(3, told("why", OTHER_LINE), comment=901))
    assert [(a.fate, a.comment) for a in again.answers] == [(Fate.STANDS, 901)]
    asked = act(3, asked_again("why"))
    confirmed = played(said, gone, asked, act(4, Confirm("why"), by=REVIEWER))
    assert [(a.fate, a.comment, a.by) for a in confirmed.answers] == [(Fate.STANDS, None, REVIEWER)]


def test_taken_over_is_as_it_was_and_says_from_where() -> None:
    answer = Answer("why", (), LINE, REVIEWER, NOW, Door.COMMENT)
    piece = Evidence("asked", "It broke", "", None, "", REVIEWER, NOW, Door.COMMENT)
    found = played(act(1, TakeOver("#11", (answer,), (piece,)), door=Door.REVERT))
    assert found.answers == (replace(answer, door=Door.REVERT, source="#11"),)
    assert found.evidence == (replace(piece, door=Door.REVERT, source="#11"),)
    assert found.answers[0].taken_over
    kept = played(act(1, TakeOver("", (answer,), (piece,)), door=Door.RECORD))
    assert (kept.answers, kept.evidence) == ((answer,), (piece,))
    assert not kept.answers[0].taken_over


def test_what_was_said_here_is_not_taken_over() -> None:
    theirs = tuple(Answer(id, (), LINE, REVIEWER, NOW, Door.COMMENT) for id in ("why", "tell"))
    pieces = tuple(
        Evidence("asked", text, "", None, "", REVIEWER, NOW, Door.COMMENT)
        for text in ("It broke", "It is slow")
    )
    own = act(1, told("why", OTHER_LINE), told("voice", 'signal "It is slow"'))
    found = played(own, act(2, TakeOver("#11", theirs, pieces), door=Door.REVERT))
    assert {a.question: a.text for a in found.answers} == {"why": OTHER_LINE, "tell": LINE}
    assert [(e.kind, e.text) for e in found.evidence] == [
        ("signal", "It is slow"),
        ("asked", "It broke"),
    ]


def test_a_line_taken_over_is_one_also_after_a_pick_or_a_yes_beside_it() -> None:
    answer = Answer("effect", ("better",), LINE, REVIEWER, NOW, Door.COMMENT)
    taken = act(1, TakeOver("#11", (answer,), ()), door=Door.REVERT)
    again = act(2, asked_again("effect"))
    for deed in (on("effect=different"), told("effect", "different"), Confirm("effect")):
        found = played(taken, again, act(3, deed)).answer("effect")
        assert found is not None
        assert (found.text, found.taken_over, found.by) == (LINE, True, AUTHOR)
    own = played(taken, act(3, told("effect", f"different, {OTHER_LINE}"))).answer("effect")
    assert own is not None
    assert not own.taken_over


# -- nothing unknown -------------------------------------------------------------------------------

UNKNOWN: list[Deed] = [
    on("nonsense=new"),
    on("who=nobody"),
    on("who="),
    on("who"),
    on("why=still"),
    on("why=use-000000"),
    on("why=nonsense-1"),
    Tell("nonsense", Given(text=LINE)),
    Untell("nonsense"),
    Untell("why"),
    Accept("nonsense", OFFER),
    Inapplicable("nonsense", "nobody sees it in this form"),
    Undo("nonsense"),
    Undo("why"),
    Confirm("nonsense"),
    Confirm("why"),
    Suggest("nonsense", Given(text=LINE)),
    Use("000000"),
    Withdraw(900, deleted=True),
    TakeOver("#11", (), ()),
]


@pytest.mark.parametrize("deed", UNKNOWN)
def test_nothing_unknown_changes_anything(deed: Deed) -> None:
    assert done(deed) == UNTOUCHED
    begun: list[Deed] = [on("effect=better"), told("voice", "signal https://example.com/1")]
    before, after = done(*begun), done(*begun, deed)
    assert replace(after, first_answer_at=None) == replace(before, first_answer_at=None)


def test_a_suggestion_for_a_question_that_is_gone_is_passed_over() -> None:
    waiting = done(Suggest("why", Given(text=LINE)))
    gone = Checklist("other", "Other", (question("who"),))
    use = act(2, Use(waiting.suggestions[0].id))
    suggested = replace(waiting, checklist=gone)
    assert played(act(1, Suggest("why", Given(text=LINE))), use, on=suggested).answers == ()


def test_an_option_of_an_organisation_may_be_called_like_a_box_of_ours() -> None:
    options = (Option(id="use-case", label="Use case"), Option(id="accept-all", label="All"))
    found = with_questions(question("reach").model_copy(update={"options": options, "raises": {}}))
    for option in options:
        assert picks(done(on(f"reach={option.id}"), on=found), "reach") == (option.id,)


DEEDS = st.sampled_from(
    [
        *[on(f"{id}={o.id}") for id in KINDS for o in question(id).options[:2]],
        *[off(f"{id}={o.id}") for id in KINDS for o in question(id).options[:1]],
        *[told(id, words) for id, words in IN_WORDS.items()],
        *[make(id) for id in KINDS for make in (Undo, Confirm, Untell)],
        *[Inapplicable(id, "nobody sees it in this form") for id in KINDS],
        *[Accept("why", OFFER), Accept("voice", PIECES), Tick("why=accept-1", False, OFFER)],
        *[held("effect", "worse"), held("reach", "unknown"), Suggest("why", Given(text=LINE))],
        *[asked_again("effect", "who"), Withdraw(900, True), Withdraw(900, False, ("why",))],
        *UNKNOWN,
    ]
)


@given(st.lists(DEEDS, max_size=12), DEEDS)
def test_whatever_is_done_a_review_agrees_with_itself_and_the_same_again_changes_nothing(
    deeds: list[Deed], last: Deed
) -> None:
    once = done(*deeds, last)
    questions = [a.question for a in once.answers]
    assert len(questions) == len(set(questions))
    assert all(a.picks or a.text for a in once.answers)
    held_for = [s.question for s in once.suggestions if s.held]
    assert len(held_for) == len(set(held_for))
    assert once.tier is not Tier.R0
    twice = done(*deeds, last, last)
    told_of = {(a.question, a.picks, a.text, a.not_applicable, a.by) for a in once.answers}
    assert told_of == {(a.question, a.picks, a.text, a.not_applicable, a.by) for a in twice.answers}
    assert len(twice.evidence) == len(once.evidence)
