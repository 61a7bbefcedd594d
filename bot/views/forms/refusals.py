"""What a window says to somebody who may not do what it is for, and how it says what is wrong."""

from __future__ import annotations

from bot.core import commands as c
from bot.core.answers import is_text
from bot.core.commanding import decide, needs_reviewer
from bot.errors import UserError
from bot.views.forms.form import Asked, Read
from bot.views.slack_blocks import modal, section
from bot.views.slack_limits import Block
from bot.views.slack_names import Window

NOT_YOURS = (
    "This is for a reviewer, and never for the author or owner. Ask: *More* → *Ask a reviewer*."
)
NO_REVIEWER = "This is for a reviewer; `reviewers` in `organisation.yaml` names them."
OWNER_ONLY = "This is for its owner, its author or a reviewer."


def only_says(title: str, text: str) -> Block:
    """A window that explains, and cannot be sent. OUR mrkdwn."""
    return modal(title, [section(text)], Window.SAID, close="Close")


def unless_reviewer(asked: Asked) -> str:
    """Why this person cannot let anything go; empty where they can."""
    if asked.who.is_author:
        return NOT_YOURS
    return "" if asked.who.reviews else NO_REVIEWER


def unless_part_of_it(asked: Asked) -> str:
    """Why this person cannot steer the review; empty where they can."""
    return "" if asked.who.answers else OWNER_ONLY


def thin(asked: Asked, text: str) -> str:
    """What is wrong with a reason; empty where it says enough."""
    least = asked.review.thresholds.not_applicable_characters
    return "" if is_text(text, least) else f"Please say why, in {least} characters or more."


def ordered(asked: Asked, command: c.Command, block: str) -> Read:
    """What a command comes to, by the same rules as on GitHub; a refusal stands at this block."""
    if needs_reviewer(asked.review, command) and (why := unless_reviewer(asked)):
        return Read(errors={block: why.replace("*", "").replace("`", "")})
    try:
        return Read((decide(asked.review, command, asked.who, asked.drawn),))
    except UserError as error:
        return Read(errors={block: str(error).replace("`", "")})
