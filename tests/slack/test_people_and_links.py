"""One record: a proposal and its pull request, a person in Slack and on GitHub."""

from __future__ import annotations

import re
from pathlib import Path

from bot.cli.pair import start_pair
from bot.core.review import Review
from tests.flows.people import THEME
from tests.make import wait_until
from tests.slack.talk import MANAGER, RESEARCH, Talk


def opened(talk: Talk, body: str = "The colours change.", author: str = "author") -> int:
    number: int = talk.pair.github.open_pull_request(
        title="A banner for failed exports", body=body, files=[THEME], author=author
    )
    talk.settle()
    return number


def pull(talk: Talk, number: int) -> Review:
    found = talk.pair.review(number)
    assert found is not None
    return found


def inherited(talk: Talk, number: int) -> dict[str, str]:
    return {a.question: a.source for a in pull(talk, number).answers}


def test_a_link_from_the_card_by_its_owner_counts_at_once_and_stays_in_step(talk: Talk) -> None:
    message, number = talk.propose(), opened(talk)
    talk.answer_all(message)
    talk.press(MANAGER, message, "more", "link")
    unknown = talk.submit(MANAGER, which="acme/nowhere#1")
    assert unknown.errors["which"].startswith("I do not watch that repository.")
    name = talk.pair.github.full_name
    assert talk.submit(MANAGER, which=f"https://github.com/{name}/pull/{number}").ok
    wait_until(lambda: len(inherited(talk, number)) >= 4)
    assert set(inherited(talk, number).values()) == {"the proposal in #proposals"}
    talk.shows(message, "Carried out by <http")
    comment = talk.pair.github.comments(number)[0].body
    assert "(product-manager, from the proposal in #\u2060proposals)" in comment
    talk.press(MANAGER, message, "answer")
    talk.slack.modal_press(MANAGER, "step:effect", "effect")
    talk.window(MANAGER)
    talk.submit(MANAGER, feeling="confident")
    wait_until(
        lambda: (
            [a.picks for a in pull(talk, number).answers if a.question == "feeling"]
            == [("confident",)]
        )
    )


def test_a_link_in_a_description_waits_for_a_yes(talk: Talk) -> None:
    message = talk.propose()
    talk.answer_all(message)
    link = talk.slack.workspace.permalink(message.channel, message.ts)
    number = opened(talk, f"The colours change.\n\nDecision: {link}\n")
    talk.shows(message, "It counts once the owner or a reviewer agrees.")
    assert inherited(talk, number) == {}
    talk.slack.press(MANAGER, talk.card(message), "link_yes")
    wait_until(lambda: len(inherited(talk, number)) >= 4)


def test_a_no_takes_the_link_from_the_card(talk: Talk) -> None:
    message = talk.propose()
    opened(talk, f"The colours change.\n\nDecision: p:{message.channel}:{message.ts}\n")
    talk.shows(message, "It counts once the owner or a reviewer agrees.")
    talk.slack.press(MANAGER, talk.card(message), "link_no")
    talk.settle()
    wait_until(lambda: "agrees" not in talk.shown(message))


def test_words_of_a_private_proposal_stay_there(talk: Talk) -> None:
    message = talk.propose(channel="pricing-council", text="Show failed exports to admins only")
    talk.answer_all(message)
    number = opened(talk)
    talk.press(MANAGER, message, "more", "link")
    talk.submit(MANAGER, which=f"{talk.pair.github.full_name}#{number}")
    wait_until(lambda: len(inherited(talk, number)) >= 4)
    comment = talk.pair.github.comments(number)[0].body
    assert "12 tickets about it" not in comment
    assert "I want to know it at once" not in comment
    assert "a private proposal" in comment


def test_a_code_makes_two_accounts_one_person(talk: Talk) -> None:
    assert talk.slack.command(RESEARCH, "proposals", "link").ok
    (said,) = [text for text in talk.whispers(RESEARCH) if "/impact link" in text]
    code = re.search(r"/impact link ([A-Z0-9]{8})", said)
    assert code is not None
    number = opened(talk)
    talk.pair.github.comment(number, f"/impact link {code[1]}", "reviewer")
    talk.settle()
    message = talk.propose(by=RESEARCH)
    login = talk.review(message).subject.author
    assert login.login == "reviewer"
    assert login.id > 0
    talk.pair.github.comment(number, f"/impact link {code[1]}", "outsider")
    talk.settle()
    again = talk.propose(by=RESEARCH)
    assert talk.review(again).subject.author == login, "a code counts once"


def test_unknown_people_work_too(talk: Talk) -> None:
    talk.slack.person("night-shift")
    message = talk.propose(by="night-shift")
    author = talk.review(message).subject.author
    assert (author.login, author.id < 0) == ("night-shift", True)


def test_addresses_are_compared_only_where_that_is_switched_on(
    talk: Talk,
) -> None:
    talk.slack.person("reviewer", email="reviewer@acme.example")
    opened(talk)
    first = talk.propose(by="reviewer")
    assert talk.review(first).subject.author.id < 0
    pair = talk.pair
    pair.stop_bot()
    asked = pair.settings
    slack = asked.slack.model_copy(update={"match_email": True})
    pair.settings = asked.model_copy(update={"slack": slack})
    pair.start_bot()
    try:
        talk.slack.person("author", email="author@acme.example")
        talk.propose(by="author")
        wait_until(lambda: talk.review(talk.propose(by="author")).subject.author.id > 0)
    finally:
        pair.stop_bot()
        pair.settings = asked
        pair.start_bot()


def test_the_table_of_the_organisation_says_who_is_who(tmp_path: Path) -> None:
    with start_pair(
        tmp_path,
        organisation="people: [{slack: U0DESIGNER, github: reviewer}]",
        quiet_seconds=0,
        slack=True,
    ) as pair:
        talk = Talk(pair)
        opened(talk, author="reviewer")
        message = talk.propose(by="designer")
        assert talk.review(message).subject.author.login == "reviewer"
        assert talk.review(message).subject.author.id > 0
