"""A proposal gets its review: what is asked, who answers for it, until when."""

from __future__ import annotations

from datetime import datetime

from bot.core.acts import Act, Deed
from bot.core.answers import Door
from bot.core.course import Resolution
from bot.core.course_deeds import Assign, Decide, SetDue
from bot.core.facts import Actor
from bot.core.gate import settle
from bot.core.proposal import UNPOSTED, Proposal
from bot.core.propose import propose
from bot.core.refs import ProposalRef
from bot.core.take import take
from bot.flows.drafts.make_draft import promise_draft
from bot.flows.identity import key
from bot.flows.slack import facts
from bot.flows.slack.channels import seen_channel
from bot.flows.slack.people import meet, meet_user
from bot.flows.voice.offer_quotes import with_quotes
from bot.flows.world import World
from bot.ports import Transaction
from bot.ports_slack import Written
from bot.store import acts, inbox, proposals
from bot.views.forms.propose import Opening
from bot.views.slack_text import unescape


def open_proposal(
    world: World, who: facts.Who, opening: Opening, delivery: str, at: datetime
) -> None:
    """Open the review that a window asks for, and have its card posted; once."""
    ts = opening.ts or UNPOSTED + key("proposal", delivery)[:16]
    with world.store.read() as connection:
        if proposals.load(connection, opening.channel, ts) is not None:
            return
    channel = seen_channel(world, opening.channel, who.team)
    person = meet(world, who).actor
    written = _written(world, opening) if opening.ts else None
    author = _author(world, who, written)
    proposal = Proposal(
        channel=channel,
        ts=ts,
        thread=(written.thread if written else opening.thread or opening.ts) if opening.ts else "",
        title=opening.title,
        body=unescape(written.text) if written else opening.text or opening.title,
        author=author,
        url=world.slack.permalink(opening.channel, opening.ts) if opening.ts else "",
        updated_at=at,
        switches=opening.switches,
        overlays=opening.overlays,
    )
    now = world.clock()
    review, events = propose(proposal, world.catalog, now)
    deeds: list[Deed] = [SetDue(opening.due)] if opening.due else []
    if opening.owner:
        owner = meet_user(world, who.team, opening.owner).actor
        deeds += [Assign(owner)] if owner != author else []
    if opening.already:
        deeds.append(Decide(Resolution.APPROVED, opening.title, without_review=True))
    act = Act(key("slack", delivery), person, at, Door.SLACK, tuple(deeds))
    review, more = take(review, [], [act], now)
    review, settled = settle(None, with_quotes(world, review), now)

    def work(tx: Transaction) -> None:
        saved = world.save(tx, review, (*events, *more, *settled), quietly=True)
        acts.add(tx, saved.id, [act])
        world.publish_card(tx, ProposalRef(channel.id, ts), tell=opening.answer_to)
        world.publish_homes(tx, saved)
        promise_draft(world, tx, saved)

    world.store.write(work)


def _written(world: World, opening: Opening) -> Written | None:
    """The message as it was when its menu was opened: the delivery of that holds it, so that a
    channel need not be joined to be read."""
    with world.store.read() as connection:
        stored = inbox.load(connection, opening.told_by) if opening.told_by else None
    if stored is not None:
        chosen = facts.STORED.validate_json(stored[1])
        message = chosen.message if isinstance(chosen, facts.Chosen) else None
        if message is not None and message.ts == opening.ts:
            return Written(message.ts, message.thread, message.user, message.text)
    return world.slack.message(opening.channel, opening.ts)


def _author(world: World, who: facts.Who, written: Written | None) -> Actor:
    """Who wrote the message; for one that no person wrote, or that is none, who opened it."""
    if written is not None and written.user:
        return meet_user(world, who.team, written.user).actor
    return meet(world, who).actor
