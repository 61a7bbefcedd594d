"""One play: a pull request, what people know of it, the model, and the verdict at the end."""

from __future__ import annotations

import functools
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import product
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from bot.cli.pair import Pair
from bot.core.prefill import prefill
from bot.core.tier import Tier
from bot.sandbox.records import FileChange
from tests.torture.account import Account
from tests.torture.model import OUTSIDER, WAIVERS, Model, Offer
from tests.torture.phrases import (
    INTROS,
    ISSUES,
    LOCK,
    NEWS,
    PRICE,
    THEME,
    TITLES,
    Description,
    Phrase,
)
from tests.torture.stage import Stage
from tests.torture.verdict import compare, kept, ledger_holds, standing

AUTHOR = "author"
WRITERS = st.sampled_from([AUTHOR, "reviewer", "writer"])
MOST_NAMED = 90  # versions of one text; GitHub names the last hundred


def step(of: Callable[..., None]) -> Callable[..., None]:
    """A rule that is counted, and written down for who has to understand a failure."""

    @functools.wraps(of)
    def counted(self: Scene, **drawn: Any) -> None:
        Scene.steps[of.__name__] += 1
        self.story.append(f"{self.stage.clock.now:%M:%S} {of.__name__} {drawn}")
        of(self, **drawn)
        if self.model.full:
            self.pass_time(1)

    return counted


class Scene(RuleBasedStateMachine):
    """One pull request a play; the pair is that of the whole run."""

    pair: ClassVar[Pair]
    steps: ClassVar[Counter[str]] = Counter()
    progress: ClassVar[bool] = False

    def __init__(self) -> None:
        super().__init__()
        self.stage = Stage(self.pair)
        self.github = self.stage.github
        self.story: list[str] = []
        self.faults = 0
        self.comments: dict[int, tuple[str, tuple[Phrase, ...]]] = {}
        self.whispered = False
        self.title = TITLES[0]
        self.priced = False
        self.description = Description()

    @initialize(
        file=st.sampled_from([THEME, THEME, THEME, PRICE, LOCK]),
        answered=st.booleans(),
        draft=st.sampled_from([False, False, False, True]),
        told=st.booleans(),
    )
    def open(self, file: FileChange, answered: bool, draft: bool, told: bool) -> None:
        """A pull request is opened; its description may hold answers already."""
        self.description.lines = {} if told else None
        stage, body = self.stage, self.description.body
        stage.number = self.github.open_pull_request(
            title=self.title, body=body, author=AUTHOR, files=(file,), draft=draft
        )
        self.priced = file is PRICE
        stage.wait()
        review = self.pair.review(stage.number)
        assert review is not None
        ids = {name: stage.user(name).id for name in (AUTHOR, "reviewer", "writer", OUTSIDER)}
        self.model = Model(review.checklist, ids, asks_nothing=file is LOCK)
        self._all_offers()
        self._offers()
        self._as_it_stands()
        self.pass_time(1)

    @rule(really=st.booleans())
    @step
    def settle_and_compare(self, really: bool) -> None:
        """All is told and the bot at rest: record, comment and check are what they have to be."""
        if really:
            self._compare()

    def _compare(self) -> None:
        self.pass_time(1)
        self.stage.settle()
        self.faults = 0
        if self.whispered:
            self._recheck()  # suggestions of strangers are shown with the next change only
            self.stage.wait()
            self.whispered = False
        compare(self.stage, self.model)
        self._as_it_stands()
        self.pass_time(1)

    def teardown(self) -> None:
        if not hasattr(self, "model"):
            return
        try:
            self._compare()
            assert ledger_holds(self.pair)
        except BaseException:
            told = ["", "What happened:", *self.story, "What is kept:", *kept(self.stage), ""]
            sys.stderr.write("\n".join(told))
            raise
        finally:
            self.github.faults.clear()
            self.github.deliveries.clear()
            self.github.calls.clear()
        if self.progress:
            sys.stderr.write(f"\r{sum(self.steps.values()):>7,} steps ")
            sys.stderr.flush()

    def _as_it_stands(self) -> None:
        """From here on nothing is late, and the model knows of the tier what the record says."""
        model, review = self.model, self.pair.review(self.stage.number)
        assert review is not None
        names = (*(q.id for q in model.checklist.questions), *WAIVERS)
        known = {name: model.accounts.get(name) for name in names}
        for name, account in known.items():
            standings = account.standings if account else {standing(review, name)}
            model.accounts[name] = Account(standings)
        model.tier, model.triaged, model.late = review.tier, review.triaged, False
        model.asks_nothing |= review.tier is Tier.R0

    def _offers(self) -> None:
        """What the description offers now."""
        self.model.offered = {}
        for (question, digest), too_short in self._offered_by(self.title, self.description):
            if not too_short:
                self.model.offered[question] = self.model.offers[question, digest]

    def _all_offers(self) -> None:
        """A box accepts an offer as long as it is on a screen, a late command one of later on."""
        for title, intro, issue in product((*TITLES, NEWS), INTROS, ISSUES):
            self._offered_by(title, Description(intro, issue))

    def _offered_by(self, title: str, text: Description) -> list[tuple[tuple[str, str], bool]]:
        url = f"{self.github.url}/{self.github.full_name}"
        checklist = self.model.checklist
        found = prefill(checklist.questions, title, text.body, url, 20, checklist.title)
        for one in found:
            link = one.pieces[0].link if one.pieces else ""
            line = one.pieces[0].text if one.pieces else one.text
            offer = Offer(frozenset(one.picks), line, one.source, link)
            self.model.offers[one.question, one.digest] = offer
        return [((one.question, one.digest), one.too_short) for one in found]

    @staticmethod
    def _one_of(known: Sequence[int], which: int) -> int | None:
        return known[which % len(known)] if known else None

    def pass_time(self, seconds: int) -> None:
        if seconds:
            self.model.later()
            self.stage.later(seconds)

    def _recheck(self) -> None:
        run = self.github.check(self.stage.number)
        if run is not None:
            self.github.press(run.id, "recheck", "reviewer")
