"""The machine: people, deliveries and the network act at random; the bot has to keep up."""

from __future__ import annotations

import functools
import random
import re
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from bot.cli.pair import Pair
from bot.core.prefill import prefill
from bot.core.tier import Tier
from bot.sandbox.records import FileChange
from tests.torture.account import Account
from tests.torture.model import OUTSIDER, Model, Offer
from tests.torture.phrases import (
    BOXES,
    COMMANDS,
    EXPORT,
    INTROS,
    ISSUES,
    LINES,
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
PEOPLE = st.sampled_from([AUTHOR, "reviewer", "writer", OUTSIDER])
TICKED = st.sampled_from(["effect", "effect", "feeling", "feeling", "who", "voice", "why", "reach"])
CLICK = st.tuples(WRITERS, TICKED, st.integers(0, 30), st.integers(0, 2))
SEEDS = st.integers(0, 2**32 - 1)
BAD_DAYS = (
    ("502-before", "* /repos/*"),
    ("502-after", "* /repos/*"),
    ("lost-answer", "P* /repos/*"),
    ("reset", "P* /repos/*"),
    ("502-after", "P* /repos/*/issues/*comments*"),
    ("lost-answer", "P* /repos/*/issues/*comments*"),
    ("reset", "POST /graphql"),
    ("502-before", "POST /graphql"),
    ("stale-read", "POST /graphql"),
    ("stale-read", "GET /repos/*"),
)
MOST_FAULTS = 3  # at one time, each of which strikes twice at most: nothing may be parked
MOST_NAMED = 90  # versions of one comment; GitHub names the last hundred


def step(of: Callable[..., None]) -> Callable[..., None]:
    """A rule that is counted, and written down for who has to understand a failure."""

    @functools.wraps(of)
    def counted(self: Play, **drawn: Any) -> None:
        Play.steps[of.__name__] += 1
        self.story.append(f"{self.stage.clock.now:%M:%S} {of.__name__} {drawn}")
        of(self, **drawn)
        if self.model.full:
            self.pass_time(1)

    return counted


class Play(RuleBasedStateMachine):
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
        self._offers()
        self._as_it_stands()
        self.pass_time(1)

    # -- the comment ---------------------------------------------------------------------------

    @rule(clicks=st.lists(CLICK, min_size=1, max_size=3))
    @step
    def toggle(self, clicks: list[tuple[str, str, int, int]]) -> None:
        """People click boxes of our comment, in this second or in one to come."""
        for by, question, which, seconds in clicks:
            self.pass_time(max(seconds, int(self.model.full)))
            self._edit(by, lambda body, q=question, w=which: toggled(body, q, w))  # type: ignore[misc]

    @rule(
        by=WRITERS,
        clicks=st.lists(
            st.tuples(st.sampled_from(["effect", "feeling"]), st.integers(0, 1)),
            min_size=3,
            max_size=8,
        ),
    )
    @step
    def hurry(self, by: str, clicks: list[tuple[str, int]]) -> None:
        """Somebody clicks a few boxes on and off within one second."""
        for question, which in clicks:
            if self.model.full:
                break
            self._edit(by, lambda body, q=question, w=which: toggled(body, q, w))  # type: ignore[misc]

    @rule(
        by=WRITERS, clicks=st.lists(st.tuples(TICKED, st.integers(0, 30)), min_size=2, max_size=3)
    )
    @step
    def edit_several(self, by: str, clicks: list[tuple[str, int]]) -> None:
        """Somebody opens the text and ticks several boxes in one edit."""

        def change(body: str) -> str:
            for question, which in clicks:
                body = toggled(body, question, which)
            return body

        self._edit(by, change)

    @rule(by=WRITERS, how=st.sampled_from(["line", "wipe", "box", "fence", "copy"]), seed=SEEDS)
    @step
    def spoil(self, by: str, how: str, seed: int) -> None:
        """Somebody destroys the text of our comment, which says nothing."""
        self._edit(by, lambda body: spoilt(body, how, random.Random(seed)))

    @rule(by=WRITERS)
    @step
    def delete_ours(self, by: str) -> None:
        """Somebody deletes our comment. With it goes its history, which alone tells an edit from the
        same edit again in the same second; so that has to be asked for before."""
        if any(count > 1 for count in self.stage.edits.values()):
            self.stage.settle()
        with self.github.state.lock:
            for found in self.stage.our_comments()[-1:]:
                self.github.delete_comment(found.id, by)

    def _edit(self, by: str, change: Callable[[str], str]) -> None:
        found = self.stage.our_comments()
        if found and len(found[-1].history) > MOST_NAMED:
            return
        edit = self.stage.edit_ours(by, change)
        if edit is not None:
            self.model.comment_edited(*edit, by)

    # -- commands ------------------------------------------------------------------------------

    @rule(by=PEOPLE, phrases=st.lists(st.sampled_from(COMMANDS), min_size=1, max_size=2))
    @step
    def say(self, by: str, phrases: list[Phrase]) -> None:
        """Somebody writes a comment with commands."""
        body = self._written(phrases)
        comment = self.github.comment(self.stage.number, body, by)
        self.stage.note(f"comment:{comment}", by, "", body)
        self.comments[comment] = by, tuple(phrases)
        for phrase in phrases:
            self.model.commanded(comment, phrase, by, AUTHOR)
        self.whispered |= by == OUTSIDER

    @rule(which=st.integers(0, 9), by=PEOPLE, phrase=st.sampled_from(COMMANDS))
    @step
    def reword(self, which: int, by: str, phrase: Phrase) -> None:
        """Somebody edits a comment with commands: their own, or anybody's with write access."""
        comment = self._one_of(list(self.comments), which)
        if comment is None or (by == OUTSIDER and self.comments[comment][0] != by):
            return
        first, before = self.comments[comment]
        after = (*before[1:], phrase)
        self.github.edit_comment(comment, self._written(after), by)
        new = list((Counter(after) - Counter(before)).elements())
        gone = list((Counter(before) - Counter(after)).elements())
        answers = {p.question for p in gone if p.kind in ("tell", "hear")}
        if new or answers:
            texts = self._written(before), self._written(after)
            self.stage.note(f"comment:{comment}", by, *texts)
        self.comments[comment] = first, after
        self.model.reworded(comment, answers)
        for one in new:
            self.model.commanded(comment, one, by, AUTHOR)
        self.whispered |= by == OUTSIDER or bool(answers)

    @rule(which=st.integers(0, 9))
    @step
    def take_back(self, which: int) -> None:
        """Somebody deletes their comment with commands."""
        comment = self._one_of(list(self.comments), which)
        if comment is not None:
            by, _ = self.comments.pop(comment)
            self.github.delete_comment(comment, by)
            self.model.deleted(comment)
            self.whispered = True

    def _written(self, phrases: Sequence[Phrase]) -> str:
        day = (self.stage.clock.now + timedelta(days=30)).date().isoformat()
        return "\n\n".join(phrase.line.replace("{day}", day) for phrase in phrases)

    # -- the pull request ----------------------------------------------------------------------

    @rule(by=WRITERS, phrase=st.sampled_from(LINES), out=st.booleans())
    @step
    def describe(self, by: str, phrase: Phrase, out: bool) -> None:
        """Somebody writes a line below our heading, or takes one out."""
        lines = dict(self.description.lines or {})
        old = lines.pop(phrase.question, None)
        if not out:
            lines[phrase.question] = phrase
        fresh = self.description.lines is None
        self.description.lines = lines
        if self._describe(by):
            new = None if out else phrase
            self.model.described(self.stage.description, old, new, by)
            if fresh:
                for box in self.description.boxes:
                    self.model.described_box(self.stage.description, box, True, by)

    @rule(by=WRITERS, box=st.sampled_from(sorted(BOXES)))
    @step
    def describe_box(self, by: str, box: str) -> None:
        """Somebody clicks a box of the description."""
        self._click(by, box)

    def _click(self, by: str, box: str) -> None:
        if self.description.lines is None:
            return
        on = box not in self.description.boxes
        rest = tuple(name for name in self.description.boxes if name != box)
        self.description.boxes = (*rest, box) if on else rest
        self._describe(by)
        self.model.described_box(self.stage.description, box, on, by)

    @rule(by=WRITERS, box=st.sampled_from(sorted(BOXES)), times=st.integers(2, 4))
    @step
    def hurry_in_description(self, by: str, box: str, times: int) -> None:
        """Somebody clicks a box of the description on and off within one second."""
        for _ in range(times):
            if not self.model.full:
                self._click(by, box)

    @rule(by=WRITERS, intro=st.sampled_from(INTROS), issue=st.sampled_from(ISSUES))
    @step
    def describe_more(self, by: str, intro: str, issue: str) -> None:
        """Somebody writes other first lines, which offers other answers."""
        self.description.intro, self.description.issue = intro, issue
        self._describe(by)
        self._offers()

    def _describe(self, by: str) -> bool:
        """Whether that changed anything."""
        before = self.github.pull_request(self.stage.number).body or ""
        after = self.description.body
        if before == after:
            return False
        self.github.edit_pull_request(self.stage.number, body=after, by=by)
        self.stage.note(self.stage.description, by, before, after)
        return True

    @rule(by=WRITERS, title=st.sampled_from([*TITLES, NEWS]))
    @step
    def retitle(self, by: str, title: str) -> None:
        self.github.edit_pull_request(self.stage.number, title=title, by=by)
        if title != self.title:
            self.model.pushed(surely=False)
        self.title = title
        self._offers()

    @rule(on=st.booleans())
    @step
    def label(self, on: bool) -> None:
        change = self.github.label if on else self.github.unlabel
        change(self.stage.number, "frontend")

    @rule(file=st.sampled_from([THEME, EXPORT, PRICE, LOCK]), quietly=st.booleans())
    @step
    def push(self, file: FileChange, quietly: bool) -> None:
        """A commit; where the bot is at rest before and after it, what follows is sure."""
        surely = quietly and file is PRICE and not self.priced and not self.model.late
        surely = surely and self.github.pull_request(self.stage.number).state == "open"
        if surely:
            self.stage.wait()
            self.pass_time(1)
        self.github.push(self.stage.number, [file])
        self.model.pushed(surely)
        self.priced |= file is PRICE
        if surely:
            self.stage.wait()
            self.pass_time(1)

    @rule()
    @step
    def merge_base_in(self) -> None:
        self.github.merge_base_in(self.stage.number)

    @rule(base=st.sampled_from(["main", "release"]))
    @step
    def retarget(self, base: str) -> None:
        self.github.edit_pull_request(self.stage.number, base=base)

    @rule(draft=st.booleans())
    @step
    def set_draft(self, draft: bool) -> None:
        self.github.set_draft(self.stage.number, draft)

    @rule(close=st.booleans())
    @step
    def close_or_reopen(self, close: bool) -> None:
        (self.github.close if close else self.github.reopen)(self.stage.number)

    @rule()
    @step
    def recheck(self) -> None:
        """Somebody asks for the check again."""
        self._recheck()

    def _recheck(self) -> None:
        run = self.github.check(self.stage.number)
        if run is not None:
            self.github.press(run.id, "recheck", "reviewer")

    # -- time, deliveries and the network ------------------------------------------------------

    @rule(seconds=st.integers(1, 3))
    @step
    def wait(self, seconds: int) -> None:
        self.pass_time(seconds)

    def pass_time(self, seconds: int) -> None:
        if seconds:
            self.model.later()
            self.stage.later(seconds)

    @rule(really=st.integers(0, 2))
    @step
    def hold(self, really: int) -> None:
        """Deliveries are kept from now on."""
        if really == 1:
            self.github.hold_deliveries()
            self.model.late = True

    @rule(seed=SEEDS, copies=st.integers(1, 3))
    @step
    def release(self, seed: int, copies: int) -> None:
        """What was kept arrives in any order, any number of times."""
        with self.github.state.lock:
            order = list(range(len(self.github._world.webhooks._held or ())))
            random.Random(seed).shuffle(order)
            self.github.release(order, copies)

    @rule(share=st.sampled_from([0.0, 0.3, 1.0]))
    @step
    def lose(self, share: float) -> None:
        """Deliveries are lost from now on, or no more."""
        self.github.faults.lose_deliveries = share
        self.model.late |= share > 0

    @rule()
    @step
    def redeliver(self) -> None:
        """An administrator asks for what was lost."""
        self.github.redeliver_lost()

    @rule(which=st.integers(1, 40))
    @step
    def repeat(self, which: int) -> None:
        """A delivery arrives once more."""
        sent = [d for d in self.github.deliveries if not d.lost]
        if len(sent) >= which:
            self.github.redeliver(sent[-which].guid)

    @rule(share=st.sampled_from([0.0, 0.5]))
    @step
    def double(self, share: float) -> None:
        """From now on many deliveries arrive twice."""
        self.github.faults.duplicate_deliveries = share

    @rule(day=st.sampled_from(BAD_DAYS), times=st.integers(1, 2))
    @step
    def fail(self, day: tuple[str, str], times: int) -> None:
        """GitHub fails, or answers with what it knew a moment ago, once or twice."""
        if self.faults < MOST_FAULTS:
            self.faults += 1
            self.github.faults.add(day[0], on=day[1], times=times)  # type: ignore[arg-type]

    # -- the verdict ---------------------------------------------------------------------------

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

    # -- small pieces --------------------------------------------------------------------------

    def _as_it_stands(self) -> None:
        """From here on the model begins with what is on the record."""
        model, review = self.model, self.pair.review(self.stage.number)
        assert review is not None
        model.accounts.clear()
        questions = [q.id for q in model.checklist.questions]
        for name in (*questions, "waive who", "waive all", "waive pause"):
            model.accounts[name] = Account({standing(review, name)})
        model.tier, model.triaged, model.late = review.tier, review.triaged, False
        model.asks_nothing |= review.tier is Tier.R0

    def _offers(self) -> None:
        """What the description offers now; a box may accept it as long as it is on a screen."""
        url = f"{self.github.url}/{self.github.full_name}"
        checklist, body = self.model.checklist, self.description.body
        found = prefill(checklist.questions, self.title, body, url, 20, checklist.title)
        self.model.offered = {}
        for one in found:
            link = one.pieces[0].link if one.pieces else ""
            text = one.pieces[0].text if one.pieces else one.text
            offer = Offer(frozenset(one.picks), text, one.source, link)
            self.model.offers[one.question, one.digest] = offer
            if not one.too_short:
                self.model.offered[one.question] = offer

    @staticmethod
    def _one_of(known: Sequence[int], which: int) -> int | None:
        return known[which % len(known)] if known else None


BOX = re.compile(r"^- \[([ x])\] (.*\n  <!-- box (\w+)=[a-z0-9-]+ -->)$", re.MULTILINE)


def toggled(body: str, question: str, which: int) -> str:
    """The text with one box of that question clicked; as it is where there is none."""
    boxes = [found for found in BOX.finditer(body) if found[3] == question]
    if not boxes:
        return body
    found = boxes[which % len(boxes)]
    mark = " " if found[1] == "x" else "x"
    return f"{body[: found.start()]}- [{mark}] {found[2]}{body[found.end() :]}"


def spoilt(body: str, how: str, chance: random.Random) -> str:
    """The text with a line or a box less, a fence or a copy more, or nothing left."""
    lines = body.split("\n")
    at = chance.randrange(len(lines))
    match how:
        case "line":
            return "\n".join([*lines[:at], "destroyed", *lines[at + 1 :]])
        case "box":
            boxes = list(BOX.finditer(body))
            found = boxes[at % len(boxes)] if boxes else None
            return body[: found.start()] + body[found.end() + 1 :] if found else body
        case "fence":
            return "\n".join([*lines[:at], "```", *lines[at:]])
        case "copy":
            return f"{body}\n{body}" if len(body) < 30_000 else body
    return "wiped"
