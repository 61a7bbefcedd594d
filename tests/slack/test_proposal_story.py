"""A message becomes a review in two clicks, and its thread holds one living card."""

from __future__ import annotations

from bot.core.review import State
from bot.core.tier import Tier
from tests.slack.talk import LEAD, MANAGER, TEXT, WHY, Talk, fields, text_of


def test_two_clicks_open_a_review_and_post_one_card(talk: Talk) -> None:
    message = talk.slack.post("proposals", MANAGER, TEXT)
    view = talk.shortcut(message)
    assert view.callback_id == "propose"
    assert fields(view) == ["switches", "overlays", "title", "owner", "due", "already"]
    assert talk.submit(MANAGER, switches=["notice"]).action == "clear"
    review = talk.review(message)
    assert (review.tier, review.subject.title) == (Tier.R1, TEXT)
    talk.shows(message, "🪑 *Customer impact* · R1, because customers may notice")
    assert "0 of 5 answered" in talk.shown(message)
    assert "Waiting for: <@U0PRODUCTMANAGER> to answer." in talk.shown(message)
    assert [m.text for m in talk.thread(message)] == [
        f"Customer impact of “{TEXT}”: R1, 5 answers to go"
    ]


def test_the_window_opens_before_anything_else_is_asked_of_slack(talk: Talk) -> None:
    message = talk.slack.post("proposals", MANAGER, TEXT)
    before = len(talk.slack.calls)
    talk.shortcut(message)
    methods = [call.method for call in talk.slack.calls[before:]]
    assert methods[0] == "views.open"
    assert methods[-1] == "views.update"


def test_words_suggest_what_to_tick_and_a_person_decides(talk: Talk) -> None:
    message = talk.slack.post("proposals", MANAGER, "Raise the Pro price to $15 from January on")
    view = talk.shortcut(message)
    assert "*R3*, because it touches price, plan or contract" in text_of(view.blocks)
    talk.slack.modal_press(MANAGER, "switches", ["notice"])
    assert "*R1*, because customers may notice: 5 questions" in text_of(talk.window(MANAGER).blocks)
    talk.submit(MANAGER)
    assert talk.review(message).tier is Tier.R1
    assert talk.review(message).overlays == ()


def test_nothing_ticked_is_said_at_the_switches_and_opens_nothing(talk: Talk) -> None:
    message = talk.slack.post("proposals", MANAGER, TEXT)
    talk.shortcut(message)
    answer = talk.submit(MANAGER, switches=[])
    assert "customers would not notice" in answer.errors["switches"]
    assert talk.pair.proposal(message.channel, message.ts) is None


def test_the_wizard_saves_each_step_and_ends_complete(talk: Talk) -> None:
    message = talk.propose()
    view = talk.press(MANAGER, message, "answer")
    assert view is not None
    assert view.title == "Who (1/3)"
    assert talk.submit(MANAGER, who=["existing"]).action == "update"
    assert [a.question for a in talk.review(message).answers] == ["who"]
    assert talk.window(MANAGER).title == "Voice (2/3)"
    talk.submit(MANAGER, why=WHY, voice="signal", voice__line="12 tickets about it this month")
    talk.submit(MANAGER, effect="better", feeling="relieved")
    assert talk.slack.modal(MANAGER) is None
    talk.shows(message, "5 of 5 answered")
    assert "Nothing is missing: <@U0PRODUCTMANAGER> or a reviewer can decide." in (
        talk.shown(message)
    )
    assert talk.review(message).completed_at is not None
    assert len(talk.thread(message)) == 1


def test_whoever_comes_back_stands_where_something_is_missing(talk: Talk) -> None:
    message = talk.propose()
    talk.press(MANAGER, message, "answer")
    talk.submit(MANAGER, who=["existing"])
    talk.slack.close_modal(MANAGER)
    view = talk.press(LEAD, message, "answer")
    assert view is not None
    assert view.title == "Voice (2/3)"


def test_another_step_by_its_button_saves_what_stands_in_this_one(talk: Talk) -> None:
    message = talk.propose()
    talk.press(MANAGER, message, "answer")
    talk.slack.fill(MANAGER, {"who": ["paying"]})
    talk.slack.modal_press(MANAGER, "step:effect", "effect")
    assert talk.window(MANAGER).title == "Effect (3/3)"
    found = talk.review(message).answer("who")
    assert found is not None
    assert found.picks == ("paying",)


def test_what_is_wrong_is_said_at_its_field_and_nothing_is_saved(talk: Talk) -> None:
    message = talk.propose()
    talk.press(MANAGER, message, "answer")
    talk.submit(MANAGER, who=["existing"])
    answer = talk.submit(MANAGER, why="n/a", voice="signal", voice__link="ticket 7")
    assert answer.errors == {
        "why": "Please say a little more, in 20 characters or more.",
        "voice.link": "Please give a web address, such as https://example.com/7.",
    }
    assert [a.question for a in talk.review(message).answers] == ["who"]


def test_an_answer_that_asks_for_more_says_so_before_it_counts(talk: Talk) -> None:
    message = talk.propose()
    talk.press(MANAGER, message, "answer")
    talk.submit(MANAGER, who=["existing"])
    talk.submit(MANAGER, why=WHY, voice="signal")
    talk.submit(MANAGER, effect="worse", feeling="annoyed")
    said = text_of(talk.window(MANAGER).blocks)
    assert "“Worse” makes this *R2*: 5 more questions" in said
    assert talk.review(message).tier is Tier.R1
    talk.submit(MANAGER)
    assert talk.review(message).tier is Tier.R2
    assert talk.window(MANAGER).title == "Follow-through (4/4)"


def test_decide_says_one_line_in_the_thread_and_edits_the_card(talk: Talk) -> None:
    message = talk.propose()
    talk.answer_all(message)
    talk.press(MANAGER, message, "decide")
    answer = talk.submit(
        MANAGER,
        how="approved",
        sentence="We show the banner from March on.",
        what="failed exports that are started again",
        today="20 %",
        expected="60 %",
        sure="70",
        back="2099-01-31",
    )
    assert answer.action == "clear"
    review = talk.review(message)
    assert review.state is State.DECIDED
    talk.shows(message, "*Approved* by <@U0PRODUCTMANAGER>: We show the banner from March on.")
    assert "from 20 % to 60 %; 70 % sure." in talk.shown(message)
    assert "We look back on 31 Jan 2099." in talk.shown(message)
    said = [m for m in talk.thread(message) if "decision:" in str(m.metadata)]
    assert [m.text for m in said] == ["Approved: We show the banner from March on."]


def test_a_decision_before_the_answers_is_counted_and_asked_afterwards(talk: Talk) -> None:
    message = talk.propose()
    view = talk.press(MANAGER, message, "decide")
    assert view is not None
    assert "*Still missing:*" in text_of(view.blocks)
    values = {"how": "approved", "sentence": "We do it, we said so on Monday."}
    refused = talk.submit(MANAGER, **values)
    assert list(refused.errors) == ["already"]
    talk.submit(MANAGER, **values, already=["yes"])
    talk.shows(message, "It was decided without a review")
    decision = talk.review(message).course.decision
    assert decision is not None
    assert decision.without_review
    assert "Answer (5 left)" in talk.shown(message)


def test_not_a_decision_is_one_quiet_line_and_can_be_taken_back(talk: Talk) -> None:
    message = talk.propose()
    talk.press(MANAGER, message, "more", "dismiss")
    talk.submit(MANAGER, reason="only a thought")
    talk.shows(message, "Not a decision, says <@U0PRODUCTMANAGER>: only a thought")
    assert talk.review(message).state is State.DISMISSED
    talk.slack.press(MANAGER, talk.card(message), "reinstate")
    talk.shows(message, "0 of 5 answered")


def test_a_card_that_was_deleted_comes_back_in_the_same_thread(talk: Talk) -> None:
    message = talk.propose()
    first = talk.card(message)
    talk.slack.delete_message(message.channel, first.ts)
    talk.slack.shortcut(MANAGER, "customer_impact", message)
    talk.settle()
    talk.submit(MANAGER, who=["existing"])
    talk.shows(message, "1 of 5 answered")
    assert talk.card(message).ts != first.ts


def test_the_shortcut_on_a_message_with_a_review_opens_its_wizard(talk: Talk) -> None:
    message = talk.propose()
    assert talk.shortcut(message, LEAD).title == "Who (1/3)"
    assert len(talk.thread(message)) == 1


def test_a_message_in_a_thread_gets_its_card_in_that_thread(talk: Talk) -> None:
    begin = talk.slack.post("proposals", LEAD, "What shall we do about exports?")
    reply = talk.slack.post("proposals", MANAGER, TEXT, begin.ts)
    talk.shortcut(reply)
    talk.submit(MANAGER, switches=["notice"])
    assert [m.thread_ts for m in talk.thread(begin)] == [begin.ts]


def test_a_proposal_that_nobody_wrote_yet_is_its_own_card(talk: Talk) -> None:
    assert talk.slack.global_shortcut(MANAGER, "customer_impact_new").ok
    talk.window(MANAGER)
    channel = talk.slack.channel("proposals").id
    answer = talk.submit(
        MANAGER,
        title="Sort the exports by date",
        text="New ones first, so that nobody scrolls. Old links stay.",
        where=channel,
        switches=["notice"],
    )
    assert answer.ok, answer
    posted = talk.slack.messages("proposals")[-1]
    assert "New ones first, so that nobody scrolls. Old links stay." in text_of(posted.blocks)
    assert not posted.thread_ts
    talk.slack.press(MANAGER, posted, "answer")
    assert talk.window(MANAGER).title == "Who (1/3)"


def test_due_date_owner_and_tier_change_from_the_menu(talk: Talk) -> None:
    message = talk.propose()
    talk.press(MANAGER, message, "more", "due")
    talk.submit(MANAGER, due="2099-05-01")
    talk.shows(message, "due 1 May 2099")
    talk.press(MANAGER, message, "more", "assign")
    talk.submit(MANAGER, person=talk.slack.person(LEAD).id)
    talk.shows(message, "owner <@U0SUPPORTLEAD>")
    talk.press(MANAGER, message, "more", "tier")
    talk.submit(MANAGER, tier="R2", reason="everybody meets this banner")
    talk.shows(message, "· R2, because")
    assert talk.review(message).tier is Tier.R2
