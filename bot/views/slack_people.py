"""How people are called in Slack."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bot.core.facts import Actor
from bot.views.slack_text import mention, mrkdwn
from bot.views.words import names

Users = Mapping[int, str]  # the Slack id of people on record, by their actor's id


def called(person: Actor, users: Users) -> str:
    """Somebody in OUR mrkdwn: mentioned where we know who they are in Slack, else by name."""
    user = users.get(person.id)
    return mention(user) if user else f"*{mrkdwn(person.login) or 'somebody'}*"


def all_called(people: Iterable[Actor], users: Users) -> str:
    """Several people, each once."""
    return names(list(dict.fromkeys(called(person, users) for person in people)))
