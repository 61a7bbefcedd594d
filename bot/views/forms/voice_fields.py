"""The fields of one piece of customer voice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot.core.checklist import Option
from bot.core.grammar import Piece
from bot.views.forms import form
from bot.views.forms.form import Values
from bot.views.slack_blocks import input_block
from bot.views.slack_inputs import (
    checkboxes,
    date_input,
    option,
    radio,
    select,
    text_input,
)
from bot.views.slack_limits import Block
from bot.views.slack_text import safe_url

KIND, VOICE, LINK, DAY, SEGMENT, FORMER = "kind", "quote", "link", "day", "segment", "former"
KINDS = {
    "asked": ("We asked them", "An interview, a survey, a call"),
    "observed": ("We watched them", "A test, a recording, their data"),
    "signal": ("A signal", "A ticket, a review, a complaint, a wish"),
}
LONGEST = 1000  # characters of a quote


def piece_fields(
    segments: Sequence[Option], quote: str = "", day: date | None = None, link: bool = True
) -> list[Block]:
    """`link`: it can be said where it is written; a message says that itself."""
    kinds = [option(kind, text, more) for kind, (text, more) in KINDS.items()]
    blocks = [
        input_block("How do we know it?", radio(KIND, kinds, "signal" if quote else ""), KIND),
        input_block(
            "What they said or did, in their words",
            text_input(VOICE, multiline=True, initial=quote, most=LONGEST),
            VOICE,
            "E-mail addresses, phone and card numbers are taken out before it is kept.",
            optional=link,
        ),
    ]
    if link:
        where = text_input(LINK, most=LONGEST)
        blocks.append(input_block("Where it is written (a link)", where, LINK, optional=True))
    if segments:
        menu = select(SEGMENT, [option(each.id, each.label) for each in segments])
        blocks.append(input_block("Who said it?", menu, SEGMENT, optional=True))
    box = checkboxes(FORMER, [option("yes", "They left, or did not buy")])
    return [
        *blocks,
        input_block("When?", date_input(DAY, day), DAY, optional=True),
        input_block("An ex-customer?", box, FORMER, optional=True),
    ]


def read_piece(values: Values, today: date) -> tuple[Piece | None, dict[str, str]]:
    """The piece that was filled in, or what is wrong, by block."""
    kind, text, link = (
        form.pick(values, KIND),
        form.text(values, VOICE),
        form.text(values, LINK),
    )
    on = form.day(values, DAY)
    errors: dict[str, str] = {}
    if not kind:
        errors[KIND] = "Please say how we know it."
    if not (text or link):
        errors[VOICE] = "Please write what they said or did, or give a link to it."
    if link and not safe_url(link):
        errors[LINK] = "Please give a web address, such as https://example.com/7."
    if on is not None and on > today:
        errors[DAY] = "Please pick a day that was."
    if errors:
        return None, errors
    former = "yes" in form.picks(values, FORMER)
    return Piece(kind, text, link, on, form.pick(values, SEGMENT), former), {}
