"""Short fingerprints, by which a page knows what has changed since it was drawn."""

from __future__ import annotations

import hashlib

from bot.sandbox.records import PullRequest
from bot.sandbox.world import World


def fingerprint(text: str) -> str:
    """Twelve characters that differ when the text does."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:12]


def pulse(world: World, pull: PullRequest) -> str:
    """Changes whenever the page of this pull request would."""
    state = world.state
    with state.lock:
        comments = [(c.id, c.body) for c in state.comments_on(pull.number)]
        reactions = [list(world.conversation.reactions(number)) for number, _ in comments]
        runs = [repr(run) for run in state.checks_on(pull.head_sha)]
        queued = world.merging.queued(pull.number)
        return fingerprint(repr((pull, comments, reactions, runs, queued, world.trouble())))


def list_pulse(world: World) -> str:
    """Changes whenever the list of pull requests would."""
    state = world.state
    with state.lock:
        pulls = [
            (p.number, p.title, p.state, p.draft, p.labels, _latest(world, p))
            for p in state.pulls.values()
        ]
        return fingerprint(repr((pulls, world.trouble())))


def _latest(world: World, pull: PullRequest) -> str:
    return repr(world.state.latest_check(pull.head_sha, world.merging.required_check))
