"""A message says what a customer said: keep it, and put it where it matters."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.core.checklist import Option
from bot.core.grammar import Piece
from bot.views.forms import form
from bot.views.forms.form import State, Values
from bot.views.forms.voice_fields import VOICE, piece_fields, read_piece
from bot.views.slack_blocks import context, input_block, modal, section
from bot.views.slack_inputs import multi_select, option
from bot.views.slack_limits import Block
from bot.views.slack_names import Window
from bot.views.slack_text import mrkdwn

ATTACH = "attach"
TITLE = "Customer evidence"
MOST_OPEN = 100


@dataclass(frozen=True, slots=True)
class Heard:
    """The message. `text` is masked already; `open_reviews` are references with labels, `known`
    says where the same words were kept before, `attach` are the reviews that are picked at first.
    `private_to` is the channel that alone may see the words; empty where anybody may.
    """

    channel: str
    ts: str
    text: str
    url: str
    day: date
    private_to: str
    open_reviews: Sequence[tuple[str, str]] = ()
    known: Sequence[str] = ()
    attach: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Kept:
    """A piece of customer voice, and the reviews that it goes to; none keeps it for later."""

    piece: Piece
    refs: tuple[str, ...]


def show(heard: Heard, segments: Sequence[Option]) -> Block:
    """The quote as it will be kept, what kind it is, and where it goes."""
    blocks: list[Block] = []
    if heard.known:
        known = "\n".join(f"• {mrkdwn(where)}" for where in heard.known[:3])
        blocks.append(section(f"*Kept before:*\n{known}\nThe same words count once."))
    blocks += piece_fields(segments, heard.text, heard.day, link=False)
    if heard.open_reviews:
        options = [option(ref, label) for ref, label in heard.open_reviews[:MOST_OPEN]]
        menu = multi_select(ATTACH, options, heard.attach, placeholder="Keep it for later")
        blocks.append(input_block("For which reviews?", menu, ATTACH, optional=True))
    else:
        blocks.append(context("No review is open, so it is kept for later."))
    if heard.private_to:
        blocks.append(
            context(
                "From a private channel: its words are shown only there. Elsewhere people see "
                "its kind, age and group."
            )
        )
    state = {"channel": heard.channel, "ts": heard.ts, "url": heard.url}
    state |= {"private_to": heard.private_to}
    return modal(
        TITLE, blocks, Window.HEARD, submit="Keep it", close="Cancel",
        private_metadata=json.dumps({k: v for k, v in state.items() if v}),
    )  # fmt: skip


def read(values: Values, state: State, today: date) -> tuple[Kept | None, Mapping[str, str]]:
    """What is kept, or what is wrong, by block."""
    piece, errors = read_piece(values, today)
    if piece is None:
        return None, errors
    if not piece.text:
        return None, {VOICE: "Please leave the words in; without them there is nothing to keep."}
    whole = Piece(
        piece.kind, piece.text, str(state.get("url") or ""), piece.on, piece.segment, piece.former,
        str(state.get("private_to") or ""),
    )  # fmt: skip
    return Kept(whole, form.picks(values, ATTACH)), {}
