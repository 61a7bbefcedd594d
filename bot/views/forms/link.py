"""Name a pull request that carries the proposal out."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.views.forms import form
from bot.views.forms.form import Asked, Values
from bot.views.slack_blocks import input_block, modal
from bot.views.slack_inputs import text_input
from bot.views.slack_limits import Block
from bot.views.slack_names import Window

WHICH = "which"
NAMED = re.compile(
    r"(?:https?://[\w.:-]+/)?(?P<name>[\w.-]+/[\w.-]+)(?:#|/pull/)(?P<number>\d{1,9})(?:[/?#].*)?",
    re.ASCII,
)
NOT_READ = "Please give its address, or owner/name#12."


@dataclass(frozen=True, slots=True)
class Wish:
    """A pull request as it was named."""

    full_name: str
    number: int


def show(asked: Asked) -> Block:
    """One field."""
    field = text_input(WHICH, placeholder="https://github.com/acme/shop/pull/12", most=300)
    hint = (
        "It takes over what was answered here, as far as it is about the same kind of change. "
        "It counts once the owner or a reviewer agrees."
    )
    return modal(
        "Link a pull request",
        [input_block("Which pull request?", field, WHICH, hint)],
        Window.LINK,
        submit="Link",
        close="Cancel",
        private_metadata=asked.metadata(),
    )


def read(values: Values) -> tuple[Wish | None, dict[str, str]]:
    """The pull request that was named, or what is wrong."""
    found = NAMED.fullmatch(form.text(values, WHICH))
    if found is None:
        return None, {WHICH: NOT_READ}
    return Wish(found["name"], int(found["number"])), {}
