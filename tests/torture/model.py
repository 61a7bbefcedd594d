"""What should stand on the record: every act of the play, entered into the account of its question.

Where only the bot's moment of hearing decides (is an answer held back, is there anything to take
back), and deliveries may be late, both outcomes are entered.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bot.core.answers import Door
from bot.core.checklist import Checklist, Question
from bot.core.facts import Actor
from bot.core.grammar import Given, Piece
from bot.core.suggestions import Suggestion
from bot.core.tier import Tier
from bot.views.github_boxes import parse_comment
from tests.torture import account as a
from tests.torture.phrases import Phrase

COMMENT, COMMAND, DESCRIPTION = "github comment", "github command", "github description"
OUTSIDER = "outsider"
WAIVERS = ("waive who", "waive all", "waive pause")


@dataclass(frozen=True, slots=True)
class Offer:
    """What the description offers for a question."""

    picks: frozenset[str]
    text: str
    source: str
    link: str = ""


@dataclass(slots=True)
class Model:
    """`late`: deliveries may come in another order. `tier` is None while that may change."""

    checklist: Checklist
    ids: dict[str, int]
    accounts: dict[str, a.Account] = field(default_factory=lambda: defaultdict(a.Account))
    offers: dict[tuple[str, str], Offer] = field(default_factory=dict)  # by question and digest
    offered: dict[str, Offer] = field(default_factory=dict)  # those of today's description
    ruled: set[tuple[str, str]] = field(default_factory=set)  # who may have ruled, and why
    surely_ruled: set[tuple[str, str]] = field(default_factory=set)
    tier: Tier | None = None
    triaged: Tier = Tier.R1
    late: bool = False
    asks_nothing: bool = False  # it may have been R0 at some time, where commands do not answer

    # -- doors ---------------------------------------------------------------------------------

    def comment_edited(self, name: str, before: str, after: str, by: str) -> None:
        """Only boxes that the edit changed count, unticks first."""
        old, new = parse_comment(before), parse_comment(after)
        changed = [(box, on) for box, on in new.items() if box in old and old[box] != on]
        for box, on in sorted(changed, key=lambda pair: pair[1]):
            self._box(name, box, on, by)

    def commanded(self, comment: int, phrase: Phrase, by: str, author: str) -> None:
        """One command in a comment. What outsiders say is a suggestion at most."""
        text = f"comment:{comment}"
        if by == OUTSIDER:
            if phrase.answers:
                step = a.suggested(self._waiting(phrase, by, False, comment, COMMAND))
                self._enter(text, phrase.question, step)
            return
        steps = list(self._steps(phrase, by, author, comment))
        for question, step in steps:
            self._enter(text, question, step)

    def reworded(self, comment: int, questions: Iterable[str]) -> None:
        """The lines of these questions were edited out of a comment."""
        for question in questions:
            self._enter(f"comment:{comment}", question, a.withdrawn(comment, deleted=False))

    def deleted(self, comment: int) -> None:
        for question in list(self.accounts):
            self._enter(f"deletion:{comment}", question, a.withdrawn(comment, deleted=True))

    def described(self, text: str, old: Phrase | None, new: Phrase | None, by: str) -> None:
        """A line of the description was put in, changed or taken out."""
        phrase = new or old
        if phrase is None or old == new:
            return
        many = phrase.kind == "hear"
        if new is None or (many and old is not None):
            self._enter(text, phrase.question, a.taken_out(DESCRIPTION))
        if new is not None:
            self._enter(text, new.question, self._answer(new, by, DESCRIPTION, 0))

    def described_box(self, text: str, box: str, on: bool, by: str) -> None:
        question, _, option = box.partition("=")
        self._enter(text, question, self._tick(question, option, on, by, DESCRIPTION))

    def pushed(self, surely: bool) -> None:
        """New rules ask again what depends on them."""
        self.tier = None
        for question in self.checklist.questions:
            if question.again:
                news = lambda old: [old.asked_again()]  # noqa: E731
                self._enter("push", question.id, news if surely else a.maybe(news))
                self.accounts[question.id].again |= self.late

    # -- what a box or a command comes to ------------------------------------------------------

    def _box(self, name: str, box: str, on: bool, by: str) -> None:
        question, _, option = box.partition("=")
        known = self.checklist.question(question)
        if known is None:
            return
        offered, _, id = option.partition("-")
        if option in {o.id for o in known.options}:
            self._enter(name, question, self._tick(question, option, on, by, COMMENT))
        elif option == "still" and on:
            self._enter(name, question, a.confirmed(by, COMMENT))
        elif offered == "use" and on:
            self._enter(name, question, a.taken(id, by, COMMENT, self._lined(known)))
            self.tier = None
        elif offered == "accept":
            offer = self.offers[question, id]
            self._enter(name, question, self._accept(question, offer, on, by)(COMMENT))

    def _steps(
        self, phrase: Phrase, by: str, author: str, comment: int
    ) -> Iterator[tuple[str, a.Step]]:
        question = phrase.question
        match phrase.kind:
            case "tell" | "hear":
                yield question, self._asked(self._answer(phrase, by, COMMAND, comment))
            case "na":
                yield question, self._asked(a.not_applicable(phrase.text, by, COMMAND))
            case "undo":
                step = a.undone(question == "voice")
                yield question, a.maybe(step) if self.late else step
            case "accept":
                yield question, self._take_what_waits(question, by)
            case "raise" | "lower" | "attest":
                self._rule(phrase, by, author)
            case "waive" | "pause" if by != author:
                step = a.told(frozenset(), phrase.text, by, COMMAND, lined=False)
                yield f"waive {question}", self._asked(step) if phrase.kind == "waive" else step
            case "resume":
                step = a.undone(voice=False)
                yield "waive pause", a.maybe(step) if self.late else step

    def _asked(self, step: a.Step) -> a.Step:
        """Where nothing is asked, a command that answers is refused."""
        return a.maybe(step) if self.asks_nothing else step

    def _rule(self, phrase: Phrase, by: str, author: str) -> None:
        reason = phrase.words.partition(" ")[2]
        reason = reason.partition(" ")[2] if phrase.kind != "attest" else reason
        was_r0 = self.asks_nothing or self.late  # from there R1 is a raise, which authors may make
        if phrase.kind == "lower" and by == author and not was_r0:
            return
        self.ruled.add((by, reason))
        if phrase.kind == "raise" and self.tier is not None and self.tier < Tier.R3:
            self.surely_ruled.add((by, reason))
        self.asks_nothing |= phrase.kind == "attest"
        self.tier = None

    def _tick(self, question: str, option: str, on: bool, by: str, door: str) -> a.Step:
        known = self._known(question)
        voice = question == "voice"
        step = a.ticked(option, on, by, door, known.kind.many, voice)
        if not on:
            return step
        phrase = Phrase("", "tell", question, frozenset({option}))
        return self._held_back(step, phrase, by, door, 0)

    def _answer(self, phrase: Phrase, by: str, door: str, comment: int) -> a.Step:
        if phrase.piece is not None:
            return a.heard(*phrase.piece, by, door)
        lined = self._lined(self._known(phrase.question))
        step = a.told(phrase.picks, phrase.text, by, door, lined)
        return self._held_back(step, phrase, by, door, comment)

    def _held_back(self, step: a.Step, phrase: Phrase, by: str, door: str, comment: int) -> a.Step:
        """An answer that would raise the tier waits."""
        known = self._known(phrase.question)
        if not set(phrase.picks) & set(known.raises):
            return step
        raised = known.raised(phrase.picks, self.triaged)
        unsure = self.tier is None or self.late or bool(self.ruled)
        if not unsure and self.tier is not None and raised <= self.tier:
            return step
        waits = self._waiting(phrase, by, True, comment, door)

        def outcomes(old: a.Standing) -> Iterator[a.Standing]:
            counts = old.said is not None and phrase.picks <= old.said.picks
            if unsure or counts:
                yield from step(old)
            if unsure or not counts:
                yield from a.suggested(waits)(old)

        return outcomes

    def _take_what_waits(self, question: str, by: str) -> a.Step:
        """What was held back, what is asked again, what is offered, a suggestion; in this order."""
        lined = self._lined(self._known(question))
        everything = [o for (q, _), o in self.offers.items() if q == question]
        now = self.offered.get(question)

        def ways(old: a.Standing) -> Iterator[a.Step]:
            for waits in sorted(old.waiting, key=lambda w: not w.held):
                if waits.held or self.late:
                    yield a.taken(waits.id, by, COMMAND, lined)
            if old.said and old.said.again:
                yield a.confirmed(by, COMMAND)
            for offer in everything if self.late else [now] if now else []:
                if _taken(old, offer) and old.waiting and not self.late:
                    continue
                yield self._accept(question, offer, True, by)(COMMAND)
            for waits in old.waiting:
                yield a.taken(waits.id, by, COMMAND, lined)

        def step(old: a.Standing) -> Iterator[a.Standing]:
            found = list(ways(old))
            if self.late or not found:
                yield old
            for way in found if self.late else found[:1]:
                yield from way(old)

        self.tier = None
        return step

    def _accept(self, question: str, offer: Offer, on: bool, by: str) -> Callable[[str], a.Step]:
        voice = question == "voice"
        return a.accepted(offer.picks, offer.text, offer.source, offer.link, on, by, voice)

    # -- small pieces --------------------------------------------------------------------------

    def _enter(self, text: str, question: str, step: a.Step) -> None:
        self.accounts[question].act(text, step)
        known = self.checklist.question(question)
        if known is not None and known.raises:
            self.tier = None

    def _known(self, question: str) -> Question:
        known = self.checklist.question(question)
        assert known is not None
        return known

    @staticmethod
    def _lined(question: Question) -> bool:
        return question.kind == "pick+line"

    def _waiting(self, phrase: Phrase, by: str, held: bool, comment: int, door: str) -> a.Waiting:
        order = [o.id for o in self._known(phrase.question).options]
        picks = tuple(sorted(phrase.picks, key=order.index))
        piece = Piece(*phrase.piece) if phrase.piece else None
        given = Given(picks, phrase.text, piece)
        who, never = Actor(self.ids[by], by), datetime.min.replace(tzinfo=UTC)
        id = Suggestion(phrase.question, given, who, never, Door.COMMAND).id
        return a.Waiting(id, by, phrase.picks, phrase.text, held, phrase.piece, door, comment)

    @property
    def full(self) -> bool:
        return any(found.full for found in self.accounts.values())

    def later(self) -> None:
        for found in self.accounts.values():
            found.later()


def _taken(old: a.Standing, offer: Offer) -> bool:
    """Whether just this offer is the answer already."""
    said, heard = old.said, {piece.text for piece in old.heard}
    if offer.link:
        return offer.text in heard | {said.text if said else ""}
    if said is None or said.source != offer.source or said.not_applicable:
        return False
    return said.text == offer.text if offer.text else said.picks == offer.picks
