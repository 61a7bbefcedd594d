"""The comment on a pull request: a wizard in which only the next open question is unfolded.

Its boxes and the parser of them stand in `github_boxes`, one question in `github_question`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import replace

from bot.core.checklist import Need
from bot.core.gate import Gate, Standing, standing
from bot.core.heard import unheard
from bot.core.missing import Missing, missing, required
from bot.core.organisation import Mode
from bot.core.review import Review, State
from bot.core.rulings import Ruled, Sample, standing_ruling
from bot.core.suggestions import Suggestion
from bot.core.tier import Tier
from bot.core.waivers import ALL, PAUSE, Waiver, holding
from bot.views import words
from bot.views.decisions import paused, ruling, waived
from bot.views.github_description import unread
from bot.views.github_question import DONE, fold, next_open, question
from bot.views.markdown import escape, sentence
from bot.views.page_links import page_of

MARKER = "<!-- empty-chair:review -->"
LIMIT = 60_000  # characters; GitHub takes 65,536
ROOM = 200  # of these for the hint that the rest is left out
SECONDS = {"pick": 15, "line": 40, "accept": 10}  # what an answer takes, for "about 2 minutes"
TIERS = {
    Tier.R1: "R1 means that customers may notice: five short questions.",
    Tier.R2: "R2 means that a habit, a setting or a flow of theirs changes.",
    Tier.R3: "R3 means that money, data, access or something they rely on is at stake.",
}


def wanted(review: Review) -> bool:
    """Whether a pull request without a comment gets one: somebody has to do something."""
    asking = standing(review).gate is Gate.PENDING and not review.quiet
    return asking and review.mode is not Mode.SHADOW and review.state is State.OPEN


def comment(review: Review, pages: str = "") -> str:
    """The whole comment, at most 60,000 characters. `pages` is where the pages are; empty where
    there are none."""
    for optional in (True, False):
        text = _comment(review, optional, pages)
        if len(text) <= LIMIT:
            return text
    text = _comment(replace(review, suggestions=_held(review)), False, pages)
    if len(text) <= LIMIT:
        return text
    cut = text[: LIMIT - ROOM].rsplit("\n<details", 1)[0].rstrip()
    cut += "\n\n</details>" * (cut.count("<details") - cut.count("</details>"))
    return f"{cut}\n\nThe rest is left out here: the comment would be too long for GitHub.\n"


def _held(review: Review) -> tuple[Suggestion, ...]:
    """What strangers suggest is left out before any question is."""
    return tuple(suggestion for suggestion in review.suggestions if suggestion.held)


def _comment(review: Review, optional: bool, pages: str) -> str:
    now, problems = standing(review), unread(review.subject.body, review.checklist)
    parts = _main_parts(review, now, problems)
    if now.gate is not Gate.NOT_NEEDED and _begun(review):
        left_out = "The optional questions are left out here: the comment would be too long."
        parts += _optional(review, problems) if optional else [left_out]
    if now.gate is Gate.PENDING:
        parts.append(_other_ways(review, pages))
    return "\n\n".join([MARKER, *parts]) + "\n"


def _main_parts(review: Review, now: Standing, problems: Mapping[str, str]) -> list[str]:
    match now.gate:
        case Gate.NOT_NEEDED:
            return [f"### 🪑 {_title(review)}: {_not_asked(review)}", _not_needed(review)]
        case Gate.WAIVED:
            waivers = _waivers(review, now)
            return [_waived_headline(review, now), *waivers, *_record(review, now, problems)]
        case Gate.COMPLETE if not review.last_picked and not _waits(review):
            headline = f"### 🪑 {_title(review)}: complete ✅"
            return [headline, _thanks(review), *_record(review, now, problems)]
    return [_headline(review, now), _because(review), *_open_questions(review, now, problems)]


def _waits(review: Review) -> bool:
    """An answer waits until somebody agrees to what it adds."""
    return bool(_held(review))


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
    if not left and not review.last_picked:
        return f"### 🪑 {_title(review)}: complete, and one answer waits for a yes"
    if not left:
        return f"### 🪑 {_title(review)}: one tick left, “{DONE}”"
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
    raised = standing_ruling(review.rulings, Ruled.RAISED)
    if raised and raised.tier == review.tier > review.triaged:
        reason = f"{escape(raised.by.login)} asked for more: “{escape(raised.reason)}”"
    if review.bypassed:
        return (
            f"**{review.tier}**: {reason}. The merge went ahead before these were answered; that "
            "is on record. Answers are still welcome."
        )
    return f"**{review.tier}**: {reason}. {_hold(review)}{_way_out(review)}\n\n{_why_asked(review)}"


def _hold(review: Review) -> str:
    """What happens while nobody answers."""
    if review.quiet:
        return "Nothing is asked while this is a draft."
    return {
        Mode.ENFORCE: "The merge waits for your answers.",
        Mode.WARN: "Nothing is held up here: your answers are for the people who decide.",
        Mode.SHADOW: "",
    }[review.mode]


def _way_out(review: Review) -> str:
    if review.tier is not Tier.R1 or review.quiet:
        return ""
    return (
        "\n\nNo customer will notice this? Comment <code>/impact none</code> and why, in one line."
    )


def _why_asked(review: Review) -> str:
    reasons = [
        f"- {reason.tier}: {sentence(reason.text)} (rule {escape(reason.rule)})."
        for reason in review.reasons
    ]
    reasons += [f"- {ruling(found)}" for found in review.rulings]
    reasons += [f"- {_named(review, w)}: {waived(w)}." for w in review.waivers if w.expired]
    who = (
        "Your organisation asks this of every pull request that customers would notice. Everybody "
        "who can see the pull request can read the answers."
    )
    lines = "\n".join(reasons)
    tier = TIERS.get(review.tier, "")
    return fold("Why am I asked?", "\n\n".join(part for part in (lines, tier, who) if part))


# -- nothing to do ---------------------------------------------------------------------------------


def _not_asked(review: Review) -> str:
    found = standing_ruling(review.rulings, Ruled.ATTESTED, Ruled.LOWERED)
    if found is None or review.triaged is Tier.R0:
        return "not needed any more"
    return "no customer will notice" if found.ruled is Ruled.ATTESTED else "nothing is asked"


def _not_needed(review: Review) -> str:
    found = standing_ruling(review.rulings, Ruled.ATTESTED, Ruled.LOWERED)
    if found is None or review.triaged is Tier.R0 or review.spared:
        reason = review.spared or review.reasons[0].text
        return f"{sentence(reason[:1].upper() + reason[1:])}. What was answered stays on record."
    drawn = ""
    if found.sample is Sample.WAITING:
        drawn = (
            "\n\nThis one was picked by chance for a reviewer to look at. If it is right, "
            "<code>/impact tier R0 …</code> with one line why confirms it."
        )
    return (
        f"{ruling(found)}\n\nIf customers will notice, <code>/impact tier R1 …</code> with one "
        f"line why brings the questions back.{drawn}"
    )


def _waived_headline(review: Review, now: Standing) -> str:
    first = now.waivers[0]
    if first.scope == PAUSE:
        return f"### 🪑 {_title(review)}: paused by {escape(first.by.login)}"
    until = min(w.until for w in now.waivers if w.until)
    return f"### 🪑 {_title(review)}: waived until {words.day(until)}"


def _waivers(review: Review, now: Standing) -> list[str]:
    if pause := holding(review.waivers, PAUSE):
        return [paused(pause)]
    if whole := holding(review.waivers, ALL):
        lines = [f"All that is open is {waived(whole)}."]
    else:
        lines = [f"- {_named(review, w)}: {waived(w)}" for w in now.waivers]
    return ["\n".join(lines), "After that day it is asked again. You can answer before, too."]


def _named(review: Review, waiver: Waiver) -> str:
    found = review.checklist.question(waiver.scope)
    return escape(found.short) if found else "All that is open"


def _thanks(review: Review) -> str:
    heard = words.heard(review)
    thanks = "Thank you for bringing the customer in."
    if words.assumed(review):
        thanks = "That is honest, and counted as what it is."
    silent = unheard(review) if any(piece.segment for piece in review.evidence) else ()
    gap = f" Nobody has heard from: {escape(words.names(list(silent)))}." if silent else ""
    return f"{escape(heard[:1].upper() + heard[1:])}. {thanks}{gap}"


def _record(review: Review, now: Standing, problems: Mapping[str, str]) -> list[str]:
    gaps = {gap.question.id: gap for gap in missing(review)}
    asked = [
        question(review, q, need, gaps.get(q.id), problems.get(q.id, ""))
        for q, need in required(review)
    ]
    if not asked:
        return []
    noun = "answer" if now.gate is Gate.COMPLETE else "question"
    return [fold(f"The {words.count(len(asked), noun)}", "\n\n".join(asked))]


# -- something to do -------------------------------------------------------------------------------


def _open_questions(review: Review, now: Standing, problems: Mapping[str, str]) -> list[str]:
    gaps = {gap.question.id: gap for gap in missing(review)}
    first = next_open(review, now)
    return [
        question(review, q, need, gaps.get(q.id), problems.get(q.id, ""), q.id == first)
        for q, need in required(review)
    ]


def _optional(review: Review, problems: Mapping[str, str]) -> list[str]:
    extra = [(q, need) for q, need in review.asked if need is Need.OPTIONAL]
    if not extra:
        return []
    asked = [question(review, q, need, None, problems.get(q.id, "")) for q, need in extra]
    body = "\n\n".join(asked)
    return [fold(f"More, if you like ({len(extra)} optional)", body)]


def _other_ways(review: Review, pages: str) -> str:
    """All answers in one comment, and what to do where the questions do not fit.

    The same whatever is answered already, so that a tick alone rewrites nothing.
    """
    lines = "\n".join(f"{q.id}: …" for q, _ in required(review))
    parts = [
        "One comment answers everything. Copy this and put the words of a box, or a line of your "
        "own, in place of “…”. What you leave as it is stays as it is."
        f"\n\n```text\n/impact\n{lines}\n```",
        "The same lines count in the description, below <code>## Customer impact</code>; that "
        "notifies nobody.",
    ]
    if page := page_of(review, pages):
        parts.append(f"Or answer on [a page of its own](<{page}>).")
    parts.append("A question does not fit, or should wait? <code>/impact help</code> says how.")
    return fold("All in one comment, and other ways", "\n\n".join(parts))


def same(live: str, text: str) -> bool:
    """Whether an edit would change nothing but the headline with its tally."""
    return _shape(live) == _shape(text)


def _shape(text: str) -> str:
    lines = text.replace("\r\n", "\n").strip().split("\n")
    kept = [line.rstrip() for line in lines if not line.startswith("### 🪑 ")]
    return "\n".join(re.sub(r"^[-*+] \[[xX]\]", "- [x]", line) for line in kept)
