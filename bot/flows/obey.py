"""Do what a comment says, line by line; show that it was done, or say once what is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from bot.core import commands as c
from bot.core.acts import Act, Deed, Suggest
from bot.core.commanding import OnlyKept, decide, may_need_reviewer, suggested
from bot.core.replay import then
from bot.core.review import Review
from bot.core.rights import Who
from bot.core.suggestions import MOST_HEARD, Suggestion, kept
from bot.core.tiering import consequence
from bot.errors import UserError
from bot.flows.drafts.make_draft import promise_draft, told_of_draft
from bot.flows.identity import key
from bot.flows.people import who
from bot.flows.react import DONE, SEEN
from bot.flows.record import record
from bot.flows.world import World
from bot.ports import Transaction
from bot.store import acts
from bot.views import reply as words


@dataclass
class Orders:
    """The commands of one comment being done: what they came to so far.

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
    draft: bool = False
    taken: int = 0

    @property
    def repository(self) -> int:
        return self.review.pull_request.repository.id

    def did(self, deed: Deed) -> None:
        """One more deed of this comment; the lines that follow see what it did."""
        self.act = replace(self.act, deeds=(*self.act.deeds, deed))
        self.review = then(self.review, deed, self.act)


def obey(world: World, orders: Orders) -> None:
    """Do the commands of somebody who may answer; keep the answers of anybody else as suggestions,
    without a word."""
    before = orders.review
    if orders.lines:
        where = (orders.repository, orders.number, orders.act.comment or 0)
        world.store.write(lambda tx: world.react(tx, *where, SEEN))
        person = _person(world, orders)
        if person.answers:
            _do(world, orders, person)
        else:
            _suggest(world, orders)
            if not orders.act.deeds:
                return
    record(world, before, [orders.act], lambda tx, _: _tell(world, tx, orders))


def _person(world: World, orders: Orders) -> Who:
    reviewing = any(line.command and may_need_reviewer(line.command) for line in orders.lines)
    return who(world, orders.review.pull_request, orders.act.by, orders.association, reviewing)


def _suggest(world: World, orders: Orders) -> None:
    """None beyond what can be shown: strangers fill neither the comment nor the disk."""
    with world.store.read() as connection:
        known = acts.load(connection, orders.review.id)
    if sum(_only_suggests(act) for act in known) >= MOST_HEARD:
        return
    act, suggestions = orders.act, orders.review.suggestions
    for line in orders.lines:
        deed = suggested(line.command) if line.command else None
        if deed is None:
            continue
        new = Suggestion(deed.question, deed.given, act.by, act.at, act.door, comment=act.comment)
        with_it = kept(suggestions, new)
        if with_it != suggestions:
            suggestions = with_it
            orders.did(deed)


def _only_suggests(act: Act) -> bool:
    return any(isinstance(deed, Suggest) and not deed.held for deed in act.deeds)


def _do(world: World, orders: Orders, person: Who) -> None:
    for line in orders.lines:
        if line.command is None:
            orders.errors.append(line)
            continue
        try:
            deed = _deed(world, orders, line.command, person)
        except UserError as error:
            orders.errors.append(replace(line, command=None, error=str(error), refused=True))
            if isinstance(error, OnlyKept):
                orders.did(error.deed)
            continue
        if deed is not None:
            orders.did(deed)
        if isinstance(deed, Suggest):
            orders.waiting.append(_waiting(orders, line, deed))
        else:
            orders.taken += 1


def _waiting(orders: Orders, line: c.Line, deed: Suggest) -> words.Waiting:
    held = next(s for s in orders.review.suggestions if s.held and s.question == deed.question)
    return words.Waiting(line.number, deed.question, *consequence(orders.review, held))


def _deed(world: World, orders: Orders, command: c.Command, person: Who) -> Deed | None:
    """What goes on the record; None for a command that only asks something of the bot."""
    match command:
        case c.Help():
            orders.replies.append(words.help_text(orders.review.checklist, world.clock().date()))
        case c.Status():
            orders.replies.append(words.status_text(orders.review))
        case c.Recheck():
            orders.recheck = True
        case c.DraftAsked():
            orders.draft = True
            orders.replies.append(told_of_draft(world, orders.review))
        case _:
            return decide(orders.review, command, person, _drawn(world, orders.review))
    return None


def _drawn(world: World, review: Review) -> bool:
    """Whether an attestation of this review is put before a reviewer: by a lot that is drawn once,
    and that nobody outside can foresee."""
    lot = int(key("lot", world.ledger_key, review.id), 16)
    return lot % 100 < review.thresholds.sampled_percent


def _tell(world: World, tx: Transaction, orders: Orders) -> None:
    """Show that it was done; or say once what was not, and why.

    After an edit of which nothing is to be said, a reply that asked for it is put right.
    """
    where = (orders.repository, orders.number, orders.act.comment or 0)
    if orders.recheck:
        world.visit(tx, orders.repository, orders.number, world.clock())
        if world.by_token:  # a status has no Re-run, and others may have posted over it
            head = orders.review.pull_request.head_sha
            world.publish_check(tx, orders.repository, head, force=True)
    if orders.draft:
        promise_draft(world, tx, orders.review, asked=True)
    heard = bool(orders.taken or orders.waiting or orders.errors)
    if orders.waiting:
        orders.replies.append(words.waiting_text(orders.waiting))
    wrong = sorted([*orders.errors, *orders.wrong], key=lambda line: line.number)
    if wrong and (heard or not orders.lines):
        orders.replies.append(words.error_text(wrong, orders.taken))
    elif orders.taken and not orders.waiting:
        world.react(tx, *where, DONE)
    if orders.replies and heard:
        world.reply(tx, *where, "\n\n".join(dict.fromkeys(orders.replies)))
    elif orders.edited and (heard or not orders.lines):
        text = "".join(orders.replies) or words.corrected_text()
        world.reply(tx, *where, text, correcting=True)
