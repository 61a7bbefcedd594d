"""What the flows work with: the record, the ports, and what came in by the front door."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog

from bot.core.catalog import Catalog
from bot.core.events import Event
from bot.core.facts import Repository
from bot.core.pace import Rank
from bot.core.proposal import Proposal
from bot.core.refs import ProposalRef
from bot.core.review import Review
from bot.core.voice.meaning import Meaning
from bot.flows.drafts.drafter import Drafter
from bot.flows.figures import Counting
from bot.flows.nowhere import NO_SLACK
from bot.flows.pacer import Pacer
from bot.flows.patience import Patience
from bot.flows.unsent import Unsent
from bot.flows.windows import Windows
from bot.ports import GitHub, Jobs, Transaction, check_lock, pull_request_lock
from bot.ports_slack import Slack
from bot.store import (
    ledger,
    merge_groups,
    proposal_links,
    proposals,
    reviews,
    slack_people,
    surfaces,
    throttle,
)
from bot.store.store import Store

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
LATELY = timedelta(hours=12)  # who looked at the App Home since then sees it follow
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class World:
    """Handed to every flow. `clock` gives aware UTC times, `salt` fresh random bytes.

    `app_id` is 0 where there is no App and a token writes.
    """

    store: Store
    counting: Counting
    github: GitHub
    jobs: Jobs
    catalog: Catalog
    clock: Callable[[], datetime]
    salt: Callable[[], bytes]
    ledger_key: bytes
    app_id: int
    quiet: timedelta
    pacer: Pacer
    started: datetime = LONG_AGO  # when this process began
    patience: Patience = field(default_factory=Patience)
    unsent: Unsent = field(default_factory=Unsent)
    slack: Slack = NO_SLACK
    match_email: bool = False
    windows: Windows = field(default_factory=Windows)
    pages: str = ""  # where people find the pages; empty where links lead to none
    voice_key: bytes = b""  # makes digests of customers' names
    meaning: Meaning | None = None  # finds what says the same in other words; by an extra
    drafter: Drafter | None = None  # what drafts are made with; None where nothing is drafted

    @property
    def by_token(self) -> bool:
        """There is no App: a user's token reads and writes, and a status stands for the check."""
        return self.app_id == 0

    def save(
        self, tx: Transaction, review: Review, events: Iterable[Event], quietly: bool = False
    ) -> Review:
        """Write a review and what happened to it, and have its surfaces follow.

        `quietly`: they stay as they are until something else changes them.
        """
        saved = reviews.save(tx, review)
        self.note(tx, saved, events)
        if not quietly:
            self.publish(tx, saved)
        return saved

    def note(self, tx: Transaction, review: Review, events: Iterable[Event]) -> None:
        """Write into the ledger what happened to a review."""
        happened = tuple(events)
        ledger.append(tx, review.id, happened, self.clock(), self.salt())
        tx.after_commit.append(lambda: _tell(review, happened))

    def note_apart(self, tx: Transaction, review_id: int | None, events: Iterable[Event]) -> None:
        """Write into the ledger what changes no review, and may be about none (None)."""
        ledger.append(tx, review_id, tuple(events), self.clock(), self.salt())

    def publish(self, tx: Transaction, review: Review) -> None:
        """Have comment and check, or the card, made equal to the record, side by side."""
        self.publish_homes(tx, review)
        if isinstance(review.subject, Proposal):
            of = ProposalRef(review.subject.channel.id, review.subject.ts)
            self.publish_card(tx, of)
            if proposal_links.counting(tx.connection, review.subject):
                args = {"channel": of.channel, "ts": of.ts}
                self.jobs.enqueue(tx, "hand_down", args, lock=f"hand_down:{of}")
            return
        repository, number = review.subject.repository.id, review.subject.number
        self.publish_check(tx, repository, review.subject.head_sha)
        for head in merge_groups.heads_with(tx.connection, repository, number):
            self.publish_check(tx, repository, head)
        self.publish_comment(tx, repository, number)

    def publish_card(
        self, tx: Transaction, of: ProposalRef, tell: str = "", run_at: datetime | None = None
    ) -> None:
        """Have the card below a proposal made equal to the record. `tell` is where to say, once,
        why it cannot stand there."""
        args = {"channel": of.channel, "ts": of.ts} | ({"tell": tell} if tell else {})
        lock = f"card:{of.channel}:{of.ts}"
        self.jobs.enqueue(tx, "publish_card", args, lock=lock, run_at=run_at)

    def publish_homes(self, tx: Transaction, review: Review) -> None:
        """Have the App Home of those whom this concerns, and who looked at it lately, follow."""
        if self.slack is NO_SLACK:
            return
        people = [*proposals.people_of(tx.connection, review.id), review.subject.author.id]
        since = self.clock() - LATELY
        for team, user in slack_people.recently_home(tx.connection, people, since):
            args = {"team": team, "user": user}
            self.jobs.enqueue(tx, "publish_home", args, lock=f"home:{user}")

    def promise(self, tx: Transaction, kind: str, repository: int, key: str) -> None:
        """Something will be created there, and never was: the intent goes to disk with the record,
        so that the create need not wait for a commit of its own."""
        if surfaces.reserve(tx, kind, repository, key, self.clock()):
            tx.after_commit.insert(0, lambda: self.unsent.add(kind, repository, key))

    def publish_comment(
        self,
        tx: Transaction,
        repository: int,
        number: int,
        run_at: datetime | None = None,
        anew: bool = False,
    ) -> None:
        """Have the comment made equal to the record; `run_at` None means now."""
        lock = f"comment:{repository}:{number}"
        args = {"repository": repository, "number": number} | ({"anew": True} if anew else {})
        self.jobs.enqueue(tx, "publish_comment", args, lock=lock, run_at=run_at)

    def repost_comment(
        self, tx: Transaction, repository: int, number: int, run_at: datetime
    ) -> None:
        """Have the comment deleted and posted anew, in turn with its other writes."""
        args, lock = {"repository": repository, "number": number}, f"comment:{repository}:{number}"
        self.jobs.enqueue(tx, "repost_comment", args, lock=lock, run_at=run_at)

    def publish_check(
        self,
        tx: Transaction,
        repository: int,
        head_sha: str,
        force: bool = False,
        anew: bool = False,
        run_at: datetime | None = None,
    ) -> None:
        """Have the check of one commit made equal to the record; `anew` as the newest there.

        `run_at` None means now.
        """
        args = {"repository": repository, "head_sha": head_sha, "force": force}
        args |= {"anew": True} if anew else {}
        lock = check_lock(repository, head_sha)
        self.jobs.enqueue(tx, "publish_check", args, lock=lock, run_at=run_at)

    def visit(self, tx: Transaction, repository: int, number: int, run_at: datetime) -> None:
        """Have an open pull request looked at, in turn with what is told of it."""
        args = {"repository": repository, "number": number}
        lock = pull_request_lock(repository, number)
        self.jobs.enqueue(tx, "visit_pull_request", args, lock=lock, run_at=run_at)

    def hear(self, tx: Transaction, repository: int, number: int, comment: int) -> None:
        """Have a comment heard of which nobody told us, in turn with what is told."""
        args = {"repository": repository, "number": number, "comment": comment}
        self.jobs.enqueue(tx, "hear_comment", args, lock=pull_request_lock(repository, number))

    def react(self, tx: Transaction, repository: int, number: int, comment: int, how: str) -> None:
        """Have a reaction put below somebody's comment, once: however often it is asked for."""
        if not surfaces.first(tx, how, repository, str(comment)):
            return
        args = {"repository": repository, "number": number, "comment": comment, "how": how}
        self.jobs.enqueue(tx, "react", args, lock=f"reaction:{comment}")

    def reply(
        self,
        tx: Transaction,
        repository: int,
        number: int,
        comment: int,
        text: str,
        correcting: bool = False,
    ) -> None:
        """Have somebody's comment answered by one comment of ours.

        `correcting`: only in the place of one that says what was not taken, or waits.
        """
        args: dict[str, Any] = {"repository": repository, "number": number, "comment": comment}
        args |= {"text": text, "correcting": correcting}
        self.jobs.enqueue(tx, "reply", args, lock=f"reply:{comment}")

    def wait_for(self, installation: int) -> None:
        """Let GitHub rest as long as it asked us to. Raises NotYet."""
        self.pacer.ready(installation)

    def may_write(self, repository: Repository, rank: Rank, what: str) -> None:
        """Keep within what GitHub takes. Raises NotYet, for the job to come again in its turn.

        `what` names the write within its repository.
        """
        installation = repository.installation
        self.pacer.write(installation, rank, f"{repository.id}:{what}")
        if self.pacer.on:
            now = self.clock()
            self.store.submit(lambda tx: throttle.note_write(tx, installation, now))


def _tell(review: Review, events: tuple[Event, ...]) -> None:
    """One log line for each thing that happened, once it is on disk."""
    for event in events:
        log.info(event.name, review=review.id, subject=review.subject.name, **event.data)
