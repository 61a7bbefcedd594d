"""One piece of customer voice, written by hand for one review; anybody in the thread may add it."""

from __future__ import annotations

from bot.core.acts import Tell
from bot.core.checklist import Kind, Question
from bot.core.grammar import Given, Piece
from bot.views import words
from bot.views.forms.form import Asked, Read, Values
from bot.views.forms.voice_fields import VOICE, piece_fields, read_piece
from bot.views.slack_blocks import context, modal
from bot.views.slack_limits import Block
from bot.views.slack_names import Window
from bot.views.slack_people import called
from bot.views.slack_text import mrkdwn

TITLE = "Add evidence"
MOST_KNOWN = 5


def voice(asked: Asked) -> Question | None:
    """The question that evidence answers."""
    questions = asked.review.checklist.all_questions()
    return next((q for q in questions if q.kind is Kind.EVIDENCE), None)


def show(asked: Asked) -> Block:
    """What is known, and room for one more piece."""
    known = [f"• {mrkdwn(words.piece(p))}" for p in asked.review.evidence[-MOST_KNOWN:]]
    blocks = [context("Known so far:\n" + "\n".join(known))] if known else []
    who = next((q for q, _ in asked.review.asked if q.kind is Kind.SEGMENTS), None)
    return modal(
        TITLE,
        [*blocks, *piece_fields(who.options if who else ())],
        Window.EVIDENCE,
        submit="Add",
        close="Cancel",
        private_metadata=asked.metadata(),
    )


def read(asked: Asked, values: Values) -> Read:
    """The piece, or what it lacks. One that is known already is said to be."""
    piece, errors = read_piece(values, asked.now.date())
    question = voice(asked)
    if piece is None or question is None:
        return Read(errors=errors or {VOICE: "Nothing is asked here."})
    same = next((e for e in asked.review.evidence if _same(piece, e.text, e.link)), None)
    if same is not None:
        who = called(same.by, {}).replace("*", "")
        text = f"It is here already: {who} added it on {words.day(same.at.date())}."
        return Read(errors={VOICE: text})
    return Read((Tell(question.id, Given(piece=piece)),))


def _same(piece: Piece, text: str, link: str) -> bool:
    same_text = " ".join(piece.text.casefold().split()) == " ".join(text.casefold().split())
    return (bool(piece.text) and same_text) or (bool(piece.link) and piece.link == link)
