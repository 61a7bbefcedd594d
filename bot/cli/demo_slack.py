"""What people do in the demo's Slack before you come: one proposal decided, one half answered."""

from __future__ import annotations

from bot.cli.pair import Pair
from bot.sandbox.slack.records import Message

MANAGER, SUPPORT = "product-manager", "support-lead"
BANNER = (
    "Show a banner when an export fails\n\nToday people wait for an export that has failed long "
    "ago. Let us say so at once, with a button that starts it again."
)
PRICE = (
    "Raise the Pro price to $15\n\nWe have not changed it in three years, and support costs more "
    "than it did. Yearly customers keep their price until they renew."
)
QUOTE = "A shop owner on the phone: “I waited an hour, and then I saw that it had failed.”"
MAIL = "From the inbox: “If Pro gets dearer I need to know before my boss does.”"


def play(pair: Pair) -> list[str]:
    """Play it, and tell in a line each what happened."""
    slack = pair.slack
    heard = slack.post("support", SUPPORT, QUOTE)
    slack.post("support", SUPPORT, MAIL)
    banner = slack.post("proposals", MANAGER, BANNER)
    _open(pair, banner, ["notice"])
    _attach(pair, heard, banner)
    _press(pair, MANAGER, banner, "answer")
    _send(pair, MANAGER, who=["existing"])
    _send(
        pair,
        MANAGER,
        why="When an export fails I want to know it at once, so that I can start it again.",
    )
    _send(pair, MANAGER, effect="better", feeling="relieved")
    _press(pair, MANAGER, banner, "decide")
    _send(pair, MANAGER, how="approved", sentence="We show the banner from next week on.")
    price = slack.post("proposals", MANAGER, PRICE)
    _open(pair, price, ["notice", "money"])
    _press(pair, MANAGER, price, "answer")
    _send(
        pair,
        MANAGER,
        who=["paying"],
        reach="10-to-50",
        not_served="some",
        not_served__line="People who only export once a year pay the same and gain little.",
        spoke_for="nobody",
    )
    slack.close_modal(MANAGER)
    slack.post("proposals", "engineer", "Drop support for the old CSV format in March")
    pair.settle(10)
    return [
        "#proposals: “Show a banner …” was answered, with a customer's words, and decided",
        "#proposals: “Raise the Pro price …” is R3 and half way through its first step",
        "#proposals: “Drop support …” waits for you: its menu “⋯”, Customer impact",
    ]


def _open(pair: Pair, message: Message, switches: list[str]) -> None:
    pair.slack.shortcut(MANAGER, "customer_impact", message)
    pair.settle(10)
    _send(pair, MANAGER, switches=switches, overlays=[])


def _attach(pair: Pair, message: Message, proposal: Message) -> None:
    pair.slack.shortcut(MANAGER, "customer_evidence", message)
    pair.settle(10)
    ref = f"p:{proposal.channel}:{proposal.ts}"
    _send(pair, MANAGER, kind="signal", segment="existing", attach=[ref])


def _press(pair: Pair, user: str, proposal: Message, action: str) -> None:
    thread = pair.slack.messages(proposal.channel, proposal.ts)
    pair.slack.press(user, next(m for m in thread if m.bot_id), action)
    pair.settle(10)


def _send(pair: Pair, user: str, **values: object) -> None:
    named = {name.replace("__", "."): value for name, value in values.items()}
    pair.slack.submit(user, named)
    pair.settle(10)
