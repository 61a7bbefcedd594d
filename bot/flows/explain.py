"""Ask GitHub what a text said over time, where deliveries alone do not explain what it says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import pairwise

import structlog

from bot.core.acts import Act, Deed
from bot.core.answers import Door
from bot.core.facts import NOBODY, Actor, Version
from bot.errors import Rejected, Transient
from bot.flows.identity import edit_key, text_hash

log = structlog.get_logger()


def acts_of_history(
    versions: Sequence[Version],
    text: str,
    door: Door,
    deeds_between: Callable[[str, str, Actor], tuple[Deed, ...]],
) -> list[Act]:
    """Each edit in a history as the act that its delivery would have been.

    Edits that are alike in every respect are counted, so that each of them is there.
    """
    seen: Counter[str] = Counter()
    found: list[Act] = []
    for old, new in pairwise(versions):
        by = new.by or NOBODY
        before, after = text_hash(old.text), text_hash(new.text)
        alike = edit_key(text, new.at, by.id, before, after)
        key = edit_key(text, new.at, by.id, before, after, seen[alike])
        seen[alike] += 1
        nobody = new.by is None or new.by.is_bot
        deeds = () if nobody else deeds_between(old.text, new.text, by)
        found.append(Act(key, by, new.at, door, deeds, text, before, after))
    return found


def asked(ask: Callable[[], tuple[Version, ...]], holding: str) -> tuple[Version, ...]:
    """The history of a text, which must hold the version with this hash.

    Empty where GitHub cannot tell. Raises Transient where it does not know yet what we know: some
    of its copies lag behind.
    """
    try:
        versions = ask()
    except Rejected as error:
        log.warning("history.unknown", error=str(error), hint="waiting for the delivery instead")
        return ()
    if versions and holding not in {text_hash(version.text) for version in versions}:
        raise Transient("GitHub's history of a text lags behind its own webhooks.", 2.0)
    return versions


def doubtful(acts: Sequence[Act], act: Act) -> bool:
    """Whether another edit of the same second went the other way: then it may have happened again,
    and who counts by identity counts it once."""
    return any(
        other.at == act.at and (other.before, other.after) == (act.after, act.before)
        for other in acts
        if other.text == act.text
    )
