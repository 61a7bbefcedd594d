"""The lines of a card: how far it is, what is missing, who said what, whom it waits for."""

from __future__ import annotations

from collections.abc import Iterator

from bot.core.checklist import Kind
from bot.core.course import Consent, Stance
from bot.core.deciding import (
    consents_needed,
    counted,
    lacks_customer_facing,
    owner,
)
from bot.core.gate import Gate, Standing
from bot.core.heard import unheard
from bot.core.missing import missing, required
from bot.core.review import Review, State
from bot.core.waivers import ALL
from bot.views import words
from bot.views.slack_people import Users, all_called, called
from bot.views.slack_text import mrkdwn

DONE, OPEN = "✅", "⬜"
MOST_SAID = 5  # reviewers whose words the card shows
MOST_GAPS = 3
BAR = 9  # boxes


def progress(review: Review) -> str:
    """A bar of boxes and the same in words: "▰▰▱▱▱ 2 of 5 answered"."""
    all_of_them = len(required(review))
    done = all_of_them - len(missing(review))
    full = done * BAR // max(all_of_them, 1)
    return f"{'▰' * full}{'▱' * (BAR - full)} {done} of {all_of_them} answered"


def questions(review: Review) -> str:
    """The required questions: those that are answered, and those that are not."""
    lacking = {gap.question.id for gap in missing(review)}
    done: list[str] = []
    left: list[str] = []
    for question, _ in required(review):
        text = mrkdwn(question.short)
        if question.kind is Kind.EVIDENCE and review.evidence:
            text += f" ({words.counted(piece.kind for piece in review.evidence)})"
        (left if question.id in lacking else done).append(text)
    lines = [f"{DONE} *Answered:* {' · '.join(done)}"] if done else []
    lines += [f"{OPEN} *Open:* {' · '.join(left)}"] if left else []
    return "\n".join(lines) or "Nothing is asked here."


def gaps(stands: Standing, review: Review) -> Iterator[str]:
    """What a question that somebody began still lacks."""
    begun = {answer.question for answer in review.answers}
    begun |= {q.id for q, _ in review.asked if q.kind is Kind.EVIDENCE and review.evidence}
    told = [gap for gap in stands.missing if gap.question.id in begun]
    for gap in told[:MOST_GAPS]:
        yield f"{mrkdwn(gap.question.short)}: {mrkdwn(gap.reason)}."


def consents(review: Review, users: Users) -> Iterator[str]:
    """What reviewers said, objections first."""
    said = sorted(review.course.consents, key=lambda consent: consent.stance.consents)
    for consent in said[:MOST_SAID]:
        yield _consent(consent, users)
    if len(said) > MOST_SAID:
        yield f"… and {words.count(len(said) - MOST_SAID, 'more reviewer')}."


def _consent(consent: Consent, users: Users) -> str:
    who, reason = called(consent.by, users), mrkdwn(consent.reason)
    if consent.stance is Stance.OBJECT:
        return f"✋ {who} objects: {reason}"
    if consent.stance is Stance.CONDITION:
        return f"🤝 {who} consents, on a condition: {reason}"
    return f"🤝 {who} consents" + (f": {reason}" if reason else ".")


def waivers(review: Review, users: Users) -> Iterator[str]:
    """What was let go, by whom, why and until when."""
    for waiver in review.waivers:
        if waiver.expired or waiver.until is None:
            continue
        asked = review.checklist.question(waiver.scope)
        what = "All questions" if waiver.scope == ALL else asked.short if asked else waiver.scope
        until = words.day(waiver.until)
        yield (
            f"⏳ {mrkdwn(what)}: waived by {called(waiver.by, users)} until {until}: "
            f"{mrkdwn(waiver.reason)}"
        )


def waiting(review: Review, stands: Standing, users: Users) -> Iterator[str]:
    """Whom the card waits for, and for what."""
    if review.state is not State.OPEN:
        return
    if stands.gate is Gate.PENDING and stands.missing:
        yield f"Waiting for: {called(owner(review), users)} to answer."
    elif stands.gate is Gate.PENDING:
        yield _waiting_for_reviewers(review, users)
    else:
        yield f"Nothing is missing: {called(owner(review), users)} or a reviewer can decide."


def _waiting_for_reviewers(review: Review, users: Users) -> str:
    given = {consent.by.id for consent in review.course.consents}
    asked = [person for person in review.course.reviewers if person.id not in given]
    whom = all_called(asked, users) or "a reviewer"
    needed = consents_needed(review)
    told = f"{len(counted(review))} of {words.count(needed, 'consent')}"
    if lacks_customer_facing(review):
        told += ", one of them from somebody who works with customers"
    return f"Waiting for: {whom} to consent or object ({told})."


def silent(review: Review) -> Iterator[str]:
    """The groups that this touches and that nobody has heard from."""
    names = unheard(review)
    if names and review.state is State.OPEN:
        yield f"Nobody has heard from *{mrkdwn(words.names(list(names[:4])))}* yet."


def decided(review: Review, users: Users) -> Iterator[str]:
    """What was decided, in the words of who decided, with what is expected of it."""
    decision = review.course.decision
    if decision is None:
        return
    verb = str(decision.resolution).capitalize()
    yield f"*{verb}* by {called(decision.by, users)}: {mrkdwn(decision.sentence)}"
    if decision.conditions:
        yield f"Conditions: {mrkdwn(decision.conditions)}"
    if expected := decision.prediction:
        yield (
            f"We expect: {mrkdwn(expected.measure)} from {mrkdwn(expected.baseline)} to "
            f"{mrkdwn(expected.expected)}; {expected.confidence} % sure."
        )
    if decision.look_back:
        yield f"We look back on {words.day(decision.look_back)}."
    if decision.without_review:
        yield "It was decided without a review; the customer's side can still be answered."
