"""Make the card below a proposal, and the line of its decision, equal to the record."""

from __future__ import annotations

import json
from datetime import timedelta

import structlog
from sqlalchemy import Connection

from bot.core.gate import Gate, standing
from bot.core.proposal import Proposal
from bot.core.refs import ProposalRef, PullRequestRef
from bot.core.review import Review
from bot.core.veil import veiled
from bot.errors import NotYet, Refused, Rejected, Transient
from bot.flows.slack.look import people_on
from bot.flows.slack.people import named
from bot.flows.world import World
from bot.ports import Closing, Transaction
from bot.store import cards, proposal_links, proposals, slack_people
from bot.store.cards import CARD, DECISION, Card
from bot.store.proposal_links import Link
from bot.views.page_links import page_of
from bot.views.slack_card import LinkLine, card, decision_line
from bot.views.slack_limits import Block
from bot.views.slack_says import cannot_post

TOGETHER = timedelta(seconds=2)  # changes within this time are one edit
SETTLES = timedelta(seconds=10)  # after which a post that nobody saw did not happen
GONE = ("message_not_found", "cant_update_message", "thread_not_found")
log = structlog.get_logger()


def publish_card(world: World, channel: str, ts: str, tell: str = "") -> Closing | None:
    """Post or edit the card, if it says something else than the record; then the line of the
    decision, once there is one. `tell` is where to say, once, why the card cannot stand there."""
    with world.store.read() as connection:
        review = proposals.load(connection, channel, ts)
        if review is None:
            return None
        subject = cards.subject_of(connection, review.id)
        stands = cards.load(connection, subject, CARD)
        said = cards.load(connection, subject, DECISION)
        shown = _card(world, connection, review, subject)
        people = slack_people.users_of(connection, people_on(review))
    if not stands.ts and standing(review).gate is Gate.NOT_NEEDED and not review.answers:
        return None
    try:
        if stands.live != _text(shown):
            return _write(world, review, subject, CARD, stands, shown)
        if review.course.decision is not None:
            line = decision_line(review, people)
            if said.live != _text(line):
                return _write(world, review, subject, DECISION, said, line, stands.ts)
    except Refused as error:
        _tell(world, review, error, tell)
    return None


def _card(world: World, connection: Connection, review: Review, subject: int) -> Block:
    of = ProposalRef(review.proposal.channel.id, review.proposal.ts)
    links = [_line(link, of) for link in proposal_links.of_proposal(connection, subject)]
    people = slack_people.users_of(connection, people_on(review))
    review = veiled(review, review.proposal.channel.id)
    return card(
        review, people, links, named(world.catalog.organisation), page_of(review, world.pages)
    )


def _line(link: Link, of: ProposalRef) -> LinkLine:
    name = f"{link.full_name}#{link.number}"
    pair = f"{of} {PullRequestRef(link.repository, link.number)}"
    return LinkLine(name, link.url, link.confirmed, pair, link.by.login)


def _text(message: Block) -> str:
    return json.dumps(message, sort_keys=True)


def _write(
    world: World,
    review: Review,
    subject: int,
    kind: str,
    stands: Card,
    message: Block,
    thread: str = "",
) -> Closing:
    """Post or edit one message; gives what to note once it is written."""
    proposal = review.proposal
    rest = stands.live_at + TOGETHER - world.clock() if stands.live_at else timedelta()
    if timedelta() < rest <= TOGETHER:
        raise NotYet("a moment, so that several changes are one edit", rest.total_seconds())
    ts = stands.ts
    if ts:
        try:
            world.slack.edit(proposal.channel.id, ts, message)
        except Refused as error:
            if error.reason not in GONE:
                raise
            world.store.write(lambda tx: cards.gone(tx, subject, kind, ts))
            stands, ts = Card(), ""
    if not ts:
        ts = _post(world, proposal, subject, kind, stands, message, proposal.thread or thread)
    log.info("card.published", review=review.id, subject=proposal.name, kind=kind)
    again = ProposalRef(proposal.channel.id, proposal.ts)

    def work(tx: Transaction) -> None:
        cards.done(tx, subject, kind, ts, _text(message), world.clock())
        if kind == CARD and review.course.decision is not None:
            world.publish_card(tx, again)  # for the line of the decision

    return work


def _post(
    world: World,
    proposal: Proposal,
    subject: int,
    kind: str,
    stands: Card,
    message: Block,
    thread: str,
) -> str:
    """Post it once: where a post was begun, look whether it stands before posting again."""
    channel, key = proposal.channel.id, f"{kind}:{subject}"
    if stands.begun:
        if found := world.slack.find(channel, thread, key):
            world.slack.edit(channel, found, message)
            return found
        if stands.begun_at and world.clock() < stands.begun_at + SETTLES:
            raise NotYet("what was posted may still appear", 2.0)
    world.store.write(lambda tx: cards.begin(tx, subject, kind, world.clock()))
    try:
        return world.slack.post(channel, thread, message, key)
    except (Refused, NotYet):  # it was not taken, so nothing may still appear
        world.store.write(lambda tx: cards.not_made(tx, subject, kind))
        raise


def _tell(world: World, review: Review, error: Refused, tell: str) -> None:
    """The card cannot stand there; whoever asked for it hears why, once."""
    log.warning("card.refused", subject=review.subject.name, reason=error.reason)
    if not tell:
        return
    try:
        world.slack.respond(tell, cannot_post(error.reason))
    except (Rejected, Transient) as failed:
        log.warning("card.not_told", subject=review.subject.name, error=str(failed))
