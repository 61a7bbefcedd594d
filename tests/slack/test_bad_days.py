"""What Slack and the machine do on a bad day: what the person sees, and that nothing is lost."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tests.make import wait_until
from tests.slack.talk import LEAD, MANAGER, TEXT, Talk, text_of

SAVED_LATER = "Not saved yet, press Submit again."


@contextmanager
def locked(talk: Talk) -> Iterator[None]:
    """Somebody else writes to the database and does not end."""
    other = sqlite3.connect(talk.pair.folder / "emptychair.db", check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.rollback()
        other.close()


def test_a_limit_is_waited_for_and_the_card_follows(talk: Talk) -> None:
    talk.slack.faults.add("limit-429", on="chat.postMessage", times=1, seconds=1)
    message = talk.propose()
    wait_until(lambda: len(talk.slack.calls_of("chat.postMessage")) >= 2)
    talk.shows(message, "0 of 5 answered")
    assert len(talk.thread(message)) == 1


def test_a_post_whose_answer_was_lost_is_found_and_not_made_twice(talk: Talk) -> None:
    talk.slack.faults.add("lost-answer", on="chat.postMessage", times=1)
    message = talk.propose()
    talk.shows(message, "0 of 5 answered")
    wait_until(lambda: talk.slack.calls_of("conversations.replies"))
    talk.press(MANAGER, message, "answer")
    talk.submit(MANAGER, who=["existing"])
    talk.shows(message, "1 of 5 answered")
    assert len(talk.thread(message)) == 1


def test_a_window_that_came_too_late_says_to_press_again(talk: Talk) -> None:
    message = talk.slack.post("proposals", MANAGER, TEXT)
    talk.slack.faults.add("error:expired_trigger_id", on="views.open", times=1)
    assert talk.slack.shortcut(MANAGER, "customer_impact", message).ok
    assert talk.whispers(MANAGER)[-1] == ("Slack took too long to open the window. Press it again.")
    assert talk.slack.modal(MANAGER) is None
    assert talk.shortcut(message).callback_id == "propose"


def test_a_window_that_was_closed_meanwhile_parks_nothing(talk: Talk) -> None:
    message = talk.slack.post("proposals", MANAGER, TEXT)
    talk.slack.faults.add("error:not_found", on="views.update", times=1)
    assert talk.slack.shortcut(MANAGER, "customer_impact", message).ok
    talk.settle()
    assert parked(talk) == 0


def parked(talk: Talk) -> int:
    with sqlite3.connect(talk.pair.folder / "emptychair.db") as connection:
        found = connection.execute("SELECT count(*) FROM job WHERE state = 'parked'").fetchone()
    return int(found[0])


def test_a_private_channel_without_us_says_how_to_let_us_in(talk: Talk) -> None:
    talk.slack.channel("board", private=True, bot_is_member=False)
    message = talk.slack.post("board", MANAGER, TEXT)
    view = talk.shortcut(message)
    assert "Write `/invite @Empty Chair`, then try again." in text_of(view.blocks)
    assert view.get("submit") is None


def test_an_archived_channel_says_why_there_is_no_card_and_keeps_the_review(talk: Talk) -> None:
    message = talk.slack.post("proposals", MANAGER, TEXT)
    talk.shortcut(message)
    talk.slack.channel("proposals", archived=True)
    try:
        assert talk.submit(MANAGER, switches=["notice"]).ok
        assert talk.whispers(MANAGER)[-1] == (
            "This channel is archived, so nothing can be posted here."
        )
    finally:
        talk.slack.channel("proposals", archived=False)
    assert talk.review(message).subject.title == TEXT


def test_a_revoked_token_holds_what_was_said_until_there_is_a_new_one(talk: Talk) -> None:
    message = talk.propose()
    talk.press(MANAGER, message, "answer")
    talk.slack.revoke()
    assert talk.slack.submit(MANAGER, {"who": ["existing"]}).ok
    wait_until(lambda: talk.slack.calls_of("chat.update")[-1].error == "token_revoked")
    talk.slack.reinstate()
    found = talk.pair.proposal(message.channel, message.ts)
    assert found is not None
    assert [a.question for a in found.answers] == ["who"]


def test_while_the_database_is_locked_a_window_keeps_its_text_and_says_so(talk: Talk) -> None:
    message = talk.propose()
    talk.press(MANAGER, message, "answer")
    with locked(talk):
        answer = talk.slack.submit(MANAGER, {"who": ["existing"]})
        assert answer.errors == {"who": SAVED_LATER}
        view = talk.slack.modal(MANAGER)
        assert view.typed["who", "who"] == ["existing"]
        card = talk.slack.messages("proposals", message.ts)[-1]
        assert talk.slack.press(LEAD, card, "answer").ok
        assert "Not saved yet" in text_of(talk.slack.ephemerals(LEAD)[-1].blocks)
    assert talk.submit(MANAGER).action == "update"
    assert [a.question for a in talk.review(message).answers] == ["who"]


def test_while_the_database_is_locked_slack_is_asked_to_send_an_event_again(talk: Talk) -> None:
    before = len(talk.slack.deliveries)
    unlock = threading.Event()

    def hold() -> None:
        with locked(talk):
            unlock.wait(10)

    holder = threading.Thread(target=hold)
    holder.start()
    try:
        talk.slack.open_home(LEAD)
        wait_until(lambda: len(talk.slack.deliveries) > before)
        assert talk.slack.deliveries[-1].status == 503
    finally:
        unlock.set()
        holder.join()
    wait_until(lambda: talk.slack.home(LEAD) is not None)


def test_an_event_that_comes_twice_counts_once(talk: Talk) -> None:
    event = {"type": "app_mention", "user": talk.slack.person(LEAD).id, "ts": "1770000000.000100"}
    event |= {"text": "hi", "channel": talk.slack.channel("proposals").id}
    before = len(talk.slack.ephemerals(LEAD))
    talk.slack.send_event(event, "Ev0SAME")
    talk.slack.send_event(event, "Ev0SAME")
    talk.settle()
    assert len(talk.slack.ephemerals(LEAD)) == before + 1


def test_no_event_of_a_bot_or_of_ourselves_makes_us_speak(talk: Talk) -> None:
    channel = talk.slack.channel("proposals").id
    before = len(talk.slack.calls)
    for extra in (
        {"bot_id": "B0EMPTYCHAIR", "user": talk.slack.bot_user},
        {"bot_id": "B0OTHER", "user": "U0OTHER"},
        {"subtype": "message_changed", "user": talk.slack.person(LEAD).id},
    ):
        event = {"type": "app_mention", "text": "hi", "ts": "1770000000.000200"}
        talk.slack.send_event({**event, "channel": channel, **extra})
    talk.settle()
    assert [call.method for call in talk.slack.calls[before:]] == []


def test_a_mention_in_a_thread_shows_one_button_to_who_wrote_it(talk: Talk) -> None:
    message = talk.slack.post("proposals", MANAGER, TEXT)
    talk.slack.post("proposals", LEAD, "@empty-chair what about our customers?", message.ts)
    talk.settle()
    invitation = talk.slack.ephemerals(LEAD)[-1]
    assert "Shall this be decided with the customer in the room?" in text_of(invitation.blocks)
    assert talk.slack.press(LEAD, invitation, "new").ok
    assert talk.window(LEAD).callback_id == "propose"
    talk.submit(LEAD, switches=["notice"])
    assert talk.review(message).subject.author.login == MANAGER
    talk.slack.post("proposals", LEAD, "@empty-chair and now?", message.ts)
    talk.settle()
    assert "It has a review" in text_of(talk.slack.ephemerals(LEAD)[-1].blocks)
    assert len(talk.thread(message)) == 1


def test_a_public_channel_need_not_be_joined(talk: Talk) -> None:
    talk.slack.channel("design", bot_is_member=False)
    message = talk.slack.post("design", LEAD, "Move the export button\n\nIt is hard to find.")
    talk.shortcut(message, MANAGER)
    talk.submit(MANAGER, switches=["notice"], overlays=[])
    proposal = talk.review(message).proposal
    assert proposal.body == "Move the export button\n\nIt is hard to find."
    assert proposal.author.login == LEAD
    talk.slack.faults.add("lost-answer", on="chat.update", times=1)
    talk.press(MANAGER, message, "answer")
    talk.submit(MANAGER, who=["existing"])
    talk.shows(message, "1 of 5 answered")
