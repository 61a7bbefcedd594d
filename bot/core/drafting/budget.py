"""What drafts may cost: by call, by review, by day and by month, in tokens and in money."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from math import ceil

PACKING = 2.7  # bytes of UTF-8 a token, to begin with; five of a hundred diffs have fewer
BOUND = 1.5  # never fewer
LEAST, MOST = 1.5, 4.5
STEP = 0.25  # of the ratio, by which room grows
LEARNT = 0.2  # what one call counts beside those before


@dataclass(frozen=True, slots=True)
class Prices:
    """Money for a million tokens, as they stood on a day. 0: not known, and counted as nothing."""

    input: float = 0.0
    cached: float = 0.0
    output: float = 0.0
    as_of: date | None = None
    currency: str = "USD"

    def cost(self, tokens_in: int, cached: int, tokens_out: int) -> float:
        """What one call costs."""
        fresh = max(0, tokens_in - cached)
        return (fresh * self.input + cached * self.cached + tokens_out * self.output) / 1_000_000


@dataclass(frozen=True, slots=True)
class Ceilings:
    """No more than this; 0 is no ceiling. Tokens are those in and out together."""

    input_tokens: int = 8_000
    output_tokens: int = 1_200
    per_review: int = 3
    tokens_a_day: int = 2_000_000
    tokens_a_month: int = 20_000_000
    money_a_day: float = 0.0
    money_a_month: float = 0.0


@dataclass(frozen=True, slots=True)
class Spent:
    """What was spent so far: calls for this review, tokens and money of today and of this month."""

    of_review: int = 0
    tokens_today: int = 0
    tokens_this_month: int = 0
    money_today: float = 0.0
    money_this_month: float = 0.0


def refused(ceilings: Ceilings, spent: Spent) -> str:
    """Why no more may be spent, in words for people; empty where it may."""
    if ceilings.per_review and spent.of_review >= ceilings.per_review:
        return f"this one had its {ceilings.per_review} drafts"
    checks = (
        (ceilings.tokens_a_day, spent.tokens_today, "today"),
        (ceilings.money_a_day, spent.money_today, "today"),
        (ceilings.tokens_a_month, spent.tokens_this_month, "this month"),
        (ceilings.money_a_month, spent.money_this_month, "this month"),
    )
    return next(
        (
            f"what drafts may cost {when} is spent"
            for most, was, when in checks
            if most and was >= most
        ),
        "",
    )


def room(ceilings: Ceilings, ratio: float, used: int) -> int:
    """Bytes of material that fit beside `used` bytes of instructions."""
    steps = int(ratio / STEP) * STEP  # so that the same change mostly makes the same input
    by_ratio = ceilings.input_tokens * steps
    bound = ceilings.input_tokens * 2 * BOUND  # whatever the text: at most twice the ceiling
    return max(0, int(min(by_ratio, bound)) - used)


def estimate(text: str, ratio: float) -> int:
    """How many tokens a text has, about."""
    return ceil(len(text.encode("utf-8", "replace")) / ratio)


def learnt(ratio: float, sent: int, tokens: int) -> float:
    """The ratio of bytes to tokens after one more call of `sent` bytes."""
    if tokens <= 0 or sent <= 0:
        return ratio
    return min(MOST, max(LEAST, (1 - LEARNT) * ratio + LEARNT * sent / tokens))
