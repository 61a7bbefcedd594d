"""The window that opens a review: what is proposed, and five switches that say how much to ask."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bot.core.answers import is_text
from bot.core.catalog import Catalog
from bot.core.checklist import Overlay
from bot.core.propose import due_by_default, judged, title_of
from bot.core.tier import Tier
from bot.views import words
from bot.views.forms import form
from bot.views.forms.form import State, Values
from bot.views.slack_blocks import context, input_block, modal, section
from bot.views.slack_inputs import (
    checkboxes,
    date_input,
    multi_select,
    option,
    text_input,
    users_select,
)
from bot.views.slack_limits import Block
from bot.views.slack_names import Press, Window
from bot.views.slack_text import mrkdwn, unescape

SWITCHES, OVERLAYS, TITLE, TEXT, WHERE, OWNER, DUE, ALREADY = (
    *("switches", "overlays", "title", "text", "where", "owner", "due"),
    "already",
)
LEAST = 10  # characters of a title
MINUTES = {Tier.R1: "2 or 3 minutes", Tier.R2: "about 7 minutes", Tier.R3: "about 12 minutes"}


@dataclass(frozen=True, slots=True)
class Draft:
    """What is to be proposed. `ts` is empty for what nobody wrote down yet; `author` is a user id.

    `text` is as Slack sends it; `answer_to` is where to say something to who asked, `told_by` the
    delivery that holds the message.
    """

    channel: str
    ts: str
    thread: str
    text: str
    author: str
    answer_to: str = ""
    told_by: str = ""


@dataclass(frozen=True, slots=True)
class Opening:
    """A review to be opened, as it was sent. `text` is empty where a message holds it."""

    channel: str
    ts: str
    thread: str
    title: str
    text: str
    owner: str
    switches: tuple[str, ...]
    overlays: tuple[str, ...]
    due: date | None
    already: bool
    answer_to: str = ""
    told_by: str = ""


def draft_state(draft: Draft, catalog: Catalog) -> dict[str, Any]:
    """What the window remembers of a draft: where it stands, and what its words suggest."""
    switches, overlays = catalog.switches.guess(unescape(draft.text))
    return {
        "channel": draft.channel,
        "ts": draft.ts,
        "thread": draft.thread,
        "author": draft.author,
        "answer_to": draft.answer_to,
        "told_by": draft.told_by,
        SWITCHES: list(switches),
        OVERLAYS: list(overlays),
    }


def show(state: State, catalog: Catalog, now: datetime, text: str = "") -> Block:
    """The window. `text` is that of the message, as Slack sends it; it gives the title."""
    switches, overlays = tuple(state.get(SWITCHES, ())), tuple(state.get(OVERLAYS, ()))
    blocks = [
        _tier_line(catalog, switches, overlays),
        _switches(catalog, switches),
        _overlays(catalog.checklist.overlays, overlays),
        *_words(state, text),
        *_people(state, catalog, now, switches, overlays),
    ]
    return modal(
        "Customer impact",
        blocks,
        Window.PROPOSE,
        submit="Open the review",
        close="Cancel",
        private_metadata=json.dumps({k: v for k, v in state.items() if v}),
    )


def _tier_line(catalog: Catalog, switches: Sequence[str], overlays: Sequence[str]) -> Block:
    verdict = judged(catalog, switches, overlays)
    if verdict.tier is Tier.R0:
        return section("*R0*: nothing ticked, so nothing is asked. Tick what is true.")
    checklist = catalog.checklist
    asked = checklist.asked(verdict.tier, verdict.overlays, {})
    number = words.count(sum(need.must for _, need in asked), "question")
    because = "; ".join(mrkdwn(reason.text) for reason in verdict.reasons[:2])
    return section(f"*{verdict.tier}*, because {because}: {number}, {MINUTES[verdict.tier]}.")


def _switches(catalog: Catalog, ticked: Sequence[str]) -> Block:
    options = [option(switch.id, switch.ask) for switch in catalog.switches.all]
    boxes = checkboxes(Press.SWITCHES, options, ticked)
    return input_block("Which of these are true?", boxes, SWITCHES, optional=True, dispatch=True)


def _overlays(overlays: Sequence[Overlay], named: Sequence[str]) -> Block:
    options = [option(overlay.id, overlay.title) for overlay in overlays]
    menu = multi_select(Press.OVERLAYS, options, named, placeholder="None")
    hint = "Each adds a few questions of its own."
    return input_block("What kind of change?", menu, OVERLAYS, hint, optional=True, dispatch=True)


def _words(state: State, text: str) -> list[Block]:
    plain = unescape(text)
    title = title_of(plain) if plain.strip() else ""
    named = text_input(TITLE, initial=title, most=150, placeholder="Raise the Pro price to $15")
    blocks = [input_block("What is proposed?", named, TITLE, "One line that names the change.")]
    if not state.get("ts"):
        body = text_input(TEXT, multiline=True, placeholder="What, why, for whom, from when")
        blocks.append(input_block("The proposal", body, TEXT, "It is posted with the card."))
        where: Block = {"type": "conversations_select", "action_id": WHERE}
        where["filter"] = {"include": ["public", "private"], "exclude_bot_users": True}
        if state.get("channel"):
            where["initial_conversation"] = state["channel"]
        else:
            where["default_to_current_conversation"] = True
        blocks.append(_input("Where is it decided?", where, WHERE))
    return blocks


def _input(label: str, element: Block, block_id: str) -> Block:
    """An input around an element that the builders do not know."""
    named = input_block(label, text_input(block_id), block_id)
    return {**named, "element": element}


def _people(
    state: State,
    catalog: Catalog,
    now: datetime,
    switches: Sequence[str],
    overlays: Sequence[str],
) -> list[Block]:
    tier = judged(catalog, switches, overlays).tier
    owner = users_select(OWNER, initial=str(state.get("author") or ""))
    due = date_input(DUE, due_by_default(tier, now.date()))
    already = checkboxes(ALREADY, [option("yes", "We decided already; ask us afterwards")])
    return [
        input_block("Who answers for the customer?", owner, OWNER, optional=True),
        input_block("Answered by when?", due, DUE, optional=True),
        input_block("Decided?", already, ALREADY, optional=True),
        context("The card goes into the thread. Nobody is asked anything but there."),
    ]


def title_in(values: Values) -> str:
    """The title as it was typed."""
    return form.text(values, TITLE)


def ticked(values: Values) -> tuple[list[str], list[str]]:
    """The switches and kinds of change that are ticked now."""
    return list(form.picks(values, SWITCHES)), list(form.picks(values, OVERLAYS))


def read(values: Values, state: State) -> tuple[Opening | None, Mapping[str, str]]:
    """The review to open, or what is wrong, by block."""
    switches, overlays = ticked(values)
    title, text = form.text(values, TITLE), form.text(values, TEXT)
    unposted = not state.get("ts")
    channel = form.channel(values, WHERE) if unposted else str(state.get("channel") or "")
    errors: dict[str, str] = {}
    if not (switches or overlays):
        errors[SWITCHES] = (
            "Nothing ticked means that customers would not notice: then nothing is asked, and you "
            "can close this window."
        )
    if not is_text(title, LEAST):
        errors[TITLE] = f"Please name the change, in {LEAST} characters or more."
    if unposted and not channel:
        errors[WHERE] = "Please pick the channel in which it is decided."
    if unposted and not is_text(text, LEAST):
        errors[TEXT] = "Please say what is proposed, in a sentence or two."
    if errors:
        return None, errors
    return (
        Opening(
            channel=channel,
            ts=str(state.get("ts") or ""),
            thread=str(state.get("thread") or ""),
            title=title,
            text=text,
            owner=form.user(values, OWNER) or str(state.get("author") or ""),
            switches=tuple(switches),
            overlays=tuple(overlays),
            due=form.day(values, DUE),
            already="yes" in form.picks(values, ALREADY),
            answer_to=str(state.get("answer_to") or ""),
            told_by=str(state.get("told_by") or ""),
        ),
        {},
    )
