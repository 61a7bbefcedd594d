"""Offer what customers said that fits a review: a person attaches it, never the bot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.core.checklist import Kind
from bot.core.facts import ChangedFile
from bot.core.prefill import Prefill, prose
from bot.core.proposal import Proposal
from bot.core.review import MOST_OFFERED, Review, State
from bot.core.tier import Tier
from bot.core.voice.quotes import quotes
from bot.core.voice.strings import strings
from bot.flows.world import World
from bot.store import reviews, voice_search, voice_vectors

AT_ONCE = 100  # reviews of one run
MOST = 10  # looked at: some may be attached already
LONGEST = 4_000  # characters of a description that are looked at


def with_quotes(world: World, review: Review, files: Sequence[ChangedFile] = ()) -> Review:
    """The review with the pieces on file that fit it best. None in the open, for what customers
    said is shown to nobody there; and none where nothing is asked."""
    asked = next((q for q, _ in review.asked if q.kind is Kind.EVIDENCE), None)
    if asked is None or review.public or review.tier is Tier.R0 or review.state is not State.OPEN:
        return replace(review, quotes=())
    subject, answer = review.subject, review.answer("who")
    private = subject.channel.private if isinstance(subject, Proposal) else False
    with world.store.read() as connection:
        if not voice_search.anything(connection):
            return replace(review, quotes=())
        found = voice_search.search(
            connection,
            [subject.title, prose(subject.body)[:LONGEST], *strings(files)],
            MOST,
            world.clock().date(),
            answer.picks if answer else (),
            subject.channel.id if isinstance(subject, Proposal) and private else "",
            world.meaning,
            strict=True,
        )
    known = {(piece.text, piece.link) for piece in review.evidence}
    new = [(f, worth) for f, worth in found if (f.piece.text, f.piece.link) not in known]
    return offering(review, quotes(asked.id, new))


def offering(review: Review, found: tuple[Prefill, ...]) -> Review:
    """The review with these quotes; a late tick may still accept those that stood there before."""
    gone = [quote for quote in review.quotes if quote not in found]
    offered = tuple(dict.fromkeys((*gone, *review.offered)))[:MOST_OFFERED]
    return replace(review, quotes=found, offered=offered)


def refresh_quotes(world: World, after: int = 0) -> None:
    """Offer anew to every open review, a hundred at a time: more is on file than before."""
    if world.meaning is not None:
        voice_vectors.read_all(world.store, world.meaning)
    with world.store.read() as connection:
        ids = reviews.open_ids(connection, after, AT_ONCE)
        found = [review for id in ids if (review := reviews.by_id(connection, id))]
    for review in found:
        fresh = with_quotes(world, review)
        if fresh.quotes != review.quotes:
            world.store.write(lambda tx, fresh=fresh: world.save(tx, fresh, ()))  # type: ignore[misc]
    if len(ids) == AT_ONCE:
        args = {"after": ids[-1]}
        world.store.write(
            lambda tx: world.jobs.enqueue(tx, "refresh_quotes", args, lock="refresh_quotes")
        )
