"""What people answered, and what counts as an answer."""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass
from datetime import date, datetime

from bot.core.checklist import Kind, Need, Question
from bot.core.facts import Actor
from bot.core.organisation import Thresholds


class Door(enum.StrEnum):
    """Where an answer came in."""

    COMMENT = "github comment"
    COMMAND = "github command"
    DESCRIPTION = "github description"
    REVERT = "reverted pull request"
    PROPOSAL = "linked proposal"
    SLACK = "slack"
    PAGE = "page"
    PUSH = "push"
    RECORD = "record"


class Fate(enum.StrEnum):
    """What became of the comment in which something was said."""

    STANDS = ""
    EDITED = "edited"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class Answer:
    """What one person answered to one question. `picks` are option ids; `text` may be empty.

    `not_applicable`: the text is the reason why the question does not apply. `again` says what is
    new since then, while the question is asked again; empty when it is not. `comment` is the
    comment that it was given in, and `fate` what became of that. `withheld`: it has a line, which
    is shown only where it was said.
    """

    question: str
    picks: tuple[str, ...]
    text: str
    by: Actor
    at: datetime
    door: Door
    source: str = ""  # where the text came from, when it was offered: "your description"
    not_applicable: bool = False
    again: str = ""
    comment: int | None = None
    fate: Fate = Fate.STANDS
    withheld: bool = False

    @property
    def taken_over(self) -> bool:
        """Its line came from elsewhere, also where somebody picked beside it since."""
        return self.door in (Door.REVERT, Door.PROPOSAL) or self.source.startswith("#")


@dataclass(frozen=True, slots=True)
class Evidence:
    """One piece of customer voice. `kind`: asked, observed, signal or assumed; `text` may be empty.

    `on` is the day it was heard, where known; `source` names an offered piece, so that accepting
    it twice adds it once. `former`: it comes from somebody who left, or did not buy. `private_to`
    is the private channel that alone may see text and link; empty where it was said in the open.
    `withheld`: both stayed behind in such a channel.
    """

    kind: str
    text: str
    link: str
    on: date | None
    segment: str
    by: Actor
    at: datetime
    door: Door
    source: str = ""
    comment: int | None = None
    fate: Fate = Fate.STANDS
    former: bool = False
    private_to: str = ""
    withheld: bool = False

    @property
    def direct(self) -> bool:
        """A customer was asked or watched."""
        return self.kind in ("asked", "observed")

    @property
    def told(self) -> bool:
        """It says something, or points to where it is said."""
        return bool(self.text or self.link or self.withheld)


PLACEHOLDER = re.compile(
    r"^[\W_]*(n/?a|tb[ad]|to ?do|none|nothing|nobody|everyone|everybody|all( of)?( our)? (users|"
    r"customers)|users?|customers?|see above|same|unknown|idk|yes|no|ok|done|wip|x+|test|foo|bar|"
    r"lorem ipsum.*|asdf.*|\.+)[\W_]*$",
    re.IGNORECASE,
)


def is_text(text: str, minimum: int) -> bool:
    """Words that say something: long enough, and not a placeholder such as "n/a" or "everyone"."""
    words = " ".join(text.split())
    return (
        len(words) >= minimum and not PLACEHOLDER.match(words[:200]) and len(set(words.lower())) > 4
    )


def gap(question: Question, need: Need, answer: Answer | None, limits: Thresholds) -> str | None:
    """What still keeps this question from being answered, in a few words; None if nothing does.

    The customer's voice has rules of its own (`voice_gap`).
    """
    if answer and (answer.not_applicable or answer.again):
        return _again(answer)
    picks = answer.picks if answer else ()
    text = answer.text if answer else ""
    if answer and answer.withheld:
        return None
    if question.kind is Kind.SEGMENTS:
        named = picks or is_text(text, limits.segment_characters)
        return None if named else "pick at least one group"
    if question.kind in (Kind.LINE, Kind.MEASURE):
        return _line_gap(text, limits.text_characters, "one line is missing")
    if not picks:
        return "pick one" if not question.kind.many else "pick at least one"
    if need is Need.REQUIRED and set(picks) <= set(question.refused):
        return f"“{question.label(picks[0])}” is honest, but not enough here"
    if need is Need.REQUIRED and question.kind.has_line:
        return _line_gap(text, limits.text_characters, "picked; one line is missing")
    return None


def _line_gap(text: str, minimum: int, none: str) -> str | None:
    if is_text(text, minimum):
        return None
    return f"say a little more, in {minimum} characters or more" if text else none


def voice_gap(
    need: Need,
    pieces_needed: int,
    answer: Answer | None,
    evidence: tuple[Evidence, ...],
    limits: Thresholds,
) -> str | None:
    """What the customer's voice still lacks.

    At R1 any kind will do, also an honest "assumed". From R2 on one piece that says something, or
    "assumed" with whom we will ask. At R3 two pieces, one of them direct and recent.
    """
    if answer and (answer.not_applicable or answer.again):
        return _again(answer)
    picked = answer.picks if answer else ()
    told = [piece for piece in evidence if piece.kind != "assumed" and piece.told]
    if need is not Need.REQUIRED:
        return None if picked or evidence else "pick one; “we are assuming” is honest too"
    if pieces_needed == 1:
        if told or (answer and picked and is_text(answer.text, limits.text_characters)):
            return None
        if "assumed" in picked:
            return "assumed: say whom we will ask"
        return "picked; one line or a link is missing" if picked else "nothing heard yet"
    if len(told) < pieces_needed:
        return (
            f"{len(told)} of {pieces_needed} pieces of customer voice; one of them asked or "
            f"watched within {limits.evidence_days} days"
        )
    if not any(piece.direct and _recent(piece, limits) for piece in told):
        return f"ask or watch a customer (not older than {limits.evidence_days} days)"
    return None


def _again(answer: Answer) -> str | None:
    return f"asked again: {answer.again}" if answer.again else None


def _recent(piece: Evidence, limits: Thresholds) -> bool:
    heard = piece.on or piece.at.date()
    return (piece.at.date() - heard).days <= limits.evidence_days
