"""An account of what people did to one question, kept in the order in which they did it.

It knows nothing of deliveries, records or replays. Acts of one second through different doors have
no order that anybody could know, so it keeps every standing that one of their orders leads to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import product

MOST_AT_ONCE = 7  # acts on one question in one second, after which the second has to end


@dataclass(frozen=True, slots=True)
class Said:
    """An answer that counts. `source` is set where it was offered by somebody else's words."""

    by: str
    door: str
    picks: frozenset[str] = frozenset()
    text: str = ""
    not_applicable: bool = False
    source: str = ""
    again: bool = False


@dataclass(frozen=True, slots=True)
class Heard:
    """One piece of customer voice."""

    by: str
    door: str
    kind: str
    text: str
    link: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """An answer that does not count until somebody takes it. `gone`: its comment was deleted."""

    id: str
    by: str
    picks: frozenset[str]
    text: str
    held: bool
    piece: tuple[str, str, str] | None = None  # kind, text, link
    door: str = ""
    comment: int = 0
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one question stands."""

    said: Said | None = None
    heard: frozenset[Heard] = frozenset()
    waiting: frozenset[Waiting] = frozenset()

    @property
    def held(self) -> Waiting | None:
        return next((one for one in self.waiting if one.held), None)

    def freed(self) -> Standing:
        """Without what was held back."""
        return replace(self, waiting=frozenset(w for w in self.waiting if not w.held))

    def asked_again(self) -> Standing:
        return replace(self, said=replace(self.said, again=True)) if self.said else self


Step = Callable[[Standing], Iterable[Standing]]


@dataclass(slots=True)
class Account:
    """The standings that one question may have. `again`: new rules may ask it again at any time."""

    standings: set[Standing] = field(default_factory=lambda: {Standing()})
    again: bool = False
    _second: list[tuple[str, Step]] = field(default_factory=list)

    def act(self, text: str, step: Step) -> None:
        """Somebody did this, in this second. Acts on the same `text` keep their order."""
        self._second.append((text, step))

    @property
    def full(self) -> bool:
        """No more may happen in this second, or there are too many orders to look at."""
        return len(self._second) >= MOST_AT_ONCE

    @property
    def touched(self) -> bool:
        return bool(self._second)

    def later(self) -> None:
        """The second is over."""
        if self._second:
            self.standings = self._all_orders()
            self._second = []

    def _all_orders(self) -> set[Standing]:
        texts: dict[str, list[Step]] = {}
        for text, step in self._second:
            texts.setdefault(text, []).append(step)
        lanes = list(texts.values())
        known = {(0,) * len(lanes): self._open(self.standings)}
        for place in product(*(range(len(lane) + 1) for lane in lanes)):
            found = known.setdefault(place, set())
            for lane, done in enumerate(place):
                if done:
                    before = (*place[:lane], done - 1, *place[lane + 1 :])
                    step = lanes[lane][done - 1]
                    found |= {new for old in known[before] for new in step(old)}
            known[place] = self._open(found)
        return known[tuple(len(lane) for lane in lanes)]

    def _open(self, standings: set[Standing]) -> set[Standing]:
        return standings | {s.asked_again() for s in standings} if self.again else standings


# -- what people can do ----------------------------------------------------------------------------


def maybe(step: Step) -> Step:
    """It counts or not: that hangs on what the bot knew when it heard of it."""
    return lambda old: [old, *step(old)]


def ticked(option: str, on: bool, by: str, door: str, many: bool, voice: bool = False) -> Step:
    """Of a single pick the last tick wins; an untick takes it back, also while it is held. The line
    beside it stays, save that what was assumed is no line of what was heard."""

    def step(old: Standing) -> Iterator[Standing]:
        said, held = old.said, old.held
        new = old.freed() if on or (held and option in held.picks) else old
        had = said.picks if said else frozenset()
        asked_again = on and said is not None and said.again
        if on == (option in had) and not asked_again:
            yield new
            return
        picks = (had | {option} if many else frozenset({option})) if on else had - {option}
        text = said.text if said and not said.not_applicable else ""
        text = "" if voice and picks != had else text
        source = said.source if said and text else ""
        answer = Said(by, door, picks, text, source=source) if picks or text else None
        yield replace(new, said=answer)

    return step


def told(
    picks: frozenset[str], text: str, by: str, door: str, lined: bool, source: str = ""
) -> Step:
    """In words. A bare pick leaves the line that stands beside it."""

    def step(old: Standing) -> Iterator[Standing]:
        said, new = old.said, old.freed()
        line, origin = text, source
        if lined and not text and said and not said.not_applicable:
            line, origin = said.text, said.source
        answer = Said(by, door, picks, line, source=origin)
        yield new if still_says(said, answer) else replace(new, said=answer)

    return step


def still_says(said: Said | None, new: Said) -> bool:
    """The answer that counts says just this already: it stays with who gave it."""
    if said is None or said.again or said.not_applicable:
        return False
    return (said.picks, said.text) == (new.picks, new.text)


def heard(kind: str, text: str, link: str, by: str, door: str, source: str = "") -> Step:
    """A piece of customer voice joins what is known, once, and takes an assumption's place."""

    def step(old: Standing) -> Iterator[Standing]:
        said, new = old.said, old.freed()
        if kind == "assumed":
            yield replace(new, said=Said(by, door, frozenset({"assumed"}), text, source=source))
            return
        stale = said and (said.picks == {"assumed"} or said.not_applicable or said.again)
        new = replace(new, said=None) if stale else new
        yield _with_piece(new, Heard(by, door, kind, text, link, source))

    return step


def _with_piece(old: Standing, piece: Heard) -> Standing:
    known = any((h.text, h.link) == (piece.text, piece.link) for h in old.heard)
    return old if known else replace(old, heard=old.heard | {piece})


def suggested(waits: Waiting) -> Step:
    """Of one person for one question the newest waits; only one answer is held back."""

    def step(old: Standing) -> Iterator[Standing]:
        base = old.freed() if waits.held else old
        others = {w for w in base.waiting if (w.by, w.held) != (waits.by, waits.held)}
        yield replace(base, waiting=frozenset({*others, waits}))

    return step


def taken(id: str, by: str, door: str, lined: bool) -> Step:
    """Somebody takes what waits; the answer is theirs."""

    def step(old: Standing) -> Iterator[Standing]:
        found = next((w for w in old.waiting if w.id == id), None)
        if found is None or found.gone:
            yield old
        if found is None:
            return
        rest = replace(old, waiting=old.waiting - {found})
        source = "" if found.held else f"suggested by {found.by}"
        if found.piece:
            yield from heard(*found.piece, by, door, source)(rest)
        else:
            yield from told(found.picks, found.text, by, door, lined, source)(rest)

    return step


def accepted(
    picks: frozenset[str], text: str, source: str, link: str, on: bool, by: str, voice: bool
) -> Callable[[str], Step]:
    """The description's offer is taken, or taken back. For customer voice it is a signal."""

    def through(door: str) -> Step:
        def step(old: Standing) -> Iterator[Standing]:
            said = old.said
            if voice and on:
                stale = said and (said.not_applicable or said.again)
                new = replace(old.freed(), said=None if stale else said)
                yield _with_piece(new, Heard(by, door, "signal", text, link, source))
            elif on:
                answer = Said(
                    by, door, (said.picks if said else None) or picks, text, source=source
                )
                new = old.freed()
                yield new if still_says(said, answer) else replace(new, said=answer)
            else:
                left = frozenset(h for h in old.heard if not voice or h.source != source)
                new = replace(old, heard=left)
                if said and said.source == source and said.text == text:
                    bare = Said(by, door, said.picks) if said.picks and said.text else None
                    new = replace(new, said=bare)
                yield new

        return step

    return through


def not_applicable(reason: str, by: str, door: str) -> Step:
    answer = Said(by, door, text=reason, not_applicable=True)
    return lambda old: [replace(old.freed(), said=answer)]


def undone(voice: bool) -> Step:
    def step(old: Standing) -> Iterator[Standing]:
        yield replace(old.freed(), said=None, heard=frozenset() if voice else old.heard)

    return step


def taken_out(door: str) -> Step:
    """The line of the description is gone, and with it what only the description had said."""

    def step(old: Standing) -> Iterator[Standing]:
        said = None if old.said and old.said.door == door else old.said
        pieces = frozenset(h for h in old.heard if h.door != door)
        waiting = frozenset(w for w in old.waiting if not (w.held and w.door == door))
        yield Standing(said, pieces, waiting)

    return step


def confirmed(by: str, door: str) -> Step:
    """What was asked again still holds."""

    def step(old: Standing) -> Iterator[Standing]:
        said = old.said
        still = replace(said, again=False, by=by, door=door) if said and said.again else said
        yield replace(old, said=still)

    return step


def withdrawn(comment: int, deleted: bool) -> Step:
    """What only was suggested in a comment goes with it."""

    def step(old: Standing) -> Iterator[Standing]:
        there = {w for w in old.waiting if w.comment == comment}
        marked = {replace(w, gone=True) for w in there} if deleted else set()
        yield replace(old, waiting=(old.waiting - there) | marked)

    return step


def released(old: Standing, lined: bool) -> Standing:
    """With what was held back counted: it does as soon as it asks for no more than is asked."""
    held = old.held
    if held is None or held.gone:
        return old
    (new,) = told(held.picks, held.text, held.by, held.door, lined)(old)
    return new
