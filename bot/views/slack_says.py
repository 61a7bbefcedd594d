"""Short things that are said to one person: in a channel only they see it, or in a window."""

from __future__ import annotations

from collections.abc import Sequence

from bot.core.stats import AMONG, Line
from bot.views.slack_blocks import actions, context, message, modal, section
from bot.views.slack_home import value
from bot.views.slack_inputs import button
from bot.views.slack_limits import Block
from bot.views.slack_names import COMMAND, Press, Window
from bot.views.slack_text import NOTHING, link, mrkdwn

TITLE = "Customer impact"
NOT_SAVED = "Not saved yet, press Submit again."
WHY_NOT = {
    "is_archived": "This channel is archived, so nothing can be posted here.",
    "channel_not_found": "I am not in this channel. Write `/invite @Empty Chair`, then try again.",
    "not_in_channel": "I am not in this channel. Write `/invite @Empty Chair`, then try again.",
    "restricted_action": "Only some people may post here. Ask a channel manager to let me.",
    "thread_not_found": "That message is gone, so there is no thread to put the card in.",
    "message_not_found": "That message is gone, so there is no thread to put the card in.",
}
HELP = (
    ("A message that proposes something", "its menu “⋯” → *Customer impact*"),
    ("A message that says what a customer said", "its menu “⋯” → *Add as customer evidence*"),
    (f"`{COMMAND} new`", "write a proposal"),
    (f"`{COMMAND} mine`", "your open reviews, and what waits for you"),
    (f"`{COMMAND} stats`", "how often this channel's team asked its customers"),
    (f"`{COMMAND} link`", "say who you are on GitHub"),
)


def say(text: str, *more: Block) -> Block:
    """One paragraph of OUR mrkdwn that one person sees."""
    return message([section(text), *more], text.replace("*", "").replace("`", ""))


def help_text(unread: str = "") -> Block:
    """What can be done here. `unread` is what somebody wrote that we do not know."""
    lines = [f"• {what}: {how}" for what, how in HELP]
    begin = f"“{mrkdwn(unread)}” is nothing I know.\n" if unread else ""
    text = f"{begin}*What you can do*\n" + "\n".join(lines)
    return message([section(text)], "What you can do with Empty Chair")


def mine(lines: Sequence[tuple[str, str, str]]) -> Block:
    """Open reviews as (title, address, what comes next); empty says so."""
    if not lines:
        return say("Nothing of yours is open, and nothing waits for you.")
    shown = [f"• {link(url, title)} – {mrkdwn(then)}" for title, url, then in lines]
    return say("*Open, or waiting for you*\n" + "\n".join(shown))


def stats(line: Line) -> Block:
    """The numbers of one team, each with what it means."""
    shown = []
    for measure in AMONG:
        shown.append(f"*{measure.heading}* {value(line.values[measure.name])}")
    text = f"*{mrkdwn(line.name)}*: does it ask its customers?\n" + "\n".join(shown)
    hint = "What each number means: `emptychair stats`."
    return message([section(text), context(hint)], f"Numbers of {line.name}")


def cannot_post(reason: str) -> Block:
    """Why the card cannot stand where it was asked for."""
    return say(WHY_NOT.get(reason, f"Slack did not let me post here ({mrkdwn(reason)})."))


def not_saved() -> Block:
    """What was pressed is not on record yet."""
    return say("Not saved yet: the record is busy. Press it again in a moment.")


def too_slow() -> Block:
    """The window could not be opened in time."""
    return say("Slack took too long to open the window. Press it again.")


def invite(message_of: str) -> Block:
    """An answer to a mention: a button that opens a review of the message. It names that one."""
    press = button("Open a review", Press.NEW, message_of, style="primary")
    return say("Shall this be decided with the customer in the room?", actions(press))


def stands_already(url: str) -> Block:
    """The review of a message stands in its thread already."""
    return say(f"It has a review: {link(url, 'see the card')}." if url else "It has a review.")


def link_code(code: str, minutes: int) -> Block:
    """The code that says who somebody is on GitHub."""
    return say(
        f"Write this as a comment on any pull request that I watch, within {minutes} minutes:\n"
        f"`{COMMAND} link {code}`\nThen your answers here and there are those of one person."
    )


def wrong(text: str) -> Block:
    """What went wrong, in words for the person who acted."""
    return say(plain(text))


def plain(text: str) -> str:
    """Words of ours that were meant for Markdown, in OUR mrkdwn."""
    return mrkdwn(text.replace("`", "")) or NOTHING


# -- windows without a field ----------------------------------------------------------------------


def loading(external_id: str) -> Block:
    """What a window shows until it is filled."""
    text = "One moment: looking at what is known."
    return modal(TITLE, [section(text)], Window.LOADING, close="Close", external_id=external_id)


def said(text: str, title: str = TITLE) -> Block:
    """A window that only says something. OUR mrkdwn."""
    return modal(title, [section(text)], Window.SAID, close="Close")
