"""People at work on many pull requests at once, and what has to be on record in the end."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from bot.core.review import State
from bot.sandbox.github import StandIn
from bot.sandbox.records import Refused
from bot.views.github_boxes import parse_comment
from bot.views.github_comment import MARKER
from tests.flows.people import BODY, PRICE, THEME

WHO = ("author", "reviewer")
TICKS = ("who=existing", "effect=better", "feeling=relieved")
LINES = {
    "who": "/impact who: existing",
    "why": "/impact why: People with migraines cannot read the page for long.",
    "effect": "/impact effect: better",
    "feeling": "/impact feeling: relieved",
    "voice": "/impact voice: signal https://example.com/tickets/7",
}


@dataclass
class Subject:
    """One pull request: what people still have in mind, and what they did."""

    number: int
    left: list[str] = field(default_factory=list)
    said: dict[str, str] = field(default_factory=dict)  # question -> who answered it
    heads: list[str] = field(default_factory=list)
    comments: list[int] = field(default_factory=list)
    priced: bool = False
    end: State = State.OPEN


class Crowd:
    """Each question of a pull request is answered once at most, so that the order of acts makes no
    difference to what has to be on record."""

    def __init__(self, github: StandIn, chance: random.Random, most: int) -> None:
        self._github, self._chance, self._most = github, chance, most
        self.subjects: list[Subject] = []

    @property
    def busy(self) -> bool:
        """Whether somebody still has something in mind."""
        return len(self.subjects) < self._most or any(s.left for s in self.subjects)

    def act(self) -> None:
        """Somebody does something, where they can."""
        waiting = [s for s in self.subjects if s.left]
        if len(self.subjects) < self._most and (not waiting or self._chance.random() < 0.4):
            self._open()
        elif waiting:
            self._go_on(self._chance.choice(waiting))

    def forget(self) -> None:
        """What nobody came to do stays undone."""
        self._most = len(self.subjects)
        for subject in self.subjects:
            subject.left = []

    def _open(self) -> None:
        number = self._github.open_pull_request(
            title="Add a dark theme", body=BODY, author="author", files=(THEME,)
        )
        subject = Subject(number, heads=[self._github.pull_request(number).head_sha])
        told = self._chance.sample(sorted(LINES), self._chance.choice([2, 4, 5, 5]))
        ways = [f"tick {box}" for box in TICKS if box.partition("=")[0] in told]
        ticked = self._chance.sample(ways, self._chance.randint(0, len(ways)))
        by_click = {way.split()[1].partition("=")[0] for way in ticked}
        acts = [*ticked, *(f"say {question}" for question in told if question not in by_click)]
        acts += self._chance.choices(("push", "price", "base"), k=self._chance.choice([0, 0, 1, 2]))
        self._chance.shuffle(acts)
        acts += self._chance.choice([[], [], ["merge"], ["merge"], ["bypass"], ["close"]])
        subject.left = acts
        self.subjects.append(subject)

    def _go_on(self, subject: Subject) -> None:
        verb, _, what = subject.left[0].partition(" ")
        if getattr(self, f"_{verb}")(subject, what) is not False:
            subject.left.pop(0)

    def _tick(self, subject: Subject, box: str) -> bool:
        """False while there is no comment to click in."""
        ours = [c for c in self._github.bot_comments(subject.number) if MARKER in c.body]
        names = list(parse_comment(ours[0].body)) if ours else []
        if box not in names:
            return False
        by = self._chance.choice(WHO)
        self._github.tick(ours[0].id, names.index(box), by, checked=True)
        subject.said[box.partition("=")[0]] = by
        return True

    def _say(self, subject: Subject, question: str) -> None:
        by = self._chance.choice(WHO)
        subject.comments.append(self._github.comment(subject.number, LINES[question], by))
        subject.said[question] = by

    def _push(self, subject: Subject, _: str) -> None:
        subject.heads.append(self._github.push(subject.number, [THEME]))

    def _price(self, subject: Subject, _: str) -> None:
        subject.heads.append(self._github.push(subject.number, [PRICE]))
        subject.priced = True

    def _base(self, subject: Subject, _: str) -> None:
        subject.heads.append(self._github.merge_base_in(subject.number))

    def _merge(self, subject: Subject, _: str) -> bool:
        """False while the check holds it; who gave not all answers gives up."""
        if self._github.merge(subject.number).merged:
            subject.end = State.DECIDED
            return True
        return len(subject.said) < len(LINES) or subject.priced

    def _bypass(self, subject: Subject, _: str) -> bool:
        """An admin does not wait for a check that does not pass; but one was there."""
        if self._github.check(subject.number) is None:
            return False
        assert self._github.merge(subject.number, bypass=True).merged
        subject.end = State.DECIDED
        return True

    def _close(self, subject: Subject, _: str) -> bool:
        if self._github.check(subject.number) is None:
            return False
        try:
            self._github.close(subject.number)
        except Refused:
            return True
        subject.end = State.WITHDRAWN
        return True
