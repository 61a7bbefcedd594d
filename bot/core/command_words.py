"""The words behind `/impact`: read as one command, and written so that they read back.

    help | status | recheck | resume | draft  <question>: <answer>
    answer <question> <answer>                evidence <kind> [date] [segment] <text or link>
    na <question> <reason>                    undo | accept | reject <question>
    none <reason>                             tier R2 <reason>
    waive <question|all> until <date> <reason>  pause <reason>

A question is named by its id or its short name. What cannot be read raises UserError, which says
what is wrong and ends with a line to try.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date

from bot.core import grammar
from bot.core.checklist import Checklist, Kind, Question
from bot.core.command_errors import CommandErrors
from bot.core.command_kinds import (
    AcceptOffer,
    AnswerGiven,
    Attest,
    Command,
    DraftAsked,
    Help,
    NotApplicable,
    PauseFor,
    Recheck,
    RejectDraft,
    Resume,
    Status,
    TierTo,
    UndoAnswer,
    WaiveFor,
)
from bot.core.grammar import Given, quoted
from bot.core.question_names import QuestionNames
from bot.core.tier import Tier
from bot.core.waivers import ALL, LONGEST_DAYS
from bot.errors import UserError

LONGEST_REASON = 500  # characters
ALONE: dict[str, Command] = {
    "help": Help(),
    "status": Status(),
    "recheck": Recheck(),
    "draft": DraftAsked(),
    "resume": Resume(),
}
UNFILLED = ("…", "...")  # what stands in our lines to copy where an answer belongs
UNTIL = re.compile(r"(?:^| )until(?= |$)", re.IGNORECASE)


class Reader:
    """Reads commands for one checklist on one day. Words come in one line, single-spaced."""

    def __init__(self, checklist: Checklist, today: date) -> None:
        self._checklist, self._today = checklist, today
        self._names = QuestionNames(checklist)
        self._errors = CommandErrors(checklist, self._names, today)
        self._verbs: dict[str, Callable[[str], Command]] = {
            "answer": self._answer_without_colon,
            "evidence": self._evidence,
            "na": self._not_applicable,
            "undo": lambda rest: UndoAnswer(self._whole(rest, "undo").id),
            "accept": lambda rest: AcceptOffer(self._whole(rest, "accept").id),
            "reject": lambda rest: RejectDraft(self._whole(rest, "reject").id),
            "none": lambda rest: Attest(self._reason(rest, "none")),
            "tier": self._tier,
            "waive": self._waive,
            "pause": lambda rest: PauseFor(self._reason(rest, "pause")),
        }

    def read(self, words: str) -> Command:
        """The command that stands behind `/impact`. Raises UserError."""
        head, colon, tail = words.partition(":")
        if colon and (question := self._names.find(head)):
            return self._answer(question, tail)
        verb, rest = _verb(words)
        if verb in ALONE:
            return self._alone(verb, rest)
        if verb in self._verbs:
            return self._verbs[verb](rest)
        if self.is_answer(words):
            raise self._errors.no_question(head)
        if (begun := self._names.begun(words)) and begun[1]:
            return self._answer(*begun)
        raise self._errors.no_command(words, verb)

    def read_answer(self, words: str) -> Command:
        """The answer that stands in a block, where no other command does. Raises UserError."""
        head, _, tail = words.partition(":")
        if question := self._names.find(head):
            return self._answer(question, tail)
        verb = _verb(words)[0]
        if self._is_verb(verb):
            raise self._errors.wrong(f"`{verb}` needs `/impact` before it.", verb)
        raise self._errors.no_question(head)

    def is_answer(self, words: str) -> bool:
        """The line has the form `<question>: <answer>`, maybe with the question misspelt."""
        head, colon, tail = words.partition(":")
        return bool(colon) and self._names.meant(head, tail)

    def opens_block(self, words: str) -> bool:
        """What stands behind `/impact` answers, so more answers may stand below it."""
        head = words.partition(":")[0]
        known = self._names.find(head) is not None or not self._is_verb(_verb(words)[0])
        return self.is_answer(words) and known

    def unfilled(self, words: str) -> bool:
        """A line that was copied from us, with nothing put in the place of the dots."""
        head, _, tail = words.partition(":")
        return tail.strip() in UNFILLED and self._names.find(head) is not None

    def _is_verb(self, word: str) -> bool:
        return word in self._verbs or word in ALONE

    def _whole(self, rest: str, verb: str) -> Question:
        if question := self._names.find(rest.rstrip(":.,!")):
            return question
        if self._names.begun(rest):
            raise self._errors.wrong(f"`{verb}` takes one question here and nothing else.", verb)
        raise self._errors.no_question(rest, verb)

    def _answer(self, question: Question, text: str) -> AnswerGiven:
        try:
            given = _without_dots(grammar.read(question, "" if text.strip() in UNFILLED else text))
            given = given if given != Given() else grammar.read(question, "")
        except UserError as error:
            told = str(error).replace("Example: `", "Example: `/impact ", 1)
            raise UserError(told) from None
        if given.piece is not None and given.piece.on and given.piece.on > self._today:
            raise UserError(f"`{question.id}`: {given.piece.on} is still to come.")
        return AnswerGiven(question.id, given)

    def _answer_without_colon(self, rest: str) -> Command:
        return self._answer(*self._begun(rest, "answer"))

    def _evidence(self, rest: str) -> Command:
        questions = self._checklist.all_questions()
        voice = next((q for q in questions if q.kind is Kind.EVIDENCE), None)
        if voice is None:
            raise UserError("This checklist does not ask for evidence. See `/impact help`.")
        return self._answer(voice, rest)

    def _not_applicable(self, rest: str) -> Command:
        question, reason = self._begun(rest, "na")
        return NotApplicable(question.id, self._reason(reason, "na"))

    def _begun(self, rest: str, verb: str) -> tuple[Question, str]:
        begun = self._names.begun(rest)
        if begun is None:
            raise self._errors.no_question(_first(rest)[0], verb)
        return begun

    def _tier(self, rest: str) -> Command:
        name, reason = _first(rest)
        tier = {str(t): t for t in Tier}.get(name.rstrip(":,").upper())
        if tier is None:
            wrong = f"“{quoted(name)}” is no tier" if name else "Which tier?"
            raise self._errors.wrong(f"{wrong.rstrip('?')}: take `R0`, `R1`, `R2` or `R3`.", "tier")
        return TierTo(tier, self._reason(reason, "tier"))

    def _waive(self, rest: str) -> Command:
        until = UNTIL.search(rest)
        if until is None:
            raise self._errors.wrong("Say until which day: `until` and a date.", "waive")
        name = rest[: until.start()]
        scope = ALL if name.casefold() == ALL else self._whole(name, "waive").id
        day, reason = _first(rest[until.end() + 1 :])
        return WaiveFor(scope, self._day(day.rstrip(":,")), self._reason(reason, "waive"))

    def _day(self, written: str) -> date:
        if not written:
            raise self._errors.wrong("The date is missing.", "waive")
        day = grammar.iso_date(written)
        if day is None:
            wrong = f"“{quoted(written)}” is not a date: write year-month-day."
            raise self._errors.wrong(wrong, "waive")
        if day < self._today:
            raise self._errors.wrong(f"{day} is over; a waiver is for the days to come.", "waive")
        if (day - self._today).days > LONGEST_DAYS:
            raise self._errors.wrong(f"A waiver lasts {LONGEST_DAYS} days at most.", "waive")
        return day

    def _reason(self, reason: str, verb: str) -> str:
        if not reason:
            raise self._errors.no_reason(verb)
        if len(reason) > LONGEST_REASON:
            raise self._errors.wrong(f"A reason has at most {LONGEST_REASON} characters.", verb)
        return reason

    def _alone(self, verb: str, rest: str) -> Command:
        """A friendly word behind it is fine; what looks like an answer must not get lost."""
        if ":" in rest:
            raise self._errors.wrong(f"`{verb}` stands alone on its line.", verb)
        return ALONE[verb]


def write_command(command: Command, checklist: Checklist) -> str:
    """The line that reads back as this command. LookupError for a question that is not there."""
    match command:
        case AnswerGiven(name, given):
            question = checklist.question(name)
            if question is None:
                raise LookupError(name)
            words = f"{name}: {grammar.write(question, given)}"
        case NotApplicable(name, reason):
            words = f"na {name}{':' if ':' in reason else ''} {reason}"
        case UndoAnswer(name):
            words = f"undo {name}"
        case AcceptOffer(name):
            words = f"accept {name}"
        case Attest(reason):
            words = f"none {reason}"
        case TierTo(tier, reason):
            words = f"tier {tier} {reason}"
        case WaiveFor(scope, until, reason):
            words = f"waive {scope} until {until.isoformat()} {reason}"
        case PauseFor(reason):
            words = f"pause {reason}"
        case _:
            words = next(verb for verb, alone in ALONE.items() if alone == command)
    return f"/impact {words}"


def _first(text: str) -> tuple[str, str]:
    """The first word and the rest."""
    word, _, rest = text.partition(" ")
    return word, rest


def _verb(words: str) -> tuple[str, str]:
    """The first word as a command's name, and the rest; a colon or a full stop does no harm."""
    word, rest = _first(words)
    return word.rstrip(":.,!?").casefold(), rest


def _without_dots(given: Given) -> Given:
    """The dots of our lines to copy are no text."""
    if given.piece is not None and given.piece.text in UNFILLED:
        return replace(given, piece=replace(given.piece, text=""))
    return replace(given, text="") if given.text in UNFILLED else given
