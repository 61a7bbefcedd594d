"""What is told to somebody whose command cannot be read: what is wrong, and a line to try."""

from __future__ import annotations

from datetime import date
from difflib import get_close_matches

from bot.core.checklist import Checklist, Question
from bot.core.command_examples import WHAT_IT_DOES, answer_line, example
from bot.core.grammar import quoted
from bot.core.question_names import QuestionNames
from bot.errors import UserError

VERBS = tuple(verb for verb in WHAT_IT_DOES if " " not in verb)
LONGEST_VERB = 60  # characters that are compared with ours
NEEDED = {
    "na": "it tells the reviewer why the question does not apply",
    "none": "it tells the reviewer why no customer will notice",
    "tier": "it tells the others why more, or fewer, questions fit",
    "waive": "it stays on record and tells everybody why this may wait",
    "pause": "it tells everybody why the bot is off here",
}


class CommandErrors:
    """The errors, with examples that are right for one checklist on one day."""

    def __init__(self, checklist: Checklist, names: QuestionNames, today: date) -> None:
        self._checklist, self._names, self._today = checklist, names, today

    def wrong(self, what: str, verb: str) -> UserError:
        """That sentence, and how the command is written."""
        return UserError(f"{what} Example: `{example(verb, self._checklist, self._today)}`")

    def no_reason(self, verb: str) -> UserError:
        """A command that needs a reason has none."""
        return self.wrong(f"The reason is missing: {NEEDED[verb]}.", verb)

    def no_question(self, written: str, verb: str = "") -> UserError:
        """No question is called that; names the nearest one. `verb`: the command that needs it."""
        if verb and not written:
            return self.wrong("Which question?", verb)
        what = f"There is no question `{quoted(written)}`."
        question = self._names.nearest(written)
        if question is None:
            return UserError(f"{what} `/impact status` shows those that are open.")
        told = f"{what} Did you mean `{question.id}`?"
        return self.wrong(told, verb) if verb else _with_line(told, question)

    def no_command(self, words: str, verb: str) -> UserError:
        """Nothing that we know begins like this; names what was probably meant."""
        if begun := self._names.begun(words):
            return _with_line(f"Put a colon behind `{begun[0].id}` to answer it.", begun[0])
        what = f"There is no command `{quoted(verb)}`."
        near = get_close_matches(verb[:LONGEST_VERB], VERBS, 1)
        if near:
            return self.wrong(f"{what} Did you mean `{near[0]}`?", near[0])
        if question := self._names.nearest(verb):
            return _with_line(f"{what} Did you mean the question `{question.id}`?", question)
        return UserError(f"{what} `/impact help` shows what you can write.")


def _with_line(told: str, question: Question) -> UserError:
    return UserError(f"{told} Example: `{answer_line(question)}`")
