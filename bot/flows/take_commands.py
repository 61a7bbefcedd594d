"""Somebody wrote `/impact …`, changed what they wrote, or deleted it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.core import commands as c
from bot.core.acts import Act, Withdraw
from bot.core.answers import Door
from bot.core.facts import Actor, CommentCreated, CommentDeleted, CommentEdited
from bot.core.review import Review
from bot.flows.identity import comment_text, edit_key, key, text_hash
from bot.flows.obey import Orders, obey
from bot.flows.ourselves import OURS
from bot.flows.record import record
from bot.flows.slack.link_people import take_code
from bot.flows.sync_pull_request import sync_pull_request
from bot.flows.world import World
from bot.store import acts, reviews, subjects

SECOND = timedelta(seconds=1)  # in which GitHub counts
WORD = "/impact"


def take_commands(world: World, fact: CommentCreated) -> None:
    """A comment was posted: every line of it that is a command."""
    if fact.by.is_bot or WORD not in fact.body.lower():
        return
    take_code(world, fact)
    today, checklist = world.clock().date(), world.catalog.checklist
    if not c.read_commands(fact.body, checklist, today):
        return
    review = _review(world, fact)
    if review is None:
        return
    lines = c.read_commands(fact.body, review.checklist, today)
    act = _act(fact.comment_id, fact.by, fact, "", fact.body)
    if lines and not _known(world, act):
        obey(world, Orders(review, fact.number, act, lines, fact.association))


def take_changed_commands(world: World, fact: CommentEdited) -> None:
    """A comment was edited: lines that are new count, of lines that are gone it is noted that the
    comment does not say so any more.

    Where GitHub does not say what stood there before, nobody can tell what is new.
    """
    if fact.by.is_bot or fact.before is None or WORD not in (fact.before + fact.after).lower():
        return
    review = _review(world, fact)
    if review is None:
        return
    today = world.clock().date()
    new, gone = c.lines_between(fact.before, fact.after, review.checklist, today)
    wrong = c.still_wrong(fact.after, new, review.checklist, today)
    mended = any(line.error for line in gone)
    act = _act(fact.comment_id, fact.by, fact, fact.before, fact.after)
    told = {line.command.question for line in gone if isinstance(line.command, c.AnswerGiven)}
    if told:
        withdrawn = Withdraw(fact.comment_id, deleted=False, questions=tuple(sorted(told)))
        act = replace(act, deeds=(withdrawn,))
    association = fact.association if fact.by.id == fact.author.id else None
    if (new or told or mended) and not _known(world, act):
        obey(world, Orders(review, fact.number, act, new, association, wrong, edited=True))


def withdraw_commands(world: World, fact: CommentDeleted) -> None:
    """A comment was deleted: what was answered in it stays, marked; suggestions go.

    Also where the comment itself is not heard of yet: its delivery may come later.
    """
    with world.store.read() as connection:
        review = reviews.load(connection, fact.repository.id, fact.number)
        known = acts.load(connection, review.id) if review else []
    spoke = [act for act in known if act.comment == fact.comment_id]
    unheard = WORD in fact.body.lower() and OURS not in fact.body
    if review is None or not (spoke or unheard):
        return
    # GitHub does not say when; that it was later than all that the comment said is sure.
    at = max([world.clock(), *(said + SECOND for said in (fact.at, *(act.at for act in spoke)))])
    deeds = (Withdraw(fact.comment_id, deleted=True),)
    gone = Act(key("deleted", fact.comment_id), fact.by, at, Door.COMMAND, deeds)
    record(world, review, [gone])


def _review(world: World, fact: CommentCreated | CommentEdited) -> Review | None:
    """The review of the pull request below which the comment stands; looked at if never seen.

    None for one that was closed before we ever saw it open.
    """
    repository, number = fact.repository, fact.number
    with world.store.read() as connection:
        review = reviews.load(connection, repository.id, number)
        closed = subjects.updated_at(connection, repository.id, number) is not None
    if review is not None or closed:
        return review
    sync_pull_request(world, repository, number, None)
    with world.store.read() as connection:
        return reviews.load(connection, repository.id, number)


def _act(
    comment: int, by: Actor, fact: CommentCreated | CommentEdited, before: str, after: str
) -> Act:
    """The act that a comment, or an edit of it, comes to; its deeds join later."""
    name = comment_text(comment)
    hashes = text_hash(before) if before else "", text_hash(after)
    id = edit_key(name, fact.at, by.id, *hashes)
    return Act(id, by, fact.at, Door.COMMAND, (), name, *hashes, comment=comment)


def _known(world: World, act: Act) -> bool:
    with world.store.read() as connection:
        return acts.known(connection, act.key)
