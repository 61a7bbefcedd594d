"""The record is what all acts make together, in whatever order and how often we hear of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from bot.core.acts import (
    Accept,
    AcceptWaiting,
    Act,
    Confirm,
    Deed,
    Found,
    Inapplicable,
    Judge,
    Pause,
    Refuse,
    Resume,
    Suggest,
    TakeOver,
    Tell,
    Tick,
    Undo,
    Untell,
    Use,
    Waive,
    Withdraw,
)
from bot.core.answers import Answer, Door, Evidence
from bot.core.course import Resolution, Stance
from bot.core.course_deeds import (
    AskReviewer,
    Assign,
    CourseDeed,
    Decide,
    Dismiss,
    GiveConsent,
    Reinstate,
    SetDue,
    Supersede,
)
from bot.core.facts import NOBODY
from bot.core.grammar import Given
from bot.core.prefill import Prefill
from bot.core.replay import replay
from bot.core.rulings import Ruled, Sample
from bot.core.take import take
from bot.core.tier import Tier
from tests.acting import LATER, STRANGER, UNTOUCHED, act, done, played
from tests.examples import AUTHOR, NOW, REVIEWER, told

LINE = "The export button moves into the menu."
ANSWER = Answer("tell", (), LINE, REVIEWER, NOW, Door.COMMENT)
PIECE = Evidence("asked", "It broke", "", None, "", REVIEWER, NOW, Door.COMMENT)
WORSE = Given(("worse",))
SUGGESTED = done(Suggest("effect", WORSE, held=True)).suggestions[0].id
DAY = date(2026, 3, 31)
DEEDS: list[Deed] = [
    Tick("who=new", True),
    Tick("who=paying", True),
    Tick("who=new", False),
    Tick("who=done", True),
    Tick("effect=better", True),
    Tick("effect=worse", True),
    Tick("effect=worse", False),
    Tick("effect=still", True),
    Tick(f"effect=use-{SUGGESTED}", True),
    Tick("reach=over-50", True),
    told("why", LINE),
    told("effect", f"different, {LINE}"),
    told("voice", 'asked "I export every Friday"'),
    told("voice", "assumed we ask three shops"),
    Untell("why"),
    Untell("voice"),
    Accept("why", Prefill("why", (), "Exports take too long for large shops.", "your first lines")),
    Inapplicable("feeling", "nobody sees it in this form"),
    Undo("effect"),
    Undo("voice"),
    Confirm("who"),
    Suggest("why", Given(text=LINE)),
    Suggest("effect", WORSE, held=True),
    Use(SUGGESTED),
    AcceptWaiting("effect"),
    AcceptWaiting("why"),
    Judge(Ruled.RAISED, Tier.R3, "everybody will meet this"),
    Judge(Ruled.LOWERED, Tier.R0, "not released yet", ("visible",)),
    Judge(Ruled.ATTESTED, Tier.R0, "a comment only", ("visible",), Sample.WAITING),
    Waive("why", DAY, "the interviews are next week"),
    Waive("all", date(2026, 3, 2), "an outage is being repaired"),
    Pause("release day"),
    Resume(),
    Found(("price-page",), ("who", "effect"), "a price changed"),
    TakeOver("#11", (ANSWER,), (PIECE,)),
    Withdraw(900, deleted=True),
    Withdraw(900, False, ("why", "effect")),
    GiveConsent(Stance.CONDITION, "tell the yearly customers first", True, True),
    Decide(Resolution.APPROVED, "We raise it in March.", look_back=DAY),
    Assign(REVIEWER),
    AskReviewer(STRANGER),
    SetDue(DAY),
    Dismiss("only a thought"),
    Reinstate(),
    Supersede(0),
    Refuse("why", "0" * 32),
]


def test_every_kind_of_deed_takes_part() -> None:
    course = set(get_args(CourseDeed))
    assert {type(deed) for deed in DEEDS} == set(get_args(get_args(Deed)[0])) | course


@st.composite
def some_acts(draw: st.DrawFn) -> list[Act]:
    """Acts of different seconds by different people, in the order in which they happened."""
    chosen = draw(st.lists(st.lists(st.sampled_from(DEEDS), min_size=1, max_size=3), max_size=7))
    people = [draw(st.sampled_from([AUTHOR, REVIEWER, STRANGER])) for _ in chosen]
    doors = [draw(st.sampled_from([Door.COMMENT, Door.COMMAND, Door.DESCRIPTION])) for _ in chosen]
    return [
        act(n, *deeds, by=by, door=door, comment=900 if door is Door.COMMAND else None)
        for n, (deeds, by, door) in enumerate(zip(chosen, people, doors, strict=True), start=1)
    ]


@given(some_acts(), st.data())
def test_any_order_of_arrival_and_any_number_of_times_make_the_same_review(
    acts: list[Act], data: st.DataObject
) -> None:
    again = data.draw(st.lists(st.sampled_from(acts), max_size=5)) if acts else []
    told_of = data.draw(st.permutations(acts + again))
    arrived = [replace(one, arrived=n) for n, one in enumerate(told_of, start=1)]
    assert played(*arrived) == played(*acts)


@given(some_acts(), st.data())
def test_an_act_that_arrives_late_ends_in_the_same_review_as_in_time(
    acts: list[Act], data: st.DataObject
) -> None:
    if not acts:
        return
    late = data.draw(st.sampled_from(acts))
    current, known = UNTOUCHED, list[Act]()
    for one in [one for one in acts if one is not late] + [late]:
        current, _ = take(current, known, [one], LATER)
        known.append(replace(one, arrived=len(known) + 1))
    assert current == played(*acts)


def test_of_acts_told_twice_the_first_one_counts() -> None:
    attested = act(1, Judge(Ruled.ATTESTED, Tier.R0, "a comment only", ("visible",)))
    found = played(attested, attested)
    assert [r.ended for r in found.rulings] == [False]
    assert found == played(attested)


def test_what_the_record_held_without_an_act_is_gone_and_the_subject_stays() -> None:
    stray = replace(
        done(told("why", LINE), Suggest("who", Given(("new",))), Pause("a day")),
        last_picked="who",
        rulings=done(Judge(Ruled.RAISED, Tier.R3, "everybody")).rulings,
        evidence=(PIECE,),
    )
    assert replay(stray, [], LATER) == UNTOUCHED


def test_the_first_act_that_answered_tells_when_the_first_answer_came() -> None:
    quiet = (
        act(1, Suggest("why", Given(text=LINE))),
        act(2, Tick("who=done", True)),
        act(3, Pause("release day")),
    )
    assert played(*quiet).first_answer_at is None
    found = played(*quiet, act(4, told("why", LINE)), act(5, told("why", LINE + " Or so.")))
    assert found.first_answer_at == NOW + timedelta(minutes=4)
    heard = played(*quiet, act(6, told("voice", 'asked "I export every Friday"')))
    assert heard.first_answer_at == NOW + timedelta(minutes=6)
    undone = played(act(7, told("why", LINE)), act(8, Undo("why")), act(9, told("why", LINE)))
    assert undone.first_answer_at == NOW + timedelta(minutes=7)


# -- waivers and pauses ----------------------------------------------------------------------------


def test_of_one_scope_the_newest_waiver_counts_and_scopes_stand_side_by_side() -> None:
    longer = Waive("why", date(2026, 4, 30), "the interviews were moved", open_to_all=True)
    found = played(
        act(1, Waive("why", DAY, "the interviews are next week"), by=REVIEWER),
        act(2, Waive("all", DAY, "an outage"), by=REVIEWER),
        act(3, longer, by=REVIEWER, door=Door.COMMAND, comment=900),
    )
    assert [(w.scope, w.until, w.reason, w.open_to_all) for w in found.waivers] == [
        ("all", DAY, "an outage", False),
        ("why", longer.until, longer.reason, True),
    ]
    newest = found.waivers[-1]
    assert (newest.by, newest.at.minute, newest.door, newest.comment) == (
        REVIEWER,
        33,
        Door.COMMAND,
        900,
    )


def test_a_pause_ends_only_by_resume_and_resume_ends_nothing_else() -> None:
    waive, pause = Waive("why", DAY, "interviews"), Pause("release day", open_to_all=True)
    assert [(w.scope, w.until, w.open_to_all) for w in done(waive, pause).waivers] == [
        ("why", DAY, False),
        ("pause", None, True),
    ]
    assert [w.scope for w in done(waive, pause, Resume()).waivers] == ["why"]
    assert [w.reason for w in done(pause, Resume(), Pause("again")).waivers] == ["again"]
    assert [w.reason for w in done(pause, Pause("again")).waivers] == ["again"]


def test_whether_a_waiver_is_over_is_told_by_the_time_of_the_replay() -> None:
    acts = [act(1, Waive("why", DAY, "interviews"), Pause("release day"))]
    for now, over in (("2026-03-31T23:59:59+00:00", False), ("2026-04-01T00:00:00+00:00", True)):
        found = replay(UNTOUCHED, acts, datetime.fromisoformat(now))
        assert {w.scope: w.expired for w in found.waivers} == {"why": over, "pause": False}


def test_a_deleted_comment_marks_the_waivers_and_rulings_that_it_held_an_edited_one_does_not() -> (
    None
):
    said = act(
        1, Waive("why", DAY, "interviews"), Judge(Ruled.RAISED, Tier.R2, "everybody"), comment=900
    )
    other = act(
        2, Waive("who", DAY, "interviews"), Judge(Ruled.RAISED, Tier.R3, "everybody"), comment=901
    )
    gone = played(said, other, act(3, Withdraw(900, deleted=True)))
    assert [w.fate for w in gone.waivers] == ["deleted", ""]
    assert [r.fate for r in gone.rulings] == ["deleted", ""]
    assert gone.tier is Tier.R3
    edited = played(said, other, act(3, Withdraw(900, False, ("why",))))
    assert {w.fate for w in edited.waivers} == {r.fate for r in edited.rulings} == {""}


# -- what the ledger is told -----------------------------------------------------------------------


def events(*new: Act, known: tuple[Act, ...] = ()) -> list[tuple[str, dict[str, object], object]]:
    before = played(*known)
    _, found = take(before, known, new, LATER)
    return [(event.name, dict(event.data), event.by) for event in found]


def test_the_ledger_is_told_of_each_deed_in_ids_and_numbers() -> None:
    sampled = Judge(Ruled.ATTESTED, Tier.R0, "a comment", ("visible",), Sample.WAITING)
    table: list[tuple[Deed, str, dict[str, object]]] = [
        (sampled, "tier.attested", {"tier": "R0", "sampled": True}),
        (
            Judge(Ruled.RAISED, Tier.R2, "everybody"),
            "tier.raised",
            {"tier": "R2", "sampled": False},
        ),
        (
            Judge(Ruled.LOWERED, Tier.R1, "it is small", ("a",)),
            "tier.lowered",
            {"tier": "R1", "sampled": False},
        ),
        (Waive("why", DAY, "later"), "waiver.given", {"scope": "why", "until": "2026-03-31"}),
        (Pause("release day"), "review.paused", {}),
        (Resume(), "review.resumed", {}),
        (
            Suggest("why", Given(text=LINE)),
            "suggestion.kept",
            {"question": "why", "held": False},
        ),
        (
            Suggest("effect", WORSE, held=True),
            "suggestion.kept",
            {"question": "effect", "held": True},
        ),
        (Use("1a2b3c"), "suggestion.used", {"suggestion": "1a2b3c"}),
        (Tick("why=use-1a2b3c", True), "suggestion.used", {"suggestion": "1a2b3c"}),
        (
            Found(("a",), ("who",), "a price"),
            "answer.asked_again",
            {"questions": ["who"], "rules": ["a"]},
        ),
        (TakeOver("#11", (), ()), "answers.taken_over", {"source": "#11", "answers": 0}),
        (Withdraw(900, deleted=True), "comment.withdrawn", {"comment": 900, "deleted": True}),
    ]
    for deed, name, data in table:
        assert events(act(1, deed)) == [(name, data, AUTHOR)]
    for deed in (Tick("why=use-1a2b3c", False), Undo("why"), Confirm("why"), Untell("why")):
        assert events(act(1, deed)) == []


def test_an_event_for_each_answer_that_changed_in_the_name_of_who_changed_it() -> None:
    better = Tick("effect=better", True)
    assert events(act(1, better)) == [
        ("answer.given", {"question": "effect", "picks": ["better"]}, AUTHOR)
    ]
    assert events(act(2, better, by=REVIEWER), known=(act(1, better),)) == []
    assert events(act(2, Undo("effect"), by=REVIEWER), known=(act(1, better),)) == [
        ("answer.undone", {"question": "effect", "picks": []}, REVIEWER)
    ]
    assert events(act(1, Inapplicable("effect", "nobody sees it in this form"))) == [
        ("answer.not_applicable", {"question": "effect", "picks": []}, AUTHOR)
    ]
    two = act(1, better), act(2, Tick("feeling=annoyed", True), by=REVIEWER)
    assert [(name, by) for name, _, by in events(*two)] == [
        ("answer.given", AUTHOR),
        ("answer.given", REVIEWER),
    ]
    asked = act(2, Found(("a",), ("effect",), "a price"))
    assert events(act(3, Confirm("effect"), by=REVIEWER), known=(act(1, better), asked)) == []


def test_pieces_of_the_voice_are_counted() -> None:
    heard = act(1, told("voice", 'asked "One"'), told("voice", 'asked "Two"'))
    assert events(heard) == [
        ("answer.given", {"question": "voice", "picks": [], "pieces": 2}, AUTHOR)
    ]
    assert events(act(2, Undo("voice")), known=(heard,)) == [
        ("answer.undone", {"question": "voice", "picks": [], "pieces": -2}, AUTHOR)
    ]


def test_one_piece_is_an_answer_given_and_what_came_from_elsewhere_is_of_who_took_it_over() -> None:
    one = act(1, told("voice", 'asked "One"'))
    assert [name for name, *_ in events(one)] == ["answer.given"]
    taken = act(1, TakeOver("#11", (ANSWER,), ()), by=AUTHOR, door=Door.REVERT)
    assert [(name, by) for name, _, by in events(taken)] == [
        ("answers.taken_over", AUTHOR),
        ("answer.given", AUTHOR),
    ]


def test_the_bot_itself_is_named_nobody_and_the_door_is_told() -> None:
    found = act(1, Found(("a",), (), "a price"), by=NOBODY, door=Door.PUSH)
    _, told_of = take(UNTOUCHED, [], [found], LATER)
    assert [(event.by, event.door) for event in told_of] == [(None, Door.PUSH)]
    _, told_of = take(UNTOUCHED, [], [act(1, Tick("effect=better", True))], LATER)
    assert [(event.by, event.door) for event in told_of] == [(AUTHOR, Door.COMMENT)]


def test_a_replay_without_a_new_act_that_changes_an_answer_names_nobody() -> None:
    stray = done(Tell("why", Given(text=LINE)))
    after, told_of = take(stray, [], [], LATER)
    assert after.answers == ()
    assert [(event.name, event.by, event.door) for event in told_of] == [
        ("answer.undone", None, None)
    ]
