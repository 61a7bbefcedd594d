"""One proposal as one person looks at it: what the windows and the card are made from."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import Connection

from bot.core.deciding import owner
from bot.core.facts import Actor
from bot.core.refs import ProposalRef, Ref, read_ref
from bot.core.review import Review
from bot.core.veil import veiled
from bot.errors import UserError
from bot.flows.identity import key
from bot.flows.slack import facts
from bot.flows.slack.people import known, named, rights, works_with_customers
from bot.flows.world import World
from bot.store import proposals, slack_people
from bot.views.forms.form import Asked

NONE_HERE = "There is no customer-impact review here any more. Open one from the message."


def remembered(metadata: str) -> Mapping[str, Any]:
    """What a window remembers; nothing where it cannot be read."""
    try:
        found = json.loads(metadata or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def load(connection: Connection, ref: Ref) -> Review | None:
    """The review that a button or window names; of a pull request only GitHub shows more."""
    return proposals.load(connection, ref.channel, ref.ts) if isinstance(ref, ProposalRef) else None


def look(
    world: World,
    who: facts.Who,
    ref: str,
    state: Mapping[str, Any],
    picked: Collection[str] = (),
) -> Asked:
    """The review of that name as this person looks at it now. `picked` are users who were picked
    in the window. Raises UserError."""
    with world.store.read() as connection:
        review = load(connection, read_ref(ref))
        if review is None:
            raise UserError(NONE_HERE)
        return seen_by(world, connection, who, review, state, picked)


def seen_by(
    world: World,
    connection: Connection,
    who: facts.Who,
    review: Review,
    state: Mapping[str, Any],
    picked: Collection[str] = (),
) -> Asked:
    """A review as this person looks at it now, in its own channel."""
    organisation, person = world.catalog.organisation, known(connection, who)

    people = {user: known(connection, facts.Who(who.team, user, "")).actor for user in picked}
    review = veiled(review, review.proposal.channel.id)
    return Asked(
        review=review,
        who=rights(organisation, person, review),
        user=who.user,
        now=world.clock(),
        actor=lambda user: people.get(user) or Actor(0, user),
        slack=slack_people.users_of(connection, people_on(review)),
        state=state,
        drawn=_drawn(world, review),
        named=named(organisation),
        customer_facing=works_with_customers(organisation, person),
    )


def people_on(review: Review) -> set[int]:
    """Everybody whom the card of a review may name."""
    course = review.course
    people: Iterable[Actor] = [
        owner(review),
        review.subject.author,
        *course.reviewers,
        *(consent.by for consent in course.consents),
        *(answer.by for answer in review.answers),
        *(piece.by for piece in review.evidence),
        *(waiver.by for waiver in review.waivers),
        *(ruling.by for ruling in review.rulings),
        *([course.decision.by] if course.decision else []),
        *([course.dismissal.by] if course.dismissal else []),
    ]
    return {person.id for person in people if person.id}


def _drawn(world: World, review: Review) -> bool:
    lot = int(key("lot", world.ledger_key, review.id), 16)
    return lot % 100 < review.thresholds.sampled_percent
