"""Ask GitHub what a text said over time, where deliveries alone do not explain what it says."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from datetime import timedelta
from itertools import pairwise

import structlog

from bot.core.acts import Act, Deed
from bot.core.answers import Door
from bot.core.facts import NOBODY, Actor, Version
from bot.errors import NotYet, Rejected, Upstream
from bot.flows.identity import edit_key, text_hash

LAG = timedelta(seconds=5)  # for which GitHub's copies may not know yet what its webhooks told
PATIENCE = timedelta(minutes=1)  # for a version that GitHub's history does not hold
log = structlog.get_logger()


def edits(
    act: Act,
    known: Sequence[Act],
    live: str,
    ask: Callable[[], tuple[Version, ...]],
    deeds_between: Callable[[str, str, Actor], tuple[Deed, ...]],
    wait: Callable[[timedelta], bool],
) -> list[Act]:
    """This edit; where deliveries alone do not explain it, every edit that GitHub names.

    `live` is the hash of the text that we believe to stand there, `ask` asks for the history, and
    `wait` says whether that long is not over yet since edits of this text and second were first
    asked about. Raises NotYet while GitHub may not have all of it.
    """
    if _explained(known, act, live) and not _doubtful(known, act):
        return [act]
    versions = asked(ask, act.after, wait(PATIENCE))
    history = acts_of_history(versions, act.text, act.door, deeds_between)
    keys, told = {found.key for found in history}, {one.key for one in known}
    twice = history and act.key in told and keys <= told and not act.by.is_bot
    if twice and wait(LAG):
        raise NotYet("GitHub's history of a text may lag behind its own webhooks.", 1.0)
    return history if act.key in keys else [*history, act]


def second_of(act: Act) -> str:
    """What is waited for at once: once GitHub had time to know a second, it knows all of it."""
    return f"{act.text} {act.at.isoformat(timespec='seconds')}"


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


def asked(
    ask: Callable[[], tuple[Version, ...]], holding: str, patient: bool
) -> tuple[Version, ...]:
    """The history of a text, which should hold the version with this hash.

    Empty where GitHub cannot tell. Raises NotYet where it does not know yet what we know, for
    some of its copies lag behind; unless we waited long enough, for what is older than a hundred
    edits, or was taken out of the history, never comes.
    """
    try:
        versions = ask()
    except Upstream as error:
        if patient and not isinstance(error, Rejected):
            raise
        log.warning("history.unknown", error=str(error), hint="waiting for the delivery instead")
        return ()
    if patient and versions and holding not in {text_hash(version.text) for version in versions}:
        raise NotYet("GitHub's history of a text lags behind its own webhooks.", 2.0)
    return versions


def _explained(known: Sequence[Act], act: Act, live: str) -> bool:
    """Whether the text that an edit began with was left there by another one, as often as edits
    began with it: who ticks twice and of whom one untick is known has unticked twice."""
    others = [one for one in known if one.text == act.text and one.key != act.key]
    left = sum(one.after == act.before for one in others)
    begun = sum(one.before == act.before for one in others)
    return left > begun or (left == 0 and act.before == live)


def _doubtful(known: Sequence[Act], act: Act) -> bool:
    """Whether other edits of the same second lead back to where this one began: then it may have
    happened again, and who counts by identity counts it once."""
    onward: dict[str, list[str]] = defaultdict(list)
    for one in known:
        if (one.text, one.at) == (act.text, act.at) and one.key != act.key:
            onward[one.before].append(one.after)
    seen, reached = {act.after}, [act.after]
    while reached and act.before not in seen:
        fresh = set(onward[reached.pop()]) - seen
        seen |= fresh
        reached += fresh
    return act.before in seen
