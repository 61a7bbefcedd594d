"""The commit status `Customer impact`: where there is no App, in the place of the check run.

A status has one line and two colours that serve us: pending waits, success lets through.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.core.gate import Conclusion, Gate, standing, worst
from bot.core.review import Review
from bot.ports import CommitStatus
from bot.views.github_check import NAME, title
from bot.views.markdown import cut

LIMIT = 140  # characters that GitHub takes
SUCCESS, PENDING = "success", "pending"
HOLDS_NOTHING = "; this holds nothing up"


def status(reviews: Sequence[Review], comment: int | None) -> CommitStatus:
    """The status of one commit; with several pull requests on it the worst gate colours it.

    `comment` is our comment on the first of them, to which the link leads; None: there is none.
    """
    colour = worst(reviews)
    more = HOLDS_NOTHING if colour is Conclusion.NEUTRAL else ""
    told = cut(_told(reviews), LIMIT - len(more)) + more
    link = f"#issuecomment-{comment}" if comment else ""
    state = PENDING if colour is Conclusion.ACTION_REQUIRED else SUCCESS
    return CommitStatus(NAME, state, told, reviews[0].pull_request.url + link)


def _told(reviews: Sequence[Review]) -> str:
    if len(reviews) == 1:
        return title(reviews[0])
    ordered = sorted(reviews, key=lambda r: standing(r).gate is not Gate.PENDING)
    return " · ".join(f"#{review.pull_request.number} {title(review)}" for review in ordered)


def seed_status() -> CommitStatus:
    """The status on the newest commit of the default branch, so that a ruleset can name it."""
    return CommitStatus(NAME, SUCCESS, "Ready to be required on pull requests", "")


def moved(url: str) -> CommitStatus:
    """What a status says once an App has taken over: GitHub wants check and status alike."""
    return CommitStatus(NAME, SUCCESS, "Moved: the check of the same name counts now", url)
