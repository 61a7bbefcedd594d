"""The commands in a comment: which lines are some, what each means, and what an edit changed.

A command begins with `/impact` at the start of a line. `/impact` alone, or a line that answers,
begins a block: the lines right below it need no more than `<question>: <answer>`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice

from bot.core.checklist import Checklist
from bot.core.command_examples import examples
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
from bot.core.command_lines import Spoken, spoken
from bot.core.command_words import Reader, write_command
from bot.core.links import without_code
from bot.errors import UserError

__all__ = [
    "AcceptOffer",
    "AnswerGiven",
    "Attest",
    "Command",
    "DraftAsked",
    "Help",
    "Line",
    "NotApplicable",
    "PauseFor",
    "Recheck",
    "RejectDraft",
    "Resume",
    "Status",
    "TierTo",
    "UndoAnswer",
    "WaiveFor",
    "examples",
    "lines_between",
    "read_commands",
    "still_wrong",
    "write_command",
]

MOST = 50  # commands of one comment
START = re.compile(r"^ {0,3}/impact(?:$|:|(?=\s))", re.IGNORECASE)
BULLET = re.compile(r"^\s*[-*+]\s+")
NOTHING = (
    "Write a command behind `/impact`, or your answers on the lines right below it. "
    "Try `/impact help`."
)
TOO_MANY = (
    f"A comment holds at most {MOST} commands; from here on nothing was read. "
    "Send the rest as another comment, such as `/impact status`."
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line that is a command, or was meant as one: just one of `command` and `error` is set.

    `number` counts from 1 in the comment, `text` is the line as written. `error` says in Markdown
    what is wrong and what to try; what it quotes is short and holds no backtick. `refused`: it was
    understood, and is not to be done.
    """

    number: int
    text: str
    command: Command | None
    error: str = ""
    refused: bool = False


def read_commands(body: str, checklist: Checklist, today: date) -> tuple[Line, ...]:
    """Every command of a comment, in order; empty where nobody speaks to the bot."""
    found: list[Line] = []
    for line in _lines(body, Reader(checklist, today)):
        if len(found) == MOST:
            return (*found, Line(line.number, line.text, None, TOO_MANY))
        found.append(line)
    return tuple(found)


def lines_between(
    before: str, after: str, checklist: Checklist, today: date
) -> tuple[tuple[Line, ...], tuple[Line, ...]]:
    """What an edit of a comment says anew, and what it no longer says, each in order.

    A line that stays, wherever it moved and however it is spelled, says nothing anew, nor does one
    that was too far down to be read when lines above it go.
    """
    reader = Reader(checklist, today)
    old, new = tuple(_lines(before, reader)), tuple(_lines(after, reader))
    return _beyond(new, old)[:MOST], _beyond(old, new)[:MOST]


def still_wrong(
    after: str, new: Sequence[Line], checklist: Checklist, today: date
) -> tuple[Line, ...]:
    """What cannot be read of an edited comment, without the new lines."""
    lines = read_commands(after, checklist, today)
    return tuple(line for line in lines if line.command is None and line not in new)


def _beyond(lines: Sequence[Line], others: Sequence[Line]) -> tuple[Line, ...]:
    """The lines that the others do not have, or not as often."""
    known = Counter(_meaning(line) for line in others)
    found = []
    for line in lines:
        known[_meaning(line)] -= 1
        if known[_meaning(line)] < 0:
            found.append(line)
    return tuple(found)


def _meaning(line: Line) -> Command | str:
    """What a line says; its words where it cannot be read."""
    return line.command or _joined(line.text)


def _joined(text: str) -> str:
    return " ".join(text.split())


def _lines(body: str, reader: Reader) -> Iterator[Line]:
    lines = list(spoken(without_code(body)))
    for index, line in enumerate(lines):
        start = START.match(line.words)
        if start is None:
            continue
        words = _joined(line.words[start.end() :])
        below = islice(_block(lines, index + 1, reader), MOST + 1)
        if words:
            yield _read(line, reader.read, words)
            if reader.opens_block(words):
                yield from below
        else:
            answers = list(below)
            yield from answers or [Line(line.number, line.text, None, NOTHING)]


def _block(lines: Sequence[Spoken], first: int, reader: Reader) -> Iterator[Line]:
    """The answers from this line on, until one that is no answer or does not follow directly."""
    for index in range(first, len(lines)):
        line = lines[index]
        words = _joined(BULLET.sub("", line.words))
        follows = line.number == lines[index - 1].number + 1
        if not follows or START.match(line.words) or not reader.is_answer(words):
            return
        if not reader.unfilled(words):
            yield _read(line, reader.read_answer, words)


def _read(line: Spoken, read: Callable[[str], Command], words: str) -> Line:
    try:
        return Line(line.number, line.text, read(words))
    except UserError as error:
        return Line(line.number, line.text, None, str(error))
