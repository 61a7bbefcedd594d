"""What people do to the pull request: its description, title, labels, code and state."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import rule

from bot.sandbox.records import FileChange
from tests.torture.phrases import (
    BOXES,
    EXPORT,
    INTROS,
    ISSUES,
    LINES,
    LOCK,
    NEWS,
    PRICE,
    THEME,
    TITLES,
    Phrase,
)
from tests.torture.scene import MOST_NAMED, WRITERS, Scene, step


class SubjectRules(Scene):
    """Rules for the pull request itself."""

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
        if len(self.github.pull_request(self.stage.number).history) > MOST_NAMED:
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
        self._before_rules_change()
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

    def _before_rules_change(self) -> None:
        """What is told in time is dealt with: GitHub may be asked for what comes later, and then
        the bot knows of new rules and offers before it hears of older ticks and commands."""
        if not self.model.late:
            self.stage.wait()

    @rule(by=WRITERS, title=st.sampled_from([*TITLES, NEWS]))
    @step
    def retitle(self, by: str, title: str) -> None:
        self._before_rules_change()
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
        self._before_rules_change()
        if surely:
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
        self._before_rules_change()
        (self.github.close if close else self.github.reopen)(self.stage.number)
        if not close:  # nobody told of what was pushed meanwhile
            self.model.pushed(surely=False)

    @rule()
    @step
    def recheck(self) -> None:
        """Somebody asks for the check again."""
        self._recheck()
