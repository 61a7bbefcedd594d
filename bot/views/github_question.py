"""One question in the comment: a folded line that says where it stands, below it how to answer."""

from __future__ import annotations

from collections.abc import Iterable

from bot.core.answers import Answer, Door
from bot.core.checklist import Kind, Need, Question
from bot.core.gate import Standing
from bot.core.grammar import Given, example
from bot.core.missing import Missing
from bot.core.offers import accepted
from bot.core.prefill import Prefill
from bot.core.review import Review
from bot.core.suggestions import Suggestion
from bot.core.tiering import consequence
from bot.core.waivers import holding
from bot.views import words
from bot.views.decisions import waived
from bot.views.draft_words import LABEL
from bot.views.github_boxes import box
from bot.views.markdown import escape, sentence
from bot.views.reply_parts import code

DONE = "Yes, next question"  # of a question with several options


def fold(summary: str, body: str, unfolded: bool = False) -> str:
    """A folded part. `summary` is HTML of ours, `body` Markdown."""
    opening = "<details open>" if unfolded else "<details>"
    return f"{opening}\n<summary>{summary}</summary>\n\n{body}\n\n</details>"


def question(
    review: Review,
    asked: Question,
    need: Need,
    gap: Missing | None,
    problem: str = "",
    unfolded: bool = False,
) -> str:
    """The folded line of a question and what is below it.

    `gap` is what it still lacks, also where that was waived; `problem` why its line in the
    description cannot be read.
    """
    summary = _summary(review, asked, gap, bool(problem))
    return fold(summary, _body(review, asked, need, gap, problem), unfolded)


def next_open(review: Review, now: Standing) -> str:
    """The question that stands unfolded: the one being ticked, one that waits for a yes, else the
    first that is open."""
    held = (s.question for s in review.suggestions if s.held)
    return review.last_picked or next(held, "") or next((g.question.id for g in now.missing), "")


# -- the folded line -------------------------------------------------------------------------------


def _summary(review: Review, asked: Question, gap: Missing | None, unclear: bool) -> str:
    answer, busy = review.answer(asked.id), review.last_picked == asked.id
    said = words.said(review, asked)
    waiver = holding(review.waivers, asked.id)
    if answer and answer.again:
        return f"🔁 <b>{escape(asked.ask)}</b> Asked again: {sentence(answer.again)}."
    if answer and answer.not_applicable:
        return (
            f"➖ {escape(asked.short)}: not applicable, <b>{escape(said)}</b> {_by(review, asked)}"
        )
    if held := _held(review, asked):
        return f"⚠️ <b>{escape(asked.ask)}</b> {_before_it_counts(review, asked, held)}"
    if waiver and gap:
        return f"⏭️ {escape(asked.short)}: {waived(waiver)}"
    if said and not gap and not busy:
        return f"✅ {escape(asked.short)}: <b>{escape(said)}</b> {_by(review, asked)}" + _news(
            review, asked
        )
    if said and gap and not busy:
        return f"🔸 <b>{escape(asked.ask)}</b> {sentence(gap.reason)}"
    return f"<b>{escape(asked.ask)}</b>{_found(review, asked, unclear)}"


def _by(review: Review, asked: Question) -> str:
    answer = review.answer(asked.id)
    evidence = review.evidence if asked.kind is Kind.EVIDENCE else ()
    login = escape(words.by(answer, evidence))
    said = answer or next(iter(evidence[-1:]), None)
    from_elsewhere = ""
    if said and said.door is Door.PROPOSAL and review.public:
        return "(from its proposal)"  # neither a channel nor a name of Slack shows in public
    if said and said.door is Door.PROPOSAL:
        from_elsewhere = f", from {escape(said.source)}"
    elif said and said.door is Door.REVERT:
        from_elsewhere = f", from {escape(said.source)}, which this reverts"
    elif said and said.source.startswith("suggested by"):
        from_elsewhere = f", {escape(said.source)}"
    return f"({login}{from_elsewhere}{words.fate(said.fate) if said else ''})"


def _news(review: Review, asked: Question) -> str:
    answer, prefill = review.answer(asked.id), review.prefill(asked.id)
    if not (answer and answer.text and answer.source and prefill and prefill.text):
        return ""
    if answer.taken_over or answer.text == prefill.text:
        return ""
    return " · your description says something else now"


def _found(review: Review, asked: Question, unclear: bool) -> str:
    prefill = review.prefill(asked.id)
    if prefill and not prefill.too_short:
        return f" · answered in {escape(prefill.source)}, one tick inside"
    if _suggested(review, asked):
        return " · somebody suggests an answer"
    return " · its line in the description could not be read" if unclear else ""


# -- below the line --------------------------------------------------------------------------------


def _body(review: Review, asked: Question, need: Need, gap: Missing | None, problem: str) -> str:
    answer, prefill = review.answer(asked.id), review.prefill(asked.id)
    parts = [_help(asked)]
    if answer and answer.again:
        said = f"Said so far: {escape(words.said(review, asked))} {_by(review, asked)}"
        parts += [said, box(asked.id, "still", "That still holds", False)]
    if problem:
        parts.append(f"Its line in the description could not be read: {sentence(problem)}")
    parts += (quotes := _quotes(review, asked))
    waiting = _waiting(review, asked)
    parts += [_offered_suggestion(review, asked, suggestion) for suggestion in waiting]
    if draft := review.draft(asked.id):
        parts.append(_draft(review, asked, draft))
    if prefill:
        parts.append(_offer(review, asked, prefill))
    elif draft and asked.options:
        parts.append("Then pick, too; or pick, and say it in your own words:")
    elif (waiting or quotes) and asked.options:
        parts.append("Or choose another answer:")
    if boxes := list(_boxes(review, asked, answer, prefill)):
        parts.append("\n".join(boxes))
    if asked.kind.many and asked.options:
        parts += ["Is that all of them?", box(asked.id, "done", DONE, False)]
    if _wants_line(asked, need, answer, gap):
        parts.append(_how(asked))
    return "\n\n".join(parts)


def _quotes(review: Review, asked: Question) -> list[str]:
    """What customers said and may fit, a tick each."""
    if asked.kind is not Kind.EVIDENCE or review.public or not review.quotes:
        return []
    boxes = (
        box(
            asked.id,
            f"accept-{offer.digest}",
            f"{words.piece(offer.pieces[0])} ({offer.source})",
            accepted(review, asked, offer),
        )
        for offer in review.quotes
    )
    return ["Customers said, and it may fit. Tick to attach:", "\n".join(boxes)]


def _draft(review: Review, asked: Question, draft: Prefill) -> str:
    """What a model proposes, marked as that; nothing of it counts before somebody ticks."""
    basis = draft.basis if not draft.cites else f"{draft.basis}: {', '.join(draft.cites)}"
    text = f"**{LABEL}** ({escape(basis)}): “{escape(draft.text)}”"
    if draft.too_short:
        return text
    taken = accepted(review, asked, draft)
    boxes = [
        box(asked.id, f"accept-{draft.digest}", "Accept the draft", taken),
        box(asked.id, f"refuse-{draft.digest}", "It is no help", False),
    ]
    return "\n\n".join([text, "\n".join(boxes)])


def _boxes(
    review: Review, asked: Question, answer: Answer | None, prefill: Prefill | None
) -> Iterable[str]:
    if prefill and not prefill.too_short:
        taken = accepted(review, asked, prefill)
        yield box(asked.id, f"accept-{prefill.digest}", "Yes, that is it", taken)
    held = _held(review, asked)
    counts = answer.picks if answer and not (held and not asked.kind.many) else ()
    ticked = {*counts, *(held.given.picks if held else ())}
    for option in asked.options:
        yield box(asked.id, option.id, option.label, option.id in ticked)


def _help(asked: Question) -> str:
    text = escape(asked.help)
    return f"{text} Tick all that fit." if asked.kind.many else text


def _wants_line(asked: Question, need: Need, answer: Answer | None, gap: Missing | None) -> bool:
    """A line belongs to the answer here, and none is given yet, or none that says enough."""
    if answer and ((answer.text and not gap) or answer.not_applicable):
        return False
    return not asked.options or (need is Need.REQUIRED and asked.kind.has_line)


def _how(asked: Question) -> str:
    """How a line is given."""
    line = code(f"/impact {asked.id}: {example(asked)}")
    return f"In your own words, as a comment: {line}"


def _offer(review: Review, asked: Question, prefill: Prefill) -> str:
    source = escape(prefill.source)
    if prefill.too_short:
        least = review.thresholds.text_characters
        text = escape(prefill.text)
        return f"Found “{text}” in {source}. Please say it in {least} characters or more."
    if prefill.pieces and review.public:
        return f"Found in {source}: {escape(words.counted(p.kind for p in prefill.pieces))}."
    if prefill.pieces:
        heard = "\n".join(f"- {escape(words.piece(piece))}" for piece in prefill.pieces)
        return f"Found in {source}:\n\n{heard}"
    picks = ", ".join(map(asked.label, prefill.picks))
    label = " · ".join(part for part in (picks, prefill.text and f"“{prefill.text}”") if part)
    return f"{escape(label)} (from {source})"


# -- answers that do not count yet -----------------------------------------------------------------


def _held(review: Review, asked: Question) -> Suggestion | None:
    return next((s for s in review.suggestions if s.held and s.question == asked.id), None)


def _suggested(review: Review, asked: Question) -> list[Suggestion]:
    return [s for s in review.suggestions if not s.held and s.question == asked.id]


def _waiting(review: Review, asked: Question) -> list[Suggestion]:
    held = _held(review, asked)
    return ([held] if held else []) + _suggested(review, asked)


def _before_it_counts(review: Review, asked: Question, held: Suggestion) -> str:
    tier, added = consequence(review, held)
    more = words.count(len(added), "question")
    said = escape(_shown(review, asked, held.given))
    return f"“{said}” counts once you agree: it makes this {tier} and adds {more}"


def _offered_suggestion(review: Review, asked: Question, waiting: Suggestion) -> str:
    said = escape(_shown(review, asked, waiting.given))
    verb = "answered" if waiting.held else "suggests"
    text = f"<b>{escape(waiting.by.login)}</b> {verb}: “{said}”{_adding(review, waiting)}"
    label = "Yes, count it" if waiting.held else "Take it as the answer"
    return f"{text}\n\n{box(asked.id, f'use-{waiting.id}', label, False)}"


def _adding(review: Review, waiting: Suggestion) -> str:
    """What this answer would ask for; empty where it asks for no more."""
    tier, added = consequence(review, waiting)
    if tier <= review.tier:
        return ""
    names = escape(words.names([q.short.lower() for q in added]))
    asks = f": it also asks {names}" if added else ""
    return f". That makes this {tier}{asks}. Nobody has to approve that."


def _shown(review: Review, asked: Question, given: Given) -> str:
    return words.given(asked, given, public=review.public)
