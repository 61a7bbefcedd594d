"""What every window is made from, and what comes of what was put into it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from bot.core.acts import Act, Deed
from bot.core.answers import Door
from bot.core.facts import Actor
from bot.core.refs import Ref, ref
from bot.core.replay import then
from bot.core.review import Review
from bot.core.rights import Who
from bot.views.slack_limits import Block

State = Mapping[str, Any]  # what a window remembers from one press to the next, as JSON
Values = Mapping[str, Any]  # as Slack tells it: block id -> action id -> what was put in


@dataclass(frozen=True, slots=True)
class Asked:
    """One review as one person looks at it, here and now.

    `user` is their id in Slack, `slack` gives the id of others by the id of their actor, where it
    is known, and `actor` whom a picked user id stands for. `drawn`: an attestation goes before a
    reviewer, by lot. `named`: the organisation names reviewers.
    """

    review: Review
    who: Who
    user: str
    now: datetime
    actor: Callable[[str], Actor]
    slack: Mapping[int, str] = field(default_factory=dict)
    state: State = field(default_factory=dict)
    drawn: bool = False
    named: bool = True
    customer_facing: bool = False

    @property
    def ref(self) -> Ref:
        return ref(self.review.subject)

    def metadata(self, **changes: Any) -> str:
        """What the window remembers: its review, its state, and these changes of it."""
        state = {**self.state, **changes, "ref": str(self.ref)}
        return json.dumps({name: value for name, value in state.items() if value}, sort_keys=True)

    def after(self, *deeds: Deed) -> Asked:
        """The same once these deeds are done."""
        review = self.review
        act = Act("", self.who.actor, self.now, Door.SLACK, deeds)
        for deed in deeds:
            review = then(review, deed, act)
        return replace(self, review=review)


@dataclass(frozen=True, slots=True)
class Read:
    """What a window that was sent comes to.

    `errors` are texts by block id; with any of them nothing is done. `show` is the window to show
    instead; None closes it. Neither deeds nor errors: nothing was changed.
    """

    deeds: tuple[Deed, ...] = ()
    errors: Mapping[str, str] = field(default_factory=dict)
    show: Block | None = None


def text(values: Values, block: str) -> str:
    """What was written into a field, without space around; empty if nothing was."""
    return str(_put_in(values, block).get("value") or "").strip()


def pick(values: Values, block: str) -> str:
    """The option that was picked; empty if none was."""
    option = _put_in(values, block).get("selected_option") or {}
    return str(option.get("value") or "")


def picks(values: Values, block: str) -> tuple[str, ...]:
    """The options that were picked."""
    options = _put_in(values, block).get("selected_options") or []
    return tuple(str(option["value"]) for option in options)


def user(values: Values, block: str) -> str:
    """The id of the user that was picked; empty if none was."""
    return str(_put_in(values, block).get("selected_user") or "")


def channel(values: Values, block: str) -> str:
    """The id of the channel that was picked; empty if none was."""
    found = _put_in(values, block)
    return str(found.get("selected_conversation") or found.get("selected_channel") or "")


def day(values: Values, block: str) -> date | None:
    """The day that was picked; None if none was."""
    written = _put_in(values, block).get("selected_date")
    return date.fromisoformat(written) if written else None


def has(values: Values, block: str) -> bool:
    """Whether the window had this field at all."""
    return block in values


def _put_in(values: Values, block: str) -> Mapping[str, Any]:
    """What stands in the one element of a block."""
    found: Mapping[str, Any] = next(iter((values.get(block) or {}).values()), {})
    return found
