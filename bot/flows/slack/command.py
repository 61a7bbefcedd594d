"""Somebody wrote `/impact …` in Slack."""

from __future__ import annotations

import secrets

from bot.core.gate import Gate, standing
from bot.core.review import Review
from bot.flows.slack import facts
from bot.flows.slack.counts import team_line, team_of
from bot.flows.slack.people import meet
from bot.flows.world import World
from bot.store import proposals, slack_people
from bot.views import slack_says as says
from bot.views.slack_limits import Block
from bot.views.words import count

MOST = 15
LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # none that look alike
CODE = 8  # letters: a quarter of an hour is not enough to try many


def command(world: World, told: facts.Commanded) -> None:
    """Answer the person alone; `new` has opened its window by now."""
    world.slack.respond(told.answer_to, _answer(world, told))


def _answer(world: World, told: facts.Commanded) -> Block:
    word, _, rest = told.text.partition(" ")
    match word.lower():
        case "" | "help":
            return says.help_text()
        case "mine":
            return _mine(world, told.by)
        case "stats":
            return says.stats(team_line(world, team_of(world, told.channel)))
        case "link" if not rest:
            return _link(world, told.by)
    return says.help_text(unread=told.text[:80])


def _mine(world: World, who: facts.Who) -> Block:
    person = meet(world, who)
    with world.store.read() as connection:
        found = proposals.open_of(connection, person.ids, proposals.OWNER, MOST)
        found += proposals.open_of(connection, person.ids, proposals.REVIEWER, MOST)
        reviews = proposals.load_all(connection, list(dict.fromkeys(found))[:MOST])
    return says.mine([(r.subject.title, r.subject.url, what_next(r)) for r in reviews])


def what_next(review: Review) -> str:
    """What a review waits for, in a few words."""
    stands = standing(review)
    if stands.gate is not Gate.PENDING:
        return "ready to be decided"
    if stands.missing:
        return f"{count(len(stands.missing), 'answer')} to go"
    return f"{count(stands.consents, 'consent')} to go"


def _link(world: World, who: facts.Who) -> Block:
    person = meet(world, who)
    code = "".join(secrets.choice(LETTERS) for _ in range(CODE))
    now = world.clock()
    world.store.write(lambda tx: slack_people.show_code(tx, person.id, code, now))
    minutes = int(slack_people.CODE_HOLDS.total_seconds()) // 60
    return says.link_code(code, minutes)
