"""Somebody wrote `/impact …`: do it, show that it was seen and done, or say once what is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from bot.core import commands as c
from bot.core.acts import Act, Deed, Suggest, Withdraw
from bot.core.answers import Door
from bot.core.commanding import Draw, decide, needs_reviewer, suggested
from bot.core.facts import Actor, CommentCreated, CommentDeleted, CommentEdited
from bot.core.review import Review
from bot.core.rights import Who
from bot.core.take import take
from bot.core.tiering import consequence
from bot.errors import UserError
from bot.flows.identity import edit_key, key, text_hash
from bot.flows.people import who
from bot.flows.react import DONE, SEEN
from bot.flows.record import record
from bot.flows.sync_pull_request import sync_pull_request
from bot.flows.world import World
from bot.ports import Transaction
from bot.store import acts, reviews
from bot.views import reply as words

WORD = "/impact"


def take_commands(world: World, fact: CommentCreated) -> None:
    """A comment was posted: every line of it that is a command."""
    if fact.by.is_bot or WORD not in fact.body.lower():
        return
    review = _review(world, fact)
    if review is None:
        return
    lines = c.read_commands(fact.body, review.checklist, world.clock().date())
    act = _act(fact.comment_id, fact.by, fact, "", fact.body)
    if lines and not _known(world, act):
        _do(world, _Job(review, fact.number, act, lines, fact.association))


def take_changed_commands(world: World, fact: CommentEdited) -> None:
    """A comment was edited: lines that are new count, of lines that are gone it is noted that the
    comment does not say so any more."""
    before = fact.before or ""
    if fact.by.is_bot or WORD not in (before + fact.after).lower():
        return
    review = _review(world, fact)
    if review is None:
        return
    today = world.clock().date()
    new, gone = c.lines_between(before, fact.after, review.checklist, today)
    wrong = c.still_wrong(fact.after, new, review.checklist, today)
    mended = any(line.error for line in gone)
    act = _act(fact.comment_id, fact.by, fact, before, fact.after)
    told = {line.command.question for line in gone if isinstance(line.command, c.AnswerGiven)}
    if told:
        withdrawn = Withdraw(fact.comment_id, deleted=False, questions=tuple(sorted(told)))
        act = replace(act, deeds=(withdrawn,))
    association = fact.association if fact.by.id == fact.author.id else None
    if (new or told or mended) and not _known(world, act):
        _do(world, _Job(review, fact.number, act, new, association, wrong, edited=True))


def withdraw_commands(world: World, fact: CommentDeleted) -> None:
    """A comment was deleted: what was answered in it stays, marked; suggestions go."""
    review = _review(world, fact, sync=False)
    if review is None:
        return
    with world.store.read() as connection:
        known = acts.load(connection, review.id)
    if not any(act.comment == fact.comment_id for act in known):
        return
    # GitHub does not say when; that it was later than all that the comment said is sure.
    at = max([world.clock(), fact.at, *(a.at for a in known if a.comment == fact.comment_id)])
    deeds = (Withdraw(fact.comment_id, deleted=True),)
    gone = Act(key("deleted", fact.comment_id), fact.by, at, Door.COMMAND, deeds)
    record(world, review, [gone])


def _review(
    world: World, fact: CommentCreated | CommentEdited | CommentDeleted, sync: bool = True
) -> Review | None:
    """The review of the pull request below which the comment stands; looked at if never seen."""
    with world.store.read() as connection:
        review = reviews.load(connection, fact.repository.id, fact.number)
    if review is not None or not sync:
        return review
    sync_pull_request(world, fact.repository, fact.number, None)
    with world.store.read() as connection:
        return reviews.load(connection, fact.repository.id, fact.number)


def _act(
    comment: int, by: Actor, fact: CommentCreated | CommentEdited, before: str, after: str
) -> Act:
    """The act that a comment, or an edit of it, comes to; its deeds join later."""
    name = f"comment:{comment}"
    hashes = text_hash(before) if before else "", text_hash(after)
    id = edit_key(name, fact.at, by.id, *hashes)
    return Act(id, by, fact.at, Door.COMMAND, (), name, *hashes, comment=comment)


def _known(world: World, act: Act) -> bool:
    with world.store.read() as connection:
        return acts.known(connection, act.key)


@dataclass
class _Job:
    """One comment's commands being done: what they came to so far.

    `wrong` are lines that an edit left as they are, and that still cannot be read.
    """

    review: Review
    number: int
    act: Act
    lines: Sequence[c.Line]
    association: str | None
    wrong: Sequence[c.Line] = ()
    edited: bool = False
    errors: list[c.Line] = field(default_factory=list)
    waiting: list[words.Waiting] = field(default_factory=list)
    replies: list[str] = field(default_factory=list)
    recheck: bool = False
    taken: int = 0

    @property
    def repository(self) -> int:
        return self.review.subject.repository.id


def _do(world: World, job: _Job) -> None:
    if job.lines:
        where = (job.repository, job.number, job.act.comment or 0)
        world.store.write(lambda tx: world.react(tx, *where, SEEN))
    held = job.review
    person = _person(world, job) if job.lines else None
    if person is not None and person.answers:
        _obey(world, job, person)
    elif person is not None:
        deeds = (suggested(line.command) for line in job.lines if line.command)
        job.act = replace(job.act, deeds=(*job.act.deeds, *(d for d in deeds if d)))
    stranger = person is not None and not person.answers
    record(world, held, [job.act], lambda tx, _: _tell(world, tx, job), quietly=stranger)


def _person(world: World, job: _Job) -> Who:
    reviewing = any(line.command and needs_reviewer(job.review, line.command) for line in job.lines)
    return who(world, job.review.subject, job.act.by, job.association, reviewing)


def _obey(world: World, job: _Job, person: Who) -> None:
    """One line after the other; each sees what the lines before it did."""
    with world.store.read() as connection:
        known = acts.load(connection, job.review.id)
    for line in job.lines:
        if line.command is None:
            job.errors.append(line)
            continue
        try:
            deed = _deed(world, job, line.command, person)
        except UserError as error:
            job.errors.append(replace(line, command=None, error=str(error)))
            continue
        if deed is not None:
            job.act = replace(job.act, deeds=(*job.act.deeds, deed))
            job.review, _ = take(job.review, known, [job.act], world.clock())
        if isinstance(deed, Suggest):
            job.waiting.append(_waiting(job, line, deed))
        else:
            job.taken += 1


def _waiting(job: _Job, line: c.Line, deed: Suggest) -> words.Waiting:
    held = next(s for s in job.review.suggestions if s.held and s.question == deed.question)
    return words.Waiting(line.number, deed.question, *consequence(job.review, held))


def _deed(world: World, job: _Job, command: c.Command, person: Who) -> Deed | None:
    """What goes on the record; None for a command that only asks something of the bot."""
    match command:
        case c.Help():
            job.replies.append(words.help_text(job.review.checklist, world.clock().date()))
        case c.Status():
            job.replies.append(words.status_text(job.review))
        case c.Recheck():
            job.recheck = True
        case _:
            drawn = int.from_bytes(world.salt()[:4]) % 100 < job.review.thresholds.sampled_percent
            return decide(job.review, command, person, Draw(drawn))
    return None


def _tell(world: World, tx: Transaction, job: _Job) -> None:
    """Show that it was done; or say once what was not, and why.

    After an edit of which nothing is to be said, a reply that asked for it is put right.
    """
    where = (job.repository, job.number, job.act.comment or 0)
    if job.recheck:
        world.visit(tx, job.repository, job.number, world.clock())
    heard = bool(job.taken or job.waiting or job.errors)
    if job.waiting:
        job.replies.append(words.waiting_text(job.waiting))
    wrong = sorted([*job.errors, *job.wrong], key=lambda line: line.number)
    if wrong and (heard or not job.lines):
        job.replies.append(words.error_text(wrong, job.taken))
    elif job.taken and not job.waiting:
        world.react(tx, *where, DONE)
    if job.replies and heard:
        world.reply(tx, *where, "\n\n".join(dict.fromkeys(job.replies)))
    elif job.edited and (heard or not job.lines):
        text = "".join(job.replies) or words.corrected_text()
        world.reply(tx, *where, text, correcting=True)
