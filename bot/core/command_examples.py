"""One right line for every kind of command, in the words of the checklist at hand."""

from __future__ import annotations

from datetime import date, timedelta

from bot.core import grammar
from bot.core.checklist import Checklist, Kind, Question

DAYS_AHEAD = 30  # of the day until which an example waives


def examples(checklist: Checklist, today: date) -> tuple[tuple[str, str], ...]:
    """(a line, what it does) for one question of each form and for every kind of command."""
    heard = any(q.kind is Kind.EVIDENCE for q in checklist.all_questions())
    verbs = [verb for verb in WHAT_IT_DOES if verb != "evidence" or heard]
    commands = ((example(verb, checklist, today), WHAT_IT_DOES[verb]) for verb in verbs)
    return (*answers(checklist), *commands)


def answers(checklist: Checklist) -> tuple[tuple[str, str], ...]:
    """(a line, what it does) for the first question of each form."""
    firsts = {question.kind: question for question in reversed(checklist.all_questions())}
    asked = [firsts[kind] for kind in Kind if kind in firsts]
    return tuple((answer_line(question), f"answers “{question.ask}”") for question in asked)


def answer_line(question: Question) -> str:
    """A line that answers this question."""
    return f"/impact {question.id}: {grammar.example(question)}"


WHAT_IT_DOES = {
    "answer": "answers a question, without a colon",
    "evidence": "adds one piece of customer voice",
    "accept": "takes what is offered for a question as its answer",
    "draft": "has a model draft what is open, where one is set up",
    "reject": "says that a draft is no help",
    "undo": "takes an answer back",
    "na": "says that a question does not apply",
    "none": "says that no customer will notice (R1 only)",
    "tier": "asks for more questions",
    "tier R1": "asks for fewer questions",
    "waive": "lets one question wait until that day",
    "waive all": "lets all questions wait until that day",
    "pause": "turns the bot off for this pull request",
    "resume": "turns the bot on again",
    "status": "shows where this stands and what is missing",
    "recheck": "reads the pull request again",
    "help": "shows what you can write",
}


def example(verb: str, checklist: Checklist, today: date) -> str:
    """A right line for this command; `verb` is a key of WHAT_IT_DOES."""
    until = (today + timedelta(days=DAYS_AHEAD)).isoformat()
    picked, offered, last = (_some(checklist, form) for form in (Kind.PICK_LINE, Kind.LINE, None))
    more = {
        "answer": f"{picked.id} {grammar.example(picked)}",
        "evidence": 'asked 2026-02-20 [admins] "I export every Friday" https://example.com/7',
        "accept": offered.id,
        "undo": picked.id,
        "reject": offered.id,
        "na": f"{last.id} nobody uses this yet, it is not released",
        "none": "only the names of our own log files change",
        "tier": "R2 a button that people use every day moves",
        "tier R1": "only the colour of a border changes",
        "waive": f"{last.id} until {until} the text is still being written",
        "waive all": f"until {until} the repair of an outage cannot wait",
        "pause": "this is a trial and will not be merged",
    }
    return f"/impact {verb} {more.get(verb, '')}".rstrip()


def _some(checklist: Checklist, form: Kind | None) -> Question:
    """The first question of this form; without one, the last that every tier asks."""
    questions = checklist.questions or checklist.all_questions()
    always = [q for q in questions if all(need.must for need in q.tiers.values())]
    return next((q for q in questions if q.kind is form), (always or list(questions))[-1])
