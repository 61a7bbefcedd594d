"""Which window is made and read by what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from bot.views.forms import consent, decide, evidence, wizard
from bot.views.forms.form import Asked, Read, Values
from bot.views.forms.letting_go import Inapplicable, NotADecision, Waive
from bot.views.forms.steering import Asking, NewOwner, Reviewer, Until
from bot.views.slack_limits import Block
from bot.views.slack_names import Window


class Form(Protocol):
    """A window about one review."""

    def show(self, asked: Asked) -> Block: ...

    def read(self, asked: Asked, values: Values) -> Read: ...


# Opening a review, keeping what was heard and linking need more than a review, and have ways of
# their own.
FORMS: Mapping[str, Form] = {
    Window.ANSWER: wizard,
    Window.EVIDENCE: evidence,
    Window.CONSENT: consent,
    Window.DECIDE: decide,
    Window.INAPPLICABLE: Inapplicable(),
    Window.WAIVE: Waive(),
    Window.ASSIGN: NewOwner(),
    Window.REVIEWER: Reviewer(),
    Window.TIER: Asking(),
    Window.DUE: Until(),
    Window.DISMISS: NotADecision(),
}
