"""The check run `Customer impact`: its title says where it stands, its summary what to do."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from bot.core.gate import Conclusion, Gate, Standing, standing, worst
from bot.core.missing import Missing, missing, required
from bot.core.organisation import Mode
from bot.core.review import Review
from bot.core.rulings import Ruled, standing_ruling
from bot.core.tier import Tier
from bot.core.waivers import ALL, PAUSE, Waiver
from bot.ports import Button, CheckRun
from bot.views import words
from bot.views.decisions import paused, ruling, waived
from bot.views.markdown import cut, escape, plain, sentence
from bot.views.page_links import page_of

NAME = "Customer impact"
TITLE_LIMIT = 120
SUMMARY_LIMIT = 60_000  # characters; GitHub takes 65,535
EXTERNAL_ID = "empty-chair"  # tells our runs from those of others with the same name
RECHECK = "recheck"
MAY_WAIVE = (
    "A reviewer who is not the author may let a question wait: <code>/impact help</code> says how."
)

DRAFT = "draft"
BUTTONS = (Button("Recheck", "Read the pull request again", RECHECK),)
DRAFT_BUTTON = Button("Draft answers", "A model drafts what is open", DRAFT)


def is_our_name(name: str) -> bool:
    """Whether people would take a check of that name for ours: width, capitals and spaces around
    it do not matter."""
    return _bare(name) == _bare(NAME)


def _bare(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold().strip()


def check(reviews: Sequence[Review], pages: str = "", drafts: bool = False) -> CheckRun:
    """The check of one commit; with several pull requests on it the worst gate colours it.

    `pages` is where the pages are; empty where there are none. `drafts`: a model may be asked.
    """
    if len(reviews) == 1:
        return _run(title(reviews[0]), summary(reviews[0], pages), reviews, pages, drafts)
    ordered = sorted(reviews, key=lambda r: standing(r).gate is not Gate.PENDING)
    titles = [f"#{review.pull_request.number} {title(review)}" for review in ordered]
    sections = [f"### Pull request {r.pull_request.number}\n\n{summary(r, pages)}" for r in ordered]
    return _run(cut(" · ".join(titles), TITLE_LIMIT), "\n\n".join(sections), ordered, pages, drafts)


def _run(title: str, summary: str, reviews: Sequence[Review], pages: str, drafts: bool) -> CheckRun:
    subject = reviews[0].pull_request
    return CheckRun(
        name=NAME,
        title=title,
        summary=summary[:SUMMARY_LIMIT],
        conclusion=worst(reviews),
        details_url=page_of(reviews[0], pages) or subject.url,
        external_id=EXTERNAL_ID,
        buttons=(*BUTTONS, DRAFT_BUTTON) if drafts and _open(reviews) else BUTTONS,
    )


def _open(reviews: Sequence[Review]) -> bool:
    return any(standing(review).gate is Gate.PENDING for review in reviews)


def seed() -> CheckRun:
    """The check on the newest commit of the default branch, so that a ruleset can name it."""
    return CheckRun(
        name=NAME,
        title="Ready to be required",
        summary="Every pull request gets its own `Customer impact` check. This one is here so that "
        "a branch ruleset can name it.",
        conclusion=Conclusion.SUCCESS,
        details_url="",
        external_id=EXTERNAL_ID,
    )


def title(review: Review) -> str:
    """Where the review stands, in one line without markup."""
    now = standing(review)
    if now.gate is Gate.NOT_NEEDED:
        text = f"Not needed: {_why_not(review)}"
    elif now.gate is Gate.WAIVED:
        text = _waived(now)
    elif now.gate is Gate.COMPLETE:
        text = f"Complete: {words.heard(review)}"
    else:
        text = _pending(review, len(now.missing))
    return plain(text, TITLE_LIMIT)


def _why_not(review: Review) -> str:
    ruling = standing_ruling(review.rulings, Ruled.ATTESTED, Ruled.LOWERED)
    if ruling is None or review.triaged is Tier.R0 or review.spared:
        return review.spared or review.reasons[0].text
    if ruling.ruled is Ruled.ATTESTED:
        return f"no customer will notice, says {ruling.by.login}"
    return f"lowered to {ruling.tier} by {ruling.by.login}: {ruling.reason}"


def _waived(now: Standing) -> str:
    first = now.waivers[0]
    if first.scope == PAUSE:
        return f"Paused by {first.by.login}: {first.reason}"
    until = min(w.until for w in now.waivers if w.until)
    return f"Waived by {first.by.login} until {words.day(until)}: {first.reason}"


def _pending(review: Review, left: int) -> str:
    total = len(required(review))
    if review.quiet:
        return f"Draft: {words.count(total, 'question')} when it is ready for review"
    if review.mode is Mode.SHADOW:
        return f"Would have asked {words.count(total, 'question')} ({review.tier})"
    if review.bypassed:
        return f"Merged with {left} of {total} open"
    let_go = len(missing(review)) - left
    return f"{total - left - let_go} of {total} answered" + (f", {let_go} waived" if let_go else "")


def summary(review: Review, pages: str = "") -> str:
    """What is missing and how the tier came about, as Markdown."""
    now = standing(review)
    parts = [_standing(review)]
    if now.missing and not review.quiet:
        lines = [f"- {_asked(review, g, pages)} {sentence(g.reason)}" for g in now.missing]
        parts.append("\n".join(["Still missing:", "", *lines]))
    if let_go := [w for w in review.waivers if now.missing and not w.expired]:
        parts.append("\n".join(f"- {_scope(review, waiver)} {waived(waiver)}" for waiver in let_go))
    reasons = [
        f"- {reason.tier}: {sentence(reason.text)} (rule {escape(reason.rule)})"
        for reason in review.reasons
    ]
    reasons += [f"- {ruling(found)}" for found in review.rulings]
    parts.append("\n".join([f"How it came to {review.tier}:", "", *reasons]))
    if now.gate is Gate.PENDING and review.mode is not Mode.SHADOW:
        parts.append(MAY_WAIVE)
    return "\n\n".join(parts)


def _asked(review: Review, gap: Missing, pages: str) -> str:
    """A question that is open, and the way to it."""
    page = page_of(review, pages, gap.question.id)
    asked = f"**{escape(gap.question.ask)}**"
    return f"[{asked}](<{page}>)" if page else asked


def _answers(review: Review) -> list[str]:
    """What was answered, as the comment says it; a pull request may have none."""
    told = ((q, words.said(review, q)) for q, _ in required(review))
    return [f"- {escape(q.short)}: **{escape(said)}**" for q, said in told if said]


def _scope(review: Review, waiver: Waiver) -> str:
    if waiver.scope == ALL:
        return "All that is open is"
    found = review.checklist.question(waiver.scope)
    return f"{escape(found.short if found else waiver.scope)}:"


def _standing(review: Review) -> str:
    now = standing(review)
    if now.gate is Gate.COMPLETE:
        return "\n".join(["Every question is answered.", "", *_answers(review)])
    if now.gate is Gate.NOT_NEEDED:
        return "Nothing is asked of you."
    if now.gate is Gate.WAIVED and now.waivers[0].scope == PAUSE:
        return paused(now.waivers[0])
    if now.gate is Gate.WAIVED:
        return "\n".join(f"- {_scope(review, waiver)} {waived(waiver)}" for waiver in now.waivers)
    if review.quiet:
        return (
            "Nothing is asked while this is a draft. Mark it ready for review to see the questions."
        )
    if review.mode is Mode.SHADOW:
        return (
            "Shadow mode: nobody is asked and nothing is held. This only says what would be asked."
        )
    tick = (
        f"Tick the answers in the comment on the [pull request]({review.pull_request.url}), "
        "or write them there: <code>/impact help</code> says how."
    )
    if review.bypassed:
        return f"The merge went ahead before these were answered; that is on record. {tick}"
    if review.mode is Mode.WARN:
        return f"{tick} Nothing is held up by this check."
    return f"{tick} This turns green by itself."
