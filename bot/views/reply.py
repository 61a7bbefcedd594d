"""The bot's replies to commands: what can be written, where a review stands, what was not taken.

One reply to a comment. It begins with a hidden marker, by which it is found again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.core.checklist import Checklist, Kind, Question
from bot.core.command_examples import WHAT_IT_DOES, answer_line, answers, example
from bot.core.commands import Line
from bot.core.tier import Tier
from bot.views import words
from bot.views.markdown import escape, sentence
from bot.views.reply_parts import LIMIT, MARKER, code, compose, items, marked, marker
from bot.views.reply_status import status_text

__all__ = [
    "LIMIT",
    "MARKER",
    "Waiting",
    "corrected_text",
    "error_text",
    "help_text",
    "marked",
    "marker",
    "open_ended",
    "status_text",
    "waiting_text",
]

ERRORS = 8_000  # characters of all errors of a reply
WAITS = "This asks for more, so it waits for your yes"
ANYBODY = "the author, and everybody with write access"
GROUPS = (
    ("Answer", ANYBODY, ("accept", "reject", "undo")),
    ("When a question, or all of this, does not fit", ANYBODY, ("na", "none", "tier")),
    (
        "Ask later, or less",
        "a reviewer, never the author",
        ("waive", "waive all", "tier R1", "pause"),
    ),
    ("The bot", ANYBODY, ("status", "draft", "recheck", "resume", "help")),
)


def help_text(checklist: Checklist, today: date) -> str:
    """What can be written, who may write it, and an example of each; fits one screen."""
    several = (
        "One command a line. For several answers at once: `/impact` alone on a line, and right "
        "below it one line for each answer, without `/impact`."
    )
    parts = [several]
    for title, who, verbs in GROUPS:
        lines = [_command(example(verb, checklist, today), WHAT_IT_DOES[verb]) for verb in verbs]
        if verbs == GROUPS[0][2]:
            lines = [*_answers(checklist, today), *lines]
        parts.append(f"**{title}** ({who})\n\n" + items(lines))
    return compose("What you can write here", *parts, _every_form(checklist))


def _answers(checklist: Checklist, today: date) -> list[str]:
    first = checklist.questions[:1] or checklist.all_questions()[:1]
    lines = [_command(answer_line(q), "answers a question") for q in first]
    if any(q.kind is Kind.EVIDENCE for q in checklist.all_questions()):
        lines.append(_command(example("evidence", checklist, today), WHAT_IT_DOES["evidence"]))
    return lines


def _every_form(checklist: Checklist) -> str:
    body = items([_command(line, what) for line, what in answers(checklist)])
    summary = "<summary>One example for each form of answer</summary>"
    return f"<details>\n{summary}\n\n{body}\n\n</details>"


def _command(line: str, what: str) -> str:
    return f"{code(line)} {escape(what)}"


def error_text(lines: Sequence[Line], taken: int) -> str:
    """What could not be taken of a comment, line by line; `taken` counts the lines that were."""
    if not lines:
        return ""
    only = f"Line {lines[0].number} was not taken"
    headline = only if len(lines) == 1 else f"{len(lines)} lines were not taken"
    wrong = items([f"**Line {line.number}**: {sentence(line.error)}" for line in lines], ERRORS)
    rest = f"The other {words.count(taken, 'line')} of the comment counted. " if taken > 1 else ""
    rest = "The other line of the comment counted. " if taken == 1 else rest
    wrong_ones = sum(not line.refused for line in lines)
    what = "the line" if wrong_ones == 1 else "the lines"
    mend = f"Correct {what} in your comment: an edit counts too." if wrong_ones else ""
    return compose(headline, wrong, f"{rest}{mend}".strip())


@dataclass(frozen=True, slots=True)
class Waiting:
    """An answer of one line that would raise the tier, and the questions that it would add."""

    line: int
    question: str
    tier: Tier
    added: Sequence[Question]


def waiting_text(waiting: Sequence[Waiting]) -> str:
    """What answers would do that count only once somebody agrees to it, and how to agree."""
    found = [
        f"**Line {w.line}** makes this {w.tier}{_adding(w.added)}. To count it: "
        f"{code(f'/impact accept {w.question}')}"
        for w in waiting
    ]
    return compose(WAITS, items(found))


def _adding(added: Sequence[Question]) -> str:
    if not added:
        return ""
    names = words.names([question.short.lower() for question in added])
    return f" and also asks {escape(names)}"


def open_ended(reply: str) -> bool:
    """Whether a reply as it stands says that something was not taken, or waits."""
    return any(told in reply for told in ("not taken\n", WAITS))


def corrected_text() -> str:
    """What stands in the place of the errors once the comment was put right."""
    return compose("Corrected", "Thank you for putting it right. Nothing else is needed for that.")
