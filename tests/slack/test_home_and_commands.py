"""The App Home and `/impact`: what is mine, what waits for me, what was decided, how we do."""

from __future__ import annotations

from bot.core.stats import AMONG
from tests.make import wait_until
from tests.slack.talk import LEAD, MANAGER, Talk, text_of


def home(talk: Talk, user: str) -> str:
    talk.slack.open_home(user)
    talk.settle()
    view = talk.slack.home(user)
    assert view is not None
    return text_of(view.blocks)


def test_an_empty_home_says_how_to_begin(talk: Talk) -> None:
    said = home(talk, "designer")
    assert "*Your open reviews* (0)" in said
    assert "A message becomes a review by its menu “⋯” → *Customer impact*." in said


def test_home_lists_mine_what_waits_and_follows_what_happens(talk: Talk) -> None:
    message = talk.propose("notice", "hard_to_undo", text="Show failed exports at the top")
    talk.press(MANAGER, message, "more", "reviewer")
    talk.submit(MANAGER, person=talk.slack.person(LEAD).id)
    assert "Show failed exports at the top" in home(talk, MANAGER)
    waiting = home(talk, LEAD)
    assert "*Waiting for you* (1)" in waiting
    assert "#proposals · R2 · 9 answers to go" in waiting
    talk.slack.home_press(LEAD, "consent")
    talk.settle()
    talk.submit(LEAD, stance="consent")
    wait_until(lambda: "*Waiting for you* (0)" in text_of(talk.slack.home(LEAD).blocks))
    talk.slack.home_press(MANAGER, "answer")
    assert talk.window(MANAGER).callback_id == "answer"


def test_only_who_looked_lately_gets_a_new_home(talk: Talk) -> None:
    talk.propose(by="research-lead")
    assert talk.slack.home("research-lead") is None


def test_home_is_paged(talk: Talk) -> None:
    for number in range(12):
        talk.propose(by="engineer", text=f"Proposal number {number} about our exports")
    first = home(talk, "engineer")
    assert "Page 1 of" in first
    assert talk.slack.home_press("engineer", "page:on").ok
    wait_until(lambda: "Page 2 of" in text_of(talk.slack.home("engineer").blocks))


def test_home_and_the_command_show_the_numbers_of_the_team(talk: Talk) -> None:
    said = home(talk, MANAGER)
    assert "*Growth*, the last 12 weeks" in said
    assert talk.slack.command(MANAGER, "proposals", "stats").ok
    told = talk.whispers(MANAGER)[-1]
    assert told.startswith("*Growth*: does it ask its customers?")
    for measure in AMONG:
        assert f"*{measure.heading}* " in told


def test_help_mine_and_what_is_unknown(talk: Talk) -> None:
    assert talk.slack.command(MANAGER, "proposals", "help").ok
    assert talk.whispers(MANAGER)[-1].startswith("*What you can do*")
    assert talk.slack.command(MANAGER, "proposals", "dance <!channel>").ok
    assert talk.whispers(MANAGER)[-1].startswith("“dance &lt;!channel&gt;” is nothing I know.")
    message = talk.propose(text="Mark broken exports with a red dot")
    assert talk.slack.command(MANAGER, "proposals", "mine").ok
    assert "Mark broken exports with a red dot> – 5 answers to go" in talk.whispers(MANAGER)[-1]
    assert message


def test_new_opens_a_window(talk: Talk) -> None:
    assert talk.slack.command(MANAGER, "proposals", "new").ok
    view = talk.window(MANAGER)
    assert view.callback_id == "propose"
    assert view.typed == {}
