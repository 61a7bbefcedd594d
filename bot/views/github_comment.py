"""The comment on a pull request, and the parser of its boxes: writer and reader in one file.

A wizard inside a comment: each question is one folded line, only the next open one is unfolded.
Boxes stand only in our own list items, each with its id in a hidden comment on the line below.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

from bot.core.answers import Answer
from bot.core.checklist import Kind, Need, Question
from bot.core.gate import Gate, Standing, standing
from bot.core.grammar import example
from bot.core.missing import Missing, required
from bot.core.organisation import Mode
from bot.core.prefill import Prefill
from bot.core.review import Review, State
from bot.core.tier import Tier
from bot.views import words
from bot.views.markdown import escape, sentence

MARKER = "<!-- empty-chair:review -->"
LIMIT = 60_000  # characters; GitHub takes 65,536
SECONDS = {"pick": 15, "line": 40, "accept": 10}  # what an answer takes, for "about 2 minutes"
TIERS = {
    Tier.R1: "R1 means that customers may notice: five short questions.",
    Tier.R2: "R2 means that a habit, a setting or a flow of theirs changes.",
    Tier.R3: "R3 means that money, data, access or something they rely on is at stake.",
}


def wanted(review: Review) -> bool:
    """Whether a pull request without a comment gets one."""
    asking = standing(review).gate is not Gate.NOT_NEEDED and not review.quiet
    return asking and review.mode is not Mode.SHADOW and review.state is State.OPEN


def comment(review: Review) -> str:
    """The whole comment, at most 60,000 characters."""
    for optional in (True, False):
        text = _comment(review, optional)
        if len(text) <= LIMIT:
            return text
    cut = text[:LIMIT].rsplit("\n<details", 1)[0]
    return f"{cut}\n\nThe rest is left out here: the comment would be too long for GitHub.\n"


def _comment(review: Review, optional: bool) -> str:
    now = standing(review)
    if now.gate is Gate.NOT_NEEDED:
        parts = [f"### 🪑 {_title(review)}: not needed any more", _not_needed(review)]
    elif now.gate is Gate.COMPLETE and not review.last_picked:
        parts = [f"### 🪑 {_title(review)}: complete ✅", _thanks(review), *_record(review)]
    else:
        parts = [_headline(review, now), _because(review), *_open_questions(review, now)]
    if now.gate is not Gate.NOT_NEEDED and _begun(review):
        left_out = "The optional questions are left out here: the comment would be too long."
        parts += _optional(review) if optional else [left_out]
    return "\n\n".join([MARKER, *parts]) + "\n"


def _begun(review: Review) -> bool:
    """Somebody answered. The first version of a comment is mailed, so it holds what is needed."""
    answered = {answer.question for answer in review.answers} - {review.last_picked}
    return bool(answered or review.evidence)


def _title(review: Review) -> str:
    return escape(review.checklist.title)


def _headline(review: Review, now: Standing) -> str:
    left = len(now.missing)
    if review.bypassed:
        return f"### 🪑 {_title(review)}: merged with {words.count(left, 'question')} open"
    noun = "quick question" if review.tier is Tier.R1 else "question"
    if not left:
        return f"### 🪑 {_title(review)}: tick “done” when all groups are ticked"
    if review.quiet:
        return f"### 🪑 {_title(review)}: waits until this is no draft any more"
    minutes = math.ceil(sum(_seconds(review, gap) for gap in now.missing) / 60)
    effort = f"{words.count(left, noun)}, about {words.count(minutes, 'minute')}"
    return f"### 🪑 {_title(review)}: {effort}"


def _seconds(review: Review, gap: Missing) -> int:
    if review.prefill(gap.question.id):
        return SECONDS["accept"]
    return SECONDS["pick" if gap.question.options else "line"]


def _because(review: Review) -> str:
    reason = sentence(review.reasons[0].text)
    if review.bypassed:
        return (
            f"**{review.tier}**: {reason}. The merge went ahead before these were answered; that "
            "is on record. Answers are still welcome."
        )
    return f"**{review.tier}**: {reason}.\n\n{_why_asked(review)}"


def _why_asked(review: Review) -> str:
    reasons = "\n".join(
        f"- {reason.tier}: {sentence(reason.text)} (rule {escape(reason.rule)})."
        for reason in review.reasons
    )
    hold = {
        Mode.ENFORCE: "The merge waits until the questions are answered.",
        Mode.WARN: "Nothing is held up here: the answers are for the people who decide.",
        Mode.SHADOW: "",
    }[review.mode]
    hold = "Nothing is asked while this is a draft." if review.quiet else hold
    body = f"{reasons}\n\n{TIERS.get(review.tier, '')} {hold}".rstrip()
    return _fold("Why am I asked?", body)


def _not_needed(review: Review) -> str:
    reason = review.exempt or review.reasons[0].text
    return f"{sentence(reason[:1].upper() + reason[1:])}. What was answered stays on record."


def _thanks(review: Review) -> str:
    heard = words.heard(review)
    return f"{escape(heard[:1].upper() + heard[1:])}. Thank you for bringing the customer in."


def _record(review: Review) -> list[str]:
    answered = [_question(review, q, need, None, False) for q, need in required(review)]
    return [_fold(f"The {words.count(len(answered), 'answer')}", "\n\n".join(answered))]


def _open_questions(review: Review, now: Standing) -> list[str]:
    gaps = {gap.question.id: gap for gap in now.missing}
    next_one = review.last_picked or next(iter(gaps), "")
    return [
        _question(review, q, need, gaps.get(q.id), q.id == next_one) for q, need in required(review)
    ]


def _optional(review: Review) -> list[str]:
    extra = [(q, need) for q, need in review.asked if need is Need.OPTIONAL]
    usable = [(q, need) for q, need in extra if q.options or q.headings]
    if not usable:
        return []
    body = "\n\n".join(_question(review, q, need, None, False) for q, need in usable)
    return [_fold(f"More, if you like ({len(usable)} optional)", body)]


def _question(
    review: Review, question: Question, need: Need, gap: Missing | None, unfolded: bool
) -> str:
    said = words.said(review, question)
    busy = review.last_picked == question.id
    if said and not gap and not busy:
        evidence = review.evidence if question.kind is Kind.EVIDENCE else ()
        who = words.by(review.answer(question.id), evidence)
        summary = f"✅ {escape(question.short)}: <b>{escape(said)}</b> ({escape(who)})"
        summary += _changed_since(review, question)
    elif said and gap and not busy:
        summary = f"🔸 <b>{escape(question.ask)}</b> {escape(gap.reason)}"
    else:
        mark = "⬜" if need.must else "▫️"
        summary = f"{mark} <b>{escape(question.ask)}</b>{_found(review, question)}"
    return _fold(summary, _body(review, question, need), unfolded)


def _changed_since(review: Review, question: Question) -> str:
    answer, prefill = review.answer(question.id), review.prefill(question.id)
    if not (answer and answer.text and answer.source and prefill and prefill.text):
        return ""
    return "" if answer.text == prefill.text else " · your description says something else now"


def _found(review: Review, question: Question) -> str:
    prefill = review.prefill(question.id)
    if prefill is None or prefill.too_short:
        return ""
    return f" · found in {escape(prefill.source)}, one tick"


def _body(review: Review, question: Question, need: Need) -> str:
    answer, prefill = review.answer(question.id), review.prefill(question.id)
    parts = [_help(question)]
    boxes = []
    if prefill:
        parts.append(_offer(review, question, prefill))
    if prefill and not prefill.too_short:
        accepted = _accepted(review, question, prefill)
        boxes.append(_box(question.id, f"accept-{prefill.digest}", "Yes, that is it", accepted))
    picks = answer.picks if answer else ()
    boxes += [_box(question.id, o.id, o.label, o.id in picks) for o in question.options]
    if question.kind.many and boxes:
        boxes.append(_box(question.id, "done", "done", False))
    if boxes:
        parts.append("\n".join(boxes))
    if question.headings and not prefill and _wants_line(question, need, answer):
        parts.append(_where(question))
    return "\n\n".join(parts)


def _wants_line(question: Question, need: Need, answer: Answer | None) -> bool:
    """A line belongs to the answer here, and none is given yet."""
    if answer and answer.text:
        return False
    return not question.options or (need is Need.REQUIRED and question.kind.has_line)


def _where(question: Question) -> str:
    heading = f"<code>## {escape(question.headings[0])}</code>"
    if question.kind is Kind.EVIDENCE:
        return (
            f"Write what you heard in the description, below the heading {heading}, one line each, "
            f"such as <code>{escape(example(question))}</code>. It then shows up here, to accept "
            "with one tick."
        )
    return (
        f"Write the line in the description, below the heading {heading}. It then shows up here, "
        "to accept with one tick."
    )


def _help(question: Question) -> str:
    text = escape(question.help)
    return f"{text} Tick all that fit, then “done”." if question.kind.many else text


def _offer(review: Review, question: Question, prefill: Prefill) -> str:
    source = escape(prefill.source)
    if prefill.too_short:
        least = review.thresholds.text_characters
        text = escape(prefill.text)
        return f"Found “{text}” in {source}. Please say it in {least} characters or more."
    if prefill.pieces:
        heard = "\n".join(f"- {escape(words.piece(piece))}" for piece in prefill.pieces)
        return f"Found in {source}:\n\n{heard}"
    picks = ", ".join(map(question.label, prefill.picks))
    label = " · ".join(part for part in (picks, prefill.text and f"“{prefill.text}”") if part)
    return f"{escape(label)} (from {source})"


def _accepted(review: Review, question: Question, prefill: Prefill) -> bool:
    """Whether just this offer was accepted, not an earlier one."""
    answer = review.answer(question.id)
    if question.kind is Kind.EVIDENCE:
        known = {piece.text for piece in review.evidence} | {answer.text if answer else ""}
        return all(piece.text in known for piece in prefill.pieces)
    return bool(answer and answer.source and answer.text == prefill.text)


def _fold(summary: str, body: str, unfolded: bool = False) -> str:
    """One folded line. GitHub reads Markdown inside only after a blank line."""
    opening = "<details open>" if unfolded else "<details>"
    return f"{opening}\n<summary>{summary}</summary>\n\n{body}\n\n</details>"


def _box(question: str, option: str, label: str, ticked: bool) -> str:
    """A box and, indented by two so that the list stays one, its id."""
    return f"- [{'x' if ticked else ' '}] {escape(label)}\n  <!-- box {question}={option} -->"


BOX = re.compile(r"^ {0,3}[-*+] \[([ xX])\](?: .*)?$")
BOX_ID = re.compile(r"^ {0,6}<!-- box ([a-z][a-z0-9_]*=[a-z0-9-]+) -->\s*$")
FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")


def parse_comment(body: str) -> dict[str, bool]:
    """The boxes of a comment and whether each is ticked, in the order of the text.

    Takes CRLF, `X` and `*`. Boxes in fences and quotes are not ours; a box that stands twice with
    two states is left out.
    """
    found: dict[str, bool] = {}
    conflicting: set[str] = set()
    for line, below in _unfenced_pairs(body):
        box, name = BOX.match(line), BOX_ID.match(below)
        if not (box and name):
            continue
        ticked = box[1] != " "
        if found.setdefault(name[1], ticked) != ticked:
            conflicting.add(name[1])
    return {name: ticked for name, ticked in found.items() if name not in conflicting}


def _unfenced_pairs(body: str) -> Iterable[tuple[str, str]]:
    lines = body.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    fence = ""
    for index, line in enumerate(lines[:-1]):
        if match := FENCE.match(line):
            if not fence:
                fence = match[1]
            elif match[1].startswith(fence):
                fence = ""
        elif not fence:
            yield line, lines[index + 1]


def ticks_between(before: str, after: str) -> dict[str, bool]:
    """What changed from one text to the other. A box that is gone on either side did not change.

    Unticks come first, so that moving a single pick by hand reads as the tick it is.
    """
    old, new = parse_comment(before), parse_comment(after)
    changed = {box: new[box] for box in new if box in old and old[box] != new[box]}
    return dict(sorted(changed.items(), key=lambda item: item[1]))


def same(live: str, text: str) -> bool:
    """Whether an edit would change nothing but the headline with its tally."""
    return _shape(live) == _shape(text)


def _shape(text: str) -> str:
    lines = text.replace("\r\n", "\n").strip().split("\n")
    kept = [line.rstrip() for line in lines if not line.startswith("### 🪑 ")]
    return "\n".join(re.sub(r"^[-*+] \[[xX]\]", "- [x]", line) for line in kept)
