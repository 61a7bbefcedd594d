"""The description is a door too: what it says under its heading counts, and mails nobody."""

from __future__ import annotations

from bot.core.acts import Act, Deed
from bot.core.answers import Door
from bot.core.checklist import Checklist
from bot.core.facts import Actor, PullRequest, Version
from bot.core.order import in_order
from bot.core.prefill import Prefill
from bot.core.review import Review
from bot.core.tiering import held_back
from bot.flows.explain import PATIENCE, acts_of_history, asked, edits, second_of
from bot.flows.identity import edit_key, key, text_hash
from bot.flows.world import World
from bot.store import acts
from bot.views.github_description import deeds_between, may_answer, offers


def opening_act(review: Review, seen: PullRequest) -> Act:
    """What the description said when the pull request was opened, as its author's word.

    Where an edit is the first that we hear of, it said what that edit began with.
    """
    body = seen.edited.before if seen.edited else seen.body
    at = seen.created_at or seen.updated_at
    id = key(_name(seen), "opened")
    deeds = _deeds(review, "", body, seen.author)
    return Act(id, seen.author, at, Door.DESCRIPTION, deeds, _name(seen), "", text_hash(body))


def edit_act(review: Review, seen: PullRequest) -> Act | None:
    """What an edit of the description changed; None for an event that is none."""
    if seen.edited is None:
        return None
    by, before = seen.edited.by, seen.edited.before
    hashes = text_hash(before), text_hash(seen.body)
    id = edit_key(_name(seen), seen.updated_at, by.id, *hashes)
    deeds = _deeds(review, before, seen.body, by)
    return Act(id, by, seen.updated_at, Door.DESCRIPTION, deeds, _name(seen), *hashes)


def edit_acts(world: World, old: Review, seen: PullRequest) -> list[Act]:
    """The same, with the other edits that GitHub names where it may have happened twice."""
    act = edit_act(old, seen)
    if act is None:
        return []
    with world.store.read() as connection:
        known = acts.load(connection, old.id)
    return edits(
        act,
        known,
        text_hash(old.subject.body),
        lambda: _history(world, seen),
        lambda before, after, by: _deeds(old, before, after, by),
        lambda longest: world.patience.left(second_of(act), world.clock(), longest),
    )


def unheard_acts(world: World, old: Review, seen: PullRequest) -> list[Act]:
    """What the description says now that no event told us, or not yet: GitHub names who wrote it;
    where it cannot, it is the author's word."""
    now = text_hash(seen.body)
    if not may_answer(old.subject.body + seen.body, old.checklist) or _told(world, old, seen, now):
        return []
    history = acts_of_history(
        asked(
            lambda: _history(world, seen), now, world.patience.left(now, world.clock(), PATIENCE)
        ),
        _name(seen),
        Door.DESCRIPTION,
        lambda before, after, by: _deeds(old, before, after, by),
    )
    if history:
        return history
    hashes = text_hash(old.subject.body), now
    id = edit_key(_name(seen), seen.updated_at, seen.author.id, *hashes)
    deeds = _deeds(old, old.subject.body, seen.body, seen.author)
    act = Act(id, seen.author, seen.updated_at, Door.DESCRIPTION, deeds, _name(seen), *hashes)
    return [act] if deeds else []


def _told(world: World, old: Review, seen: PullRequest, now: str) -> bool:
    """Whether the last edit that we heard of left the description as it is now."""
    with world.store.read() as connection:
        known = acts.load(connection, old.id)
    edited = in_order(act for act in known if act.text == _name(seen))
    return bool(edited) and edited[-1].after == now


def _history(world: World, seen: PullRequest) -> tuple[Version, ...]:
    world.wait_for(seen.repository.installation)
    return world.github.description_history(seen.repository, seen.number)


def _name(seen: PullRequest) -> str:
    return f"description:{seen.repository.id}:{seen.number}"


def offered_by_bot(seen: PullRequest, checklist: Checklist) -> tuple[Prefill, ...]:
    """What a bot that opened the pull request wrote there is nobody's answer: it is offered."""
    if not seen.author.is_bot or not may_answer(seen.body, checklist):
        return ()
    return offers(seen.body, checklist)


def _deeds(review: Review, before: str, after: str, by: Actor) -> tuple[Deed, ...]:
    if by.is_bot or not may_answer(before + after, review.checklist):
        return ()
    deeds = deeds_between(before, after, review.checklist)
    return tuple(held_back(review, deed) for deed in deeds)
