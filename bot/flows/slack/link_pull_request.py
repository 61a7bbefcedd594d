"""A proposal and the pull request that carries it out: linked, agreed to, and in step."""

from __future__ import annotations

from datetime import datetime

from bot.core.acts import Act, TakeOver
from bot.core.answers import Door
from bot.core.facts import Actor
from bot.core.refs import ProposalRef, PullRequestRef, read_ref
from bot.core.review import Review
from bot.core.veil import veiled, veiled_answer
from bot.errors import UserError
from bot.flows.identity import key
from bot.flows.record import record
from bot.flows.slack import facts
from bot.flows.slack.look import load
from bot.flows.slack.people import meet, rights
from bot.flows.world import World
from bot.ports import Transaction
from bot.store import proposal_links, proposals, repositories, reviews
from bot.views.forms.link import Wish

UNKNOWN = "I do not watch that repository. Install the App there, or check the name."
UNSEEN = "I have not seen that pull request. Check the number; closed ones are not linked."


def not_linkable(world: World, wish: Wish) -> str:
    """Why this pull request cannot be linked; empty where it can."""
    with world.store.read() as connection:
        repository = repositories.by_name(connection, wish.full_name)
        if repository is None:
            return UNKNOWN
        found = reviews.load(connection, repository.id, wish.number)
    return "" if found is not None else UNSEEN


def link_pull_request(world: World, who: facts.Who, ref: str, wish: Wish, at: datetime) -> None:
    """Link from the card. Whoever could agree to it has agreed by that."""
    person = meet(world, who)
    with world.store.read() as connection:
        review = load(connection, read_ref(ref))
        repository = repositories.by_name(connection, wish.full_name)
    if review is None or repository is None:
        return
    may = rights(world.catalog.organisation, person, review)
    pull = PullRequestRef(repository.id, wish.number)
    note_link(world, review, pull, person.actor, at)
    if may.answers:
        confirm_link(world, review, pull, person.actor, at)


def note_link(world: World, review: Review, pull: PullRequestRef, by: Actor, at: datetime) -> None:
    """Somebody says that this pull request carries a proposal out."""

    def work(tx: Transaction) -> None:
        subject = proposal_links.subject_of(tx.connection, review.proposal)
        if subject is None:
            return
        if proposal_links.add(tx, subject, pull.repository, pull.number, by, at):
            world.publish_card(tx, _named(review))

    world.store.write(work)


def answer_link(world: World, who: facts.Who, pair: str, yes: bool, at: datetime) -> None:
    """The owner or a reviewer says whether a linked pull request carries the proposal out."""
    named, _, pulled = pair.partition(" ")
    pull = read_ref(pulled)
    person = meet(world, who)
    with world.store.read() as connection:
        review = load(connection, read_ref(named))
    if review is None or not isinstance(pull, PullRequestRef):
        return
    if not rights(world.catalog.organisation, person, review).answers:
        raise UserError("That is for the owner of the proposal, its author or a reviewer to say.")
    if yes:
        confirm_link(world, review, pull, person.actor, at)
        return

    def work(tx: Transaction) -> None:
        subject = proposal_links.subject_of(tx.connection, review.proposal)
        if subject is not None:
            proposal_links.refuse(tx, subject, pull.repository, pull.number)
            world.publish_card(tx, _named(review))

    world.store.write(work)


def confirm_link(
    world: World, review: Review, pull: PullRequestRef, by: Actor, at: datetime
) -> None:
    """From now on the pull request takes over what was answered for the proposal."""

    def work(tx: Transaction) -> bool:
        subject = proposal_links.subject_of(tx.connection, review.proposal)
        if subject is None:
            return False
        done = proposal_links.confirm(tx, subject, pull.repository, pull.number, by, at)
        world.publish_card(tx, _named(review))
        return done

    world.store.write(work)
    hand_down(world, review, pull, at)


def hand_down_all(world: World, channel: str, ts: str) -> None:
    """Have every linked pull request follow what is answered for the proposal now."""
    with world.store.read() as connection:
        review = proposals.load(connection, channel, ts)
        subject = proposal_links.subject_of(connection, review.proposal) if review else None
        links = proposal_links.of_proposal(connection, subject) if subject else []
    for link in links:
        if link.confirmed and review is not None:
            hand_down(world, review, PullRequestRef(link.repository, link.number), world.clock())


def hand_down(world: World, review: Review, pull: PullRequestRef, at: datetime) -> None:
    """The pull request takes over the answers to what it asks itself, shown as taken over.

    It asks by its own rules, so what only the proposal's kinds of change ask does not come along.
    What was said in a private channel comes without its words.
    """
    with world.store.read() as connection:
        heir = reviews.load(connection, pull.repository, pull.number)
    if heir is None:
        return
    asked = {question.id for question, _ in heir.asked}
    private = review.proposal.channel.private
    answers = tuple(
        veiled_answer(answer) if private else answer
        for answer in review.answers
        if answer.question in asked
    )
    evidence = veiled(review).evidence
    if not (answers or evidence):
        return
    taken = TakeOver(source(review), answers, evidence)
    name = key("inherits", str(_named(review)), str(pull), repr((answers, evidence)))
    act = Act(name, review.subject.author, at, Door.PROPOSAL, (taken,))
    record(world, heir, [act])


def source(review: Review) -> str:
    """How a pull request names the proposal: never by words from a private channel."""
    channel = review.proposal.channel
    return "a private proposal" if channel.private else f"the proposal in #{channel.name}"


def _named(review: Review) -> ProposalRef:
    return ProposalRef(review.proposal.channel.id, review.proposal.ts)
