"""Where the page of a review is, for who has one: links on GitHub and in Slack lead there."""

from __future__ import annotations

from bot.core.review import Review


def page_of(review: Review, pages: str, question: str = "") -> str:
    """The address of its page, or of one question there; empty where there are no pages."""
    if not pages or not review.id:
        return ""
    return f"{pages}/reviews/{review.id}" + (f"#{question}" if question else "")
