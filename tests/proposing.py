"""Proposals for tests: one like any other, its review, and a look at it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.core.acts import Act, Deed
from bot.core.answers import Door
from bot.core.facts import Actor
from bot.core.gate import settle
from bot.core.proposal import Channel, Proposal
from bot.core.propose import propose
from bot.core.review import Review
from bot.core.rights import Who
from bot.core.take import take
from bot.views.forms.form import Asked
from tests.examples import CATALOG, NOW

MANAGER = Actor(-1, "product-manager")
LEAD = Actor(-2, "support-lead")
RESEARCH = Actor(-3, "research-lead")
USERS = {-1: "U0MANAGER", -2: "U0LEAD", -3: "U0RESEARCH"}
CHANNEL = Channel("C0PROPOSALS", "T0ACME", "proposals", private=False)
TEXT = "Raise the Pro price to $15\n\nWe have not changed it in three years, and costs went up."


def proposal(*switches: str, **changes: Any) -> Proposal:
    """A proposal; without switches customers could notice it, which is R1."""
    fields: dict[str, Any] = {
        "channel": CHANNEL,
        "ts": "1770000000.000100",
        "thread": "1770000000.000100",
        "title": "Raise the Pro price to $15",
        "body": TEXT,
        "author": MANAGER,
        "url": "https://acme.slack.com/archives/C0PROPOSALS/p1770000000000100",
        "updated_at": NOW,
        "switches": switches or ("notice",),
    }
    return Proposal(**{**fields, **changes})


def review(*done: Deed | tuple[Actor, Deed], of: Proposal | None = None) -> Review:
    """The review of a proposal once these deeds are done: by the manager, or by who is named."""
    opened, _ = propose(of or proposal(), CATALOG, NOW)
    opened, _ = settle(None, opened, NOW)
    pairs = [each if isinstance(each, tuple) else (MANAGER, each) for each in done]
    acts = [Act(str(n), by, NOW, Door.SLACK, (deed,)) for n, (by, deed) in enumerate(pairs)]
    taken, _ = take(replace(opened, id=1, version=1), [], acts, NOW)
    return settle(opened, taken, NOW)[0]


def asked(of: Review, actor: Actor = MANAGER, state: Mapping[str, Any] | None = None) -> Asked:
    """This review as one person looks at it: its author answers, the others review too."""
    author = actor.id == of.subject.author.id
    who = Who(actor, answers=True, reviews=not author, is_author=author)
    by_user = {user: Actor(id, user) for id, user in USERS.items()}
    return Asked(
        of, who, USERS[actor.id], NOW, lambda user: by_user[user], slack=USERS, state=state or {}
    )
