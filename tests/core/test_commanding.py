"""What a command comes to, for every kind of person and review; or the sentence that refuses."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.core import commands as c
from bot.core.acts import (
    Accept,
    AcceptWaiting,
    Confirm,
    Deed,
    Found,
    Inapplicable,
    Judge,
    Pause,
    Resume,
    Suggest,
    Tell,
    Tick,
    Undo,
    Use,
    Waive,
)
from bot.core.answering import waits
from bot.core.commanding import OnlyKept, decide, needs_reviewer, suggested
from bot.core.grammar import Given, Piece
from bot.core.prefill import Prefill
from bot.core.review import Review
from bot.core.rights import Who
from bot.core.rulings import Ruled, Sample
from bot.core.tier import Tier
from bot.core.tiering import seen_rules
from bot.errors import UserError
from tests.acting import STRANGER, UNTOUCHED, act, done, played
from tests.examples import AUTHOR, BOT, LOCK, PRICE, REVIEWER, acted, review, told

LINE = "The export button moves into the menu."
REASON = "nobody sees it in this form"
DAY = date(2026, 3, 31)
AT_R2 = done(Judge(Ruled.RAISED, Tier.R2, REASON))
AT_R0 = review(LOCK)
SPARED = review(author=BOT)
ATTESTED = done(Judge(Ruled.ATTESTED, Tier.R0, REASON, ("visible",)))
DRAWN = done(Judge(Ruled.ATTESTED, Tier.R0, REASON, ("visible",), Sample.WAITING))
PAUSED = done(Pause(REASON))

PEOPLE = {
    "author": Who(AUTHOR, answers=True, reviews=False, is_author=True),
    "writer": Who(REVIEWER, answers=True, reviews=False, is_author=False),
    "reviewer": Who(REVIEWER, answers=True, reviews=True, is_author=False),
    "writer of all": Who(REVIEWER, True, True, False, open_to_all=True),
    "author and reviewer": Who(AUTHOR, answers=True, reviews=True, is_author=True),
}
REVIEWERS = {"reviewer", "writer of all"}


def decided(
    command: c.Command, on: Review = UNTOUCHED, who: str = "reviewer", drawn: bool = False
) -> Deed:
    return decide(on, command, PEOPLE[who], drawn)


def refused(command: c.Command, on: Review = UNTOUCHED, who: str = "reviewer") -> str:
    with pytest.raises(UserError) as error:
        decided(command, on, who)
    return str(error.value)


# -- every command by everybody --------------------------------------------------------------------

OPEN_TO_ALL: list[tuple[c.Command, Review, Deed]] = [
    (
        c.AnswerGiven("why", Given(text=LINE)),
        UNTOUCHED,
        Tell("why", Given(text=LINE)),
    ),
    (c.NotApplicable("why", REASON), UNTOUCHED, Inapplicable("why", REASON)),
    (c.UndoAnswer("why"), done(told("why", LINE)), Undo("why")),
    (
        c.Attest(REASON),
        UNTOUCHED,
        Judge(Ruled.ATTESTED, Tier.R0, REASON, ("visible",)),
    ),
    (c.TierTo(Tier.R2, REASON), UNTOUCHED, Judge(Ruled.RAISED, Tier.R2, REASON)),
    (c.TierTo(Tier.R1, REASON), AT_R0, Judge(Ruled.RAISED, Tier.R1, REASON)),
    (c.TierTo(Tier.R1, REASON), ATTESTED, Judge(Ruled.RAISED, Tier.R1, REASON)),
    (c.TierTo(Tier.R1, REASON), DRAWN, Judge(Ruled.RAISED, Tier.R1, REASON)),
    (c.TierTo(Tier.R1, REASON), SPARED, Judge(Ruled.RAISED, Tier.R1, REASON)),
    (c.TierTo(Tier.R2, REASON), SPARED, Judge(Ruled.RAISED, Tier.R2, REASON)),
    (
        c.AcceptOffer("why"),
        UNTOUCHED,
        Accept("why", UNTOUCHED.prefills[0]),
    ),
    (c.Resume(), PAUSED, Resume()),
]
OF_REVIEWERS: list[tuple[c.Command, Review, Deed]] = [
    (c.WaiveFor("why", DAY, REASON), UNTOUCHED, Waive("why", DAY, REASON)),
    (c.WaiveFor("reach", DAY, REASON), UNTOUCHED, Waive("reach", DAY, REASON)),
    (c.WaiveFor("all", DAY, REASON), UNTOUCHED, Waive("all", DAY, REASON)),
    (c.PauseFor(REASON), UNTOUCHED, Pause(REASON)),
    (c.PauseFor(REASON), AT_R0, Pause(REASON)),
    (
        c.TierTo(Tier.R1, REASON),
        AT_R2,
        Judge(Ruled.LOWERED, Tier.R1, REASON, ("visible",)),
    ),
    (
        c.TierTo(Tier.R0, REASON),
        UNTOUCHED,
        Judge(Ruled.LOWERED, Tier.R0, REASON, ("visible",)),
    ),
    (
        c.TierTo(Tier.R0, REASON),
        DRAWN,
        Judge(Ruled.LOWERED, Tier.R0, REASON, ("visible",)),
    ),
]


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize(("command", "on", "deed"), OPEN_TO_ALL)
def test_whoever_may_answer_answers_attests_raises_and_resumes(
    who: str, command: c.Command, on: Review, deed: Deed
) -> None:
    assert not needs_reviewer(on, command)
    assert decided(command, on, who) == deed


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize(("command", "on", "deed"), OF_REVIEWERS)
def test_only_a_reviewer_who_is_not_the_author_lets_something_go(
    who: str, command: c.Command, on: Review, deed: Deed
) -> None:
    assert needs_reviewer(on, command)
    if who in REVIEWERS:
        expected = replace(deed, open_to_all=who == "writer of all")  # type: ignore[arg-type]
        assert decided(command, on, who) == expected
    elif who == "writer":
        assert "`reviewers` in `organisation.yaml` names them" in refused(command, on, who)
    else:
        assert "never for the author" in refused(command, on, who)


@pytest.mark.parametrize("command", [c.Help(), c.Status(), c.Recheck()])
def test_what_only_reads_lets_nothing_go_and_leaves_nothing_of_a_stranger(
    command: c.Command,
) -> None:
    assert not needs_reviewer(UNTOUCHED, command)
    assert suggested(command) is None


def test_of_a_stranger_only_an_answer_is_kept() -> None:
    given = Given(("worse",), LINE)
    assert suggested(c.AnswerGiven("effect", given)) == Suggest("effect", given)
    for command, *_ in (*OPEN_TO_ALL[1:], *OF_REVIEWERS):
        assert suggested(command) is None


# -- reasons ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("reason", ["", "too short", "n/a", "aaaaaaaaaaaaaaaaaaaa", "   later    "])
@pytest.mark.parametrize(
    ("command", "on", "asked_for"),
    [
        (c.NotApplicable("why", REASON), UNTOUCHED, "why the question does not apply"),
        (c.Attest(REASON), UNTOUCHED, "in one line why no customer will notice"),
        (c.Attest(REASON), AT_R0, "in one line why no customer will notice"),
        (c.TierTo(Tier.R3, REASON), UNTOUCHED, "why"),
        (c.TierTo(Tier.R0, REASON), UNTOUCHED, "why"),
        (c.WaiveFor("why", DAY, REASON), UNTOUCHED, "why this may wait"),
        (c.PauseFor(REASON), UNTOUCHED, "why"),
    ],
)
def test_a_thin_reason_is_asked_for_again(
    command: c.Command, on: Review, asked_for: str, reason: str
) -> None:
    thin = replace(command, reason=reason)  # type: ignore[arg-type]
    assert refused(thin, on) == f"Please say {asked_for}, in 15 characters or more."


def test_how_long_a_reason_is_the_organisation_says() -> None:
    limits = UNTOUCHED.thresholds.model_copy(update={"not_applicable_characters": 5})
    short = replace(UNTOUCHED, thresholds=limits)
    assert decided(c.PauseFor("a launch"), short) == Pause("a launch")
    assert "in 5 characters or more" in refused(c.PauseFor("no"), short)


# -- what is not asked -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "tier"),
    [
        (AT_R0, "R1"),
        (ATTESTED, "R1"),
        (SPARED, "R1"),
        (replace(SPARED, tier=Tier.R2, triaged=Tier.R2), "R2"),
    ],
)
def test_where_nothing_is_asked_nothing_is_answered_and_the_way_out_works(
    on: Review, tier: str
) -> None:
    for command in (
        c.AnswerGiven("why", Given(text=LINE)),
        c.NotApplicable("why", REASON),
        c.WaiveFor("all", DAY, REASON),
    ):
        told_of = refused(command, on)
        assert told_of == (
            "Nothing is asked on this pull request. To have it asked: "
            f"`/impact tier {tier} customers will notice, because …`"
        )
    raised = decided(
        c.TierTo(Tier[tier], "customers will notice, because it is slow"), on, "author"
    )
    assert isinstance(raised, Judge)
    assert raised.ruled is Ruled.RAISED
    after = done(raised, on=on)
    assert not after.spared
    assert after.tier is Tier[tier]
    assert decided(c.NotApplicable("why", REASON), after) == Inapplicable("why", REASON)


def test_a_spared_bot_is_not_asked_for_r0_and_lowering_it_takes_a_reviewer() -> None:
    harmless = review(LOCK, author=BOT)
    assert harmless.spared
    assert refused(c.TierTo(Tier.R0, REASON), harmless) == "It is R0 already."
    assert "That is for a reviewer" in refused(c.TierTo(Tier.R0, REASON), SPARED, "writer")


# -- tiers -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize(
    ("on", "tier"), [(UNTOUCHED, Tier.R1), (AT_R2, Tier.R2), (AT_R0, Tier.R0), (ATTESTED, Tier.R0)]
)
def test_the_tier_that_it_is_already_is_no_news(who: str, on: Review, tier: Tier) -> None:
    assert not needs_reviewer(on, c.TierTo(tier, REASON))
    assert refused(c.TierTo(tier, REASON), on, who) == f"It is {tier} already."


def test_only_what_still_waits_is_confirmed() -> None:
    ended = done(
        Judge(Ruled.ATTESTED, Tier.R0, REASON, ("visible",), Sample.WAITING),
        Judge(Ruled.RAISED, Tier.R1, REASON),
    )
    assert refused(c.TierTo(Tier.R1, REASON), ended) == "It is R1 already."


def test_what_lowers_is_bound_to_the_rules_and_answers_of_now() -> None:
    worse = done(Tick("effect=worse", True))
    lowered = decided(c.TierTo(Tier.R1, REASON), worse)
    assert lowered == Judge(Ruled.LOWERED, Tier.R1, REASON, ("visible", "answer:effect=worse"))
    priced = review(PRICE)
    found = decided(c.TierTo(Tier.R2, REASON), priced)
    assert isinstance(found, Judge)
    assert found.rules == seen_rules(priced)


def test_only_r1_is_attested_away() -> None:
    assert refused(c.Attest(REASON), AT_R0) == "It is R0 already: nothing is asked."
    told_of = refused(c.Attest(REASON), AT_R2)
    assert told_of == "This is R2, which only a reviewer lowers: `/impact tier R1 <reason>`"


@pytest.mark.parametrize(("drawn", "sample"), [(True, "waiting"), (False, "")])
def test_the_lot_decides_whether_somebody_looks(drawn: bool, sample: str) -> None:
    found = decided(c.Attest(REASON), drawn=drawn)
    assert isinstance(found, Judge)
    assert found.sample == sample
    for other in (c.TierTo(Tier.R0, REASON), c.TierTo(Tier.R2, REASON)):
        judged = decided(other, drawn=drawn)
        assert isinstance(judged, Judge)
        assert judged.sample is Sample.NOT_DRAWN


def test_who_raises_needs_nobody_and_so_says_nothing_of_reviewers() -> None:
    raised = decided(c.TierTo(Tier.R2, REASON), who="writer of all")
    assert isinstance(raised, Judge)
    assert not raised.open_to_all
    assert raised.rules == ()


# -- waive, undo, resume ---------------------------------------------------------------------------


def test_what_is_not_asked_cannot_be_waived() -> None:
    for scope in ("left", "nonsense", "pause"):
        assert refused(c.WaiveFor(scope, DAY, REASON)) == (
            f"`{scope}` is not asked here, so there is nothing to waive."
        )
    assert decided(c.WaiveFor("left", DAY, REASON), AT_R2) == Waive("left", DAY, REASON)


def test_only_what_was_said_is_taken_back() -> None:
    assert refused(c.UndoAnswer("why")) == "There is no answer to `why` that could be taken back."
    assert "`nonsense`" in refused(c.UndoAnswer("nonsense"))
    assert "`voice`" in refused(c.UndoAnswer("voice"))
    heard = done(told("voice", 'asked "It is slow"'))
    assert decided(c.UndoAnswer("voice"), heard) == Undo("voice")
    assert "`why`" in refused(c.UndoAnswer("why"), heard)
    held = done(Suggest("effect", Given(("worse",)), held=True))
    assert decided(c.UndoAnswer("effect"), held) == Undo("effect")
    assert "`why`" in refused(c.UndoAnswer("why"), held)
    suggestion = done(Suggest("effect", Given(("worse",))))
    assert "`effect`" in refused(c.UndoAnswer("effect"), suggestion)
    not_applicable = done(Inapplicable("why", REASON))
    assert decided(c.UndoAnswer("why"), not_applicable) == Undo("why")


def test_only_a_pause_is_resumed() -> None:
    assert refused(c.Resume()) == "The bot is not paused here."
    assert refused(c.Resume(), done(Waive("all", DAY, REASON))) == "The bot is not paused here."


# -- accept ----------------------------------------------------------------------------------------

HELD = act(1, Suggest("effect", Given(("worse",)), held=True))
BY_STRANGER = act(2, Suggest("effect", Given(("mixed",))), by=STRANGER)
BY_ANOTHER = act(3, Suggest("effect", Given(("different",))), by=REVIEWER)
ANSWERED = act(4, Tick("effect=better", True))
AGAIN = act(5, Found(("price-page",), ("effect",), "a price changed"))
OFFER = Prefill("effect", ("better",), LINE, "your description")
OFFERED = replace(UNTOUCHED, prefills=(OFFER,))
SHORT = replace(UNTOUCHED, prefills=(replace(OFFER, too_short=True),))


def id_of(found: Review, option: str) -> str:
    return next(s.id for s in found.suggestions if s.given.picks == (option,))


def waiting(accept: c.AcceptOffer, on: Review) -> Deed | None:
    """What an acceptance that goes on the record as such takes on this review."""
    deed = decided(accept, on)
    assert isinstance(deed, AcceptWaiting)
    question = on.checklist.question(deed.question)
    assert question is not None
    return waits(on, question, deed.offer)


def test_accept_takes_what_was_held_then_what_is_asked_again_then_the_offer_then_a_suggestion() -> (
    None
):
    accept = c.AcceptOffer("effect")
    # An answer frees what was held, so what was held came last.
    held = replace(HELD, at=AGAIN.at.replace(minute=59))
    all_of_it = played(BY_STRANGER, BY_ANOTHER, ANSWERED, AGAIN, held, on=OFFERED)
    assert waiting(accept, all_of_it) == Use(id_of(all_of_it, "worse"))
    again = played(BY_STRANGER, BY_ANOTHER, ANSWERED, AGAIN, on=OFFERED)
    assert waiting(accept, again) == Confirm("effect")
    offered = played(BY_STRANGER, BY_ANOTHER, ANSWERED, on=OFFERED)
    assert decided(accept, offered) == Accept("effect", OFFER)
    for on in (UNTOUCHED, SHORT):
        suggested_only = played(BY_STRANGER, BY_ANOTHER, ANSWERED, on=on)
        assert waiting(accept, suggested_only) == Use(id_of(suggested_only, "different"))


def test_an_offer_that_is_the_answer_already_stands_in_no_suggestions_way() -> None:
    accept = act(6, Accept("effect", OFFER))
    taken = played(BY_STRANGER, accept, on=OFFERED)
    assert waiting(c.AcceptOffer("effect"), taken) == Use(id_of(taken, "mixed"))
    alone = played(accept, on=OFFERED)
    assert decided(c.AcceptOffer("effect"), alone) == Accept("effect", OFFER)
    assert done(Accept("effect", OFFER), Accept("effect", OFFER), on=OFFERED).answers == (
        done(Accept("effect", OFFER), on=OFFERED).answers
    )


def test_where_nothing_is_offered_there_is_nothing_to_accept() -> None:
    for on in (UNTOUCHED, SHORT, played(ANSWERED), played(BY_STRANGER)):
        question = "feeling" if on.suggestions else "effect"
        assert refused(c.AcceptOffer(question), on) == (
            f"There is nothing to accept for `{question}`: nobody has offered an answer."
        )


def test_an_offer_that_would_raise_waits_and_what_waited_counts() -> None:
    raising = replace(UNTOUCHED, prefills=(replace(OFFER, picks=("worse",)),))
    assert decided(c.AcceptOffer("effect"), raising) == Suggest(
        "effect", Given(("worse",), LINE), held=True
    )
    held = played(HELD)
    use = decided(c.AcceptOffer("effect"), held)
    assert played(HELD, act(9, use)).tier is Tier.R2


def test_an_answer_that_would_raise_waits() -> None:
    given = Given(("worse",), LINE)
    found = decided(c.AnswerGiven("effect", given), who="author")
    assert found == Suggest("effect", given, held=True)
    piece = Given(piece=Piece("asked", "It is slow"))
    assert decided(c.AnswerGiven("voice", piece)) == Tell("voice", piece)


def test_a_named_reviewer_is_not_open_to_all() -> None:
    assert acted(UNTOUCHED, decided(c.PauseFor(REASON))).waivers[0].open_to_all is False


@pytest.mark.parametrize(
    ("command", "deed"),
    [
        (c.UndoAnswer("why"), Undo("why")),
        (c.Resume(), Resume()),
        (c.AcceptOffer("feeling"), AcceptWaiting("feeling")),
    ],
)
def test_what_does_nothing_yet_is_said_and_kept_for_what_is_still_on_its_way(
    command: c.Command, deed: Deed
) -> None:
    with pytest.raises(OnlyKept) as caught:
        decided(command)
    assert caught.value.deed == deed


def test_an_answer_that_nobody_asked_for_is_said_and_kept() -> None:
    answer = c.AnswerGiven("feeling", Given(("relieved",)))
    with pytest.raises(OnlyKept) as caught:
        decided(answer, review(LOCK))
    assert caught.value.deed == Tell("feeling", Given(("relieved",)))


def test_nobody_attests_over_the_word_of_somebody_who_asked_for_more() -> None:
    raised = acted(UNTOUCHED, Judge(Ruled.RAISED, Tier.R1, REASON), by=REVIEWER)
    assert "asked for more here" in refused(c.Attest(REASON), raised, who="author")
    own = acted(UNTOUCHED, Judge(Ruled.RAISED, Tier.R1, REASON), by=AUTHOR)
    assert isinstance(decided(c.Attest(REASON), own, who="author"), Judge)


def test_a_draw_is_the_same_however_often_somebody_attests() -> None:
    for drawn, sample in ((True, Sample.WAITING), (False, Sample.NOT_DRAWN)):
        deed = decided(c.Attest(REASON), drawn=drawn)
        assert isinstance(deed, Judge)
        assert deed.sample is sample


@pytest.mark.parametrize(
    ("question", "text"), [("why", "faster"), ("who", "everyone"), ("why", "see above see above")]
)
def test_words_that_say_too_little_do_not_take_the_place_of_an_answer(
    question: str, text: str
) -> None:
    assert "characters or more" in refused(c.AnswerGiven(question, Given(text=text)))


def test_an_author_who_lowers_to_nothing_is_told_of_the_attestation() -> None:
    assert "`/impact none" in refused(c.TierTo(Tier.R0, REASON), who="author")
