"""A good and a bad answer to each kind of question, for who wants to see one."""

from __future__ import annotations

from bot.core.checklist import Kind, Question
from bot.views.slack_blocks import context
from bot.views.slack_limits import Block
from bot.views.slack_text import mrkdwn

OF_QUESTION = {
    "who": ("Admins of large shops; people on the old yearly plan", "All users"),
    "why": ("When month ends, I want all exports at once, so that I can close the books", "Speed"),
    "effect": ("Different: the export button moves into the menu", "Improves things"),
    "feeling": ("Confused at first: the button that they use every Friday is gone", "Happy"),
    "voice": ("Asked on 20 Feb: “I export every Friday”, with a link", "Customers want this"),
    "measure": ("Exports that finish per week, 120 → 150, 70 % sure", "More engagement"),
    "not_served": ("Small shops pay the same and gain nothing; they keep the old price", "Nobody"),
    "tell": ("A note in the app two weeks before, with a link to the old view", "Release notes"),
    "left": ("Three of five who left said that they never found the export", "Unknown"),
}
OF_KIND = {
    Kind.LINE: ("One sentence about one real person", "n/a"),
    Kind.PICK: ("What you would say to a customer’s face", "What sounds best"),
    Kind.PICKS: ("Each one that a customer would name", "All of them, to be safe"),
    Kind.PICK_LINE: ("A pick, and one sentence that says why", "A pick, and “see above”"),
    Kind.SEGMENTS: ("A group that you could ring up today", "Everyone"),
    Kind.EVIDENCE: ("Their own words, a day, and a link", "I think that they like it"),
    Kind.MEASURE: ("What they do, today’s value, the value we expect", "Success"),
    Kind.PICK_PERSON: ("A colleague, by name", "The team"),
    Kind.DATE_PERSON: ("A day, and who looks", "Later"),
}


def examples(question: Question) -> Block:
    """One answer that helps and one that does not."""
    good, bad = OF_QUESTION.get(question.id, OF_KIND[question.kind])
    return context(f"*Helps:* {mrkdwn(good)}", f"*Does not help:* {mrkdwn(bad)}")
