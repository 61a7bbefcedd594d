"""What people say in comments of their own: commands, also edited and deleted ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.torture.model import OUTSIDER
from tests.torture.phrases import COMMANDS, Phrase
from tests.torture.scene import AUTHOR, Scene, step

PEOPLE = st.sampled_from([AUTHOR, "reviewer", "writer", OUTSIDER])


class CommandRules(Scene):
    """Rules for comments with commands."""

    @rule(by=PEOPLE, phrases=st.lists(st.sampled_from(COMMANDS), min_size=1, max_size=2))
    @step
    def say(self, by: str, phrases: list[Phrase]) -> None:
        """Somebody writes a comment with commands."""
        if by == OUTSIDER and not all(map(may_suggest, phrases)):
            return
        body = self._written(phrases)
        comment = self.github.comment(self.stage.number, body, by)
        if by != OUTSIDER or any(phrase.answers for phrase in phrases):
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
        if comment is None:
            return
        if by == OUTSIDER and (self.comments[comment][0] != by or not may_suggest(phrase)):
            return
        first, before = self.comments[comment]
        after = (*before[1:], phrase)
        self.github.edit_comment(comment, self._written(after), by)
        new = list((Counter(after) - Counter(before)).elements())
        gone = list((Counter(before) - Counter(after)).elements())
        answers = {p.question for p in gone if p.answers}
        if answers or (new if by != OUTSIDER else any(p.answers for p in new)):
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


def may_suggest(phrase: Phrase) -> bool:
    """Of one stranger no more than three suggestions are kept, so they answer three questions."""
    return not phrase.answers or phrase.question in ("who", "why", "effect")
