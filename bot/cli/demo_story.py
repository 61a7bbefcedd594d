"""What people do in the demo before you come: one pull request for each way to answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.cli.pair import Pair
from bot.core.gate import Gate, standing
from bot.core.review import Review
from bot.core.tier import Tier

ALL_IN_ONE = """\
/impact
who: existing, paying
why: When I am in a hurry I want to see at once what changed, so that I can go on.
effect: better
feeling: relieved
voice: signal "three tickets a week ask about this"
"""
BELOW_THE_HEADING = """

## Customer impact

who: existing
why: When something looks unfamiliar I want to understand it, so that I need not ask.
effect: different
feeling: confident
voice: assumed
"""


@dataclass(frozen=True, slots=True)
class Scene:
    """One thing that somebody did, told in a line, and the pull request on which to see it."""

    number: int
    told: str


def play(pair: Pair, numbers: Sequence[int]) -> Iterator[Scene]:
    """Play as many scenes as there are open questions, each on a pull request of its own.

    At least one is left for the visitor.
    """
    open_ones = [(n, r) for n in numbers if (r := pair.review(n)) and _open(r)]
    easy = [pair_ for pair_ in open_ones if pair_[1].tier is Tier.R1]
    hard = [pair_ for pair_ in open_ones if pair_[1].tier > Tier.R1]
    stage: list[tuple[list[tuple[int, Review]], Callable[[Pair, Review], str]]] = [
        (easy, _one_comment),
        (hard, _waive),
        (easy, _description),
        (easy, _nobody_notices),
        (hard, _suggest),
    ]
    for waiting, scene in stage:
        if waiting and len(easy) + len(hard) > 1:
            number, review = waiting.pop()
            told = scene(pair, review)
            pair.settle(10)
            yield Scene(number, told)


def _open(review: Review) -> bool:
    return standing(review).gate is Gate.PENDING and not review.quiet


def _author(review: Review) -> str:
    return review.pull_request.author.login


def _one_comment(pair: Pair, review: Review) -> str:
    pair.github.comment(review.pull_request.number, ALL_IN_ONE, _author(review))
    return "the author answered everything in one comment"


def _waive(pair: Pair, review: Review) -> str:
    until = (datetime.now(UTC) + timedelta(days=14)).date()
    command = f"/impact waive all until {until} the customer interviews are booked for next week"
    pair.github.comment(review.pull_request.number, command, "reviewer")
    return f"the reviewer waived the questions until {until}"


def _description(pair: Pair, review: Review) -> str:
    body = review.pull_request.body.rstrip() + BELOW_THE_HEADING
    pair.github.edit_pull_request(review.pull_request.number, body=body, by=_author(review))
    return "the author answered in the description, which notifies nobody"


def _nobody_notices(pair: Pair, review: Review) -> str:
    command = "/impact none this part of the page is not shown to customers yet"
    pair.github.comment(review.pull_request.number, command, _author(review))
    return "the author attested that no customer will notice"


def _suggest(pair: Pair, review: Review) -> str:
    command = "/impact why: When something I use changes I want to hear of it before, not after."
    pair.github.comment(review.pull_request.number, command, "outsider")
    pair.github.comment(review.pull_request.number, "/impact who: paying", _author(review))
    return "somebody without write access suggested an answer; the author gave another one"
