"""Have a model draft what is still open of a review. Nothing here touches the gate."""

from __future__ import annotations

from dataclasses import replace

import structlog
from sqlalchemy import Connection

from bot.core.checklist import Kind, Need, Question
from bot.core.drafting.budget import refused
from bot.core.drafting.claims import Verified
from bot.core.events import Event
from bot.core.facts import ChangedFile, PullRequest
from bot.core.gate import Gate, standing
from bot.core.organisation import Mode
from bot.core.review import MOST_OFFERED, Review, State
from bot.core.tier import Tier
from bot.flows.drafts.ask import TRIES, ask
from bot.flows.drafts.sent import Sent
from bot.flows.world import World
from bot.ports import Transaction
from bot.store import drafts, reviews, subjects
from bot.views import draft_words as words

PRIVACY = "privacy"  # the overlay of which nothing is drafted
DRAFTED = (Kind.LINE, Kind.PICK_LINE, Kind.SEGMENTS)  # a model picks nothing
log = structlog.get_logger()


def wanted(review: Review) -> list[Question]:
    """The questions that a draft may help with: asked, open, and answered in words."""
    if review.state is not State.OPEN or PRIVACY in review.overlays or review.tier is Tier.R0:
        return []
    lacking = {gap.question.id for gap in standing(review).missing}
    return [
        question
        for question, need in review.asked
        if need is not Need.HIDDEN
        and question.kind in DRAFTED
        and review.answer(question.id) is None
        if question.id in lacking or need is Need.OPTIONAL
    ]


def promise_draft(world: World, tx: Transaction, review: Review, asked: bool = False) -> None:
    """Have one made, unless it is promised already; unasked only from a tier on."""
    drafter = world.drafter
    if drafter is None or not wanted(review):
        return
    if asked or (_shown(review) and drafter.on_open and review.tier >= drafter.on_open):
        args = {"review": review.id}
        world.jobs.enqueue(tx, "make_draft", args, lock=f"draft:{review.id}")


def _shown(review: Review) -> bool:
    """Somebody is asked here and now, so somebody would see it."""
    open_now = standing(review).gate is Gate.PENDING and not review.quiet
    return open_now and review.mode is not Mode.SHADOW


def told_of_draft(world: World, review: Review) -> str:
    """What somebody is told who asks for one."""
    if world.drafter is None:
        return words.NO_MODEL
    if not wanted(review):
        return words.NOTHING_TO_DRAFT
    with world.store.read() as connection:
        spent = drafts.spent(connection, review.id, world.clock())
    why = refused(world.drafter.ceilings, spent)
    return words.no_draft(why) if why else words.DRAFTING


def make_draft(world: World, review: int) -> None:
    """Draft what is open now. Comes again where the model is busy; gives up after three tries."""
    drafter = world.drafter
    if drafter is None:
        return
    with world.store.read() as connection:
        found = reviews.by_id(connection, review)
        spent = drafts.spent(connection, review, world.clock())
        files = _files(connection, found)
    open_now = wanted(found) if found else []
    if found is None or not open_now:
        return
    if why := refused(drafter.ceilings, spent):
        log.info("draft.refused", review=review, why=why)
        return
    made = Sent.of(world, drafter, found, open_now, files)
    if made is None:
        log.info("draft.refused", review=review, why="a private key is in it")
        return
    with world.store.read() as connection:
        answered = drafts.known(connection, made.hash)
        tries = drafts.tries(connection, made.hash)
    if answered is None:
        if tries >= TRIES:
            return
        answered = ask(world, drafter, review, made, tries + 1)
    if answered is None:
        return
    _offer(world, found, made.verified(answered))


def _files(connection: Connection, review: Review | None) -> tuple[ChangedFile, ...]:
    if review is None or not isinstance(review.subject, PullRequest):
        return ()
    return subjects.any_files(connection, review.subject.repository.id, review.subject.number)


def _offer(world: World, review: Review, verified: Verified) -> None:
    """Put what was verified beside the questions; a review that moved meanwhile is read anew."""
    if verified.offers == review.drafted:
        return
    gone = [p for p in review.drafted if p not in verified.offers]
    offered = tuple(dict.fromkeys((*gone, *review.offered)))[:MOST_OFFERED]
    drafted = replace(review, drafted=verified.offers, offered=offered)
    data = dict(verified.counts)
    world.store.write(lambda tx: world.save(tx, drafted, (Event("draft.made", data),)))
