"""The reply to `/impact status`: where the review stands, what is missing, and lines to copy."""

from __future__ import annotations

from bot.core import grammar
from bot.core.checklist import Kind, Need, Question
from bot.core.gate import Gate, Standing, standing
from bot.core.missing import Missing, required
from bot.core.organisation import Mode
from bot.core.review import Review
from bot.core.rulings import Ruled, Ruling, standing_ruling
from bot.core.tier import Tier
from bot.core.waivers import ALL, PAUSE, Waiver
from bot.views import words
from bot.views.markdown import cut, escape, sentence
from bot.views.reply_parts import BUDGET, code, compose, items

LONGEST_QUOTE = 200  # characters of somebody's reason
MOST_OPTIONS = 12  # of a question that are listed
DOTS = "…"  # where an answer belongs in a line to copy
HOLD = {
    Mode.ENFORCE: "The merge waits for these answers.",
    Mode.WARN: "Nothing is held up: the answers are for the people who decide.",
    Mode.SHADOW: "Shadow mode: nobody is asked and nothing is held up.",
}
RULED = {
    Ruled.RAISED: "raised this to",
    Ruled.LOWERED: "lowered this to",
    Ruled.ATTESTED: "says that no customer will notice, which makes this",
}


def status_text(review: Review) -> str:
    """Where the review stands, what is missing, and the lines to copy that answer it."""
    now = standing(review)
    if now.gate is Gate.PENDING:
        return compose(_open_headline(review, now), *_open(review, now), _on_record(review))
    if any(waiver.scope == PAUSE for waiver in now.waivers):
        text = "`/impact resume` turns it on again."
        return compose("Paused: the bot is off here", text, _on_record(review))
    if now.gate is Gate.COMPLETE:
        return compose("Complete: nothing is missing", _complete(review), _on_record(review))
    if now.gate is Gate.WAIVED:
        text = "What is missing may wait. Answers are still welcome: `/impact help` says how."
        return compose("Waived: nothing is held up", text, _on_record(review))
    return compose("Not needed: nothing is asked here", _not_needed(review), _on_record(review))


def _open_headline(review: Review, now: Standing) -> str:
    merged = "Merged with " if review.bypassed else ""
    total = len(required(review))
    return f"{merged}{len(now.missing)} of {words.count(total, 'question')} open"


def _open(review: Review, now: Standing) -> list[str]:
    needs = {question.id: need for question, need in required(review)}
    hold = HOLD[review.mode]
    if review.quiet:
        hold = "This is a draft: nothing is asked before it is ready for review."
    if review.bypassed:
        hold = "The merge went ahead without these answers; they are still welcome."
    return [
        f"{_tier(review)} {hold}",
        items([_gap(review, gap, needs[gap.question.id]) for gap in now.missing]),
        f"To answer in one comment, copy this and replace the dots; a line left as it is, is "
        f"passed over.\n\n```\n{_block(review, now)}\n```",
    ]


def _tier(review: Review) -> str:
    reason = review.reasons[0]
    if reason.tier == review.tier:
        return f"**{review.tier}**: {sentence(reason.text)}."
    return f"**{review.tier}**; by the rules alone {review.triaged}: {sentence(reason.text)}."


def _gap(review: Review, gap: Missing, need: Need) -> str:
    reason = gap.reason[:1].upper() + gap.reason[1:]
    parts = [f"**{escape(gap.question.ask)}** {sentence(reason)}."]
    return f"{' '.join([*parts, *_hint(gap.question, need), *_offer(review, gap.question)])}"


def _hint(question: Question, need: Need) -> list[str]:
    """What an answer looks like; a line in one's own words needs no hint."""
    if question.kind is Kind.EVIDENCE:
        kinds = ", ".join(map(code, grammar.KINDS))
        return [f"It begins with one of {kinds}, such as {code(grammar.example(question))}."]
    if question.options:
        ids = ", ".join(code(option.id) for option in question.options[:MOST_OPTIONS])
        more = ", …" if len(question.options) > MOST_OPTIONS else ""
        line = question.kind is Kind.PICK_LINE and need is Need.REQUIRED
        return [f"Possible: {ids}{more}{'; then a comma and one line' if line else ''}."]
    return [] if question.kind is Kind.LINE else [f"Such as {code(grammar.example(question))}."]


def _offer(review: Review, question: Question) -> list[str]:
    accept = code(f"/impact accept {question.id}")
    answer, prefill = review.answer(question.id), review.prefill(question.id)
    if any(s.question == question.id and s.held for s in review.suggestions):
        return [f"An answer waits for a yes, as it adds questions: {accept}"]
    if answer and answer.again:
        return [f"If the answer still holds: {accept}"]
    if prefill and not prefill.too_short:
        return [f"Found in {escape(prefill.source)}; to take it: {accept}"]
    if any(s.question == question.id for s in review.suggestions):
        return [f"Somebody suggested an answer; to take it: {accept}"]
    return []


def _block(review: Review, now: Standing) -> str:
    lines = ["/impact", *(_line_to_copy(review, gap.question) for gap in now.missing)]
    return "\n".join(lines)[:BUDGET].rpartition(DOTS)[0] + DOTS


def _line_to_copy(review: Review, question: Question) -> str:
    """The question, what is picked already, and dots for what is missing."""
    answer = review.answer(question.id)
    if answer and answer.picks and not (answer.again or answer.not_applicable):
        if question.kind is Kind.PICK_LINE:
            return f"{question.id}: {answer.picks[0]}, {DOTS}"
        if question.kind is Kind.EVIDENCE and answer.picks[0] in grammar.KINDS:
            return f"{question.id}: {answer.picks[0]} {DOTS}"
    return f"{question.id}: {DOTS}"


def _complete(review: Review) -> str:
    heard = words.heard(review)
    return f"{escape(heard[:1].upper() + heard[1:])}. Nothing more is needed."


def _not_needed(review: Review) -> str:
    ruled = standing_ruling(review.rulings, Ruled.LOWERED, Ruled.ATTESTED)
    reason = review.spared or review.reasons[0].text
    why = "" if ruled else f"{sentence(reason[:1].upper() + reason[1:])}. "
    tier = max(Tier.R1, review.tier)
    return f"{why}If customers will notice it after all: `/impact tier {tier}` and one line why."


def _on_record(review: Review) -> str:
    """Who let what go and who ruled on the tier, as far as it holds; empty where nobody did."""
    waived = [_waiver(review, waiver) for waiver in review.waivers if not waiver.expired]
    ruled = [_ruling(ruling) for ruling in review.rulings if not ruling.ended]
    return f"On record:\n\n{items([*waived, *ruled])}" if waived or ruled else ""


def _waiver(review: Review, waiver: Waiver) -> str:
    who, reason = escape(waiver.by.login), _quote(waiver.reason)
    if waiver.scope == PAUSE:
        return f"{who} paused the bot here: {reason}"
    question = review.checklist.question(waiver.scope)
    everything = "everything that is missing"
    what = everything if waiver.scope == ALL else question.short if question else waiver.scope
    until = f" until {waiver.until.isoformat()}" if waiver.until else ""
    return f"{who} lets {escape(what)} wait{until}: {reason}"


def _ruling(ruling: Ruling) -> str:
    return f"{escape(ruling.by.login)} {RULED[ruling.ruled]} {ruling.tier}: {_quote(ruling.reason)}"


def _quote(reason: str) -> str:
    return f"“{escape(cut(reason, LONGEST_QUOTE))}”"
