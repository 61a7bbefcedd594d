"""What customers say in any message is kept, masked, put where it matters, and stays private."""

from __future__ import annotations

from bot.store import voices
from tests.slack.talk import LEAD, MANAGER, Talk, text_of

QUOTE = "The export fails every Friday, says jo@customer.example, call +49 170 1234567"
MASKED = "The export fails every Friday, says [e-mail], call [phone]"


def heard(talk: Talk, text: str = QUOTE, channel: str = "support", by: str = LEAD) -> str:
    message = talk.slack.post(channel, by, text)
    view = talk.shortcut(message, by, "customer_evidence")
    assert view.callback_id == "heard"
    return text_of(view.blocks)


def test_a_quote_goes_to_an_open_review_with_its_link(talk: Talk) -> None:
    message = talk.propose()
    talk.press(MANAGER, message, "more", "assign")
    talk.submit(MANAGER, person=talk.slack.person(LEAD).id)
    heard(talk)
    ref = f"p:{message.channel}:{message.ts}"
    talk.submit(LEAD, kind="signal", segment="existing", attach=[ref], former=["yes"])
    (piece,) = talk.review(message).evidence
    assert (piece.kind, piece.text, piece.segment, piece.former) == (
        "signal",
        MASKED,
        "existing",
        True,
    )
    assert piece.link.startswith(f"{talk.slack.url}/archives/C0SUPPORT/p")
    talk.shows(message, "Voice (1 signal)")


def test_what_could_name_a_customer_is_on_no_disk(talk: Talk) -> None:
    heard(talk, QUOTE + " once more")
    talk.submit(LEAD, kind="signal")
    for file in talk.pair.folder.glob("emptychair.db*"):
        content = file.read_bytes()
        assert b"jo@customer.example" not in content
        assert b"1234567" not in content


def test_without_an_open_review_it_is_kept_for_later_and_known_again(talk: Talk) -> None:
    words = "I never found the export, so I left"
    first = heard(talk, words)
    assert "Kept before" not in first
    talk.submit(LEAD, kind="observed")
    again = heard(talk, "I NEVER found the export – so I left!")
    assert "*Kept before:*" in again
    assert "The same words count once." in again
    talk.slack.close_modal(LEAD)
    assert talk.pair.bot is not None
    with talk.pair.bot.store.read() as connection:
        (kept,) = voices.same_words(connection, words)
    assert (kept.piece.kind, kept.review) == ("observed", None)


def test_words_of_a_private_channel_are_shown_nowhere_else(talk: Talk) -> None:
    message = talk.propose(text="Cancel the free plan at the end of the year", by=LEAD)
    talk.press(LEAD, message, "more", "reviewer")
    talk.submit(LEAD, person=talk.slack.person(MANAGER).id)
    said = heard(talk, "We would leave at once, says our largest customer", "pricing-council")
    assert "From a private channel: its words are shown only there." in said
    talk.submit(LEAD, kind="asked", attach=[f"p:{message.channel}:{message.ts}"])
    (piece,) = talk.review(message).evidence
    assert piece.private_to == talk.slack.channel("pricing-council").id
    view = talk.press(LEAD, message, "evidence")
    assert view is not None
    known = text_of(view.blocks)
    assert "private evidence, shown only where it was said" in known
    assert "our largest customer" not in known
    talk.shows(message, "(1 asked)")
    assert "our largest customer" not in talk.shown(message)


def test_anybody_in_the_thread_adds_evidence_by_hand(talk: Talk) -> None:
    message = talk.propose()
    view = talk.press("designer", message, "evidence")
    assert view is not None
    talk.submit("designer", kind="observed", quote="Three of five did not see the banner")
    (piece,) = talk.review(message).evidence
    assert (piece.by.login, piece.text) == ("designer", "Three of five did not see the banner")
    talk.press("engineer", message, "evidence")
    twice = talk.submit("engineer", kind="asked", quote="three of five did not see  the banner")
    assert twice.errors["quote"].startswith("It is here already: designer added it on")
