"""The blocks that everything in Slack is made of, and the surfaces that take them.

A text is either OUR mrkdwn, in which strangers' words went through `slack_text.mrkdwn`, or PLAIN
text, which may be anybody's and is escaped here. Too long a text is cut at a word; a block that
Slack would refuse for another reason is our mistake and a `BrokenLimit`. What people press and fill
in is in `slack_inputs`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from bot.views.slack_limits import (
    ACTION_ELEMENTS,
    CONTEXT,
    CONTEXT_ELEMENTS,
    FALLBACK,
    FIELD,
    FIELDS,
    HEADER,
    ID,
    INPUTS,
    LABEL,
    MESSAGE_BLOCKS,
    METADATA,
    QUOTE,
    SECTION,
    TITLE,
    VIEW_BLOCKS,
    VIEW_BYTES,
    Block,
    an_id,
    marked,
    once,
    plain,
    plain_lines,
    require,
    some,
    weight,
)
from bot.views.slack_text import clean, cut, escape, line, quote


def section(
    text: str, fields: Sequence[str] = (), accessory: Block | None = None, block_id: str = ""
) -> Block:
    """A paragraph. OUR mrkdwn, up to ten fields of it in two columns, and an element beside it."""
    require(bool(text or fields), "a section has a text or fields")
    made: Block = {"type": "section"}
    if text:
        made["text"] = marked(text, SECTION)
    if fields:
        some(fields, FIELDS, "fields of a section")
        made["fields"] = [marked(field, FIELD) for field in fields]
    return made | ({"accessory": accessory} if accessory else {}) | _named(block_id)


def header(text: str) -> Block:
    """A heading. PLAIN text."""
    return {"type": "header", "text": plain(text, HEADER)}


def divider() -> Block:
    """A line across."""
    return {"type": "divider"}


def context(*texts: str) -> Block:
    """Small print, one to ten pieces of it. OUR mrkdwn."""
    some(texts, CONTEXT_ELEMENTS, "texts of a context")
    return {"type": "context", "elements": [marked(text, CONTEXT) for text in texts]}


def actions(*elements: Block, block_id: str = "") -> Block:
    """A row of up to 25 elements to press or pick."""
    some(elements, ACTION_ELEMENTS, "elements of actions")
    once(
        (an_id(each.get("action_id", ""), "an action_id") for each in elements),
        "action_id of a block",
    )
    return {"type": "actions", "elements": list(elements)} | _named(block_id)


def input_block(
    label: str,
    element: Block,
    block_id: str,
    hint: str = "",
    optional: bool = False,
    dispatch: bool = False,
) -> Block:
    """A question with its field. PLAIN label and hint; `dispatch` tells us before a submit."""
    require(element.get("type") in INPUTS, "an input holds something to fill in")
    made: Block = {"type": "input", "label": plain(label, LABEL), "element": element}
    made |= {"optional": optional, "dispatch_action": dispatch}
    if line(hint):
        made["hint"] = plain_lines(hint, LABEL)
    return made | {"block_id": an_id(block_id, "a block_id")}


def rich_quote(text: str, by: str = "") -> Block:
    """What somebody said, as a quote, with who said it below. PLAIN texts."""
    return quote(cut(clean(text).strip(), QUOTE), cut(line(by), HEADER))


def message(blocks: Sequence[Block], fallback: str) -> Block:
    """A message of up to 50 blocks. The PLAIN fallback is what notifications and readers say."""
    some(blocks, MESSAGE_BLOCKS, "blocks of a message")
    require(bool(line(fallback)), "a message has a fallback text")
    return {
        "text": cut(escape(fallback).strip(), FALLBACK),
        "blocks": _told_apart(blocks),
        "unfurl_links": False,
        "unfurl_media": False,
    }


def modal(
    title: str,
    blocks: Sequence[Block],
    callback_id: str,
    submit: str = "",
    close: str = "",
    private_metadata: str = "",
    external_id: str = "",
    notify_on_close: bool = False,
) -> Block:
    """A window over Slack, of up to 100 blocks. PLAIN title and buttons, 24 characters each."""
    asks = any(block["type"] == "input" for block in blocks)
    require(bool(line(submit)) or not asks, "a modal with an input has a submit")
    require(len(external_id) <= ID, f"an external_id has up to {ID} characters")
    view: Block = {"title": plain(title, TITLE), "callback_id": an_id(callback_id, "a callback_id")}
    for name, text in (("submit", submit), ("close", close)):
        if line(text):
            view[name] = plain(text, TITLE)
    if external_id:
        view["external_id"] = external_id
    return _view("modal", view | {"notify_on_close": notify_on_close}, blocks, private_metadata)


def home(blocks: Sequence[Block], private_metadata: str = "") -> Block:
    """The tab of the app, of up to 100 blocks."""
    return _view("home", {}, blocks, private_metadata)


def _view(kind: str, rest: Block, blocks: Sequence[Block], private_metadata: str) -> Block:
    some(blocks, VIEW_BLOCKS, f"blocks of a {kind}")
    require(len(private_metadata) <= METADATA, f"private_metadata has up to {METADATA} characters")
    view = {"type": kind, "blocks": _told_apart(blocks), **rest}
    if private_metadata:
        view["private_metadata"] = private_metadata
    require(weight(view) <= VIEW_BYTES, f"a view has up to {VIEW_BYTES} bytes")
    return view


def fit(
    groups: Sequence[Sequence[Block]],
    most: int,
    more: Callable[[int], str] = "… and {} more".format,
) -> list[Block]:
    """As many whole groups as fit into `most` blocks; where some do not, a last line says how many.

    `more` makes OUR mrkdwn of the number of groups left out.
    """
    if sum(map(len, groups)) <= most:
        return [block for group in groups for block in group]
    require(most >= 1, "what is left out needs a line to say so")
    kept: list[Block] = []
    for number, group in enumerate(groups):
        if len(kept) + len(group) > most - 1:
            return [*kept, context(more(len(groups) - number))]
        kept += group
    return kept


def paged(groups: Sequence[Sequence[Block]], most: int) -> list[list[Block]]:
    """All groups on as many pages as it takes, `most` blocks each; no group is torn apart."""
    pages: list[list[Block]] = []
    for group in groups:
        require(len(group) <= most, f"a group has up to {most} blocks")
        if not pages or len(pages[-1]) + len(group) > most:
            pages.append([])
        pages[-1] += group
    return pages


def _named(block_id: str) -> Block:
    return {"block_id": an_id(block_id, "a block_id")} if block_id else {}


def _told_apart(blocks: Sequence[Block]) -> list[Block]:
    once(_ids(blocks), "block_id")
    return list(blocks)


def _ids(blocks: Sequence[Block]) -> Iterator[str]:
    return (block["block_id"] for block in blocks if "block_id" in block)
