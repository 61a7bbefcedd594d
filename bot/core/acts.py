"""What people did to a review: each act is kept, and the record is what all of them make together.

An act is one delivery's worth of deeds by one person. It has an identity, so that it counts once
however often it is told, and GitHub's time, so that it counts in its place however late.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from bot.core.answers import Answer, Door, Evidence
from bot.core.course_deeds import CourseDeed
from bot.core.facts import Actor
from bot.core.grammar import Given
from bot.core.prefill import Prefill
from bot.core.rulings import Ruled, Sample
from bot.core.tier import Tier


@dataclass(frozen=True, slots=True)
class Tick:
    """A box was ticked or unticked. `offer` is what stood beside a box that accepts an offer."""

    box: str  # "effect=better", "who=done", "why=accept-1a2b3c", "who=still", "why=use-1a2b3c"
    on: bool
    offer: Prefill | None = None
    deed: Literal["tick"] = "tick"


@dataclass(frozen=True, slots=True)
class Tell:
    """A question was answered in words."""

    question: str
    given: Given
    deed: Literal["tell"] = "tell"


@dataclass(frozen=True, slots=True)
class Untell:
    """A line that answered a question was taken out of the description."""

    question: str
    deed: Literal["untell"] = "untell"


@dataclass(frozen=True, slots=True)
class Accept:
    """What the description offers was taken as the answer."""

    question: str
    offer: Prefill
    deed: Literal["accept"] = "accept"


@dataclass(frozen=True, slots=True)
class Refuse:
    """A draft of a model, by its digest, was no help."""

    question: str
    offer: str
    deed: Literal["refuse"] = "refuse"


@dataclass(frozen=True, slots=True)
class Inapplicable:
    """A question was said not to apply, with a reason."""

    question: str
    reason: str
    deed: Literal["not applicable"] = "not applicable"


@dataclass(frozen=True, slots=True)
class Undo:
    """The answer to a question was taken back, whoever gave it."""

    question: str
    deed: Literal["undo"] = "undo"


@dataclass(frozen=True, slots=True)
class Confirm:
    """What was asked again still holds."""

    question: str
    deed: Literal["confirm"] = "confirm"


@dataclass(frozen=True, slots=True)
class Suggest:
    """An answer that does not count yet. `held`: by somebody who may answer, as it would raise."""

    question: str
    given: Given
    held: bool = False
    deed: Literal["suggest"] = "suggest"


@dataclass(frozen=True, slots=True)
class Use:
    """A suggestion was taken as the answer."""

    suggestion: str
    deed: Literal["use"] = "use"


@dataclass(frozen=True, slots=True)
class AcceptWaiting:
    """Whatever waited for a yes was taken: an answer that was held back, what is asked again, what
    the description offered (`offer`), or what somebody suggested."""

    question: str
    offer: Prefill | None = None
    deed: Literal["accept waiting"] = "accept waiting"


@dataclass(frozen=True, slots=True)
class Judge:
    """The tier was raised, lowered or attested away. `rules` are those that were known then."""

    ruled: Ruled
    tier: Tier
    reason: str
    rules: tuple[str, ...] = ()
    sample: Sample = Sample.NOT_DRAWN
    open_to_all: bool = False
    deed: Literal["judge"] = "judge"


@dataclass(frozen=True, slots=True)
class Waive:
    """A question, or all of them, were waived."""

    scope: str
    until: date
    reason: str
    open_to_all: bool = False
    deed: Literal["waive"] = "waive"


@dataclass(frozen=True, slots=True)
class Pause:
    """The bot was turned off for this pull request."""

    reason: str
    open_to_all: bool = False
    deed: Literal["pause"] = "pause"


@dataclass(frozen=True, slots=True)
class Resume:
    """The bot was turned on again."""

    deed: Literal["resume"] = "resume"


@dataclass(frozen=True, slots=True)
class Found:
    """New trigger rules matched. `questions` are those that depend on them, `news` what is new."""

    rules: tuple[str, ...]
    questions: tuple[str, ...]
    news: str
    deed: Literal["found"] = "found"


@dataclass(frozen=True, slots=True)
class TakeOver:
    """Answers came from elsewhere as they were: from the pull request that this one reverts, or
    from the proposal that it carries out."""

    source: str  # "#12" | "the proposal in #pricing"
    answers: tuple[Answer, ...]
    evidence: tuple[Evidence, ...]
    deed: Literal["take over"] = "take over"


@dataclass(frozen=True, slots=True)
class Withdraw:
    """A comment that held answers was deleted, or the line of one question edited away."""

    comment: int
    deleted: bool
    questions: tuple[str, ...] = ()  # of an edit: whose lines are gone; of a deletion: empty
    deed: Literal["withdraw"] = "withdraw"


Deed = Annotated[
    Tick
    | Tell
    | Untell
    | Accept
    | Inapplicable
    | Undo
    | Confirm
    | Suggest
    | Use
    | AcceptWaiting
    | Refuse
    | Judge
    | Waive
    | Pause
    | Resume
    | Found
    | TakeOver
    | Withdraw
    | CourseDeed,
    Field(discriminator="deed"),
]


@dataclass(frozen=True, slots=True)
class Act:
    """One person's deeds, told by one delivery.

    `key` is the same for the same act, whatever delivery brought it. `text` names the text that was
    edited ("comment:900", "description"), `before` and `after` are hashes of the whole of it; all
    empty for what is no edit. `comment` is the comment that a command stands in. `arrived` counts
    the acts of a review in the order in which they came; 0 until it is kept.
    """

    key: str
    by: Actor
    at: datetime
    door: Door
    deeds: tuple[Deed, ...]
    text: str = ""
    before: str = ""
    after: str = ""
    comment: int | None = None
    arrived: int = 0
